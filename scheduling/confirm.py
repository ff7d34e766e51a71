"""The post says yes: the booking stands, and its interview gets participants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_places, store_wishes, tables
from scheduling.actor import Actor
from scheduling.availability import local_day
from scheduling.booking import Booking, Status
from scheduling.case import Case
from scheduling.claims import hold
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, GuardianNotNamed, NotForYou, NotPossibleNow
from scheduling.guest import Guest
from scheduling.identifier import new_id
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole
from scheduling.remind import note_told
from scheduling.trail import record_act, remember, tell
from scheduling.wish import Wish


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A booking that stands, with its interview and the seats of it."""

    booking: Booking
    interview: Interview
    participants: tuple[Participant, ...]


async def confirm(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    rank: int = 1,
    officer_id: str | None = None,
    agreed_guests: frozenset[str] = frozenset(),
) -> Confirmed:
    """Confirm one of a request's wishes for the actor's own post; the others are free again.

    Without `officer_id` the first to come interviews. Guests whom the profile does not let in attend only
    when they are among `agreed_guests`.
    """
    booking = await store.load_booking(session, booking_id)
    if not actor.answers_for(booking.post_id):
        raise NotForYou("booking", booking_id)
    wish = (await store_wishes.wishes_of(session, booking_id)).get(rank)
    if wish is None:
        raise FieldRefused("rank", "unknown")
    if wish.starts_at <= clock():
        raise NotPossibleNow("booking", "past", Status.CONFIRMED)
    if officer_id is not None:
        await _check_officer(session, officer_id, booking.post_id)
    return await settle(
        session, clock, actor, booking, wish, officer_id=officer_id, agreed_guests=agreed_guests
    )


async def settle(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor | None,
    booking: Booking,
    wish: Wish,
    *,
    officer_id: str | None = None,
    agreed_guests: frozenset[str] | None = None,
) -> Confirmed:
    """Let a booking stand in one slot, whoever decided it: an officer, the centre, or (None) a rule."""
    now = clock()
    case = await store.load_case(session, booking.case_id)
    confirmed = booking.confirmed_in(wish, at=now)  # what is over says so by itself, whatever ended it
    if case.protection_open or not case.is_open:  # cannot be, since a stop withdraws; the answer is neutral
        raise NotPossibleNow("booking", Status.WITHDRAWN, Status.CONFIRMED)
    await _check_still_detained(session, case, wish)
    guests = await _answered(session, booking, agreed_guests)
    _check_guardian(case, guests)
    interview = Interview(id=new_id(), booking_id=booking.id)
    participants = _seats(interview, confirmed, case, guests, officer_id)
    await store.save(session, tables.bookings, confirmed)
    await store_wishes.drop_proposal(session, booking.id)
    await hold_again(session, confirmed, [wish])
    await note_told(session, confirmed, now)
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


def guest_seats(interview: Interview, guests: Iterable[Guest]) -> list[Participant]:
    """Return a seat for each of these guests to whom the post agreed and whom the centre wants."""
    return [
        Participant(
            id=new_id(), interview_id=interview.id, role=guest.role, guest_id=guest.id, name=guest.name
        )
        for guest in guests
        if guest.attends
    ]


async def hold_again(session: AsyncConnection, booking: Booking, wishes: Sequence[Wish]) -> None:
    """Let a booking hold these slots and nothing else."""
    post = await store_places.load_post(session, booking.post_id)
    await hold(session, booking, wishes, seats=post.seats)


async def _answered(
    session: AsyncConnection, booking: Booking, agreed_guests: frozenset[str] | None
) -> tuple[Guest, ...]:
    """Return the guests with the post's word; None where the post was not asked for one."""
    before = await store_wishes.guests_of(session, booking.id)
    if agreed_guests is None:
        return before
    guests = tuple(guest.answered(agreed=guest.id in agreed_guests) for guest in before)
    for guest in guests:
        await store_wishes.keep_guest(session, guest)
    return guests


async def _check_still_detained(session: AsyncConnection, case: Case, wish: Wish) -> None:
    """Refuse a slot that an end of detention moved since then has left outside."""
    centre = await store_places.load_centre(session, case.centre_id)
    if wish.ends_at > local_day(case.detention_ends_on, centre.zone).ends_at:
        raise NotPossibleNow("booking", "too_late", Status.CONFIRMED)


def _check_guardian(case: Case, guests: tuple[Guest, ...]) -> None:
    is_named = case.guardian_name or any(each.role is ParticipantRole.GUARDIAN for each in guests)
    if case.is_minor and not is_named:
        raise GuardianNotNamed(case.id)


def _seats(
    interview: Interview, booking: Booking, case: Case, guests: tuple[Guest, ...], officer_id: str | None
) -> tuple[Participant, ...]:
    """Return the seats of an interview: person, host, officer, and all to whom the post agreed."""
    role = ParticipantRole
    seat = partial(Participant, interview_id=interview.id)
    seats = [
        seat(id=new_id(), role=role.DETAINEE),
        seat(id=new_id(), role=role.CENTRE_HOST),
        seat(id=new_id(), role=role.CONSULAR_OFFICER, account_id=officer_id),
    ]
    if booking.interpreter_id is not None:
        seats.append(seat(id=new_id(), role=role.INTERPRETER, interpreter_id=booking.interpreter_id))
    seats += guest_seats(interview, guests)
    if case.is_minor and not any(each.role is role.GUARDIAN for each in seats):
        seats.append(seat(id=new_id(), role=role.GUARDIAN, name=case.guardian_name))
    return tuple(seats)


async def _check_officer(session: AsyncConnection, officer_id: str, post_id: str) -> None:
    table = tables.accounts
    statement = select(table.c.id).where(
        table.c.id == officer_id,
        table.c.organisation_id == post_id,
        table.c.role == "consular_officer",
        table.c.is_active,
    )
    if (await session.execute(statement)).first() is None:
        raise FieldRefused("officer_id", "not_of_this_post")
