"""The interview ends: how it ended, and who attended."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.admission import is_shut
from scheduling.booking import Booking, Status
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.gather import Gathered, gather, keep
from scheduling.interview import ENDINGS_BY_ROLE, Ending, Interview
from scheduling.leave import leave
from scheduling.participant import Participant
from scheduling.trail import record_act, remember, tell


@dataclass(frozen=True, slots=True)
class Closed:
    """An interview that is over, with what is known of each seat."""

    interview: Interview
    booking: Booking
    participants: tuple[Participant, ...]


async def close_interview(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, ending: Ending
) -> Closed:
    """End an interview for its host or the post; each may say only what it can know.

    One that never began and whose hour is far is not ended, it is moved or cancelled: `NotPossibleNow`.
    """
    found = await gather(session, interview_id)
    if not (actor.hosts_at(found.case.centre_id) or actor.answers_for(found.booking.post_id)):
        raise NotForYou("interview", interview_id)
    if ending not in ENDINGS_BY_ROLE[actor.role]:
        raise FieldRefused("ending", "not_of_this_side")
    found.check_open()
    interview, now = found.interview, clock()
    if is_shut(interview, found.booking.starts_at, now):
        raise NotPossibleNow("interview", "early", ending)
    ended = interview.ended(ending, now)
    await store.save(session, tables.interviews, ended)
    await remember(session, "interview:ended", ended, by=actor, at=now)
    booking = await leave(session, clock, actor, found.booking.moved_to(Status.COMPLETED, at=now))
    participants = await _settle_attendance(session, clock, actor, found)
    await record_act(session, clock, actor, "end", noun="interview", noun_id=interview_id, detail=ending)
    await tell(session, "interview:ended", {"interview_id": interview_id, "booking_id": booking.id}, at=now)
    return Closed(ended, booking, participants)


async def _settle_attendance(
    session: AsyncConnection, clock: Clock, actor: Actor, found: Gathered
) -> tuple[Participant, ...]:
    settled = []
    for participant in found.participants:
        after = participant.at_the_end(clock(), required=True)
        kept = await keep(session, clock, actor, "participant:settled", before=participant, after=after)
        settled.append(kept)
    return tuple(settled)
