"""What a change leaves where it could not be booked any more: hours, use, quota, seats, closures."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_keeping, store_owners, store_places
from scheduling.affected import Change, Held, beyond_pace
from scheduling.availability import WeeklyHours
from scheduling.confirm import confirm
from scheduling.keep_hours import keep_busy_times, keep_hours
from scheduling.keep_interpreter import keep_interpreter
from scheduling.keep_room import keep_room
from scheduling.offer import Closure
from scheduling.owner import OwnerKind
from scheduling.plan import Pace, Plan, weekly_rule
from scheduling.queries_of_affected import affected_bookings, bookings_hit, count_affected, hits_of_owner
from scheduling.queries_of_days import Standing
from scheduling.slot import Interval
from tests.support.agreements import PULAR, an_interpreter, ask_ranked
from tests.support.clock import NOON, FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GAMBIA_POST,
    GHANA_POST,
    STEENOKKERZEEL,
    VISIO_1,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)  # ten in Brussels, a Wednesday
MUCH_LATER = SLOT + timedelta(days=365)
HOST, OFFICER, BOSS = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST), an_administrator()
WEEK = ["MO", "TU", "WE", "TH", "FR"]


def weekly(starts: int, ends: int) -> WeeklyHours:
    return WeeklyHours(weekly_rule(WEEK), NOON.date(), time(starts), time(ends), "Europe/Brussels")


async def asked(session: AsyncConnection, clock: FixedClock, at: datetime = SLOT) -> str:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await ask(session, clock, case, at)).booking.id


async def changes(session: AsyncConnection, clock: FixedClock) -> list[tuple[OwnerKind, Change]]:
    return [
        (hit.kind, hit.change) for row in await affected_bookings(session, HOST, clock()) for hit in row.hits
    ]


@pytest.mark.parametrize("stands", [False, True], ids=["asked", "confirmed"])
@pytest.mark.parametrize(
    ("owner_id", "kind"), [(BRUSSELS_POST.id, OwnerKind.POST), (VISIO_1.id, OwnerKind.ROOM)]
)
async def test_shorter_hours_hit_what_lies_outside_them(
    session: AsyncConnection, clock: FixedClock, owner_id: str, kind: OwnerKind, stands: bool
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, SLOT)).booking
    if stands:
        await agreed(session, clock, booking)
    assert await affected_bookings(session, HOST, clock()) == []
    for starts, hit in ((9, 0), (11, 1), (11, 0)):
        plan = Plan(weekly=(weekly(starts, 16),))
        said = await keep_hours(session, clock, BOSS, owner_id=owner_id, plan=plan)
        assert said == hit, "only a change that hits is told"
    for actor in (HOST, OFFICER):
        (row,) = await affected_bookings(session, actor, clock())
        assert (row.booking.booking_id, row.booking.starts_at) == (booking.id, SLOT)
        assert await count_affected(session, actor, clock(), MUCH_LATER) == 1
        assert await count_affected(session, actor, clock(), SLOT) == 0
    assert await changes(session, clock) == [(kind, Change.HOURS)]
    for stranger in (officer_of(GHANA_POST), BOSS):
        assert await count_affected(session, stranger, clock(), MUCH_LATER) == 0


async def test_hours_that_end_within_the_slot_hit_it_and_an_opening_saves_it(
    session: AsyncConnection, clock: FixedClock
) -> None:
    await asked(session, clock)
    until = replace(weekly(9, 10), ends_local=time(10, 30))
    assert await keep_hours(session, clock, HOST, owner_id=VISIO_1.id, plan=Plan(weekly=(until,))) == 1
    half_past = SLOT + timedelta(minutes=30)
    await store_hours.add_opening(session, VISIO_1.id, Interval(half_past, SLOT + timedelta(hours=1)))
    assert await count_affected(session, HOST, clock(), MUCH_LATER) == 0


async def test_a_room_put_out_of_use_hits_its_bookings_and_no_others(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking_id = await asked(session, clock)
    owner = await store_owners.load_owner(session, VISIO_1.id)
    before = await hits_of_owner(session, owner, clock())
    await keep_room(session, clock, HOST, room=replace(VISIO_1, is_active=False))
    assert bookings_hit(await hits_of_owner(session, owner, clock()), before) == 1
    (row,) = await affected_bookings(session, HOST, clock())
    assert row.booking.booking_id == booking_id
    assert await changes(session, clock) == [(OwnerKind.ROOM, Change.OUT_OF_USE)]
    clock.advance(days=30)
    assert await count_affected(session, HOST, clock(), MUCH_LATER) == 0, (
        "what is past is not looked at again"
    )


@pytest.mark.parametrize("how", ["taken_off", "hours", "busy"])
async def test_an_interpreter_who_cannot_come_any_more_hits_the_booking(
    session: AsyncConnection, clock: FixedClock, how: str
) -> None:
    interpreter = await an_interpreter(session, "Diallo")
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    requested = await ask_ranked(session, clock, case, SLOT, interpreter_language=PULAR)
    await confirm(session, clock, OFFICER, booking_id=requested.booking.id)
    assert await count_affected(session, HOST, clock(), MUCH_LATER) == 0
    if how == "taken_off":
        await keep_interpreter(session, clock, BOSS, interpreter=replace(interpreter, is_active=False))
    elif how == "hours":
        plan = Plan(weekly=(replace(weekly(20, 21), zone=interpreter.zone),))
        assert await keep_hours(session, clock, BOSS, owner_id=interpreter.id, plan=plan) == 1
    else:
        busy = [Interval(SLOT, SLOT + timedelta(minutes=5))]
        for _ in range(2):
            assert await keep_busy_times(session, clock, BOSS, owner_id=interpreter.id, busy=busy) == 1
    expected = {"taken_off": Change.OUT_OF_USE, "hours": Change.HOURS, "busy": Change.BUSY}[how]
    assert await changes(session, clock) == [(OwnerKind.INTERPRETER, expected)]


async def test_a_wish_that_is_hit_names_its_rank(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    next_day = SLOT + timedelta(days=1)
    await ask_ranked(session, clock, case, SLOT, next_day)
    await store_hours.add_closure(
        session, Closure(BRUSSELS_POST.id, Interval(next_day, next_day + timedelta(hours=2)), "Fête")
    )
    (row,) = await affected_bookings(session, OFFICER, clock())
    assert (row.standing, row.rank, row.booking.starts_at) == (Standing.WISH, 2, next_day)
    assert [hit.reason for hit in row.hits] == ["Fête"]
    (row,) = await affected_bookings(session, HOST, clock())
    assert [hit.reason for hit in row.hits] == [""], "the reason of the other side stays there"


async def test_a_holiday_that_is_no_longer_worked_hits_what_was_booked_on_it(
    session: AsyncConnection, clock: FixedClock
) -> None:
    guinea = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    await store_hours.work_on(session, BRUSSELS_POST.id, date(2026, 10, 2), works=True)
    await asked(session, clock, guinea)
    standing = (await store_hours.hours_of(session, [BRUSSELS_POST.id]))[BRUSSELS_POST.id]
    plan = Plan(weekly=tuple(standing))
    assert await keep_hours(session, clock, OFFICER, owner_id=BRUSSELS_POST.id, plan=plan) == 1
    assert await changes(session, clock) == [(OwnerKind.POST, Change.HOLIDAY)]


async def test_a_lower_quota_hits_who_asked_last(session: AsyncConnection, clock: FixedClock) -> None:
    await asked(session, clock)
    clock.advance(minutes=1)
    last = await asked(session, clock, SLOT + timedelta(hours=2))
    standing = (await store_hours.hours_of(session, [BRUSSELS_POST.id]))[BRUSSELS_POST.id]
    plan = Plan(weekly=tuple(standing), pace=Pace(60, 60, 1, 1))
    assert await keep_hours(session, clock, OFFICER, owner_id=BRUSSELS_POST.id, plan=plan) == 1
    (row,) = await affected_bookings(session, HOST, clock())
    assert row.booking.booking_id == last
    assert await changes(session, clock) == [(OwnerKind.POST, Change.QUOTA)]


async def test_a_post_out_of_use_hits_all_that_was_asked_of_it(
    session: AsyncConnection, clock: FixedClock
) -> None:
    await asked(session, clock)
    post = await store_places.load_post(session, BRUSSELS_POST.id)
    await store_keeping.save_post(session, replace(post, is_active=False))
    assert await changes(session, clock) == [(OwnerKind.POST, Change.OUT_OF_USE)]


def a_slot(name: str, starts: int, minutes: int, asked_at: int) -> Held:
    at = SLOT + timedelta(minutes=starts)
    times = (at, at + timedelta(minutes=minutes), NOON + timedelta(minutes=asked_at))
    return Held(name, GAMBIA_POST.id, STEENOKKERZEEL.id, VISIO_1.id, None, *times, "booked", None)


@pytest.mark.parametrize(
    ("slots", "seats", "beyond"),
    [
        ([a_slot("a", 0, 60, 1), a_slot("b", 0, 60, 2)], 2, []),
        ([a_slot("a", 0, 60, 1), a_slot("b", 0, 60, 2)], 1, ["b"]),
        ([a_slot("a", 0, 60, 2), a_slot("b", 0, 60, 1)], 1, ["a"]),
        ([a_slot("a", 0, 60, 1), a_slot("b", 60, 60, 2)], 1, []),
        ([a_slot("a", 0, 60, 1), a_slot("b", 30, 60, 2), a_slot("c", 60, 60, 3)], 1, ["b"]),
        ([a_slot("a", 0, 30, 1), a_slot("b", 30, 30, 2), a_slot("c", 0, 60, 3)], 2, []),
        ([a_slot("a", 0, 60, 1), a_slot("a", 30, 60, 1)], 1, []),
        ([a_slot("a", 0, 60, 1), a_slot("b", 0, 60, 2), a_slot("c", -60, 120, 9)], 2, ["b"]),
    ],
)
def test_fewer_seats_leave_out_who_asked_last_and_nothing_that_has_begun(
    slots: list[Held], seats: int, beyond: list[str]
) -> None:
    now = SLOT - timedelta(minutes=30)
    found = list(beyond_pace(slots, GAMBIA_POST.id, "Europe/Brussels", now, quota=None, seats=seats))
    assert [slot.booking_id for slot, _ in found] == beyond
    assert {hit.change for _, hit in found} <= {Change.SEATS}
