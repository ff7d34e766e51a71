"""The centre changes who attends an agreed interview: one guest more, one taken off, one invited again."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.admit import admit, enter
from scheduling.booking import Booking
from scheduling.change_guests import invite, invite_again, take_off
from scheduling.confirm import confirm
from scheduling.decide_guests import decide_guests
from scheduling.errors import FieldRefused, GuardianNotNamed, NotForYou, NotPossibleNow
from scheduling.guest import Guest, Invited
from scheduling.participant import Participant, ParticipantRole
from scheduling.stop import stop
from tests.support.agreements import ask_ranked, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    a_supervisor,
    detainee_at,
    meant_early,
    minor_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
OFFICER, STAFF = officer_of(BRUSSELS_POST), staff_of(STEENOKKERZEEL)
ROLE = ParticipantRole
LAWYER = Invited(role=ROLE.LAWYER, name=" Maître Lambert ", email="lambert@example.org", language="en")
GUARDIAN = Invited(role=ROLE.GUARDIAN, name="Claire Peeters")


@pytest.fixture
async def standing(session: AsyncConnection, clock: FixedClock) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask_ranked(session, clock, case, FIRST)).booking
    return (await confirm(session, clock, OFFICER, booking_id=booking.id)).booking


async def of_a_minor(session: AsyncConnection, clock: FixedClock, guardian_name: str) -> Booking:
    case = await minor_at(STEENOKKERZEEL).with_(guardian_name=guardian_name).opened(session, clock)
    invited = [] if guardian_name else [GUARDIAN]
    booking = (await ask_ranked(session, clock, case, FIRST, invited=invited)).booking
    return (await confirm(session, clock, OFFICER, booking_id=booking.id)).booking


async def seats(session: AsyncConnection, booking: Booking) -> dict[str, Participant]:
    """The seats of those beside the two sides, by name."""
    interview = await store.interview_of(session, booking.id)
    assert interview
    found = await store.participants_of(session, interview.id)
    return {each.name: each for each in found if each.name}


async def guests(session: AsyncConnection, booking: Booking) -> list[Guest]:
    return list(await store_wishes.guests_of(session, booking.id))


async def test_a_guardian_has_a_seat_at_once_and_everybody_is_told(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    assert guest.is_agreed is True
    assert (await seats(session, standing))[GUARDIAN.name].guest_id == guest.id
    now = await store.load_booking(session, standing.id)
    assert (now.placed, now.sequence) == (standing.placed, standing.sequence + 1)
    payload = {"booking_id": standing.id, "sequence": now.sequence}
    assert await told(session, "booking:guests_decided") == [payload]
    assert await told(session, "booking:guest_asked") == []


async def test_a_lawyer_has_none_before_the_post_says_yes(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    assert (guest.is_agreed, guest.name) == (None, "Maître Lambert")
    assert await seats(session, standing) == {}
    assert await told(session, "booking:guest_asked") == [{"booking_id": standing.id}]
    assert (await store.load_booking(session, standing.id)).sequence == standing.sequence
    await decide_guests(session, clock, OFFICER, booking_id=standing.id, agreed_guests=frozenset({guest.id}))
    assert list(await seats(session, standing)) == ["Maître Lambert"]


async def test_who_is_taken_off_loses_the_seat_and_has_one_again_when_wanted_again(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    gone = await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert gone is not None
    assert await seats(session, standing) == {}
    assert len(await told(session, "booking:guests_decided")) == 2
    back = await invite_again(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert back == guest
    assert list(await seats(session, standing)) == [GUARDIAN.name]
    h = tables.history
    lines = select(h.c.event).where(h.c.noun_id == standing.id, h.c.event.like("%guest%"))
    events = (await session.execute(lines.order_by(h.c.version))).scalars().all()
    assert events == ["booking:guest_invited", "booking:guest_taken_off", "booking:guest_invited"]


async def test_asked_twice_it_is_done_once(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    await invite_again(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert len(await told(session, "booking:guests_decided")) == 1
    for _ in range(2):
        await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert len(await told(session, "booking:guests_decided")) == 2


async def test_the_post_is_not_asked_about_who_was_taken_off(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    assert await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id) is None
    assert await told(session, "booking:guests_decided") == []  # nobody else had heard of them
    with pytest.raises(FieldRefused):
        await decide_guests(session, clock, OFFICER, booking_id=standing.id)
    await invite_again(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert len(await told(session, "booking:guest_asked")) == 2


async def test_the_room_has_six_seats(session: AsyncConnection, clock: FixedClock, standing: Booking) -> None:
    first = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    for _ in range(2):
        await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    with pytest.raises(FieldRefused) as caught:
        await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    assert (caught.value.field, caught.value.rule) == ("invited", "too_many")
    await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=first.id)
    await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    with pytest.raises(FieldRefused):
        await invite_again(session, clock, STAFF, booking_id=standing.id, guest_id=first.id)


async def test_an_invited_guardian_takes_the_seat_of_the_one_whom_the_case_names_and_gives_it_back(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking = await of_a_minor(session, clock, "Jan Janssens")
    named = (await seats(session, booking))["Jan Janssens"]
    guest = await invite(session, clock, STAFF, booking_id=booking.id, invited=GUARDIAN)
    (seat,) = (await seats(session, booking)).values()
    assert (seat.id, seat.name, seat.guest_id) == (named.id, GUARDIAN.name, guest.id)
    await take_off(session, clock, STAFF, booking_id=booking.id, guest_id=guest.id)
    (seat,) = (await seats(session, booking)).values()
    assert (seat.id, seat.name, seat.guest_id) == (named.id, "Jan Janssens", None)


async def test_a_minor_keeps_the_only_guardian(session: AsyncConnection, clock: FixedClock) -> None:
    booking = await of_a_minor(session, clock, "")
    (guest,) = await guests(session, booking)
    with pytest.raises(GuardianNotNamed):
        await take_off(session, clock, STAFF, booking_id=booking.id, guest_id=guest.id)
    other = await invite(session, clock, STAFF, booking_id=booking.id, invited=GUARDIAN)
    await take_off(session, clock, STAFF, booking_id=booking.id, guest_id=guest.id)
    (seat,) = (await seats(session, booking)).values()
    assert seat.guest_id == other.id


async def test_who_was_let_in_is_not_taken_off(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    (seat,) = (await seats(session, standing)).values()
    ids = {"interview_id": seat.interview_id}
    await meant_early(session, clock, STAFF, seat.interview_id)
    await enter(session, clock, STAFF, **ids)
    await admit(session, clock, STAFF, **ids, participant_id=seat.id)
    with pytest.raises(FieldRefused) as caught:
        await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)
    assert caught.value.rule == "inside"
    assert list(await seats(session, standing)) == [GUARDIAN.name]


@pytest.mark.parametrize("stranger", [OFFICER, staff_of(ROTTERDAM), a_supervisor()], ids=lambda who: who.role)
async def test_only_its_centre_changes_who_attends(
    session: AsyncConnection, clock: FixedClock, standing: Booking, stranger: Actor
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    with pytest.raises(NotForYou):
        await invite(session, clock, stranger, booking_id=standing.id, invited=GUARDIAN)
    for act in (take_off, invite_again):
        with pytest.raises(NotForYou):
            await act(session, clock, stranger, booking_id=standing.id, guest_id=guest.id)


async def test_a_guest_of_another_booking_is_unknown(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    with pytest.raises(NotForYou):
        await take_off(session, clock, STAFF, booking_id=standing.id, guest_id="0" * 26)


async def test_once_its_hour_has_come_nobody_is_added_or_taken_off(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    guest = await invite(session, clock, STAFF, booking_id=standing.id, invited=GUARDIAN)
    clock.set(standing.starts_at)
    with pytest.raises(NotPossibleNow) as caught:
        await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    assert caught.value.status == "past"
    with pytest.raises(NotPossibleNow):
        await take_off(session, clock, STAFF, booking_id=standing.id, guest_id=guest.id)


async def test_a_request_that_waits_and_a_stopped_interview_take_no_guest(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await stop(session, clock, STAFF, case_id=standing.case_id)
    with pytest.raises(NotPossibleNow) as caught:
        await invite(session, clock, STAFF, booking_id=standing.id, invited=LAWYER)
    assert caught.value.status == "cancelled"
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    waiting = (await ask_ranked(session, clock, case, FIRST)).booking
    with pytest.raises(NotPossibleNow) as asked:
        await invite(session, clock, STAFF, booking_id=waiting.id, invited=LAWYER)
    assert asked.value.status == "requested"
