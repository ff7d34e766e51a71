"""Whom to ask for an interview; and the requests that an officer answers."""

from aiohttp import web
from aiohttp.hdrs import METH_POST
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Status
from scheduling.queries import CaseRow, booking_page, case_page
from scheduling.store import load_case
from scheduling.trail import record_view
from server.exchange import actor, clock, reading, transaction, url_for
from server.forms import read_form
from server.pages import render
from server.views.cases import may_request, post_cards
from server.views.draft import draft_from
from server.views.request_list import request_list


async def show_requests(request: web.Request) -> web.Response:
    """Requests to the officer's post, those to answer first."""
    async with reading(request) as session:
        facts = await request_list(request, session)
    return render(request, "request/list.html", **facts)


async def choose_post(request: web.Request) -> web.Response:
    """The posts that answer for the person's country here; whoever comes back keeps what was typed."""
    form = await read_form(request)
    async with transaction(request) as session:
        case = (await case_to_ask_about(request, session)).case
        cards = await post_cards(request, session, case)
    kept = [*draft_from(request, form).hidden(), ("post", form.value("post"))]
    hidden = kept if request.method == METH_POST else []
    return render(request, "request/post.html", case=case, posts=cards, hidden=hidden, action=request.path)


async def asked_already(request: web.Request, session: AsyncConnection) -> str | None:
    """Give the booking that waits or stands between the case and this post, for a form that comes twice."""
    who, parts = actor(request), request.match_info
    await load_case(session, parts["case_id"])  # the other form, under way at this moment, comes to its end
    page = await case_page(session, who, parts["case_id"], clock(request)())
    found = page.row.booking if page and who.hosts_at(page.row.case.centre_id) else None
    if found is None or found.status not in {Status.REQUESTED, Status.CONFIRMED}:
        return None
    booking = await booking_page(session, who, found.booking_id, clock(request)())
    is_same = booking is not None and booking.booking.post_id == parts["post_id"]
    return found.booking_id if is_same else None


async def case_to_ask_about(request: web.Request, session: AsyncConnection) -> CaseRow:
    """Give the case if a post may be asked about it now; otherwise its page says what stands in the way."""
    who, case_id = actor(request), request.match_info["case_id"]
    page = await case_page(session, who, case_id, clock(request)())
    if page is None:
        raise web.HTTPNotFound
    if not may_request(who, page.row):
        raise web.HTTPSeeOther(url_for(request, "case", case_id=case_id))
    await record_view(session, clock(request), who, "case", case_id, detail="request")
    return page.row
