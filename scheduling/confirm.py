"""The post says yes: the booking stands, and its interview gets participants."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.identifier import new_id
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole
from scheduling.trail import record_act, remember, tell

_ALWAYS = (ParticipantRole.DETAINEE, ParticipantRole.CENTRE_HOST, ParticipantRole.CONSULAR_OFFICER)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A booking that stands, with its interview and the seats of it."""

    booking: Booking
    interview: Interview
    participants: tuple[Participant, ...]


async def confirm(
    session: AsyncSession, clock: Clock, actor: Actor, *, booking_id: str, officer_id: str | None = None
) -> Confirmed:
    """Confirm a booking for the actor's own post; without `officer_id` the first to come interviews."""
    booking = await store.load_booking(session, booking_id)
    if not actor.answers_for(booking.post_id):
        raise NotForYou("booking", booking_id)
    if booking.starts_at <= clock():
        raise NotPossibleNow("booking", "past", Status.CONFIRMED)
    if officer_id is not None:
        await _check_officer(session, officer_id, booking.post_id)
    return await settle(session, clock, actor, booking, officer_id=officer_id)


async def settle(
    session: AsyncSession, clock: Clock, actor: Actor | None, booking: Booking, *, officer_id: str | None
) -> Confirmed:
    """Let a booking stand, whoever decided it: an officer, or (None) a post that confirms by itself."""
    now = clock()
    case = await store.load_case(session, booking.case_id)
    if (
        case.protection_open or not case.is_open
    ):  # cannot be, since a stop withdraws; the answer stays neutral
        raise NotPossibleNow("booking", Status.WITHDRAWN, Status.CONFIRMED)
    confirmed = booking.moved_to(Status.CONFIRMED, at=now)
    interview = Interview(id=new_id(), booking_id=booking.id)
    roles = (*_ALWAYS, ParticipantRole.GUARDIAN) if case.is_minor else _ALWAYS
    participants = tuple(_seat(interview.id, role, officer_id, case.guardian_name) for role in roles)
    await store.save(session, tables.bookings, confirmed)
    await store.add(session, tables.interviews, interview)
    for participant in participants:
        await store.add(session, tables.participants, participant)
        await remember(session, "participant:seated", participant, by=actor, at=now)
    await remember(session, "booking:confirmed", confirmed, by=actor, at=now)
    await remember(session, "interview:planned", interview, by=actor, at=now)
    await record_act(session, clock, actor, "confirm", noun="booking", noun_id=booking.id)
    payload: dict[str, str | int] = {
        "booking_id": booking.id,
        "interview_id": interview.id,
        "sequence": confirmed.sequence,
    }
    await tell(session, "booking:confirmed", payload, at=now)
    return Confirmed(confirmed, interview, participants)


def _seat(interview_id: str, role: ParticipantRole, officer_id: str | None, guardian: str) -> Participant:
    account_id = officer_id if role is ParticipantRole.CONSULAR_OFFICER else None
    name = guardian if role is ParticipantRole.GUARDIAN else ""
    return Participant(id=new_id(), interview_id=interview_id, role=role, account_id=account_id, name=name)


async def _check_officer(session: AsyncSession, officer_id: str, post_id: str) -> None:
    table = tables.accounts
    statement = select(table.c.id).where(
        table.c.id == officer_id,
        table.c.organisation_id == post_id,
        table.c.role == "consular_officer",
        table.c.is_active,
    )
    if (await session.execute(statement)).first() is None:
        raise FieldRefused("officer_id", "not_of_this_post")
