"""Reading what decides about slots: hours, closures and bookings of one post, one centre and interpreters."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_places, tables
from scheduling.booking import HOLDING, Status
from scheduling.case import Case
from scheduling.columns import among, many, step_of
from scheduling.holiday import closed_on, holidays_within
from scheduling.offer import Closure, ClosureKind, Offer, Taken
from scheduling.post import Post
from scheduling.site import Centre
from scheduling.slot import Interval

_LONGEST_DAY = timedelta(hours=25)  # a quota counts whole local days, also those at the window's edges
_STANDING = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED)


async def offer_for(
    session: AsyncConnection,
    *,
    case: Case,
    centre: Centre,
    post: Post,
    window: Interval,
    now: datetime,
    interpreter_language: str | None = None,
    but: str | None = None,
    widest: Interval | None = None,
) -> Offer:
    """Return what a post and a centre can offer one case within a window, an interpreter included if wanted.

    `but` is a booking that may give up what it holds, since it is the one to be placed. Hours and closures
    are read as far as `widest`, up to which the offer can be `widened` later.
    """
    room_ids = await store_places.room_ids_of(session, centre.id) if centre.is_active else []
    interpreter_ids = await _interpreters(session, centre.country, interpreter_language)
    owners = [post.id, *room_ids, *(interpreter_ids or ())]
    hours, closures = await store_hours.open_and_closed(session, [*owners, centre.id], widest or window)
    offer = Offer(
        post=post,
        centre_id=centre.id,
        centre_zone=centre.zone,
        case_id=case.id,
        detention_ends_on=case.detention_ends_on,
        window=window,
        now=now,
        post_hours=hours[post.id],
        room_hours={room_id: hours[room_id] for room_id in room_ids},
        closures=(
            *closures,
            *await holidays_of(session, centre, post, widest or window),
        ),
        taken=(),
        interpreters=None if interpreter_ids is None else {each: hours[each] for each in interpreter_ids},
    )
    return await widened(session, offer, window, but=but)


async def widened(
    session: AsyncConnection, offer: Offer, window: Interval, *, but: str | None = None
) -> Offer:
    """Return an offer for another window, as far as its hours and closures were read."""
    return replace(offer, window=window, taken=await _taken(session, window, offer, but))


async def holidays_of(
    session: AsyncConnection, centre: Centre, post: Post, window: Interval
) -> tuple[Closure, ...]:
    """Return the public holidays on which post or centre is closed; those it works on are left out."""
    keepers = (
        (post.id, {post.country, post.host_country}, post.zone),
        (centre.id, {centre.country}, centre.zone),
    )
    kept = [
        (owner_id, zone, day)
        for owner_id, countries, zone in keepers
        for day in holidays_within(countries, window, zone)
    ]
    worked = await store_hours.worked_holidays_of(session, [post.id, centre.id]) if kept else {}
    return tuple(
        Closure(owner_id, closed_on(day, zone), kind=ClosureKind.HOLIDAY, holiday=day)
        for owner_id, zone, day in kept
        if day.on not in worked[owner_id]
    )


async def _interpreters(session: AsyncConnection, country: str, language: str | None) -> Sequence[str] | None:
    if language is None:
        return None
    found = await store_places.interpreters_of(session, country)
    return [each.id for each in found if language in each.languages]


def _status_in(states: Iterable[Status]) -> ColumnElement[bool]:
    """Whether a booking stands so; the codes are written out, so that there is nothing to fill in."""
    return tables.bookings.c.status.in_([literal_column(f"'{each}'") for each in sorted(states)])


def _taking() -> CompoundSelect[Any]:
    """Return the statement of all that is taken of some rooms, interpreters, one post and one case."""
    b, w, p = tables.bookings, tables.wishes, tables.proposals

    def of(table: Any, states: Iterable[Status]) -> Select[Any]:
        source = b if table is b else table.join(b, b.c.id == table.c.booking_id)
        at_post, of_person = b.c.post_id == bindparam("post_id"), b.c.case_id == bindparam("case_id")
        who = (b.c.id, table.c.room_id, table.c.interpreter_id)
        truths = (at_post, of_person, _status_in(HOLDING))
        as_read = (type_coerce(each, Integer) for each in truths)  # nothing to work out for each row
        when = (step_of(table.c.starts_at), step_of(table.c.ends_at))
        columns = zip(Taken._fields, (*who, *as_read, *when), strict=True)
        concerns = (
            at_post,
            of_person,
            among(table.c.room_id, many("room_ids")),
            among(table.c.interpreter_id, many("interpreter_ids")),
        )
        return (
            select(*(column.label(name) for name, column in columns))
            .select_from(source)
            .where(
                _status_in(states),
                table.c.starts_at < bindparam("until"),
                table.c.ends_at > bindparam("since"),
                or_(*concerns),
                b.c.id != bindparam("but"),
            )
        )

    return union_all(of(b, _STANDING), of(w, {Status.REQUESTED}), of(p, HOLDING))


_TAKING = _taking()
"""The longest statement of a search, made once."""


async def _taken(
    session: AsyncConnection, window: Interval, offer: Offer, but: str | None
) -> Sequence[Taken]:
    """Return all that is taken, as rows that read like `Taken`: to copy thousands would take longer."""
    asked = {
        "post_id": offer.post.id,
        "case_id": offer.case_id,
        "room_ids": list(offer.room_hours),
        "interpreter_ids": list(offer.interpreters or ()),
        "since": window.starts_at - _LONGEST_DAY,
        "until": window.ends_at + _LONGEST_DAY,
        "but": but or "",
    }
    return cast("Sequence[Taken]", (await session.execute(_TAKING, asked)).all())
