"""The rules of a room, as lists of effects."""

from datetime import UTC, datetime, timedelta

import pytest

from webrtc.effect import Announce, Assign, BeginPart, Cut, Effect, EndPart, Tell
from webrtc.ports import Kind
from webrtc.recording_state import Run
from webrtc.role import RIGHTS, ParticipantRole
from webrtc.room import Room

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOTH: tuple[Kind, ...] = ("audio", "video")


class House:
    """A room with short ways to fill it; peers are named like their participant with a number."""

    def __init__(self, seats: int = 2) -> None:
        self.room = Room("r1", seats=seats)

    def enter(
        self, peer: str, role: ParticipantRole = ParticipantRole.DETAINEE, *, admitted: bool = True
    ) -> list[Effect]:
        return self.room.enter(peer, peer[0].upper(), role, admitted=admitted, now=NINE)

    def join(
        self,
        peer: str,
        role: ParticipantRole = ParticipantRole.DETAINEE,
        *,
        seats: int = 2,
        admitted: bool = True,
    ) -> list[Effect]:
        effects = self.enter(peer, role, admitted=admitted)
        return effects + self.room.seats_offered(peer, seats) + self.room.connected(peer)

    def record(self, run: Run, seconds: float = 0) -> list[Effect]:
        return self.room.record(run, "rec", NINE + timedelta(seconds=seconds))


def only(effects: list[Effect], *kinds: type) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, kinds)]


def told(effects: list[Effect], peer: str) -> list[str]:
    return [e.message["type"] for e in effects if isinstance(e, Tell) and e.peer_id == peer]


def test_who_is_not_admitted_waits_and_hears_of_nobody() -> None:
    house = House()
    house.join("a1")
    effects = house.join("b1", ParticipantRole.CONSULAR_OFFICER, admitted=False)
    assert told(effects, "b1") == ["welcome", "waiting"]
    assert told(effects, "a1") == ["roster"]
    assert only(effects, Assign, BeginPart) == []


def test_the_welcome_tells_role_seats_and_recording() -> None:
    house = House(seats=5)
    house.join("a1")
    house.record(Run.START)
    effects = house.room.enter(
        "b1", "B", ParticipantRole.INTERPRETER, admitted=False, now=NINE + timedelta(seconds=3)
    )
    assert effects[0] == Tell(
        "b1",
        {
            "type": "welcome",
            "participant": "B",
            "role": "interpreter",
            "recording": {"state": "recording", "since_ms": 3000},
            "seats": 5,
            "rejoined": False,
        },
    )


def test_admitted_people_see_each_other_once_both_are_connected() -> None:
    house = House()
    house.join("a1")
    effects = house.enter("b1") + house.room.seats_offered("b1", 2)
    assert only(effects, Assign) == []
    effects = house.room.connected("b1")
    assert only(effects, Assign) == [Assign("a1", 0, "b1", BOTH), Assign("b1", 0, "a1", BOTH)]
    assert Tell("a1", {"type": "seat", "seat": 0, "participant": "B"}) in effects
    assert house.room.connected("b1") == []


def test_admission_opens_the_door_both_ways() -> None:
    house = House()
    house.join("a1")
    house.join("b1", admitted=False)
    effects = house.room.admit("B")
    assert effects[0] == Tell("b1", {"type": "admitted"})
    assert only(effects, Assign) == [Assign("a1", 0, "b1", BOTH), Assign("b1", 0, "a1", BOTH)]
    assert house.room.admit("B") == []
    assert house.room.admit("nobody") == []


def test_a_newer_connection_replaces_the_older_one() -> None:
    house = House()
    house.join("a1")
    house.join("b1")
    effects = house.join("a2")
    assert effects[0] == Tell("a1", {"type": "replaced"})
    assert Cut("a1") in effects
    assert only(effects, Announce)[0] == Announce(
        {"is": "disconnected", "room": "r1", "participant": "A", "peer": "a1"}
    )
    welcome = next(e for e in effects if isinstance(e, Tell) and e.message["type"] == "welcome")
    assert welcome.message["rejoined"] is True
    assert Assign("b1", 0, "a2", BOTH) in effects
    assert Assign("a2", 0, "b1", BOTH) in effects
    assert house.room.peer_ids == ("b1", "a2")


def test_a_new_connection_is_told_the_roster_even_if_nothing_changed() -> None:
    house = House()
    house.join("a1")
    assert "roster" in told(house.enter("a2"), "a2")


def test_who_goes_silent_leaves_the_seat_and_returns_to_it() -> None:
    house = House()
    for peer in ("a1", "b1", "c1"):
        house.join(peer)
    effects = house.room.disconnected("b1")
    assert Assign("a1", 0, None) in effects
    assert Tell("a1", {"type": "seat", "seat": 0, "participant": None}) in effects
    assert Assign("a1", 0, "b1", BOTH) in house.room.connected("b1")


def test_who_finds_no_seat_gets_the_next_free_one() -> None:
    house = House()
    house.join("a1", seats=1)
    house.join("b1")
    assert not [e for e in only(house.join("c1"), Assign) if e == Assign("a1", 0, "c1", BOTH)]
    assert Assign("a1", 0, "c1", BOTH) in house.room.exit("b1")


def test_more_seats_are_filled_at_once_and_fewer_begin_anew() -> None:
    house = House()
    house.join("a1", seats=1)
    house.join("b1")
    house.join("c1")
    assert only(house.room.seats_offered("a1", 2), Assign) == [Assign("a1", 1, "c1", BOTH)]
    house.enter("a2")
    effects = house.room.seats_offered("a2", 1) + house.room.connected("a2")
    assert Assign("a2", 0, "b1", BOTH) in effects


def test_a_removed_participant_is_cut_and_stays_out_until_admitted() -> None:
    house = House()
    house.join("a1")
    house.join("b1")
    effects = house.room.remove("B")
    assert effects[0] == Tell("b1", {"type": "removed"})
    assert Cut("b1") in effects
    assert Assign("a1", 0, None) in effects
    assert house.enter("b2", admitted=False) == [Tell("b2", {"type": "removed"}), Cut("b2")]
    assert house.room.remove("B") == []
    house.room.admit("B")
    assert told(house.enter("b3", admitted=False), "b3")[:2] == ["welcome", "admitted"]


def test_the_roster_follows_devices_and_leaves_out_the_removed() -> None:
    house = House()
    house.join("a1")
    house.join("b1")
    effects = house.room.media("b1", audio=False, video=True)
    people = {p["participant"]: p for p in next(e for e in effects if isinstance(e, Tell)).message["people"]}
    assert people["B"]["audio"] is False
    assert people["B"]["video"] is True
    assert house.room.media("b1", audio=False, video=True) == []
    roster = next(e for e in house.room.remove("B") if isinstance(e, Tell) and e.message["type"] == "roster")
    assert [p["participant"] for p in roster.message["people"]] == ["A"]


@pytest.mark.parametrize("role", ParticipantRole)
def test_each_role_is_seen_and_recorded_as_its_rights_say(role: ParticipantRole) -> None:
    house = House()
    house.join("a1")
    house.record(Run.START)
    effects = house.join("b1", role)
    kinds = RIGHTS[role].forwarded_kinds
    assert (Assign("a1", 0, "b1", kinds) in effects) is bool(kinds)
    assert (BeginPart("B", "b1", "rec", BOTH) in effects) is RIGHTS[role].be_recorded
    assert (Assign("b1", 0, "a1", BOTH) in effects) is RIGHTS[role].subscribe


def test_a_lawyer_is_never_recorded() -> None:
    assert RIGHTS[ParticipantRole.LAWYER].recorded_kinds == ()
    assert RIGHTS[ParticipantRole.LAWYER].forwarded_kinds == BOTH


def test_nothing_is_recorded_before_start_and_during_a_pause() -> None:
    house = House()
    assert only(house.join("a1"), BeginPart) == []
    assert only(house.record(Run.START), BeginPart, EndPart) == [BeginPart("A", "a1", "rec", BOTH)]
    assert only(house.record(Run.PAUSE, 10), BeginPart, EndPart) == [EndPart("A")]
    assert only(house.join("b1"), BeginPart) == []
    assert only(house.record(Run.RESUME, 20), BeginPart) == [
        BeginPart("A", "a1", "rec", BOTH),
        BeginPart("B", "b1", "rec", BOTH),
    ]
    assert only(house.record(Run.STOP, 30), BeginPart, EndPart) == [EndPart("A"), EndPart("B")]


def test_everyone_is_told_of_the_recording_also_who_waits() -> None:
    house = House()
    house.join("a1")
    house.join("b1", admitted=False)
    effects = house.record(Run.START)
    message = {"type": "recording", "state": "recording", "elapsed_ms": 0}
    assert effects[:2] == [Tell("a1", message), Tell("b1", message)]
    event = {
        "is": "recording",
        "room": "r1",
        "recording": "rec",
        "state": "recording",
        "at": NINE.isoformat(),
    }
    assert Announce(event) in effects
    assert not any(isinstance(e, BeginPart) and e.participant_id == "B" for e in effects)


def test_a_rejoin_begins_a_new_part() -> None:
    house = House()
    house.join("a1")
    house.record(Run.START)
    assert only(house.join("a2"), BeginPart, EndPart) == [EndPart("A"), BeginPart("A", "a2", "rec", BOTH)]
    assert only(house.room.disconnected("a2"), EndPart) == [EndPart("A")]
    assert only(house.room.connected("a2"), BeginPart) == [BeginPart("A", "a2", "rec", BOTH)]


def test_a_failed_recording_is_told_to_everyone_and_its_parts_end() -> None:
    house = House()
    house.join("a1")
    house.record(Run.START)
    effects = house.room.recording_failed("disk full", NINE + timedelta(seconds=5))
    assert effects[0] == Tell("a1", {"type": "recording", "state": "failed", "elapsed_ms": 5000})
    announced = [e.event for e in effects if isinstance(e, Announce)]
    assert announced[0]["reason"] == "disk full"
    assert only(effects, EndPart) == [EndPart("A")]
    assert house.room.recording_failed("again", NINE) == []
    assert only(house.record(Run.START, 9), BeginPart) == [BeginPart("A", "a1", "rec", BOTH)]


def test_an_order_that_does_not_fit_is_answered_by_the_state() -> None:
    house = House()
    house.join("a1")
    effects = house.record(Run.PAUSE)
    assert effects[0] == Tell("a1", {"type": "recording", "state": "off", "elapsed_ms": 0})
    assert only(effects, BeginPart, EndPart) == []


def test_a_closed_room_ends_for_everyone_and_takes_nobody_in() -> None:
    house = House()
    house.join("a1")
    house.join("b1", admitted=False)
    house.record(Run.START)
    effects = house.room.close("normal")
    assert Tell("a1", {"type": "ended", "reason": "normal"}) in effects
    assert Tell("b1", {"type": "ended", "reason": "normal"}) in effects
    assert only(effects, EndPart, Cut) == [EndPart("A"), Cut("a1"), Cut("b1")]
    assert house.enter("c1") == [Tell("c1", {"type": "ended", "reason": "closed"}), Cut("c1")]
    assert house.record(Run.START) == []


def test_what_a_stranger_does_changes_nothing() -> None:
    room = House().room
    assert room.seats_offered("x", 2) == room.connected("x") == room.disconnected("x") == room.exit("x") == []
    assert room.media("x", audio=True, video=True) == room.remove("x") == []
