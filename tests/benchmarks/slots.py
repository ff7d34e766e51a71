"""Free slots of one case over 90 days, against the reads alone: goal of performance.md.

One post, 20 rooms, 5 interpreters, 5 000 bookings in each 90 days. The reads are the statements that were
sent, with their rows fetched as the driver gives them and nothing else. Both databases; the worse one counts.
"""

import gc
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scheduling import store_hours, store_places, tables
from scheduling.booking import Booking, Status, calendar_uid
from scheduling.case import Case
from scheduling.find_slots import offer_for
from scheduling.identifier import new_id
from scheduling.interpreter import Interpreter
from scheduling.site import Room
from scheduling.slot import Interval
from scheduling.store import columns_of
from server.database import create_engine, for_reading
from tests.support.clock import NOON, FixedClock
from tests.support.database import KINDS, Content, new_database
from tests.support.people import BRUSSELS_POST, STEENOKKERZEEL, ask, detainee_at, seed, weekly

DEBIAN_PACKAGES = ("postgresql",)
DAYS, BOOKINGS, ROOMS, INTERPRETERS = 90, 5_000, 20, 5
TURNS = 15
_POST = replace(BRUSSELS_POST, seats=ROOMS, daily_quota=None)
_LANGUAGE = "ff"


async def run() -> dict[str, float]:
    """Measure on both databases and return the worse ratios."""
    figures = [await _measure_on(kind) for kind in KINDS]
    return {key: max(each[key] for each in figures) for key in ("vs_reads", "growth")}


async def _measure_on(kind: str) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        new_database(Path(folder, "slots.db"), Content.TABLES, kind) as address,
    ):
        engine = create_engine(address)
        try:
            async with engine.begin() as session:
                case = await _furnish(session)
            whole, reads, slots = await _turns(engine, case, DAYS)
            double, _, _ = await _turns(engine, case, 2 * DAYS)
        finally:
            await engine.dispose()
    sys.stderr.write(
        f"{kind:10} {slots} slots of {DAYS} days: {1000 * whole:.1f} ms, "
        f"of which reads {1000 * reads:.1f} ms; "
        f"{2 * DAYS} days: {1000 * double:.1f} ms\n"
    )
    return {"vs_reads": whole / reads, "growth": double / whole}


async def _turns(engine: AsyncEngine, case: Case, days: int) -> tuple[float, float, int]:
    """Take turns of the whole and of its reads; gives the quickest of each in seconds, and how many slots."""
    found = 0
    sent: list[tuple[str, Any]] = []
    reading = for_reading(engine)  # the server makes it once

    async def find() -> None:
        nonlocal found
        async with reading.connect() as session:
            found = await _slots(session, case, days)

    async def read() -> None:
        async with engine.connect() as connection:
            await _replay(connection, sent)

    sent += await _statements_of(engine, find)
    times = [(await _timed(find), await _timed(read)) for _ in range(TURNS)]
    whole, reads = zip(*times, strict=True)
    return min(whole), min(reads), found


async def _slots(session: AsyncConnection, case: Case, days: int) -> int:
    offer = await offer_for(
        session,
        case=case,
        centre=STEENOKKERZEEL,
        post=_POST,
        window=Interval(NOON, NOON + timedelta(days=days)),
        now=NOON,
        interpreter_language=_LANGUAGE,
    )
    return len(offer.slots())


async def _replay(connection: AsyncConnection, sent: list[tuple[str, Any]]) -> None:
    for statement, parameters in sent:
        (await connection.exec_driver_sql(statement, parameters)).all()


async def _statements_of(engine: AsyncEngine, work: Callable[[], Awaitable[None]]) -> list[tuple[str, Any]]:
    sent: list[tuple[str, Any]] = []

    def note(*words: Any) -> None:
        if words[2].startswith("SELECT"):
            sent.append((words[2], words[3]))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    await work()
    event.remove(engine.sync_engine, "before_cursor_execute", note)
    return sent


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    gc.collect()
    started = perf_counter()
    await work()
    return perf_counter() - started


async def _furnish(session: AsyncConnection) -> Case:
    clock = FixedClock()
    await seed(session, clock)
    other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    model = (await ask(session, clock, other, NOON.replace(hour=8) + timedelta(days=2))).booking
    posts = update(tables.organisations).where(tables.organisations.c.id == _POST.id)
    await session.execute(posts.values(seats=_POST.seats, daily_quota=None))
    await session.execute(update(tables.rooms).values(is_active=False))
    rooms = [Room(id=new_id(), centre_id=STEENOKKERZEEL.id, name=f"{n:02}") for n in range(ROOMS)]
    people = [_interpreter(number) for number in range(INTERPRETERS)]
    for room in rooms:
        await store_places.add_room(session, room)
    for person in people:
        await store_places.add_interpreter(session, person)
    for owner_id in (*(room.id for room in rooms), *(person.id for person in people)):
        await store_hours.add_hours(session, owner_id, weekly(STEENOKKERZEEL.zone, 8, 18))
    many = [columns_of(each) for each in _bookings(model, rooms, people)]
    await session.execute(insert(tables.bookings), many)
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return replace(case, detention_ends_on=(NOON + timedelta(days=3 * DAYS)).date())


def _interpreter(number: int) -> Interpreter:
    name, zone = f"Interpreter {number}", STEENOKKERZEEL.zone
    return Interpreter(id=new_id(), country="BE", name=name, languages=(_LANGUAGE,), zone=zone)


def _bookings(model: Booking, rooms: list[Room], people: list[Interpreter]) -> Iterator[Booking]:
    """Spread bookings over the working days, some with an interpreter, none in a room that is taken."""
    chance = random.Random(7)  # noqa: S311 - the same bookings each time
    days = [NOON + timedelta(days=n) for n in range(2 * DAYS)]
    working = [day for day in days if day.weekday() < 5]
    zone = ZoneInfo(STEENOKKERZEEL.zone)
    places = [(room, time(hour, tzinfo=zone)) for room in rooms for hour in range(9, 16)]
    for day in working:
        for number, (room, hour) in enumerate(chance.sample(places, 2 * BOOKINGS // len(working))):
            booking_id, starts_at = new_id(), datetime.combine(day, hour).astimezone(UTC)
            yield replace(
                model,
                id=booking_id,
                uid=calendar_uid(booking_id),
                status=Status.CONFIRMED,
                room_id=room.id,
                starts_at=starts_at,
                ends_at=starts_at + _POST.length,
                interpreter_id=people[number].id if number < len(people) else None,
            )
