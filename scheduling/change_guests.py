"""The centre changes who attends an interview that is agreed: a guest more, one taken off, one again."""

from dataclasses import dataclass, replace

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking
from scheduling.case import Case
from scheduling.clock import Clock
from scheduling.confirm import guest_seats
from scheduling.errors import FieldRefused, GuardianNotNamed, NotForYou
from scheduling.gather import keep
from scheduling.guest import GUEST_ROLES, MOST_GUESTS, Guest, Invited, agreed_beforehand
from scheduling.identifier import new_id
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole
from scheduling.remind import note_told
from scheduling.store_places import load_sides
from scheduling.trail import record_act, remember, tell


@dataclass(frozen=True, slots=True)
class _Agreed:
    """An agreed interview as its centre may change it."""

    booking: Booking
    case: Case
    interview: Interview
    guests: tuple[Guest, ...]
    seats: tuple[Participant, ...]

    def guest(self, guest_id: str) -> Guest:
        """Return a guest of this booking and of no other."""
        for guest in self.guests:
            if guest.id == guest_id:
                return guest
        raise NotForYou("guest", guest_id)

    def seat_of(self, guest: Guest) -> Participant | None:
        """Return the seat of a guest."""
        return next((each for each in self.seats if each.guest_id == guest.id), None)

    @property
    def named_guardian(self) -> Participant | None:
        """The seat of the guardian whom the case names; somebody invited as guardian takes it."""
        role = ParticipantRole.GUARDIAN
        named = (each for each in self.seats if each.role is role and each.guest_id is None)
        return next((each for each in named if each.admitted_at is None), None)

    def is_only_guardian(self, seat: Participant) -> bool:
        """Tell whether a minor would be heard without a guardian if this seat were not there."""
        guardians = [each for each in self.seats if each.role is ParticipantRole.GUARDIAN]
        return self.case.is_minor and guardians == [seat]

    def check_may_go(self, seat: Participant) -> None:
        """Refuse to give up the seat of whoever was let in, or of a minor's only guardian."""
        if seat.admitted_at is not None:
            raise FieldRefused("guest_id", "inside")
        if self.is_only_guardian(seat) and not self.case.guardian_name:
            raise GuardianNotNamed(self.case.id)

    def check_finds_seat(self, guest: Guest) -> None:
        """Refuse a guest for whom the room has no seat left."""
        kept = [each for each in self.guests if each.may_attend and each.id != guest.id]
        others = [each for each in self.seats if each.role in GUEST_ROLES and each.guest_id is None]
        takes_one_over = guest.role is ParticipantRole.GUARDIAN and self.named_guardian is not None
        if len(kept) + len(others) - takes_one_over >= MOST_GUESTS:
            raise FieldRefused("invited", "too_many")


async def invite(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str, invited: Invited
) -> Guest:
    """Invite one guest more; the post is asked, unless its country lets them in without asking."""
    found = await _agreed(session, clock, actor, booking_id)
    *_, profile = await load_sides(session, found.case.id, found.booking.post_id, locked=False)
    guest = Guest(
        id=new_id(),
        booking_id=booking_id,
        role=invited.role,
        name=invited.name.strip(),
        email=invited.email.strip(),
        telephone=invited.telephone.strip(),
        language=invited.language,
        is_agreed=agreed_beforehand(invited.role, profile.may_attend),
    )
    found.check_finds_seat(guest)
    await store_wishes.add_guests(session, [guest])
    await _let_attend(session, clock, actor, found, guest)
    return guest


async def invite_again(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str, guest_id: str
) -> Guest:
    """Invite a guest whom the centre had taken off; asked twice, they are invited once."""
    found = await _agreed(session, clock, actor, booking_id)
    before = found.guest(guest_id)
    guest = before.wanted_again()
    if guest == before:
        return guest
    if guest.may_attend:
        found.check_finds_seat(guest)
    await store_wishes.keep_guest(session, guest)
    await _let_attend(session, clock, actor, found, guest)
    return guest


async def take_off(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str, guest_id: str
) -> Participant | None:
    """Take a guest off before the hour; gives the seat that they had, if any.

    Whoever was let in already is put out by the host instead. A minor keeps a guardian: `GuardianNotNamed`.
    """
    found = await _agreed(session, clock, actor, booking_id)
    before = found.guest(guest_id)
    guest, seat = before.taken_off(clock()), found.seat_of(before)
    if guest == before:
        return None
    if seat is not None:
        found.check_may_go(seat)
    await store_wishes.keep_guest(session, guest)
    if seat is not None:
        await _give_seat_up(session, clock, actor, found, seat)
    await _note(session, clock, actor, found.booking, "booking:guest_taken_off", is_told=seat is not None)
    return seat


async def _agreed(session: AsyncConnection, clock: Clock, actor: Actor, booking_id: str) -> _Agreed:
    booking = await store.load_booking(session, booking_id)
    case = await store.load_case(session, booking.case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("booking", booking_id)
    booking.check_coming(clock(), "changed")
    interview = await store.interview_of(session, booking_id)
    if interview is None:
        raise NotForYou("interview", booking_id)
    guests = await store_wishes.guests_of(session, booking_id)
    return _Agreed(booking, case, interview, guests, await store.participants_of(session, interview.id))


async def _let_attend(
    session: AsyncConnection, clock: Clock, actor: Actor, found: _Agreed, guest: Guest
) -> None:
    """Give a guest the seat that is theirs, and tell everybody; else ask the post."""
    now, event = clock(), "booking:guest_invited"
    if not guest.attends:
        await _note(session, clock, actor, found.booking, event, is_told=False)
        if guest.is_undecided:
            await tell(session, "booking:guest_asked", {"booking_id": found.booking.id}, at=now)
        return
    named = found.named_guardian if guest.role is ParticipantRole.GUARDIAN else None
    if named is not None:
        taken = replace(named, guest_id=guest.id, name=guest.name, version=named.version + 1)
        await keep(session, clock, actor, "participant:replaced", before=named, after=taken)
    else:
        for seat in guest_seats(found.interview, [guest]):
            await store.add(session, tables.participants, seat)
            await remember(session, "participant:seated", seat, by=actor, at=now)
    await _note(session, clock, actor, found.booking, event, is_told=True)


async def _give_seat_up(
    session: AsyncConnection, clock: Clock, actor: Actor, found: _Agreed, seat: Participant
) -> None:
    """Delete a seat with what its guest answered; the guardian's goes back to whom the case names."""
    if found.is_only_guardian(seat):
        back = replace(seat, guest_id=None, name=found.case.guardian_name, version=seat.version + 1)
        await keep(session, clock, actor, "participant:replaced", before=seat, after=back)
        return
    gone = replace(seat, version=seat.version + 1)
    await remember(session, "participant:taken_off", gone, by=actor, at=clock())
    answers, seats = tables.guest_answers, tables.participants
    await session.execute(delete(answers).where(answers.c.participant_id == seat.id))
    await session.execute(delete(seats).where(seats.c.id == seat.id))


async def _note(
    session: AsyncConnection, clock: Clock, actor: Actor, booking: Booking, event: str, *, is_told: bool
) -> None:
    """Write the change as a version of its booking, and tell it when somebody's calendar changes."""
    now = clock()
    after = booking.told_anew() if is_told else replace(booking, version=booking.version + 1)
    await store.save(session, tables.bookings, after)
    await remember(session, event, after, by=actor, at=now)
    await record_act(session, clock, actor, event.partition(":")[2], noun="booking", noun_id=booking.id)
    if is_told:
        await note_told(session, after, now)
        payload: dict[str, str | int] = {"booking_id": booking.id, "sequence": after.sequence}
        await tell(session, "booking:guests_decided", payload, at=now)
