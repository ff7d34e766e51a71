"""Another slot for a booking: a post answers a request with it, either side proposes, a centre may move."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Booking
from scheduling.errors import NotForYou, SchedulingError, SlotRefused
from scheduling.move import move
from scheduling.propose import propose
from scheduling.queries import BookingPage, booking_page
from scheduling.trail import record_view
from scheduling.wish import Proposal
from server.exchange import actor, clock, done, language, transaction, url_for
from server.forms import Form, read_form
from server.pages import refuse, render
from server.refusals import sentence
from server.said import Done, say
from server.views.bookings import booking_facts
from server.views.other_slots import check_facts, may_have_another, other_slot_facts, side_for
from server.views.slots import alternatives, read_slot_value

MOST_REMARK_CHARACTERS = 1000


async def show_slots(request: web.Request) -> web.Response:
    """A week of free slots, and what a click on one of them does."""
    form = Form()
    return render(request, "booking/other_slot.html", form=form, taken=(), **await _facts(request, form))


async def take_slot(request: web.Request) -> web.Response:
    """Show the chosen slot once more; then move the booking there, or propose it.

    Another week comes with the words typed so far, a slot just taken with the nearest alternatives.
    """
    form = await read_form(request)
    if form.value("edit") or form.value("week"):
        facts = await _facts(request, form)
        return render(request, "booking/other_slot.html", form=form, taken=(), **facts)
    _ = language(request).gettext
    wish = read_slot_value(form.value("slot"))
    if wish is None:
        form.fault("slot", _("Choose a slot"))
    too_long = _("Write 1,000 characters at most")
    remark = form.text("remark", too_long=too_long, most_chars=MOST_REMARK_CHARACTERS)
    nearest: list[dict[str, Any]] = []
    if form.is_valid and wish is not None:
        try:
            async with transaction(request) as session:
                what, placed = await _place(request, session, wish, remark)
                if not form.value("send"):  # a rehearsal: it says why not, and what would be done
                    await session.rollback()
        except NotForYou:
            raise
        except SchedulingError as refusal:
            form.fault("slot", sentence(refusal, language(request)))
            nearest = alternatives(refusal.alternatives) if isinstance(refusal, SlotRefused) else []
        else:
            if not form.value("send"):
                return await _show_check(request, form, what, placed)
            return say(request, done(request, "booking", booking_id=_id(request)), what)
    return await _refused(request, form, nearest)


async def _refused(request: web.Request, form: Form, nearest: list[dict[str, Any]]) -> web.Response:
    """Say why on the same page; where no other slot can be had any more, on that of the booking."""
    async with transaction(request) as session:
        page = await _page(request, session)
        if not may_have_another(page, side_for(request, page), clock(request)()):
            await record_view(session, clock(request), actor(request), "booking", _id(request))
            facts = await booking_facts(request, session, page)
            return refuse(request, "booking/show.html", form, **facts)
    return refuse(request, "booking/other_slot.html", form, taken=nearest, **await _facts(request, form))


async def _show_check(
    request: web.Request, form: Form, what: Done, placed: Proposal | Booking
) -> web.Response:
    async with transaction(request) as session:
        page = await _page(request, session)
        facts = await check_facts(request, session, page, side_for(request, page), placed)
        await record_view(session, clock(request), actor(request), "booking", _id(request), detail="check")
    return render(request, "booking/other_slot_check.html", form=form, moves=what is Done.MOVED, **facts)


async def _place(
    request: web.Request, session: AsyncConnection, wish: Any, remark: str
) -> tuple[Done, Proposal | Booking]:
    page = await _page(request, session)
    room_id, starts_at = wish
    where = {"booking_id": page.booking.booking_id, "room_id": room_id, "starts_at": starts_at}
    if side_for(request, page) == "centre":
        moved = await move(session, clock(request), actor(request), **where)
        if moved is not None:
            return Done.MOVED, moved
    return Done.PROPOSED, await propose(session, clock(request), actor(request), **where, remark=remark)


async def _facts(request: web.Request, form: Form) -> dict[str, Any]:
    async with transaction(request) as session:
        page = await _page(request, session)
        side = side_for(request, page)
        if not may_have_another(page, side, clock(request)()):
            raise web.HTTPSeeOther(url_for(request, "booking", booking_id=_id(request)))
        await record_view(session, clock(request), actor(request), "booking", _id(request), detail="slots")
        week = form.value("week") or request.query.get("from", "")
        return await other_slot_facts(request, session, page, side, week)


async def _page(request: web.Request, session: AsyncConnection) -> BookingPage:
    page = await booking_page(session, actor(request), _id(request), clock(request)())
    if page is None:
        raise web.HTTPNotFound
    return page


def _id(request: web.Request) -> str:
    return request.match_info["booking_id"]
