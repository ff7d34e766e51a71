"""Coming into an interview: the host brings the person in, all others wait until the host admits them."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.admission import check_may_take, check_not_too_early, is_shut, seat_of
from scheduling.clock import Clock
from scheduling.errors import EarlyUnconfirmed, NobodyWaits, NotForYou, NotPossibleNow, RoomLocked
from scheduling.gather import Gathered, gather, gather_for_host, keep
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole
from scheduling.start_interview import begin
from scheduling.store_consultations import running_consultation
from scheduling.store_places import load_room
from scheduling.trail import record_act


@dataclass(frozen=True, slots=True)
class Entry:
    """The seat somebody takes; while it is not admitted they wait outside and nothing is forwarded."""

    participant: Participant
    interview: Interview

    @property
    def is_admitted(self) -> bool:
        """Whether they are inside."""
        return self.participant.is_admitted


async def enter(session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str) -> Entry:
    """Take the actor's seat: the host opens the room terminal as the person's seat, all others wait."""
    found = await gather(session, interview_id)
    room = await load_room(session, found.booking.room_id)
    seat = seat_of(actor, found.participants, centre_id=room.centre_id, post_id=found.booking.post_id)
    if seat is None:
        raise NotForYou("interview", interview_id)
    found.check_has_room()
    found.check_open()
    check_may_take(actor, seat, found.interview)
    now = clock()
    check_not_too_early(actor, found.interview, found.booking.starts_at, now)
    if seat.is_at_the_centre:
        await host_comes_in(session, clock, actor, found)
        taken = seat.admitted(by=actor.account_id, at=now)
    else:
        taken = seat if actor.is_guest else seat.taken_by(actor.account_id)
    kept = await keep(session, clock, actor, "participant:entered", before=seat, after=taken)
    await record_act(session, clock, actor, "enter", noun="interview", noun_id=interview_id)
    return Entry(kept, found.interview)


async def admit(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, participant_id: str
) -> Entry:
    """Let one participant in, or in again after a removal; the interview begins when the officer comes in.

    A minor's guardian is admitted first, or the officer stays outside; through a locked door nobody comes.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_has_room()
    found.check_open()
    seat = found.seat(participant_id)
    if seat.role is ParticipantRole.CONSULAR_OFFICER and seat.account_id is None:
        raise NobodyWaits(participant_id)
    if found.interview.is_locked and not seat.is_admitted:
        raise RoomLocked(interview_id)
    if seat.removed_at is not None:
        await _check_not_apart(session, seat)
    host = await host_comes_in(session, clock, actor, found)
    after = seat.admitted(by=actor.account_id, at=clock())
    event = "participant:readmitted" if seat.removed_at else "participant:admitted"
    kept = await keep(session, clock, actor, event, before=seat, after=after)
    interview = found.interview
    if seat.role is ParticipantRole.CONSULAR_OFFICER:
        interview = await begin(session, clock, actor, _with(found, host, kept))
    await record_act(session, clock, actor, "admit", noun="participant", noun_id=participant_id)
    return Entry(kept, interview)


async def _check_not_apart(session: AsyncConnection, seat: Participant) -> None:
    """Refuse to let somebody back into a private consultation from which they were put out."""
    running = await running_consultation(session, seat.interview_id)
    if running is not None and seat.id in running.stays:
        raise NotPossibleNow("participant", "removed", "admitted")


async def host_comes_in(session: AsyncConnection, clock: Clock, actor: Actor, found: Gathered) -> Participant:
    """Note that the host is there; long before the hour only once they have confirmed it."""
    now, interview = clock(), found.interview
    if is_shut(interview, found.booking.starts_at, now):
        raise EarlyUnconfirmed(interview.id)
    seat = found.seat_for(ParticipantRole.CENTRE_HOST)
    if seat is None:
        raise NotForYou("interview", interview.id)
    after = seat.taken_by(actor.account_id).admitted(by=actor.account_id, at=now).joined(now)
    return await keep(session, clock, actor, "participant:entered", before=seat, after=after)


def _with(found: Gathered, *changed: Participant) -> Gathered:
    new = {participant.id: participant for participant in changed}
    return replace(found, participants=tuple(new.get(each.id, each) for each in found.participants))
