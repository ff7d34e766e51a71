"""What a booking's page shows its centre of the guests of an agreed interview, and of inviting one more."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places
from scheduling.booking import Status
from scheduling.guest import GUEST_ROLES, agreed_beforehand
from scheduling.queries import BookingPage
from server.app_keys import LANGUAGES
from server.exchange import clock, language, url_for

MAY_BE_INVITED = GUEST_ROLES
"""Whom the centre may invite once an interview is agreed: an interpreter too, who then comes by name."""


async def attending_facts(
    request: web.Request, session: AsyncConnection, page: BookingPage, side: str
) -> dict[str, Any]:
    """Gather what templates/booking/_attending.html asks for; no path where nothing can be changed."""
    row = page.booking
    is_coming = row.status is Status.CONFIRMED and row.starts_at > clock(request)()
    if side != "centre" or not is_coming:
        return {"invite_action": "", "guest_action": "", "roles": [], "languages": []}
    profile = await store_places.load_profile(session, row.country, row.centre_country)
    own = language(request).code
    languages = sorted(request.app[LANGUAGES].values(), key=lambda each: each.code != own)
    return {
        "invite_action": url_for(request, "invite", booking_id=row.booking_id),
        "guest_action": url_for(request, "booking_guest", booking_id=row.booking_id),
        "roles": [(role, bool(agreed_beforehand(role, profile.may_attend))) for role in MAY_BE_INVITED],
        "languages": [(each.code, each.name) for each in languages],
    }
