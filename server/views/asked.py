"""What the page after a request shows: the wishes, who is told, the next dates, what is not ready."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places
from scheduling.booking import Status
from scheduling.queries import BookingPage, case_page
from scheduling.queries_of_answers import answer_page
from server.exchange import actor, clock, url_for


async def asked_facts(request: web.Request, session: AsyncConnection, page: BookingPage) -> dict[str, Any]:
    """Gather what templates/request/asked.html asks for."""
    who, row, now = actor(request), page.booking, clock(request)()
    about = await case_page(session, who, page.case_id or "", now)
    if about is None:
        raise web.HTTPNotFound
    found = await answer_page(session, who, page)
    profile = await store_places.load_profile(session, row.country, row.centre_country)
    wishes = found.wishes.values() if row.status is Status.REQUESTED else [row]
    return {
        "row": row,
        "wishes": [(each.starts_at, each.ends_at) for each in wishes],
        "guests": [
            (guest.role, guest.name, guest.is_agreed) for guest in found.guests if guest.taken_off_at is None
        ],
        "expires_at": found.expires_at,
        "chase_at": found.chase_at,
        "chased_at": found.chased_at,
        "missing": profile.missing_from(about.row.case.presentation),
        "booking_href": url_for(request, "booking", booking_id=row.booking_id),
        "case_href": url_for(request, "case", case_id=about.row.case.id),
    }
