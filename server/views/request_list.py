"""The list of an officer's requests: what waits for an answer, other slots too, then what was answered."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Status
from scheduling.queries import list_answered
from server.exchange import actor, clock
from server.views.bookings import asked_answers, booking_line
from server.views.lists import asked_page, list_frame
from server.views.proposals import lines_to_answer

_FILTERS = ("status", "reference")


async def request_list(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/request/list.html asks for."""
    lines, is_full = await lines_to_answer(request, session)
    waiting = [line for line in lines if line["status"] != "offered"]
    wanted, page = asked_answers(request), asked_page(request)
    listing = await list_answered(session, actor(request), clock(request)(), wanted, page)
    frame = list_frame(request, listing, _FILTERS)
    return {
        "waiting": waiting,
        "offered": [line for line in lines if line["status"] == "offered"],
        "first_only": len(waiting) if is_full else 0,
        "answered": [booking_line(request, row) for row in listing.rows],
        "statuses": [status for status in Status if status is not Status.REQUESTED],
        **frame,
        "found": frame["found"] or len(lines),  # one file holds both parts of the page
    }
