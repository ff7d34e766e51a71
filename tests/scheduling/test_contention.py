"""Many who want the same at the same moment: one gets it, all others are told what is left."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scheduling import tables
from scheduling.booking import DeclineReason
from scheduling.case import USUAL_DISCLOSURE, Case
from scheduling.clock import Clock
from scheduling.decline import decline
from scheduling.errors import QuotaReached, SendingSuspended, SlotRefused, SlotTaken
from scheduling.expire import chase, expire, to_chase, to_expire
from scheduling.place import Sides, sides_of
from scheduling.remind import remind
from scheduling.request import Requested, request_interview
from scheduling.slot import Interval, quanta_of
from scheduling.stop import stop
from scheduling.store import load_case
from scheduling.store_places import load_post
from server.errors import DatabaseAway
from tests.support.clock import FixedClock
from tests.support.database import POSTGRESQL, fresh_database
from tests.support.people import (
    BRUSSELS_POST,
    GAMBIA_POST,
    KAMER_1,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    agreed,
    ask,
    detainee_at,
    officer_of,
    seed,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
AT_ONCE = 12  # fewer than the pool has connections
Job = Callable[[AsyncConnection, Clock], Awaitable[Any]]


@pytest.fixture
async def on_postgresql(tmp_path: Path, clock: FixedClock) -> AsyncIterator[AsyncEngine]:
    """The seeded world on PostgreSQL, whose server can end a transaction; SQLite has none."""
    async with fresh_database(tmp_path, POSTGRESQL) as engine:
        async with engine.begin() as session:
            await seed(session, clock)
        yield engine


async def people(engine: AsyncEngine, clock: FixedClock, count: int, **values: str) -> list[Case]:
    async with engine.begin() as session:
        return [await detainee_at(STEENOKKERZEEL, **values).opened(session, clock) for _ in range(count)]


async def rows(engine: AsyncEngine, table: Any) -> Sequence[Any]:
    async with engine.begin() as session:
        return (await session.execute(select(table))).all()


async def ask_for(
    session: AsyncConnection, clock: FixedClock, case: Case, wishes: Sequence[tuple[str, datetime]]
) -> Requested:
    """Ask the post with two seats for one of several slots."""
    return await request_interview(
        session,
        clock,
        staff_of(STEENOKKERZEEL),
        case_id=case.id,
        post_id=GAMBIA_POST.id,
        slots=wishes,
        disclosed=USUAL_DISCLOSURE,
    )


async def answers_itself(engine: AsyncEngine, *, quota: int | None = None) -> None:
    """Let the post with two seats answer requests itself, so that each may have three wishes."""
    posts = update(tables.organisations).where(tables.organisations.c.id == GAMBIA_POST.id)
    async with engine.begin() as session:
        await session.execute(posts.values(auto_confirms=False, daily_quota=quota))


async def test_of_two_hundred_who_want_one_slot_one_gets_it_and_the_others_hear_what_is_left(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def try_it(case: Case) -> Requested | SlotTaken:
        async with gate:
            try:
                async with engine.begin() as session:
                    return await ask(session, clock, case, SLOT)
            except SlotTaken as taken:
                return taken

    answers = await asyncio.gather(*map(try_it, await people(engine, clock, 200)))
    refused = [each for each in answers if isinstance(each, SlotTaken)]
    assert len(refused) == 199
    for each in refused:
        assert len(each.alternatives) == 3
        assert all((slot.room_id, slot.starts_at) != (VISIO_1.id, SLOT) for slot in each.alternatives)
    assert len(await rows(engine, tables.bookings)) == len(await rows(engine, tables.requests)) == 1
    assert len(await rows(engine, tables.quanta)) == 3 * 12


async def test_overlapping_ranked_wishes_hold_no_five_minutes_twice_and_never_pass_the_quota(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    quota = 6
    await answers_itself(engine, quota=quota)
    gate = asyncio.Semaphore(AT_ONCE)

    async def try_it(number: int, case: Case) -> Requested | SlotRefused:
        rooms = (VISIO_1, VISIO_2) if number % 2 else (VISIO_2, VISIO_1)
        starts = [SLOT + timedelta(minutes=5 * (number % 9) + 45 * each) for each in range(3)]
        wishes = [(rooms[each % 2].id, starts_at) for each, starts_at in enumerate(starts)]
        async with gate:
            try:
                async with engine.begin() as session:
                    return await ask_for(session, clock, case, wishes[:: 1 if number % 3 else -1])
            except SlotRefused as refusal:
                return refusal

    cases = await people(engine, clock, 50, country="GM")
    answers = await asyncio.gather(*(try_it(*each) for each in enumerate(cases)))
    won = {each.booking.id for each in answers if isinstance(each, Requested)}
    refused = [each for each in answers if not isinstance(each, Requested)]
    assert all(isinstance(each, SlotTaken | QuotaReached) for each in refused)
    assert 2 <= len(won) <= quota
    wishes, held = await rows(engine, tables.wishes), await rows(engine, tables.quanta)
    assert {each.booking_id for each in wishes} == {each.booking_id for each in held} == won
    in_rooms = Counter(
        (wish.room_id, number)
        for wish in wishes
        for number in quanta_of(Interval(wish.starts_at, wish.ends_at))
    )
    assert max(in_rooms.values()) == 1
    at_post = Counter(each.quantum for each in held if each.resource.startswith("post:"))
    assert max(at_post.values()) <= GAMBIA_POST.seats


async def test_two_seats_that_are_free_one_after_the_other_are_a_free_seat(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await answers_itself(engine)
    early, late, between, last = await people(engine, clock, 4, country="GM")
    half = timedelta(minutes=15)
    async with engine.begin() as session:
        given_up = await ask_for(session, clock, early, [(VISIO_1.id, SLOT + 2 * half)])
        await ask_for(session, clock, late, [(VISIO_2.id, SLOT + 2 * half)])
        await decline(
            session,
            clock,
            officer_of(GAMBIA_POST),
            booking_id=given_up.booking.id,
            reason=DeclineReason.NO_CAPACITY,
        )
        await ask_for(session, clock, between, [(VISIO_2.id, SLOT)])
        asked = await ask_for(session, clock, last, [(VISIO_1.id, SLOT + half)])
    seats = [each for each in await rows(engine, tables.quanta) if each.booking_id == asked.booking.id]
    assert len({each.quantum for each in seats if each.resource.startswith("post:")}) == 6


async def test_two_centres_that_ask_one_post_for_its_only_seat_meet_at_it(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    async with engine.begin() as session:
        here = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        there = await detainee_at(ROTTERDAM).opened(session, clock)

    async def try_it(case: Case, **where: Any) -> int | None:
        try:
            async with engine.begin() as session:
                await ask(session, clock, case, SLOT, **where)
        except SlotTaken as taken:
            return len(taken.alternatives)
        return None

    answers = await asyncio.gather(try_it(here), try_it(there, room=KAMER_1))
    assert set(answers) == {None, 3}


async def chase_all(session: AsyncConnection, clock: Clock) -> None:
    for booking_id in await to_chase(session, clock):
        await chase(session, clock, booking_id)


async def expire_all(session: AsyncConnection, clock: Clock) -> None:
    for booking_id in await to_expire(session, clock):
        await expire(session, clock, booking_id)


@pytest.mark.parametrize(
    ("job", "event", "moment"),
    [
        (chase_all, "booking:chased", datetime(2026, 9, 21, 22, 0, tzinfo=UTC)),
        (expire_all, "booking:expired", datetime(2026, 9, 22, 12, 0, tzinfo=UTC)),
        (remind, "booking:reminder", SLOT - timedelta(minutes=30)),
    ],
)
async def test_a_job_that_runs_several_times_at_once_tells_once(
    engine: AsyncEngine, clock: FixedClock, job: Job, event: str, moment: datetime
) -> None:
    async with engine.begin() as session:
        for day in range(3):
            case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
            asked = await ask(session, clock, case, SLOT + timedelta(hours=day))
            if job is remind:
                await agreed(session, clock, asked.booking)
        if job is remind:  # the invitation that left counted as the first reminder
            await session.execute(tables.reminders.delete().where(tables.reminders.c.hours == 1))
    clock.set(moment)

    async def run() -> None:
        async with engine.begin() as session:
            await job(session, clock)

    await asyncio.gather(*(run() for _ in range(6)))
    told = Counter(
        each.payload["booking_id"] for each in await rows(engine, tables.outbox) if each.event == event
    )
    assert told
    assert set(told.values()) == {1}, told


@pytest.mark.own_database
async def test_who_asks_for_what_is_taken_waits_for_nobody(
    on_postgresql: AsyncEngine, clock: FixedClock
) -> None:
    first, second = await people(on_postgresql, clock, 2)
    async with on_postgresql.begin() as session:
        await ask(session, clock, first, SLOT)
    async with on_postgresql.begin() as busy:
        await load_post(busy, BRUSSELS_POST.id)
        await load_case(busy, second.id)
        with pytest.raises(SlotTaken) as lost:  # who waits for either is told that the database is away
            async with on_postgresql.begin() as session:
                await ask(session, clock, second, SLOT)
    assert len(lost.value.alternatives) == 3


async def protect(session: AsyncConnection, clock: FixedClock, case: Case) -> None:
    await stop(session, clock, staff_of(STEENOKKERZEEL), case_id=case.id)


async def fill_the_day(session: AsyncConnection, clock: FixedClock, _case: Case) -> None:
    other = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    await ask_for(session, clock, other, [(VISIO_2.id, SLOT + timedelta(hours=2))])


@pytest.mark.own_database
@pytest.mark.parametrize(
    ("quota", "happens", "refusal"), [(None, protect, SendingSuspended), (1, fill_the_day, QuotaReached)]
)
async def test_what_happens_between_look_and_lock_is_heeded(
    on_postgresql: AsyncEngine,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    quota: int | None,
    happens: Callable[[AsyncConnection, FixedClock, Case], Awaitable[None]],
    refusal: type[Exception],
) -> None:
    await answers_itself(on_postgresql, quota=quota)
    (case,) = await people(on_postgresql, clock, 1, country="GM")

    async def meanwhile(
        session: AsyncConnection, case_id: str, post_id: str, *, locked: bool = True
    ) -> Sides:
        if locked:
            monkeypatch.undo()
            async with on_postgresql.begin() as other:
                await happens(other, clock, case)
        return await sides_of(session, case_id, post_id, locked=locked)

    monkeypatch.setattr("scheduling.request.sides_of", meanwhile)
    with pytest.raises(refusal):
        async with on_postgresql.begin() as session:
            await ask_for(session, clock, case, [(VISIO_1.id, SLOT)])
    assert case.id not in {each.case_id for each in await rows(on_postgresql, tables.requests)}


@pytest.mark.own_database
@pytest.mark.parametrize("is_idle", [True, False])
async def test_a_booking_whose_database_goes_before_the_commit_is_not_half_there(
    on_postgresql: AsyncEngine, clock: FixedClock, *, is_idle: bool
) -> None:
    (case,) = await people(on_postgresql, clock, 1)

    async def lose_it() -> None:
        async with on_postgresql.begin() as session:
            await ask(session, clock, case, SLOT)
            backend = await session.scalar(text("SELECT pg_backend_pid()"))
            async with on_postgresql.begin() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
            if not is_idle:
                await session.execute(select(tables.quanta))

    with pytest.raises(DatabaseAway):
        await lose_it()
    for table in (tables.requests, tables.bookings, tables.wishes, tables.quanta):
        assert await rows(on_postgresql, table) == []
    events = [each.event for each in await rows(on_postgresql, tables.outbox)]
    assert "booking:requested" not in events
    async with on_postgresql.begin() as session:
        await ask(session, clock, case, SLOT)
    assert len(await rows(on_postgresql, tables.quanta)) == 3 * 12
