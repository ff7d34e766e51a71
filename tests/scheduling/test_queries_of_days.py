"""What takes place within a span: each wish and proposal where it lies, and only what the reader may see."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.booking import Booking, CancelReason, Status
from scheduling.cancel import cancel
from scheduling.propose import propose
from scheduling.queries import booking_page
from scheduling.queries_of_days import Standing, appointments_within
from scheduling.slot import Interval
from tests.support.agreements import PULAR, an_interpreter, ask_ranked
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_2,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
NEXT = FIRST + timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK = Interval(FIRST - timedelta(days=2), FIRST + timedelta(days=5))
STAFF, OFFICER = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST)


async def standing(session: AsyncConnection, clock: FixedClock, at: datetime) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await agreed(session, clock, (await ask(session, clock, case, at)).booking)).booking


async def seen(session: AsyncConnection, actor: Actor, span: Interval = WEEK) -> list[tuple[object, ...]]:
    found, is_more = await appointments_within(session, actor, span)
    assert not is_more
    return [(each.standing, each.rank, each.booking.starts_at, each.booking.room_name) for each in found]


async def test_each_wish_stands_where_it_lies_and_with_its_rank(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask_ranked(session, clock, case, NEXT, FIRST)
    both = [(Standing.WISH, 2, FIRST, "Visio 1"), (Standing.WISH, 1, NEXT, "Visio 1")]
    assert await seen(session, STAFF) == await seen(session, OFFICER) == both
    assert await seen(session, STAFF, Interval(FIRST, FIRST + HOUR)) == both[:1]
    assert await seen(session, STAFF, Interval(FIRST + HOUR, NEXT)) == []


async def test_a_single_wish_has_no_rank_and_what_was_agreed_is_one_slot(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask_ranked(session, clock, case, FIRST)
    await standing(session, clock, NEXT)
    assert await seen(session, STAFF) == [
        (Standing.WISH, None, FIRST, "Visio 1"),
        (Standing.BOOKED, None, NEXT, "Visio 1"),
    ]
    found, _ = await appointments_within(session, STAFF, WEEK)
    assert [(each.is_held, each.held_until is None) for each in found] == [(False, False), (True, True)]


async def test_another_slot_that_is_proposed_is_shown_in_its_own_room(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking = await standing(session, clock, FIRST)
    await propose(
        session, clock, OFFICER, booking_id=booking.id, room_id=VISIO_2.id, starts_at=NEXT, remark=""
    )
    assert (Standing.PROPOSAL, None, NEXT, "Visio 2") in await seen(session, STAFF)
    await cancel(session, clock, STAFF, booking_id=booking.id, reason=CancelReason.BY_CENTRE)
    found, _ = await appointments_within(session, OFFICER, WEEK)
    assert [(each.standing, each.booking.status) for each in found] == [(Standing.BOOKED, Status.CANCELLED)]


async def test_nobody_sees_another_centre_or_another_post(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask_ranked(session, clock, case, FIRST, NEXT)
    assert await seen(session, staff_of(ROTTERDAM)) == []
    assert await seen(session, officer_of(GHANA_POST)) == []
    everything = await seen(session, a_supervisor())
    assert len(everything) == 2
    for centre, count in ((STEENOKKERZEEL, 2), (ROTTERDAM, 0)):
        found, _ = await appointments_within(session, a_supervisor(), WEEK, centre.id)
        assert len(found) == count


async def test_who_interprets_is_for_those_who_read_cases(
    session: AsyncConnection, clock: FixedClock
) -> None:
    person = await an_interpreter(session, "Barry")
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask_ranked(session, clock, case, FIRST, interpreter_language=PULAR)
    for actor, name in ((STAFF, person.name), (OFFICER, "")):
        (found,), _ = await appointments_within(session, actor, WEEK)
        assert found.interpreter == name
        page = await booking_page(session, actor, found.booking.booking_id, clock())
        assert page is not None
        assert (page.interpreter_language, page.interpreter) == (PULAR, name)


async def test_there_may_be_more_than_a_page_shows(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask_ranked(session, clock, case, NEXT, FIRST)
    found, is_more = await appointments_within(session, STAFF, WEEK, most=1)
    assert is_more
    assert [(each.booking.starts_at, each.rank) for each in found] == [(FIRST, 2)]
