"""A bad line in a room: its pictures stay away while the sound goes on, and everybody sees how good it is."""

from typing import Any

from tests.webrtc.test_room import BOTH, House, only, told
from webrtc.effect import Assign, BeginPart, Effect, EndPart, Tell
from webrtc.recording_state import Run
from webrtc.role import ParticipantRole

OFFICER, LAWYER = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.LAWYER


def lines(effects: list[Effect], peer: str) -> dict[str, Any]:
    """What a peer was last told of everybody's line."""
    rosters = [
        effect.message
        for effect in only(effects, Tell)
        if isinstance(effect, Tell) and effect.peer_id == peer and effect.message["type"] == "roster"
    ]
    return {one["participant"]: one["line"] for one in rosters[-1]["people"]}


def test_a_bad_line_carries_the_sound_alone_until_it_is_good_again() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    assert house.room.receive("b1", video=False) == [Assign("b1", 0, "a1", ("audio",))]
    assert house.room.receive("b1", video=False) == []
    assert house.room.receive("b1", video=True) == [Assign("b1", 0, "a1", BOTH)]


def test_who_comes_later_is_heard_and_not_seen_on_a_bad_line() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    house.room.receive("b1", video=False)
    effects = house.join("c1", LAWYER)
    assert [each for each in only(effects, Assign) if isinstance(each, Assign) and each.peer_id == "b1"] == [
        Assign("b1", 1, "c1", ("audio",))
    ]
    assert "seat" in told(effects, "b1")


def test_a_bad_line_ends_no_part_and_tells_nobody_of_other_seats() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    house.record(Run.START)
    effects = house.room.receive("b1", video=False)
    assert only(effects, BeginPart, EndPart, Tell) == []


def test_a_new_connection_begins_with_pictures() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    house.room.receive("b1", video=False)
    assert Assign("b2", 0, "a1", BOTH) in house.join("b2", OFFICER)


def test_everybody_sees_how_good_a_line_is_once_it_changes() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    effects = house.room.judged("a1", 2)
    for peer in ("a1", "b1"):
        assert lines(effects, peer) == {"A": 2, "B": None}
    assert house.room.judged("a1", 2) == []


def test_who_is_cut_off_learns_of_no_line_inside() -> None:
    house = House()
    house.join("a1")
    house.join("b1", OFFICER)
    house.room.judged("b1", 4)
    house.room.consult(["A"])
    effects = house.room.judged("a1", 1)
    assert told(effects, "b1") == []
    assert lines(effects, "a1") == {"A": 1, "B": 4}


def test_who_has_gone_says_nothing_of_a_line() -> None:
    house = House()
    house.join("a1")
    assert house.room.judged("z1", 3) == []
    assert house.room.receive("z1", video=False) == []
