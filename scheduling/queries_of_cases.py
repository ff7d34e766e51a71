"""The rows behind the screens about cases: those of a list, one case, whom to ask, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places, tables
from scheduling.actor import Actor
from scheduling.availability import day_in
from scheduling.booking import Modality, Status
from scheduling.case import Case
from scheduling.deadline import Deadline
from scheduling.find_slots import offer_for
from scheduling.next_step import NextStep, Standing, next_step, weight
from scheduling.offer import Offer
from scheduling.post import Post, Route, reachable
from scheduling.profile import CountryProfile
from scheduling.scope import booking_columns, booking_joined, case_scope, centres, reads_cases
from scheduling.site import Centre
from scheduling.slot import Interval, Slot
from scheduling.store import case_from
from scheduling.wish import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBooking:
    """A booking as the pages of a case show it; `proposed_at` is when a post offered another slot instead."""

    booking_id: str
    interview_id: str | None
    status: Status
    modality: Modality
    starts_at: datetime
    ends_at: datetime
    room_name: str
    post_name: str
    post_zone: str
    reason: str | None
    remark: str
    arrange_by_on: date | None
    proposed_at: datetime | None

    @property
    def awaits_centre(self) -> bool:
        """Whether the centre, and no longer the post, has to answer."""
        return self.status is Status.REQUESTED and self.proposed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the list a centre works from; `booking` is the one that counts."""

    case: Case
    centre_name: str
    centre_zone: str
    deadline: Deadline
    step: NextStep
    booking: CaseBooking | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One case with everything that was asked about it, the newest first."""

    row: CaseRow
    bookings: tuple[CaseBooking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post that may be asked about a case, with what its country agreed."""

    post: Post
    route: Route
    profile: CountryProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsPage:
    """The free slots of a case at a post, with all that decides about them and both zones."""

    post: Post
    route: Route
    centre_name: str
    centre_zone: str
    room_names: dict[str, str]
    window: Interval
    slots: tuple[Slot, ...]
    offer: Offer
    profile: CountryProfile


async def case_rows(
    session: AsyncConnection, narrowed: Select[Any], now: datetime, *, most: int, offset: int = 0
) -> list[CaseRow]:
    """Return the rows of the cases that a statement names, those whose detention ends first on top."""
    table = tables.cases
    order = (table.c.detention_ends_on, table.c.reference)
    page = narrowed.order_by(*order).limit(most).offset(offset).subquery()
    statement = (
        select(table, centres.c.name.label("centre_name"), centres.c.zone.label("centre_zone"))
        .join(centres, centres.c.id == table.c.centre_id)
        .where(table.c.id.in_(select(page.c.id)))
        .order_by(*order)
    )
    rows = (await session.execute(statement)).mappings().all()
    by_case = await _bookings_of(session, [row["id"] for row in rows], now)
    return [
        _case_row(
            case_from({column.name: row[column.name] for column in table.c}),
            row["centre_name"],
            row["centre_zone"],
            by_case.get(row["id"], []),
            now,
        )
        for row in rows
    ]


async def case_page(session: AsyncConnection, actor: Actor, case_id: str, now: datetime) -> CasePage | None:
    """Return one case with its bookings; None where it does not exist for the actor."""
    case = await _case_for(session, actor, case_id)
    if case is None:
        return None
    centre = await store_places.load_centre(session, case.centre_id)
    bookings = (await _bookings_of(session, [case_id], now)).get(case_id, [])
    row = _case_row(case, centre.name, centre.zone, bookings, now)
    return CasePage(row=row, bookings=tuple(sorted(bookings, key=lambda each: each.starts_at, reverse=True)))


async def posts_for_case(session: AsyncConnection, actor: Actor, case_id: str) -> list[PostRow]:
    """Return the posts that may be asked, the shortest route first; empty for who may not read the case."""
    case = await _case_for(session, actor, case_id)
    if case is None:
        return []
    centre = await store_places.load_centre(session, case.centre_id)
    profile = await store_places.load_profile(session, case.country, centre.country)
    found = await store_places.posts_of_country(session, case.country)
    ways = reachable(centre.country, case.country, found)
    return [PostRow(post=post, route=route, profile=profile) for route, post in ways]


async def slots_for_case(
    session: AsyncConnection,
    actor: Actor,
    case_id: str,
    post_id: str,
    now: datetime,
    *,
    from_at: datetime | None = None,
    days: int = 14,
    interpreter_language: str | None = None,
) -> SlotsPage | None:
    """Return the free slots of some days; None where the case, or the way to the post, does not exist.

    With a language, only those at which one of its interpreters is free.
    """
    case = await _case_for(session, actor, case_id)
    ways = {row.post.id: row for row in await posts_for_case(session, actor, case_id)}
    if case is None or post_id not in ways:
        return None
    centre: Centre = await store_places.load_centre(session, case.centre_id)
    starts_at = from_at or now
    window = Interval(starts_at, starts_at + timedelta(days=days))
    way = ways[post_id]
    offer = await offer_for(
        session,
        case=case,
        centre=centre,
        post=way.post,
        window=window,
        now=now,
        interpreter_language=interpreter_language,
    )
    rooms = await store_places.rooms_of(session, centre.id)
    return SlotsPage(
        post=way.post,
        route=way.route,
        centre_name=centre.name,
        centre_zone=centre.zone,
        room_names={room.id: room.name for room in rooms},
        window=window,
        slots=tuple(offer.slots()),
        offer=offer,
        profile=way.profile,
    )


async def _case_for(session: AsyncConnection, actor: Actor, case_id: str) -> Case | None:
    if not reads_cases(actor):
        return None
    statement = select(tables.cases).where(tables.cases.c.id == case_id, case_scope(actor))
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else case_from(row)


async def _bookings_of(
    session: AsyncConnection, case_ids: Sequence[str], now: datetime
) -> dict[str, list[CaseBooking]]:
    b, p = tables.bookings, tables.proposals
    offered = and_(p.c.booking_id == b.c.id, p.c.side == Side.POST, p.c.starts_at > now)
    columns = [
        *booking_columns(),
        b.c.reason,
        b.c.remark,
        tables.requests.c.arrange_by_on,
        p.c.made_at.label("proposed_at"),
    ]
    joined = booking_joined().outerjoin(p, offered)
    statement = select(*columns).select_from(joined).where(b.c.case_id.in_(case_ids))
    found: dict[str, list[CaseBooking]] = {}
    for row in (await session.execute(statement)).mappings():
        values = {name: row[name] for name in CaseBooking.__dataclass_fields__}
        values |= {"status": Status(row["status"]), "modality": Modality(row["modality"])}
        found.setdefault(row["case_id"], []).append(CaseBooking(**values))
    return found


def _case_row(
    case: Case, centre_name: str, centre_zone: str, bookings: Sequence[CaseBooking], now: datetime
) -> CaseRow:
    today = day_in(now, centre_zone)
    ordered = sorted(bookings, key=lambda each: (weight(each.status), each.starts_at))
    counting = ordered[0] if ordered else None
    standing = Standing(
        case=case.status,
        protection_open=case.protection_open,
        suitability=case.suitability,
        booking=counting.status if counting else None,
        arrange_by_on=counting.arrange_by_on if counting else None,
        is_proposed=counting.awaits_centre if counting else False,
    )
    return CaseRow(
        case=case,
        centre_name=centre_name,
        centre_zone=centre_zone,
        deadline=Deadline(case.detention_ends_on, today),
        step=next_step(standing, today),
        booking=counting,
    )
