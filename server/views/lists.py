"""What a long list shows beside its rows: how it is narrowed, how many were found, the other pages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Role
from scheduling.listing import MOST_COUNTED, Listing, Slice
from server.exchange import actor
from server.forms import Form

PAGE = "page"
MOST_DIGITS = 4
Choice = TypeVar("Choice", bound=StrEnum)


def asked_page(request: web.Request) -> Slice:
    """Give the page that the address names; the first where it names none."""
    text = request.query.get(PAGE, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return Slice(int(text) if is_number else 1)


def asked_choice(request: web.Request, name: str, choices: type[Choice]) -> Choice | None:
    """Give the value of a field of the address, if it is one of these."""
    text = request.query.get(name, "")
    return choices(text) if text in {choice.value for choice in choices} else None


def list_frame(request: web.Request, listing: Listing[Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Give the narrowing as a form shows it, and the addresses of what comes before and after."""
    kept = {name: value for name in names if (value := request.query.get(name, ""))}
    return {
        "form": Form({name: [value] for name, value in kept.items()}),
        "is_narrowed": bool(kept),
        "found": min(listing.found, MOST_COUNTED),
        "is_more": listing.is_more_than_counted,
        "number": listing.number,
        "before_href": _page_href(request, kept, listing.number - 1) if listing.number > 1 else "",
        "after_href": _page_href(request, kept, listing.number + 1) if listing.has_more else "",
        "whole_href": request.path,
        "csv_href": f"{request.path}.csv" + (f"?{urlencode(kept)}" if kept else ""),
    }


def _page_href(request: web.Request, kept: Mapping[str, str], number: int) -> str:
    page = {PAGE: str(number)} if number > 1 else {}
    words = urlencode({**kept, **page})
    return f"{request.path}?{words}" if words else request.path


async def places(request: web.Request, session: AsyncConnection) -> dict[str, list[tuple[str, str]]]:
    """Give the other sides and the own rooms by which the reader may narrow a list."""
    who, r = actor(request), tables.rooms
    found = (await session.execute(_other_sides(request))).all()
    rooms = select(r.c.id, r.c.name).where(r.c.centre_id == who.organisation_id).order_by(r.c.name)
    own = (await session.execute(rooms)).all() if who.role is Role.CENTRE_STAFF else []
    return {
        "posts": [(row.id, row.name) for row in found if row.kind == "post"],
        "centres": [(row.id, row.name) for row in found if row.kind == "centre"],
        "rooms": [(row.id, row.name) for row in own],
    }


async def post_countries(session: AsyncConnection) -> list[str]:
    """Give the countries that have a post here, by their ISO 3166 codes."""
    o = tables.organisations
    statement = select(o.c.country).where(o.c.kind == "post").distinct().order_by(o.c.country)
    return list(await session.scalars(statement))


def _other_sides(request: web.Request) -> Any:
    who, o, a = actor(request), tables.organisations, tables.accreditations
    statement = select(o.c.id, o.c.name, o.c.kind).order_by(o.c.name)
    if who.role is Role.CENTRE_STAFF:
        return statement.where(o.c.kind == "post")
    if who.role is Role.SUPERVISOR:
        return statement.where(o.c.kind.in_(["post", "centre"]))
    hosts = select(o.c.host_country).where(o.c.id == who.organisation_id)
    covered = select(a.c.host_country).where(a.c.post_id == who.organisation_id)
    return statement.where(o.c.kind == "centre", or_(o.c.country.in_(hosts), o.c.country.in_(covered)))
