"""One booking, for both sides: the post's answer, and giving it up with a reason."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling.booking import CancelReason, DeclineReason
from scheduling.calendar import calendar_text
from scheduling.cancel import cancel
from scheduling.confirm import confirm
from scheduling.decline import decline
from scheduling.errors import FieldRefused, NotForYou, SchedulingError
from scheduling.interview import Interview
from scheduling.queries import BookingPage, booking_page
from scheduling.store import interview_of, load_booking
from scheduling.trail import record_view
from server.app_keys import MEDIA
from server.exchange import actor, clock, done, language, transaction
from server.forms import Form, read_form
from server.pages import refuse, render
from server.refusals import sentence
from server.views.bookings import booking_facts

MOST_REMARK_CHARACTERS = 1000
_FIELDS = {"remark": "text", "reason": "code"}
Act = Callable[[AsyncSession], Awaitable[object]]


async def show_booking(request: web.Request) -> web.Response:
    """The booking, what the reader may do, and what happened so far."""
    return render(request, "booking/show.html", form=Form(), **await _facts(request))


async def confirm_booking(request: web.Request) -> web.Response:
    """The post's yes."""

    async def act(session: AsyncSession) -> object:
        return await confirm(session, clock(request), actor(request), booking_id=_id(request))

    return await _carry_out(request, await read_form(request), act)


async def decline_booking(request: web.Request) -> web.Response:
    """Take the post's no, with its code."""
    form = await read_form(request)
    _ = language(request).gettext
    reason = form.choice("code", DeclineReason, missing=_("Choose why"))
    remark = form.text(
        "text", too_long=_("Write 1,000 characters at most"), most_chars=MOST_REMARK_CHARACTERS
    )

    async def act(session: AsyncSession) -> object:
        why = reason or DeclineReason.OTHER  # without a reason the form is not valid
        return await decline(
            session, clock(request), actor(request), booking_id=_id(request), reason=why, remark=remark
        )

    return await _carry_out(request, form, act)


async def cancel_booking(request: web.Request) -> web.Response:
    """Give the booking up; the other side reads the code, and for those at the door it is over."""
    form = await read_form(request)
    reason = form.choice("code", CancelReason, missing=language(request).gettext("Choose why"))
    interview: Interview | None = None

    async def act(session: AsyncSession) -> object:
        nonlocal interview
        why = reason or CancelReason.TECHNICAL  # without a reason the form is not valid
        gone = await cancel(session, clock(request), actor(request), booking_id=_id(request), reason=why)
        interview = await interview_of(session, gone.id)
        return gone

    answer = await _carry_out(request, form, act)
    if interview is not None:
        request.app[MEDIA].close(interview.id, "closed")
    return answer


async def give_calendar(request: web.Request) -> web.Response:
    """The booking as an iCalendar file: UTC times, the reference, no name."""
    async with transaction(request) as session:
        page = await _page(request, session, detail="calendar")
        booking = await load_booking(session, _id(request))
    text = calendar_text(
        booking,
        reference=page.booking.reference,
        title=language(request).gettext("Interview"),
        place=page.booking.room_name,
        now=clock(request)(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{page.booking.reference}.ics"'}
    return web.Response(text=text, content_type="text/calendar", headers=headers)


async def _carry_out(request: web.Request, form: Form, act: Act) -> web.Response:
    """Act in one transaction; a refusal is said on the same page, with all that was typed."""
    if form.is_valid:
        try:
            async with transaction(request) as session:
                await act(session)
        except NotForYou:
            raise
        except SchedulingError as refusal:
            field = refusal.field if isinstance(refusal, FieldRefused) else "code"
            form.fault(_FIELDS.get(field, field), sentence(refusal, language(request)))
        else:
            return done(request, "booking", booking_id=_id(request))
    return refuse(request, "booking/show.html", form, **await _facts(request))


async def _facts(request: web.Request) -> dict[str, Any]:
    async with transaction(request) as session:
        return await booking_facts(request, session, await _page(request, session))


async def _page(request: web.Request, session: AsyncSession, detail: str = "") -> BookingPage:
    """Give the booking to whoever may see it; the look leaves a trace."""
    who = actor(request)
    page = await booking_page(session, who, _id(request), clock(request)())
    if page is None:
        raise web.HTTPNotFound
    await record_view(session, clock(request), who, "booking", _id(request), detail=detail)
    return page


def _id(request: web.Request) -> str:
    return request.match_info["booking_id"]
