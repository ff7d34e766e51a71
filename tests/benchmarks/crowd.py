"""A house with as many cases and interviews as a state has in some years, written in bulk."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from scheduling import tables
from scheduling.booking import Status

CASES, INTERVIEWS = 100_000, 300_000
CENTRES, ROOMS, POSTS = 25, 4, 30
DAYS_BEFORE, DAYS = 900, 930
CHUNK = 5_000
_ENDINGS = (Status.COMPLETED, Status.COMPLETED, Status.COMPLETED, Status.CANCELLED)

Row = dict[str, Any]


async def fill(engine: AsyncEngine, now: datetime, *, staff: Row, officer: Row) -> None:
    """Write the organisations, cases and interviews; `staff` and `officer` name an own centre and post."""
    centres = [staff["organisation_id"], *(f"centre{number:020}" for number in range(1, CENTRES))]
    posts = [officer["organisation_id"], *(f"post{number:022}" for number in range(1, POSTS))]
    account, today = staff["account_id"], now.date()
    async with engine.begin() as connection:

        async def write(table: Table, count: int, row: Callable[[int], Row]) -> None:
            rows: Iterator[Row] = (row(number) for number in range(count))
            while chunk := list(islice(rows, CHUNK)):
                await connection.execute(insert(table), chunk)

        await write(
            tables.organisations, CENTRES - 1, lambda n: _organisation(centres[n + 1], "centre", "BE")
        )
        await write(tables.organisations, POSTS - 1, lambda n: _organisation(posts[n + 1], "post", "GN"))
        await write(tables.rooms, CENTRES * ROOMS, lambda n: _room(n, centres))
        await write(tables.cases, CASES, lambda n: _case(n, centres, today, now))
        await write(tables.requests, INTERVIEWS, lambda n: _request(n, posts, account, now))
        await write(tables.bookings, INTERVIEWS, lambda n: _booking(n, posts, now))
        await write(tables.interviews, INTERVIEWS, lambda n: _interview(n, now))
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()


def _organisation(identifier: str, kind: str, country: str) -> Row:
    return {
        "id": identifier,
        "kind": kind,
        "name": identifier,
        "country": country,
        "host_country": "BE",
        "zone": "Europe/Brussels",
    }


def _room(number: int, centres: list[str]) -> Row:
    return {"id": _id("room", number), "centre_id": centres[number % CENTRES], "name": f"Visio {number}"}


def _case(number: int, centres: list[str], today: date, now: datetime) -> Row:
    return {
        "id": _id("case", number),
        "reference": f"B{number:06}",
        "centre_id": centres[number % CENTRES],
        "country": "GN",
        "family_name": "Diallo",
        "given_names": "Mamadou",
        "detained_on": today - timedelta(days=100),
        "detention_ends_on": today + timedelta(days=number * 7919 % 500),
        "suitability": "suitable",
        "status": "open" if number % 10 < 3 else "returned",
        "opened_at": now,
        "languages": [],
        "documents": [],
        "presentation": [],
        "vulnerabilities": [],
    }


def _request(number: int, posts: list[str], account: str, now: datetime) -> Row:
    return {
        "id": _id("request", number),
        "case_id": _id("case", number % CASES),
        "post_id": posts[number % POSTS],
        "route": 1,
        "modality": "video",
        "disclosed": [],
        "sent_by": account,
        "sent_at": now,
        "chase_at": now,
        "expires_at": now,
    }


def _starts_at(number: int, now: datetime) -> datetime:
    day = number * 6151 % DAYS - DAYS_BEFORE
    return datetime(now.year, now.month, now.day, 8, tzinfo=UTC) + timedelta(days=day, minutes=number % 480)


def _booking(number: int, posts: list[str], now: datetime) -> Row:
    starts_at = _starts_at(number, now)
    is_over = starts_at < now - timedelta(days=1)
    return {
        "id": _id("booking", number),
        "request_id": _id("request", number),
        "case_id": _id("case", number % CASES),
        "post_id": posts[number % POSTS],
        "room_id": _id("room", number % (CENTRES * ROOMS)),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "modality": "video",
        "status": _ENDINGS[number % len(_ENDINGS)] if is_over else Status.CONFIRMED,
        "uid": f"{number}@parloir.invalid",
        "requested_at": now - timedelta(days=1000),
    }


def _interview(number: int, now: datetime) -> Row:
    starts_at = _starts_at(number, now)
    is_over = starts_at < now - timedelta(days=1)
    return {
        "id": _id("interview", number),
        "booking_id": _id("booking", number),
        "started_at": starts_at if is_over else None,
        "ended_at": starts_at + timedelta(minutes=40) if is_over else None,
        "ending": "normal" if is_over else None,
    }


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:0{26 - len(kind)}}"
