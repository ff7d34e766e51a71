"""What a verb about a running interview needs together: the act, its booking, its case and its seats."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.case import Case
from scheduling.clock import Clock
from scheduling.errors import InterviewOver, NotForYou
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole
from scheduling.trail import remember


@dataclass(frozen=True, slots=True)
class Gathered:
    """One interview with everything that its rules look at."""

    interview: Interview
    booking: Booking
    case: Case
    participants: tuple[Participant, ...]

    def seat(self, participant_id: str) -> Participant:
        """Return a seat of this interview and of no other."""
        for participant in self.participants:
            if participant.id == participant_id:
                return participant
        raise NotForYou("participant", participant_id)

    def seat_for(self, role: ParticipantRole) -> Participant | None:
        """Return the first seat of a role."""
        return next((each for each in self.participants if each.role is role), None)

    def check_has_room(self) -> None:
        """Refuse an interview that is held without a line: there is no room to come into."""
        if not self.booking.modality.uses_line:
            raise NotForYou("interview", self.interview.id)

    def check_open(self) -> None:
        """Refuse an interview that has ended, or whose booking was given up."""
        if self.interview.is_over or self.booking.status not in {Status.CONFIRMED, Status.IN_PROGRESS}:
            raise InterviewOver(self.interview.id)


async def gather(session: AsyncConnection, interview_id: str) -> Gathered:
    """Return an interview with booking, case and seats, all locked: the case first, as a stop does."""
    case_id, booking_id = await store.whose_interview(session, interview_id)
    case = await store.load_case(session, case_id)
    booking = await store.load_booking(session, booking_id)
    interview = await store.load_interview(session, interview_id)
    return Gathered(interview, booking, case, await store.participants_of(session, interview_id))


async def gather_for_host(session: AsyncConnection, actor: Actor, interview_id: str) -> Gathered:
    """Return an interview to the staff of its centre; to others it does not exist."""
    found = await gather(session, interview_id)
    if not actor.hosts_at(found.case.centre_id):
        raise NotForYou("interview", interview_id)
    return found


async def keep(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor | None,
    event: str,
    *,
    before: Participant,
    after: Participant,
) -> Participant:
    """Write a participant as it became, with its history; several steps at once count as one version."""
    if after == before:
        return before
    kept = replace(after, version=before.version + 1)
    await store.save(session, tables.participants, kept)
    await remember(session, event, kept, by=actor, at=clock())
    return kept
