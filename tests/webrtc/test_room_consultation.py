"""A private consultation in the rules of a room: who stays has each other, and nobody is recorded."""

from datetime import UTC, datetime

import pytest

from webrtc.effect import Assign, BeginPart, Effect, EndPart, Tell
from webrtc.ports import Json, Kind
from webrtc.recording_state import Run
from webrtc.role import ParticipantRole
from webrtc.room import Room

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOTH: tuple[Kind, ...] = ("audio", "video")
PERSON, OFFICER = ParticipantRole.DETAINEE, ParticipantRole.CONSULAR_OFFICER
INTERPRETER, GUARDIAN = ParticipantRole.INTERPRETER, ParticipantRole.GUARDIAN


def join(room: Room, role: ParticipantRole, *, peer: str = "", admitted: bool = True) -> list[Effect]:
    """Let somebody come in whose participant is named like their role, and their peer too unless named."""
    peer = peer or role
    effects = room.enter(peer, role, role, admitted=admitted, now=NOW)
    return effects + room.seats_offered(peer, 3) + room.connected(peer)


@pytest.fixture
def room() -> Room:
    room = Room("r1", seats=3)
    for role in (PERSON, OFFICER, INTERPRETER):
        join(room, role)
    room.record(Run.START, "rec", NOW)
    return room


def seen(effects: list[Effect]) -> dict[tuple[str, int], str | None]:
    """What each peer has on each seat after these effects, as far as they say."""
    return {(e.peer_id, e.seat): e.source for e in effects if isinstance(e, Assign)}


def consultation(*stays: str) -> Json:
    return {"type": "consultation", "stays": sorted(stays)}


def test_who_stays_keeps_the_others_who_stay_and_loses_everybody_else(room: Room) -> None:
    effects = room.consult([PERSON, INTERPRETER])
    assert seen(effects) == {
        (PERSON, 0): None,
        (OFFICER, 0): None,
        (OFFICER, 1): None,
        (INTERPRETER, 1): None,
    }
    assert seen(room.consult([PERSON, INTERPRETER])) == {}


def test_who_is_taken_out_loses_everybody_and_who_is_added_gets_those_who_stay(room: Room) -> None:
    join(room, GUARDIAN)
    room.consult([PERSON, INTERPRETER])
    effects = room.consult([PERSON, GUARDIAN])
    assert {source for (peer, _), source in seen(effects).items() if peer == INTERPRETER} == {None}
    assert {source for (peer, _), source in seen(effects).items() if peer == GUARDIAN} == {PERSON}
    assert {peer for (peer, _) in seen(effects)} == {PERSON, INTERPRETER, GUARDIAN}
    assert [e for e in effects if isinstance(e, BeginPart)] == []
    told = [e.peer_id for e in effects if isinstance(e, Tell) and e.message == consultation(PERSON, GUARDIAN)]
    assert told == [PERSON, OFFICER, INTERPRETER, GUARDIAN]


def test_those_outside_do_not_have_each_other_either(room: Room) -> None:
    join(room, GUARDIAN)
    effects = seen(room.consult([PERSON]))
    assert len(effects) == 12
    assert set(effects.values()) == {None}


def test_every_part_ends_and_none_begins_before_the_consultation_ends(room: Room) -> None:
    parts = [e for e in room.consult([PERSON, INTERPRETER]) if isinstance(e, EndPart)]
    assert {e.participant_id for e in parts} == {PERSON, OFFICER, INTERPRETER}
    again = [*join(room, PERSON, peer="p2"), *room.record(Run.RESUME, "rec", NOW), *join(room, GUARDIAN)]
    room.record(Run.STOP, "rec", NOW)
    again += room.record(Run.START, "rec", NOW)
    assert [e for e in again if isinstance(e, BeginPart)] == []
    room.consult(None)
    begun = [e for e in room.record(Run.START, "rec", NOW) if isinstance(e, BeginPart)]
    assert {e.participant_id for e in begun} == {PERSON, OFFICER, INTERPRETER, GUARDIAN}


def test_everybody_inside_is_told_who_stays_once_the_cut_is_ordered(room: Room) -> None:
    join(room, GUARDIAN, admitted=False)
    effects = room.consult([PERSON, INTERPRETER])
    told = [e.peer_id for e in effects if e in [Tell(p, consultation(PERSON, INTERPRETER)) for p in ROLES]]
    assert told == [PERSON, OFFICER, INTERPRETER]
    assert isinstance(effects[-1], Tell)
    assert not any(isinstance(e, Assign | EndPart) for e in effects[-3:])
    assert room.consult(None)[-1].message == {"type": "consultation", "stays": None}  # type: ignore[union-attr]


ROLES = (PERSON, OFFICER, INTERPRETER, GUARDIAN)


def test_it_holds_for_whoever_reloads(room: Room) -> None:
    room.consult([PERSON, INTERPRETER])
    outside = join(room, OFFICER, peer="o2")
    assert set(seen(outside).values()) <= {None}
    assert Tell("o2", consultation(PERSON, INTERPRETER)) in outside
    inside = join(room, INTERPRETER, peer="i2")
    assert seen(inside)["i2", 0] == PERSON
    assert seen(inside)[PERSON, 1] == "i2"


def test_it_holds_for_whoever_is_let_in_meanwhile(room: Room) -> None:
    room.consult([PERSON, INTERPRETER])
    waiting = join(room, GUARDIAN, admitted=False)
    assert Tell(GUARDIAN, consultation(PERSON, INTERPRETER)) not in waiting
    effects = room.admit(GUARDIAN)
    assert seen(effects) == {}
    assert Tell(GUARDIAN, consultation(PERSON, INTERPRETER)) in effects


def test_its_end_gives_everybody_everybody(room: Room) -> None:
    room.consult([PERSON])
    effects = room.consult(None)
    assert sorted(source or "" for source in seen(effects).values()) == sorted([*ROLES[:3]] * 2)
    assert all(e.kinds == BOTH for e in effects if isinstance(e, Assign))


def test_it_may_begin_before_anybody_is_there() -> None:
    empty = Room("r2", seats=3)
    assert empty.consult([PERSON]) == []
    effects = join(empty, PERSON) + join(empty, OFFICER)
    assert seen(effects) == {}


def devices(effects: list[Effect], peer: str) -> list[dict[str, bool]]:
    """Which microphones each roster told to a peer says to be open, by participant."""
    rosters = [e.message for e in effects if isinstance(e, Tell) and e.peer_id == peer]
    people = [message["people"] for message in rosters if message["type"] == "roster"]
    return [{one["participant"]: one["audio"] for one in each} for each in people]


def test_those_outside_do_not_learn_when_somebody_inside_turns_a_microphone_on_or_off(room: Room) -> None:
    room.media(PERSON, audio=False, video=True)
    begun = room.consult([PERSON, INTERPRETER])
    assert devices(begun, OFFICER) == [{PERSON: True, OFFICER: True, INTERPRETER: True}]
    assert devices(begun, INTERPRETER) == [{PERSON: False, OFFICER: True, INTERPRETER: True}]
    turned = room.media(INTERPRETER, audio=False, video=True)
    assert devices(turned, OFFICER) == []
    assert devices(turned, PERSON) == [{PERSON: False, OFFICER: True, INTERPRETER: False}]
    ended = room.consult(None)
    assert devices(ended, OFFICER) == [{PERSON: False, OFFICER: True, INTERPRETER: False}]
