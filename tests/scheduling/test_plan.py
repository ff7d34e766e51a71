"""Keeping hours: who may, what contradicts itself, and what a save leaves alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_owners, tables
from scheduling.actor import Actor
from scheduling.availability import WeeklyHours
from scheduling.errors import FieldRefused, NotForYou
from scheduling.keep_hours import keep_busy_times, keep_hours
from scheduling.offer import Closure, ClosureKind
from scheduling.plan import Dated, Pace, Plan, is_night_or_day, overlapping_row, weekdays_of, weekly_rule
from scheduling.slot import Interval
from tests.support.clock import NOON, FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    KAMER_1,
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

BRUSSELS = "Europe/Brussels"
SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
THAT_DAY = Interval(datetime(2026, 9, 22, 22, tzinfo=UTC), datetime(2026, 9, 23, 22, tzinfo=UTC))
LAST_WEEK = Interval(NOON - timedelta(days=7), NOON - timedelta(days=6))
HOST, OFFICER = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST)
PACE = Pace(45, 60, 3, 2)


def weekly(days: str, starts: int, ends: int) -> WeeklyHours:
    return WeeklyHours(weekly_rule(days.split(",")), NOON.date(), time(starts), time(ends), BRUSSELS)


@pytest.mark.parametrize(
    ("actor", "owner_id"),
    [
        pytest.param(officer_of(GHANA_POST), BRUSSELS_POST.id, id="an officer for another post"),
        pytest.param(OFFICER, VISIO_1.id, id="an officer for a room"),
        pytest.param(HOST, BRUSSELS_POST.id, id="staff for a post"),
        pytest.param(HOST, KAMER_1.id, id="staff for another centre's room"),
        pytest.param(a_supervisor(), STEENOKKERZEEL.id, id="a supervisor"),
        pytest.param(an_administrator(), "0" * 26, id="nothing"),
    ],
)
async def test_hours_of_others_cannot_be_kept(
    session: AsyncConnection, clock: FixedClock, actor: Actor, owner_id: str
) -> None:
    with pytest.raises(NotForYou):
        await keep_hours(session, clock, actor, owner_id=owner_id, plan=Plan())
    with pytest.raises(NotForYou):
        await keep_busy_times(session, clock, actor, owner_id=owner_id, busy=[])


@pytest.mark.parametrize(
    ("actor", "owner_id"),
    [
        (OFFICER, BRUSSELS_POST.id),
        (HOST, VISIO_1.id),
        (an_administrator(), BRUSSELS_POST.id),
        (an_administrator(), KAMER_1.id),
    ],
)
async def test_a_plan_replaces_the_weekly_hours_and_leaves_a_trace(
    session: AsyncConnection, clock: FixedClock, actor: Actor, owner_id: str
) -> None:
    zone = (await store_owners.load_owner(session, owner_id)).zone
    wanted = tuple(replace(hours, zone=zone) for hours in (weekly("MO,TU", 9, 12), weekly("FR", 22, 2)))
    assert await keep_hours(session, clock, actor, owner_id=owner_id, plan=Plan(weekly=wanted)) == 0
    assert set((await store_hours.hours_of(session, [owner_id]))[owner_id]) == set(wanted)
    act = (
        await session.execute(
            select(tables.audit.c.act, tables.audit.c.noun_id).order_by(tables.audit.c.at.desc())
        )
    ).first()
    assert act == ("keep_hours", owner_id)


async def test_a_rule_that_no_week_shows_stays(session: AsyncConnection, clock: FixedClock) -> None:
    monthly = WeeklyHours("FREQ=MONTHLY;BYDAY=1MO", date(2026, 1, 1), time(9), time(12), BRUSSELS)
    await store_hours.add_hours(session, VISIO_1.id, monthly)
    await keep_hours(session, clock, HOST, owner_id=VISIO_1.id, plan=Plan(weekly=(weekly("TU", 9, 12),)))
    assert monthly in (await store_hours.hours_of(session, [VISIO_1.id]))[VISIO_1.id]


async def test_past_closures_and_busy_times_stay_when_closures_are_replaced(
    session: AsyncConnection, clock: FixedClock
) -> None:
    past = Closure(BRUSSELS_POST.id, LAST_WEEK, "over")
    busy = Closure(BRUSSELS_POST.id, THAT_DAY, kind=ClosureKind.BUSY)
    former = Closure(BRUSSELS_POST.id, THAT_DAY, "former")
    for each in (past, busy, former):
        await store_hours.add_closure(session, each)
    plan = Plan(closures=(Dated(THAT_DAY, "new"),))
    await keep_hours(session, clock, OFFICER, owner_id=BRUSSELS_POST.id, plan=plan)
    whole = Interval(LAST_WEEK.starts_at, THAT_DAY.ends_at)
    found = await store_hours.closures_of(session, [BRUSSELS_POST.id], whole)
    assert sorted((each.reason, each.kind) for each in found) == [
        ("", "busy"),
        ("new", "closed"),
        ("over", "closed"),
    ]


@pytest.mark.parametrize("owner_id", [BRUSSELS_POST.id, VISIO_1.id, STEENOKKERZEEL.id])
async def test_a_new_closure_counts_the_live_bookings_that_it_hits(
    session: AsyncConnection, clock: FixedClock, owner_id: str
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    plan = Plan(closures=(Dated(THAT_DAY, "water"),))
    hit = [
        await keep_hours(session, clock, an_administrator(), owner_id=owner_id, plan=plan) for _ in range(2)
    ]
    assert hit == [1, 0], "the second save closes nothing new"


async def test_worked_holidays_and_the_pace_are_written(session: AsyncConnection, clock: FixedClock) -> None:
    day = date(2026, 11, 11)
    plan = Plan(worked=frozenset({day}), pace=PACE)
    await keep_hours(session, clock, OFFICER, owner_id=BRUSSELS_POST.id, plan=plan)
    assert (await store_hours.worked_holidays_of(session, [BRUSSELS_POST.id]))[BRUSSELS_POST.id] == {day}
    await keep_hours(session, clock, OFFICER, owner_id=BRUSSELS_POST.id, plan=Plan())
    assert (await store_hours.worked_holidays_of(session, [BRUSSELS_POST.id]))[BRUSSELS_POST.id] == set()
    o = tables.organisations
    row = (
        await session.execute(
            select(o.c.slot_minutes, o.c.lead_minutes, o.c.daily_quota, o.c.seats).where(
                o.c.id == BRUSSELS_POST.id
            )
        )
    ).one()
    assert tuple(row) == (45, 60, 3, 2)


@pytest.mark.parametrize(
    ("owner_id", "plan", "field"),
    [
        (STEENOKKERZEEL.id, Plan(weekly=(weekly("MO", 9, 12),)), "weekly"),
        (STEENOKKERZEEL.id, Plan(openings=(Dated(THAT_DAY),)), "weekly"),
        (VISIO_1.id, Plan(worked=frozenset({date(2026, 11, 11)})), "worked"),
        (VISIO_1.id, Plan(pace=PACE), "slot_minutes"),
        (VISIO_1.id, Plan(weekly=(replace(weekly("MO", 9, 12), zone="Asia/Colombo"),)), "weekly"),
        (VISIO_1.id, Plan(weekly=(weekly("MO", 9, 12), weekly("MO,TU", 11, 13))), "weekly-1"),
        (VISIO_1.id, Plan(closures=(Dated(LAST_WEEK),)), "shut"),
        (BRUSSELS_POST.id, Plan(pace=replace(PACE, slot_minutes=7)), "slot_minutes"),
        (BRUSSELS_POST.id, Plan(pace=replace(PACE, seats=0)), "seats"),
        (BRUSSELS_POST.id, Plan(pace=replace(PACE, daily_quota=0)), "daily_quota"),
        (BRUSSELS_POST.id, Plan(pace=replace(PACE, lead_minutes=-1)), "lead_hours"),
    ],
)
async def test_what_contradicts_itself_is_refused_and_nothing_is_written(
    session: AsyncConnection, clock: FixedClock, owner_id: str, plan: Plan, field: str
) -> None:
    before = await store_hours.hours_of(session, [owner_id])
    with pytest.raises(FieldRefused) as refusal:
        await keep_hours(session, clock, an_administrator(), owner_id=owner_id, plan=plan)
    assert refusal.value.field == field
    assert await store_hours.hours_of(session, [owner_id]) == before


@pytest.mark.parametrize(
    ("starts", "ends", "makes_sense"),
    [
        (time(9), time(16), True),
        (time(22), time(6), True),
        (time(0), time(0), True),
        (time(22), time(0), True),
        (time(16), time(9), False),
        (time(9), time(9), False),
    ],
)
def test_an_end_before_the_start_is_a_night_or_a_slip(starts: time, ends: time, makes_sense: bool) -> None:
    assert is_night_or_day(starts, ends) is makes_sense


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([("MO", 9, 12), ("MO", 12, 16)], None),
        ([("MO", 9, 12), ("TU", 9, 12)], None),
        ([("MO", 9, 12), ("FR", 1, 2), ("MO,WE", 11, 13)], 2),
        ([("SU", 22, 6), ("MO", 5, 9)], 1),
        ([("MO", 5, 9), ("SU", 22, 6)], 1),
        ([("SU", 22, 6), ("MO", 6, 9)], None),
    ],
)
def test_rows_that_share_a_moment_are_found_across_midnight_and_the_week(
    rows: list[tuple[str, int, int]], place: int | None
) -> None:
    assert overlapping_row([weekly(*row) for row in rows]) == place


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY", ("MO", "TU", "WE", "TH", "FR", "SA", "SU")),
        ("FREQ=WEEKLY;BYDAY=FR,MO", ("MO", "FR")),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=2", None),
        ("FREQ=DAILY;UNTIL=20270101", None),
        ("FREQ=MONTHLY;BYDAY=1MO", None),
    ],
)
def test_only_plain_weeks_are_shown_as_weekdays(rule: str, days: tuple[str, ...] | None) -> None:
    assert weekdays_of(WeeklyHours(rule, date(2026, 9, 21), time(9), time(12), BRUSSELS)) == days
