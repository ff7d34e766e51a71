"""The list of cases: its pages, its order, and that each step finds exactly the cases that stand there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.booking import CancelReason
from scheduling.cancel import cancel
from scheduling.case import Suitability
from scheduling.listing import Slice
from scheduling.next_step import NextStep
from scheduling.propose import propose
from scheduling.queries import CaseFilter, cases_to_settle, count_cases, list_cases
from scheduling.stop import stop
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
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


async def found(
    session: AsyncConnection, actor: Actor, clock: FixedClock, page: Slice | None = None, **wanted: Any
) -> list[str]:
    asked = CaseFilter(**wanted)
    return [
        row.case.reference for row in (await list_cases(session, actor, clock(), asked, page or Slice())).rows
    ]


async def test_pages_together_hold_every_case_once_and_the_first_to_end_on_top(
    session: AsyncConnection, clock: FixedClock
) -> None:
    ends = [date(2027, 1, day) for day in (9, 3, 7, 5, 1)]
    cases = [await detainee_at(STEENOKKERZEEL, detention_ends_on=on).opened(session, clock) for on in ends]
    ordered = [case.reference for case in sorted(cases, key=lambda case: case.detention_ends_on)]
    pages = [await found(session, HOST, clock, Slice(number, 2)) for number in (1, 2, 3, 4)]
    assert pages == [ordered[:2], ordered[2:4], ordered[4:], []]
    listing = await list_cases(session, HOST, clock(), CaseFilter(), Slice(2, 2))
    assert (listing.found, listing.has_more) == (5, True)


async def test_each_step_finds_exactly_the_cases_that_stand_there(
    session: AsyncConnection, clock: FixedClock
) -> None:
    cases = [await detainee_at(STEENOKKERZEEL).opened(session, clock) for _ in range(8)]
    await detainee_at(STEENOKKERZEEL, suitability=Suitability.NOT_ASSESSED).opened(session, clock)
    await detainee_at(STEENOKKERZEEL, suitability=Suitability.UNSUITABLE).opened(session, clock)
    slots = [SLOT, SLOT + timedelta(days=1), SLOT + timedelta(days=16), SLOT + timedelta(days=2)]
    slots += [SLOT + timedelta(days=days) for days in (21, 22, 23)]
    asked = [(await ask(session, clock, case, at)).booking for case, at in zip(cases, slots, strict=False)]
    await agreed(session, clock, asked[0])
    await cancel(session, clock, HOST, booking_id=asked[3].id, reason=CancelReason.TECHNICAL)
    await stop(session, clock, HOST, case_id=cases[4].id)
    officer, room = officer_of(BRUSSELS_POST), VISIO_1.id
    for booking, days in ((asked[5], 26), (asked[6], 5)):  # the second is past when it is looked at again
        at = SLOT + timedelta(days=days)
        await propose(session, clock, officer, booking_id=booking.id, room_id=room, starts_at=at)
    for days in (0, 12):
        clock.advance(days=days)
        everything = (await list_cases(session, HOST, clock(), CaseFilter(), Slice())).rows
        steps = {row.step for row in everything}
        assert {NextStep.ANSWER, NextStep.AWAIT_ANSWER if not days else NextStep.ANSWER_LATE} < steps
        assert len(steps) >= 6
        for step in NextStep:
            wanted = [row.case.reference for row in everything if row.step is step]
            assert await found(session, HOST, clock, step=step) == wanted, step


async def test_country_centre_and_reference_narrow_the_list(
    session: AsyncConnection, clock: FixedClock
) -> None:
    here = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    there = await detainee_at(ROTTERDAM, country="GM").opened(session, clock)
    everyone = a_supervisor()
    assert await found(session, everyone, clock, country="GM") == [there.reference]
    assert await found(session, everyone, clock, centre_id=STEENOKKERZEEL.id) == [here.reference]
    assert await found(session, everyone, clock, reference=there.reference.lower()) == [there.reference]
    assert await found(session, everyone, clock, reference="%") == []
    for actor in (staff_of(ROTTERDAM), officer_of(BRUSSELS_POST), an_administrator()):
        assert await found(session, actor, clock, reference=here.reference) == []
        assert await found(session, actor, clock, centre_id=STEENOKKERZEEL.id) == []


async def test_a_desk_counts_what_is_open_and_settles_what_presses(
    session: AsyncConnection, clock: FixedClock
) -> None:
    soon = await detainee_at(STEENOKKERZEEL, detention_ends_on=date(2026, 10, 1)).opened(session, clock)
    waits = await detainee_at(STEENOKKERZEEL, detention_ends_on=date(2026, 10, 2)).opened(session, clock)
    await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, waits, SLOT)
    figures = await count_cases(session, HOST, clock())
    assert (figures.open, figures.short) == (3, 2)
    assert [row.case.id for row in await cases_to_settle(session, HOST, clock())] == [soon.id]
    assert (await count_cases(session, staff_of(ROTTERDAM), clock())).open == 0


@pytest.mark.parametrize("number", [1, 2])
async def test_a_page_of_nothing_is_empty(session: AsyncConnection, clock: FixedClock, number: int) -> None:
    listing = await list_cases(session, HOST, clock(), CaseFilter(), Slice(number))
    assert (listing.rows, listing.found, listing.has_more) == ((), 0, False)
