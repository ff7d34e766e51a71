"""Somebody who does not want to be recorded takes part with every other right of their role."""

from datetime import UTC, datetime

from webrtc.effect import Assign, BeginPart, Effect
from webrtc.recording_state import Run
from webrtc.role import ParticipantRole
from webrtc.room import Room

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PERSON, INTERPRETER = ParticipantRole.DETAINEE, ParticipantRole.INTERPRETER


def join(room: Room, role: ParticipantRole, peer: str, *, recorded: bool) -> list[Effect]:
    effects = room.enter(peer, role, role, admitted=True, now=NOW, recorded=recorded)
    return effects + room.seats_offered(peer, 2) + room.connected(peer)


def recorded(effects: list[Effect]) -> set[str]:
    return {effect.participant_id for effect in effects if isinstance(effect, BeginPart)}


def test_they_are_seen_and_heard_and_no_part_of_them_begins() -> None:
    room = Room("r1", seats=2)
    join(room, PERSON, "a", recorded=True)
    effects = join(room, INTERPRETER, "b", recorded=False)
    shown = [each for each in effects if isinstance(each, Assign) and each.peer_id == "a"]
    assert [(each.source, each.kinds) for each in shown] == [("b", ("audio", "video"))]
    assert recorded(room.record(Run.START, "rec", NOW)) == {PERSON}


def test_what_they_say_the_next_time_they_come_holds_from_then_on() -> None:
    room = Room("r1", seats=2)
    join(room, INTERPRETER, "a", recorded=False)
    room.record(Run.START, "rec", NOW)
    assert recorded(join(room, INTERPRETER, "b", recorded=True)) == {INTERPRETER}
    assert recorded(join(room, INTERPRETER, "c", recorded=False)) == set()
