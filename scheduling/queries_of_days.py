"""What takes place, or may, within a few days: bookings, the wishes of requests, and other slots proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.booking import HOLDING, Status
from scheduling.queries_of_bookings import BookingRow, booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope, reads_cases
from scheduling.slot import Interval

MOST_APPOINTMENTS = 500
LONGEST = timedelta(days=1)
"""No slot is longer: it is one interview."""
_HELD = frozenset({Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED})


class Standing(StrEnum):
    """What a slot is to its booking."""

    BOOKED = "booked"
    WISH = "wish"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A slot of a booking, which has the slot's own room and times; `rank` is that of one wish of several.

    `held_until` is when a request that waits is given up, and its slots with it.
    """

    booking: BookingRow
    standing: Standing
    rank: int | None
    interpreter: str
    held_until: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether an interview takes place then, did, or is under way."""
        return self.standing is Standing.BOOKED and self.booking.status in _HELD


async def appointments_within(
    session: AsyncConnection,
    actor: Actor,
    span: Interval,
    centre_id: str = "",
    *,
    most: int = MOST_APPOINTMENTS,
) -> tuple[list[Appointment], bool]:
    """Return what the actor may see within a span in order of time, and whether there is more of it.

    `centre_id` narrows it to one centre; `most` are returned at most.
    """
    slots = (await session.execute(_slots(actor, span, centre_id).limit(most + 1))).mappings().all()
    shown, b = slots[:most], tables.bookings
    bookings = await _by_id(
        session,
        select(*booking_columns(), tables.requests.c.expires_at)
        .select_from(booking_joined())
        .where(b.c.id.in_({slot["booking_id"] for slot in shown}), booking_scope(actor)),
        "booking_id",
    )
    rooms = await _names(session, tables.rooms, [slot["room_id"] for slot in shown])
    people = await _names(session, tables.interpreters, [slot["interpreter_id"] for slot in shown])
    w = tables.wishes
    ranked = select(w.c.booking_id).where(w.c.booking_id.in_(bookings), w.c.rank > 1)
    several = set(await session.scalars(ranked))
    found = [
        Appointment(
            booking=replace(
                booking_row(bookings[slot["booking_id"]]),
                **{name: slot[name] for name in ("starts_at", "ends_at", "room_id")},
                room_name=rooms[slot["room_id"]],
            ),
            standing=Standing(slot["standing"]),
            rank=slot["rank"] if slot["booking_id"] in several else None,
            interpreter=people.get(slot["interpreter_id"], "") if reads_cases(actor) else "",
            held_until=bookings[slot["booking_id"]]["expires_at"] if slot["rank"] else None,
        )
        for slot in shown
        if slot["booking_id"] in bookings
    ]
    return found, len(slots) > len(shown)


def _slots(actor: Actor, span: Interval, centre_id: str) -> Select[Any]:
    b, w, p = tables.bookings, tables.wishes, tables.proposals
    settled = set(Status) - {Status.REQUESTED}
    arms = (
        (b, Standing.BOOKED, settled),
        (w, Standing.WISH, {Status.REQUESTED}),
        (p, Standing.PROPOSAL, HOLDING),
    )
    every = union_all(
        *(
            _facts(table, standing).where(
                b.c.status.in_(sorted(states)),
                table.c.starts_at > span.starts_at - LONGEST,  # for the index, which knows no end
                table.c.starts_at < span.ends_at,
                table.c.ends_at > span.starts_at,
                *_seen_by(table, actor, centre_id),
            )
            for table, standing, states in arms
        )
    ).subquery()
    return select(every).order_by(every.c.starts_at, every.c.booking_id, every.c.rank)


def _facts(table: Any, standing: Standing) -> Select[Any]:
    b = tables.bookings
    rank = table.c.rank if standing is Standing.WISH else null()
    facts = (table.c.room_id, table.c.interpreter_id, table.c.starts_at, table.c.ends_at)
    source = b if table is b else table.join(b, b.c.id == table.c.booking_id)
    own = (b.c.id.label("booking_id"), literal(standing.value).label("standing"), rank.label("rank"))
    return select(*own, *facts).select_from(source)


def _seen_by(table: Any, actor: Actor, centre_id: str) -> list[ColumnElement[bool]]:
    b = tables.bookings
    rules: list[ColumnElement[bool]] = []
    if actor.role is Role.CONSULAR_OFFICER:
        rules.append(b.c.post_id == actor.organisation_id)
    elif actor.role is not Role.SUPERVISOR:
        rules.append(_at(table, actor.organisation_id))
    if centre_id:
        rules.append(_at(table, centre_id))
    return rules


def _at(table: Any, centre_id: str) -> ColumnElement[bool]:
    r = tables.rooms
    rule: ColumnElement[bool] = table.c.room_id.in_(select(r.c.id).where(r.c.centre_id == centre_id))
    return rule


async def _by_id(
    session: AsyncConnection, statement: Select[Any], name: str
) -> Mapping[str, Mapping[Any, Any]]:
    return {row[name]: row for row in (await session.execute(statement)).mappings()}


async def _names(session: AsyncConnection, table: Any, ids: Sequence[str | None]) -> Mapping[str | None, str]:
    statement = select(table.c.id, table.c.name).where(table.c.id.in_({each for each in ids if each}))
    return {row.id: row.name for row in (await session.execute(statement)).all()}
