"""Interviews: the list by day, and one of them before, during and after the act."""

from aiohttp import web

from scheduling.queries import interview_page
from scheduling.trail import record_view
from server.exchange import actor, clock, reading, transaction
from server.pages import render
from server.views.guest_access import Fresh, guest_access
from server.views.interviews import interview_facts, interview_list, read_interviews


async def show_interviews(request: web.Request) -> web.Response:
    """One page of the interviews that the reader may see."""
    async with reading(request) as session:
        read = await read_interviews(request, session)
    return render(request, "interview/list.html", **interview_list(request, read))


async def show_interview(request: web.Request) -> web.Response:
    """One interview; every look leaves a trace."""
    return await interview_page_of(request)


async def interview_page_of(request: web.Request, fresh: Fresh | None = None) -> web.Response:
    """Give the page of the interview that the address names, with what was just made for a guest."""
    interview_id = request.match_info["interview_id"]
    async with transaction(request) as session:
        page = await interview_page(session, actor(request), interview_id, clock(request)())
        if page is None:
            raise web.HTTPNotFound
        await record_view(session, clock(request), actor(request), "interview", interview_id)
        facts = await interview_facts(request, session, page)
        facts["guests"] = await guest_access(session, page, fresh)
    return render(request, "interview/show.html", **facts)
