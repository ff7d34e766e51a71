"""The bookings that could not be made any more, to be handled one by one."""

from aiohttp import web

from scheduling.queries_of_affected import affected_bookings
from server.exchange import actor, clock, reading, url_for
from server.pages import render
from server.permissions import Permission, allows


async def show_affected(request: web.Request) -> web.Response:
    """Every coming booking of the reader's side that is hit, with the ways on."""
    async with reading(request) as session:
        rows = await affected_bookings(session, actor(request), clock(request)())
    may_move = allows(actor(request).role, Permission.CANCEL)
    lines = [
        {
            "booking": row.booking,
            "standing": row.standing,
            "rank": row.rank,
            "hits": row.hits,
            "href": url_for(request, "booking", booking_id=row.booking.booking_id),
            "move_href": url_for(request, "other_slot", booking_id=row.booking.booking_id)
            if may_move and row.booking.interview_id
            else "",
        }
        for row in rows
    ]
    return render(request, "booking/affected.html", lines=lines)
