"""Bookings under contention on PostgreSQL, against the same statements sent by pgbench.

Many tasks want slots of two rooms and two posts, three times as often as there are slots; disks are synced.
pgbench sends what some that got their slot and some that did not really sent, in the share that both had. So
does the driver, from one process as the product does: no product of one process on this driver is faster.
"""

import asyncio
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from scheduling import tables
from scheduling.case import Case
from scheduling.errors import SlotRefused
from scheduling.post import Post
from scheduling.site import Room
from scheduling.slot import Interval, quanta_of
from server.database import create_engine
from tests.benchmarks.replay import Sent, fresh, script_of
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    CONAKRY_POST,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    ask,
    detainee_at,
    seed,
)
from tests.support.postgres import Server, programs

DEBIAN_PACKAGES = ("postgresql",)
ATTEMPTS, TASKS, CASES, SEATS = 5_000, 8, 300, 2
PGBENCH_SECONDS = 15
_POSTS, _ROOMS = (BRUSSELS_POST, CONAKRY_POST), (VISIO_1, VISIO_2)
_FIRST, _DAYS, _DAYS_AFTER, _HOURS = date(2026, 9, 28), 160, 28, range(9, 15)
_CLOCK = FixedClock()
BARE, _FAR = 3_000, 10_000
RECORDED = 60  # on full days and on empty ones; pgbench takes 128 scripts


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one attempt asks for."""

    case: Case
    room: Room
    post: Post
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What one attempt sent, and whether it got its slot and was committed."""

    sent: Sequence[Sent]
    is_kept: bool


async def run() -> dict[str, float]:
    """Book, then let pgbench do the same."""
    server = Server(is_durable=True)
    try:
        name = server.new_database()
        engine = create_engine(server.url(name).replace("postgresql:", "postgresql+asyncpg:", 1))
        try:
            figures = await _measure(server, name, engine)
        finally:
            await engine.dispose()
    finally:
        server.remove()
    return figures


async def _measure(server: Server, name: str, engine: AsyncEngine) -> dict[str, float]:
    async with engine.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
    cases = await _furnish(engine)
    won, seconds = await _book(engine, cases)
    doubles = await _double_bookings(engine)
    recorded = await _record(engine, cases)
    await asyncio.to_thread(_vacuum, server, name)
    alone = await _by_driver(engine, recorded, won)
    bare = await asyncio.to_thread(_pgbench, server, name, recorded, won)
    sys.stderr.write(
        f"{ATTEMPTS} attempts in {seconds:.1f} s: {ATTEMPTS / seconds:.0f}/s, {won} got their slot "
        f"({won / seconds:.0f}/s); the driver alone {alone:.0f}, pgbench {bare:.0f} transactions/s\n"
    )
    rate = ATTEMPTS / seconds
    ratios = {"vs_pgbench": rate / bare, "vs_driver": rate / alone, "driver_vs_pgbench": alone / bare}
    return ratios | {"double_bookings": doubles, "attempts": ATTEMPTS}


async def _furnish(engine: AsyncEngine) -> list[Case]:
    async with engine.begin() as session:
        await seed(session, _CLOCK)
        posts = update(tables.organisations).where(tables.organisations.c.kind == "post")
        await session.execute(posts.values(seats=SEATS, daily_quota=None))
        return [await detainee_at(STEENOKKERZEEL).opened(session, _CLOCK) for _ in range(CASES)]


async def _book(engine: AsyncEngine, cases: Sequence[Case]) -> tuple[int, float]:
    """Let many tasks ask; gives how many got their slot, and the seconds it took."""
    chance = random.Random(7)  # noqa: S311 - the same wishes each time
    wanted = iter([_wanted(cases, _working(_FIRST, _DAYS), chance) for _ in range(ATTEMPTS)])
    won = 0

    async def task() -> None:
        nonlocal won
        for each in wanted:
            got_it = await _try(engine, each)
            won += got_it

    started = perf_counter()
    await asyncio.gather(*(task() for _ in range(TASKS)))
    return won, perf_counter() - started


def _working(first: date, count: int) -> list[date]:
    days = [first + timedelta(days=n) for n in range(count)]
    return [day for day in days if day.weekday() < 5]


def _wanted(cases: Sequence[Case], days: Sequence[date], chance: random.Random) -> _Wanted:
    hour = time(chance.choice(_HOURS), tzinfo=ZoneInfo(STEENOKKERZEEL.zone))
    starts_at = datetime.combine(chance.choice(days), hour).astimezone(UTC)
    return _Wanted(chance.choice(cases), chance.choice(_ROOMS), chance.choice(_POSTS), starts_at)


async def _try(engine: AsyncEngine, wanted: _Wanted) -> bool:
    try:
        async with engine.begin() as session:
            await ask(session, _CLOCK, wanted.case, wanted.starts_at, room=wanted.room, post=wanted.post)
    except SlotRefused:
        return False
    return True


async def _double_bookings(engine: AsyncEngine) -> int:
    """Count what is held twice, by what the bookings say and not by the rows that shall prevent it."""
    w, b = tables.wishes, tables.bookings
    columns = (w.c.room_id, b.c.case_id, b.c.post_id, w.c.starts_at, w.c.ends_at)
    async with engine.begin() as session:
        found = (await session.execute(select(*columns).join(b, b.c.id == w.c.booking_id))).all()
    held: Counter[tuple[str, int]] = Counter()
    for row in found:
        for number in quanta_of(Interval(row.starts_at, row.ends_at)):
            held.update((each, number) for each in (row.room_id, row.case_id, row.post_id))
    posts = {post.id for post in _POSTS}
    return sum(count > (SEATS if who in posts else 1) for (who, _), count in held.items())


async def _record(engine: AsyncEngine, cases: Sequence[Case]) -> list[_Recorded]:
    """Record attempts on the days that are full by now, and as many on the empty ones after them.

    They are of many cases and both posts, so that pgbench waits for as many locks as the product.
    """
    chance = random.Random(8)  # noqa: S311
    full, empty = _working(_FIRST, _DAYS), _working(_FIRST + timedelta(days=_DAYS), _DAYS_AFTER)
    wanted = [_wanted(cases, days, chance) for days in (full, empty) for _ in range(RECORDED)]
    return [await _recorded(engine, each) for each in wanted]


async def _recorded(engine: AsyncEngine, wanted: _Wanted) -> _Recorded:
    sent: list[Sent] = []

    def note(*words: Any) -> None:
        many = words[5] and isinstance(words[3][0], tuple)  # rows of one INSERT stand in one row of values
        sent.append(Sent(words[2], words[3] if many else [tuple(words[3])]))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    got_it = await _try(engine, wanted)
    event.remove(engine.sync_engine, "before_cursor_execute", note)
    return _Recorded(sent, got_it)


async def _by_driver(engine: AsyncEngine, recorded: Sequence[_Recorded], won: int) -> float:
    """Transactions a second of what was recorded, sent by as many tasks and nothing computed."""
    chance = random.Random(9)  # noqa: S311
    weights = [won if each.is_kept else ATTEMPTS - won for each in recorded]
    chosen = iter(
        [fresh(each.sent, _FAR * n) for n, each in enumerate(chance.choices(recorded, weights, k=BARE), 1)]
    )

    async def task() -> None:
        for sent in chosen:
            async with engine.connect() as connection:
                for each in sent:
                    rows = each.parameters[0] if len(each.parameters) == 1 else list(each.parameters)
                    await connection.exec_driver_sql(each.statement, rows)

    started = perf_counter()
    await asyncio.gather(*(task() for _ in range(TASKS)))
    return BARE / (perf_counter() - started)


def _vacuum(server: Server, name: str) -> None:
    program = str(programs() / "psql")
    subprocess.run([program, "-q", "-c", "VACUUM ANALYZE", server.url(name)], check=True)  # noqa: S603


def _pgbench(server: Server, name: str, recorded: Sequence[_Recorded], won: int) -> float:
    """Transactions a second of what was recorded, as many committed ones as there were; blocking."""
    kept = sum(each.is_kept for each in recorded)
    words = [str(programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(TASKS), "-j", "1"]
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(recorded):
            file = Path(folder, f"{number}.sql")
            file.write_text(script_of(each.sent, is_kept=each.is_kept))
            weight = won * (len(recorded) - kept) if each.is_kept else (ATTEMPTS - won) * kept
            words += ["-f", f"{file}@{weight}"]
        words += ["-T", str(PGBENCH_SECONDS), server.url(name)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    assert "aborted" not in done.stderr, done.stderr
    return float(found[1])
