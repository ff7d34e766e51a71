"""Requests that nobody answers: asked once more, then given up; and reminders, each told once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.booking import Booking, CancelReason, Status
from scheduling.cancel import cancel
from scheduling.deadline import ANSWER_AHEAD, chase_at, expires_at
from scheduling.errors import NotPossibleNow
from scheduling.expire import chase, expire, to_chase, to_expire
from scheduling.move import move
from scheduling.remind import remind
from tests.support.agreements import ask_ranked, held, told
from tests.support.clock import NOON, FixedClock
from tests.support.people import GAMBIA_POST, STEENOKKERZEEL, VISIO_1, agreed, ask, detainee_at, staff_of

FIRST = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
STAFF = staff_of(STEENOKKERZEEL)


@pytest.fixture
async def asked(session: AsyncConnection, clock: FixedClock) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await ask_ranked(session, clock, case, FIRST, FIRST + timedelta(days=1))).booking


async def all_expired(session: AsyncConnection, clock: FixedClock) -> list[Booking]:
    found = [await expire(session, clock, each) for each in await to_expire(session, clock)]
    return [booking for booking in found if booking is not None]


async def all_chased(session: AsyncConnection, clock: FixedClock) -> list[str]:
    return [each for each in await to_chase(session, clock) if await chase(session, clock, each)]


async def test_a_request_without_an_answer_is_given_up_a_day_before_its_last_wish(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    clock.set(FIRST + timedelta(days=1) - ANSWER_AHEAD - timedelta(seconds=1))
    assert await all_expired(session, clock) == []
    clock.advance(seconds=1)
    (gone,) = await all_expired(session, clock)
    assert (gone.id, gone.status) == (asked.id, Status.EXPIRED)
    assert await held(session) == 0
    assert await all_expired(session, clock) == []
    assert len(await told(session, "booking:expired")) == 1


async def test_an_answered_request_does_not_expire(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await agreed(session, clock, asked)
    clock.set(FIRST)
    assert await all_expired(session, clock) == []


async def test_what_was_answered_after_it_was_found_due_is_left_alone(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    clock.set(FIRST - timedelta(days=2))
    assert await to_chase(session, clock) == [asked.id]
    await agreed(session, clock, asked)
    assert await expire(session, clock, asked.id) is None
    assert await chase(session, clock, asked.id) is False


async def test_an_expired_request_is_not_confirmed(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    clock.set(FIRST)
    await all_expired(session, clock)
    with pytest.raises(NotPossibleNow):
        await agreed(session, clock, await store.load_booking(session, asked.id))


async def test_the_post_is_asked_once_more_before(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    assert await all_chased(session, clock) == []
    clock.set(FIRST - timedelta(days=2))
    assert await all_chased(session, clock) == [asked.id]
    assert await all_chased(session, clock) == []
    assert await told(session, "booking:chased") == [{"booking_id": asked.id}]


async def test_a_withdrawn_request_is_not_chased(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await cancel(session, clock, STAFF, booking_id=asked.id, reason=CancelReason.BY_CENTRE)
    clock.set(FIRST - timedelta(days=2))
    assert await all_chased(session, clock) == []


@given(
    notice=st.timedeltas(min_value=timedelta(minutes=5), max_value=timedelta(days=90)),
)
def test_there_is_time_to_answer_whatever_the_notice(notice: timedelta) -> None:
    last = NOON + notice
    given_up_at = expires_at(NOON, last)
    assert NOON < chase_at(NOON, given_up_at) < given_up_at < last


async def test_reminders_are_told_once_each_two_days_and_one_hour_before(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await agreed(session, clock, asked)
    assert await remind(session, clock) == 0
    clock.set(FIRST - timedelta(hours=48))
    assert await remind(session, clock) == 1
    assert await remind(session, clock) == 0
    clock.set(FIRST - timedelta(hours=1))
    assert await remind(session, clock) == 1
    clock.set(FIRST)
    assert await remind(session, clock) == 0
    assert [each["hours"] for each in await told(session, "booking:reminder")] == [48, 1]


async def test_who_was_invited_an_hour_ago_is_not_reminded_of_it(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    tomorrow = datetime(2026, 9, 22, 11, 0, tzinfo=UTC)
    await agreed(session, clock, (await ask(session, clock, case, tomorrow)).booking)
    assert await remind(session, clock) == 0
    clock.set(tomorrow - timedelta(minutes=59))
    assert await remind(session, clock) == 1


async def test_a_booking_that_moved_is_reminded_of_anew(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    booking = (await ask(session, clock, case, FIRST, post=GAMBIA_POST)).booking
    clock.set(FIRST - timedelta(hours=48))
    assert await remind(session, clock) == 1
    later = FIRST + timedelta(days=5)
    await move(session, clock, STAFF, booking_id=booking.id, room_id=VISIO_1.id, starts_at=later)
    assert await remind(session, clock) == 0
    clock.set(later - timedelta(hours=48))
    assert await remind(session, clock) == 1


async def test_a_cancelled_booking_is_not_reminded_of(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await agreed(session, clock, asked)
    await cancel(session, clock, STAFF, booking_id=asked.id, reason=CancelReason.BY_CENTRE)
    clock.set(FIRST - timedelta(hours=48))
    assert await remind(session, clock) == 0
