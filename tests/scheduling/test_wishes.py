"""Ranked wishes, interpreters and guests: everything is held until the post has chosen one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_hours, store_wishes, tables
from scheduling.booking import DeclineReason, Status
from scheduling.confirm import confirm
from scheduling.decline import decline
from scheduling.errors import (
    FieldRefused,
    GuardianNotNamed,
    InterpreterBusy,
    NotPossibleNow,
    SlotTaken,
    WishesOverlap,
)
from scheduling.guest import Invited
from scheduling.offer import Closure
from scheduling.participant import ParticipantRole
from scheduling.post import Route
from scheduling.request import Requested
from scheduling.slot import Interval
from tests.support.agreements import PULAR, an_interpreter, ask_ranked, held, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GAMBIA_POST,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    Detainee,
    ask,
    detainee_at,
    minor_at,
    officer_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
SECOND, THIRD, FOURTH = (FIRST + timedelta(days=n) for n in (1, 2, 5))
OFFICER = officer_of(BRUSSELS_POST)
HOUR = 12  # quanta
LAWYER = Invited(role=ParticipantRole.LAWYER, name="Maître Lambert", email="lambert@example.org")
GUARDIAN = Invited(role=ParticipantRole.GUARDIAN, name="Claire Peeters", telephone="+32 2 000 00 00")


async def test_every_wish_is_held_until_the_post_answers(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, SECOND, THIRD)
    assert await held(session, f"room:{VISIO_1.id}") == 3 * HOUR
    other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(SlotTaken):
        await ask(session, clock, other, SECOND, room=VISIO_2)  # the post has one seat
    assert asked.booking.starts_at == FIRST


async def test_the_post_chooses_a_wish_and_the_others_are_free(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, SECOND)
    confirmed = await confirm(session, clock, OFFICER, booking_id=asked.booking.id, rank=2)
    assert (confirmed.booking.starts_at, confirmed.booking.status) == (SECOND, Status.CONFIRMED)
    assert await held(session) == 3 * HOUR
    other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    assert (await ask(session, clock, other, FIRST)).booking.starts_at == FIRST


async def test_a_wish_that_passed_is_not_confirmed_and_a_later_one_is(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking_id = (await ask_ranked(session, clock, case, FIRST, SECOND)).booking.id
    clock.set(FIRST)
    with pytest.raises(NotPossibleNow):
        await confirm(session, clock, OFFICER, booking_id=booking_id, rank=1)
    confirmed = await confirm(session, clock, OFFICER, booking_id=booking_id, rank=2)
    assert confirmed.booking.starts_at == SECOND


async def test_a_rank_that_was_not_wished_is_refused(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST)
    with pytest.raises(FieldRefused):
        await confirm(session, clock, OFFICER, booking_id=asked.booking.id, rank=2)


async def test_wishes_of_one_request_never_overlap(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(WishesOverlap):
        await ask_ranked(session, clock, case, FIRST, FIRST + timedelta(minutes=30))
    assert await held(session) == 0


async def test_three_wishes_at_most_and_one_where_a_slot_stands_at_once(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(FieldRefused):
        await ask_ranked(session, clock, case, FIRST, SECOND, THIRD, FOURTH)
    gambian = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    with pytest.raises(FieldRefused):
        await ask_ranked(session, clock, gambian, FIRST, SECOND, post=GAMBIA_POST)


async def test_a_declined_request_gives_every_wish_back(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, SECOND)
    await decline(session, clock, OFFICER, booking_id=asked.booking.id, reason=DeclineReason.NO_CAPACITY)
    assert await held(session) == 0


async def test_two_wishes_on_one_day_count_once_for_the_quota(
    session: AsyncConnection, clock: FixedClock
) -> None:
    for n in range(3):  # the post holds four interviews a day
        case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        morning = FIRST - timedelta(hours=1) + timedelta(hours=2 * n)
        await ask_ranked(session, clock, case, morning, morning + timedelta(hours=1))
    last = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, last, FIRST + timedelta(hours=5))
    assert asked.booking.status is Status.REQUESTED


async def test_an_interpreter_is_booked_with_the_room(session: AsyncConnection, clock: FixedClock) -> None:
    interpreter = await an_interpreter(session, "Binta")
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, interpreter_language=PULAR)
    assert asked.booking.interpreter_id == interpreter.id
    assert await held(session, f"interpreter:{interpreter.id}") == HOUR
    confirmed = await confirm(session, clock, OFFICER, booking_id=asked.booking.id)
    seats = [seat for seat in confirmed.participants if seat.role is ParticipantRole.INTERPRETER]
    assert [seat.interpreter_id for seat in seats] == [interpreter.id]


async def test_no_interpreter_is_in_two_rooms_at_once(session: AsyncConnection, clock: FixedClock) -> None:
    await an_interpreter(session, "Binta")
    first = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    second = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    await ask_ranked(session, clock, first, FIRST, interpreter_language=PULAR)
    with pytest.raises(InterpreterBusy) as caught:
        await ask_ranked(
            session, clock, second, FIRST, post=GAMBIA_POST, room=VISIO_2, interpreter_language=PULAR
        )
    assert all(slot.starts_at != FIRST for slot in caught.value.alternatives)
    another = await an_interpreter(session, "Oumou")
    asked = await ask_ranked(
        session, clock, second, FIRST, post=GAMBIA_POST, room=VISIO_2, interpreter_language=PULAR
    )
    assert asked.booking.interpreter_id == another.id


async def test_an_interpreter_who_is_away_is_not_booked(session: AsyncConnection, clock: FixedClock) -> None:
    interpreter = await an_interpreter(session, "Binta")
    away = Interval(FIRST, FIRST + timedelta(minutes=5))
    await store_hours.add_closure(session, Closure(interpreter.id, away, "Congé"))
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(InterpreterBusy):
        await ask_ranked(session, clock, case, FIRST, interpreter_language=PULAR)


async def test_nobody_interprets_a_language_that_nobody_speaks(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(InterpreterBusy) as caught:
        await ask_ranked(session, clock, case, FIRST, interpreter_language=PULAR)
    assert caught.value.alternatives == ()


async def test_a_lawyer_attends_only_if_the_post_agrees(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, invited=[LAWYER])
    assert [guest.is_agreed for guest in asked.guests] == [None]
    confirmed = await confirm(session, clock, OFFICER, booking_id=asked.booking.id)
    assert ParticipantRole.LAWYER not in {seat.role for seat in confirmed.participants}
    (guest,) = await store_wishes.guests_of(session, asked.booking.id)
    assert guest.is_agreed is False


async def test_a_lawyer_to_whom_the_post_agrees_has_a_seat(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, invited=[LAWYER])
    agreed_guests = frozenset({asked.guests[0].id})
    confirmed = await confirm(
        session, clock, OFFICER, booking_id=asked.booking.id, agreed_guests=agreed_guests
    )
    seats = [seat for seat in confirmed.participants if seat.role is ParticipantRole.LAWYER]
    assert [(seat.name, seat.guest_id) for seat in seats] == [(LAWYER.name, asked.guests[0].id)]


async def test_a_guardian_attends_whatever_the_post_says(session: AsyncConnection, clock: FixedClock) -> None:
    case = await minor_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, invited=[GUARDIAN])
    confirmed = await confirm(session, clock, OFFICER, booking_id=asked.booking.id)
    seats = [seat for seat in confirmed.participants if seat.role is ParticipantRole.GUARDIAN]
    assert [seat.guest_id for seat in seats] == [asked.guests[0].id]


async def test_a_minor_without_a_named_guardian_is_not_asked_about(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL, is_minor=True).opened(session, clock)
    with pytest.raises(FieldRefused) as caught:
        await ask_ranked(session, clock, case, FIRST)
    assert caught.value.field == "guardian"
    asked = await ask_ranked(session, clock, case, FIRST, invited=[GUARDIAN])
    assert asked.booking.status is Status.REQUESTED


async def test_a_minor_without_a_guardian_is_not_confirmed(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST)
    found_minor = replace(case, is_minor=True, version=case.version + 1)
    await store.save(session, tables.cases, found_minor)
    with pytest.raises(GuardianNotNamed):
        await confirm(session, clock, OFFICER, booking_id=asked.booking.id)


@pytest.mark.parametrize(
    ("person", "lawyers", "language"),
    [
        pytest.param(detainee_at(STEENOKKERZEEL), 4, None, id="four guests"),
        pytest.param(detainee_at(STEENOKKERZEEL), 3, PULAR, id="three guests and an interpreter"),
        pytest.param(minor_at(STEENOKKERZEEL), 3, None, id="three guests and the guardian of the case"),
    ],
)
async def test_a_room_has_six_seats(
    session: AsyncConnection, clock: FixedClock, person: Detainee, lawyers: int, language: str | None
) -> None:
    await an_interpreter(session, "Binta")
    case = await person.opened(session, clock)

    async def asked_with(number: int) -> Requested:
        guests = [LAWYER] * number
        return await ask_ranked(session, clock, case, FIRST, invited=guests, interpreter_language=language)

    with pytest.raises(FieldRefused):
        await asked_with(lawyers)
    assert len((await asked_with(lawyers - 1)).guests) == lawyers - 1


async def test_a_request_tells_once_and_knows_its_route(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, SECOND)
    assert asked.request.route is Route.SAME_STATE
    assert [each["booking_id"] for each in await told(session, "booking:requested")] == [asked.booking.id]
