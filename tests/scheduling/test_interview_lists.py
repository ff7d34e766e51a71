"""The list of interviews: pages that together are everything once, and only what the actor may see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.booking import CancelReason, Status
from scheduling.cancel import cancel
from scheduling.listing import LAST_PAGE, MOST_COUNTED, Listing, Slice
from scheduling.queries import InterviewFilter, When, list_interviews
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    CONAKRY_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    a_supervisor,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST = staff_of(STEENOKKERZEEL)


@pytest.fixture
async def booked(session: AsyncConnection, clock: FixedClock) -> list[str]:
    """Four interviews on four days, two in each room; the references in order of time."""
    references = []
    for days in (0, 1, 2, 5):
        case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        room = VISIO_1 if days % 2 else VISIO_2
        await agreed(
            session, clock, (await ask(session, clock, case, SLOT + timedelta(days=days), room=room)).booking
        )
        references.append(case.reference)
    return references


async def found(
    session: AsyncConnection, actor: Actor, clock: FixedClock, page: Slice | None = None, **wanted: Any
) -> list[str]:
    asked = InterviewFilter(**wanted)
    listing = await list_interviews(session, actor, clock(), asked, page or Slice())
    return [row.booking.reference for row in listing.rows]


async def test_pages_together_hold_every_interview_once_and_in_order(
    session: AsyncConnection, clock: FixedClock, booked: list[str]
) -> None:
    pages = [await found(session, HOST, clock, Slice(number, 3)) for number in (1, 2, 3)]
    assert pages == [booked[:3], booked[3:], []]
    first = await list_interviews(session, HOST, clock(), InterviewFilter(), Slice(1, 3))
    assert (first.found, first.has_more) == (4, True)
    last = await list_interviews(session, HOST, clock(), InterviewFilter(), Slice(2, 3))
    assert (last.found, last.has_more) == (4, False)


async def test_what_is_over_or_given_up_is_past_and_the_newest_stands_on_top(
    session: AsyncConnection, clock: FixedClock, booked: list[str]
) -> None:
    listing = await list_interviews(session, HOST, clock(), InterviewFilter(), Slice())
    gone = listing.rows[3].booking.booking_id
    await cancel(session, clock, HOST, booking_id=gone, reason=CancelReason.TECHNICAL)
    clock.set(SLOT + timedelta(days=1, hours=-3))
    assert await found(session, HOST, clock) == booked[1:3]
    assert await found(session, HOST, clock, when=When.PAST) == [booked[3], booked[0]]
    assert await found(session, HOST, clock, when=When.ALL) == booked[::-1]


async def test_each_field_narrows_the_list(
    session: AsyncConnection, clock: FixedClock, booked: list[str]
) -> None:
    assert await found(session, HOST, clock, room_id=VISIO_1.id) == [booked[1], booked[3]]
    assert await found(session, HOST, clock, post_id=CONAKRY_POST.id) == []
    assert await found(session, HOST, clock, post_id=BRUSSELS_POST.id) == booked
    assert await found(session, HOST, clock, status=Status.COMPLETED) == []
    assert await found(session, HOST, clock, status=Status.CONFIRMED) == booked
    days: dict[str, Any] = {"from_on": date(2026, 9, 24), "until_on": date(2026, 9, 25)}
    assert await found(session, HOST, clock, **days) == booked[1:3]
    assert await found(session, a_supervisor(), clock, centre_id=ROTTERDAM.id) == []
    assert await found(session, a_supervisor(), clock, centre_id=STEENOKKERZEEL.id) == booked


async def test_a_reference_is_found_whole_or_by_its_beginning_and_never_as_a_pattern(
    session: AsyncConnection, clock: FixedClock, booked: list[str]
) -> None:
    wanted = booked[2]
    assert await found(session, HOST, clock, reference=f" {wanted.lower()} ") == [wanted]
    assert wanted in await found(session, HOST, clock, reference=wanted[:3])
    for nothing in ("%", "_" * 7, "%" * 7):
        assert await found(session, HOST, clock, reference=nothing) == []


@pytest.mark.parametrize(
    ("actor", "number"),
    [
        (HOST, 4),
        (officer_of(BRUSSELS_POST), 4),
        (a_supervisor(), 4),
        (staff_of(ROTTERDAM), 0),
        (officer_of(CONAKRY_POST), 0),
        (an_administrator(), 0),
    ],
)
async def test_nobody_lists_interviews_of_another_place(
    session: AsyncConnection, clock: FixedClock, booked: list[str], actor: Actor, number: int
) -> None:
    narrowings: tuple[dict[str, Any], ...] = (
        {},
        {"reference": booked[0]},
        {"room_id": VISIO_1.id},
        {"centre_id": STEENOKKERZEEL.id},
        {"post_id": BRUSSELS_POST.id},
    )
    for narrowed in narrowings:
        listed = await found(session, actor, clock, when=When.ALL, **narrowed)
        assert bool(listed) is bool(number)
        assert narrowed or len(listed) == number


def test_a_page_beyond_the_last_is_the_last_and_counting_has_a_bound() -> None:
    assert [Slice(number).number for number in (-3, 0, 2, LAST_PAGE + 1)] == [1, 1, 2, LAST_PAGE]
    assert Slice(3, 10).offset == 20
    assert Listing((), 1, MOST_COUNTED + 1, has_more=True).is_more_than_counted
    assert not Listing((), 1, MOST_COUNTED, has_more=False).is_more_than_counted
