"""Who comes back with a fresh connection sees the others again."""

from datetime import UTC, datetime

from webrtc.effect import Assign
from webrtc.role import ParticipantRole
from webrtc.room import Room

NOW = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)


def test_seats_of_a_fresh_connection_are_ordered_once_it_is_up_and_not_before() -> None:
    room = Room("room", seats=1)
    for peer_id, role in (("p", ParticipantRole.DETAINEE), ("o", ParticipantRole.CONSULAR_OFFICER)):
        room.enter(peer_id, role, role, admitted=True, now=NOW)
        room.seats_offered(peer_id, 1)
        room.connected(peer_id)
    room.exit("o")
    role = ParticipantRole.CONSULAR_OFFICER
    early = room.enter("again", role, role, admitted=True, now=NOW) + room.seats_offered("again", 1)
    assert not [effect for effect in early if isinstance(effect, Assign) and effect.peer_id == "again"]
    late = [effect for effect in room.connected("again") if isinstance(effect, Assign)]
    assert Assign("again", 0, "p", ("audio", "video")) in late
