"""The equipment check that somebody passed before an interview."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.admission import check_may_take, seat_of
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.gather import gather, keep
from scheduling.participant import LineQuality, Participant
from scheduling.store_places import load_room
from scheduling.trail import record_act


async def mark_check(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, line: LineQuality
) -> Participant:
    """Note that the equipment of the actor's seat was checked, with its line; the host's is the room's."""
    found = await gather(session, interview_id)
    room = await load_room(session, found.booking.room_id)
    seat = seat_of(actor, found.participants, centre_id=room.centre_id, post_id=found.booking.post_id)
    if seat is None:
        raise NotForYou("interview", interview_id)
    found.check_open()
    check_may_take(actor, seat, found.interview)
    after = seat.checked(clock(), line)
    kept = await keep(session, clock, actor, "participant:checked", before=seat, after=after)
    await record_act(session, clock, actor, "check", noun="participant", noun_id=seat.id)
    return kept
