"""After a post was asked: what happens next, on a page that can be looked at again."""

from aiohttp import web

from scheduling.queries import booking_page
from server.exchange import actor, clock, reading
from server.pages import render
from server.views.asked import asked_facts


async def show_asked(request: web.Request) -> web.Response:
    """Who is told, until when the wishes are held, and what is still to prepare."""
    async with reading(request) as session:
        page = await booking_page(session, actor(request), request.match_info["booking_id"], clock(request)())
        if page is None:
            raise web.HTTPNotFound
        facts = await asked_facts(request, session, page)
    return render(request, "request/asked.html", was_asked_before="again" in request.query, **facts)
