"""The coming bookings that could not be made any more: who they need is closed, away, full or out of use."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.affected import Held, Hit, beyond_pace
from scheduling.booking import HOLDING, Status
from scheduling.owner import Owner, OwnerKind
from scheduling.queries_of_bookings import BookingRow, booking_row
from scheduling.queries_of_days import Standing
from scheduling.scope import booking_columns, booking_joined, booking_scope
from scheduling.slot import Interval
from scheduling.store_terms import organisations_of, terms_of

MOST_SHOWN = 200
_LONGEST_DAY = timedelta(hours=25)
_TO_COME = (Status.REQUESTED, Status.CONFIRMED)
_TAKES_PLACE = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED)
_Rule = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedRow:
    """A coming booking with the first of its slots that is hit; `rank` is that of a wish.

    The reasons of the other side's closures are left out.
    """

    booking: BookingRow
    standing: Standing
    rank: int | None
    hits: tuple[Hit, ...]


async def affected_bookings(session: AsyncConnection, actor: Actor, now: datetime) -> list[AffectedRow]:
    """Return the coming bookings of the actor's side that are hit, each once, the next first."""
    found = await _hit(session, now, lambda _: booking_scope(actor))
    first = {slot.booking_id: (slot, hits) for slot, hits in reversed(found)}
    shown = sorted(first.values(), key=lambda each: (each[0].starts_at, each[0].booking_id))[:MOST_SHOWN]
    bookings = await _rows(session, [slot.booking_id for slot, _ in shown])
    rooms = await _room_names(session, {slot.room_id for slot, _ in shown})
    return [
        AffectedRow(
            booking=replace(
                bookings[slot.booking_id],
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                room_id=slot.room_id,
                room_name=rooms[slot.room_id],
            ),
            standing=Standing(slot.standing),
            rank=slot.rank,
            hits=tuple(dict.fromkeys(_readable(actor, hit) for hit in hits)),
        )
        for slot, hits in shown
    ]


async def count_affected(session: AsyncConnection, actor: Actor, now: datetime, until: datetime) -> int:
    """Return how many bookings of the actor's side that come before a moment are hit."""
    found = await _hit(session, now, lambda table: and_(booking_scope(actor), table.c.starts_at < until))
    return len({slot.booking_id for slot, _ in found})


async def hits_of_owner(session: AsyncConnection, owner: Owner, now: datetime) -> set[tuple[str, Hit]]:
    """Return the coming bookings that need an owner and are hit, each with every hit.

    A save compares what it gives before and after.
    """
    found = await _hit(session, now, lambda table: _needs(table, owner))
    return {(slot.booking_id, hit) for slot, hits in found for hit in hits}


def bookings_hit(after: Iterable[tuple[str, Hit]], before: Iterable[tuple[str, Hit]] = ()) -> int:
    """Return how many bookings have a hit that they had not before."""
    return len({booking_id for booking_id, _ in {*after} - {*before}})


async def _hit(session: AsyncConnection, now: datetime, rule: _Rule) -> list[tuple[Held, list[Hit]]]:
    """Return the coming slots that are hit in order of time, each with its hits."""

    def to_come(table: Any) -> ColumnElement[bool]:
        return and_(tables.bookings.c.status.in_(_TO_COME), rule(table))

    slots = await _slots(session, now, to_come)
    if not slots:
        return []
    window = Interval(slots[0].starts_at, max(slot.ends_at for slot in slots))
    terms = await terms_of(session, slots, window)
    full = await _beyond_pace(session, now, window.ends_at, {slot.post_id for slot in slots})
    found = []
    for slot in slots:
        needed = (slot.post_id, slot.centre_id, slot.room_id, slot.interpreter_id)
        hits = [hit for each in needed if each is not None for hit in terms[each].hits(slot.interval)]
        hits += full[slot]
        if hits:
            found.append((slot, hits))
    return found


async def _beyond_pace(
    session: AsyncConnection, now: datetime, until: datetime, post_ids: set[str]
) -> Mapping[Held, Sequence[Hit]]:
    """Return what the quotas and seats of posts leave out, whoever asked for it."""
    by_post: defaultdict[str, list[Held]] = defaultdict(list)

    def rule(table: Any) -> ColumnElement[bool]:
        return and_(tables.bookings.c.post_id.in_(post_ids), table.c.starts_at < until + _LONGEST_DAY)

    for slot in await _slots(session, now - _LONGEST_DAY, rule):
        by_post[slot.post_id].append(slot)
    found: defaultdict[Held, list[Hit]] = defaultdict(list)
    for row in await organisations_of(session, by_post):
        pace = {"quota": row["daily_quota"], "seats": row["seats"]}
        for slot, hit in beyond_pace(by_post[row["id"]], row["id"], row["zone"], now, **pace):
            found[slot].append(hit)
    return found


async def _slots(session: AsyncConnection, after: datetime, rule: _Rule) -> list[Held]:
    """Return every slot that starts after a moment and is held, in order of time."""
    every = _every_slot(after, rule)
    statement = select(*(every.c[name] for name in Held._fields)).order_by(
        every.c.starts_at, every.c.booking_id, every.c.rank
    )
    return list(map(Held._make, (await session.execute(statement)).all()))


def _every_slot(after: datetime, rule: _Rule) -> Subquery:
    arms = (
        (tables.bookings, Standing.BOOKED, _TAKES_PLACE),
        (tables.wishes, Standing.WISH, (Status.REQUESTED,)),
        (tables.proposals, Standing.PROPOSAL, sorted(HOLDING)),
    )
    return union_all(
        *(_arm(table, standing, states, after, rule) for table, standing, states in arms)
    ).subquery()


def _arm(
    table: Any, standing: Standing, states: Sequence[Status], after: datetime, rule: _Rule
) -> Select[Any]:
    b, r = tables.bookings, tables.rooms
    source = b if table is b else table.join(b, b.c.id == table.c.booking_id)
    rank = table.c.rank if standing is Standing.WISH else null()
    return (
        select(
            b.c.id.label("booking_id"),
            b.c.post_id,
            r.c.centre_id,
            table.c.room_id,
            table.c.interpreter_id,
            table.c.starts_at,
            table.c.ends_at,
            b.c.requested_at,
            literal(standing.value).label("standing"),
            rank.label("rank"),
        )
        .select_from(source.join(r, r.c.id == table.c.room_id))
        .where(b.c.status.in_(states), table.c.starts_at > after, rule(table))
    )


def _needs(table: Any, owner: Owner) -> ColumnElement[bool]:
    needs: dict[OwnerKind, ColumnElement[bool]] = {
        OwnerKind.POST: tables.bookings.c.post_id == owner.id,
        OwnerKind.CENTRE: tables.rooms.c.centre_id == owner.id,
        OwnerKind.ROOM: table.c.room_id == owner.id,
        OwnerKind.INTERPRETER: table.c.interpreter_id == owner.id,
    }
    return needs.get(owner.kind, false())


def _readable(actor: Actor, hit: Hit) -> Hit:
    is_own = (hit.kind is OwnerKind.POST) is (actor.role is Role.CONSULAR_OFFICER)
    return hit if is_own else replace(hit, reason="")


async def _rows(session: AsyncConnection, booking_ids: Sequence[str]) -> Mapping[str, BookingRow]:
    statement = (
        select(*booking_columns()).select_from(booking_joined()).where(tables.bookings.c.id.in_(booking_ids))
    )
    return {row["booking_id"]: booking_row(row) for row in (await session.execute(statement)).mappings()}


async def _room_names(session: AsyncConnection, room_ids: set[str]) -> Mapping[str, str]:
    r = tables.rooms
    statement = select(r.c.id, r.c.name).where(r.c.id.in_(room_ids))
    return {row.id: row.name for row in (await session.execute(statement)).all()}
