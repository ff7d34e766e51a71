"""One booking, for both sides: the post's answer, and giving it up with a reason."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import CancelReason, DeclineReason, Modality, Status
from scheduling.calendar import Entry, published_text
from scheduling.cancel import cancel
from scheduling.confirm import confirm
from scheduling.decide_guests import decide_guests
from scheduling.decline import decline
from scheduling.errors import FieldRefused, NotForYou, SchedulingError
from scheduling.interview import Interview
from scheduling.propose import accept_proposal, refuse_proposal, take_back
from scheduling.queries import BookingPage, booking_page
from scheduling.store import interview_of, load_booking
from scheduling.store_wishes import wishes_of
from scheduling.trail import record_view
from server.app_keys import MEDIA, SETTINGS
from server.exchange import actor, clock, done, language, transaction
from server.forms import Form, read_form
from server.pages import refuse, render
from server.refusals import sentence
from server.said import Done, say
from server.views.bookings import booking_facts
from server.ways import calendar_title

MOST_REMARK_CHARACTERS = 1000
_FIELDS = {"remark": "text", "reason": "code"}
Act = Callable[[AsyncConnection], Awaitable[Done]]


class Answer(StrEnum):
    """What is said to a slot that one side proposed."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    TAKE_BACK = "take_back"


_ANSWERED = {
    Answer.ACCEPT: Done.ACCEPTED,
    Answer.REFUSE: Done.REFUSED,
    Answer.TAKE_BACK: Done.TAKEN_BACK,
}
_VERBS = {Answer.ACCEPT: accept_proposal, Answer.REFUSE: refuse_proposal, Answer.TAKE_BACK: take_back}


async def show_booking(request: web.Request) -> web.Response:
    """The booking, what the reader may do, and what happened so far."""
    return render(request, "booking/show.html", form=Form(), **await _facts(request))


async def confirm_booking(request: web.Request) -> web.Response:
    """The post's yes: to one of the slots, and to the guests it ticks."""
    form = await read_form(request)

    async def act(session: AsyncConnection) -> Done:
        await confirm(
            session,
            clock(request),
            actor(request),
            booking_id=_id(request),
            rank=await _rank(session, form, _id(request)),
            officer_id=form.value("officer_id") or None,
            agreed_guests=frozenset(form.values("agreed")),
        )
        return Done.CONFIRMED

    return await carry_out(request, form, act)


async def say_who_attends(request: web.Request) -> web.Response:
    """The post's word on the guests of an interview that is agreed: those it ticks attend."""
    form = await read_form(request)

    async def act(session: AsyncConnection) -> Done:
        await decide_guests(
            session,
            clock(request),
            actor(request),
            booking_id=_id(request),
            agreed_guests=frozenset(form.values("agreed")),
        )
        return Done.GUESTS_DECIDED

    return await carry_out(request, form, act)


async def answer_proposal(request: web.Request) -> web.Response:
    """Accept or refuse the other side's slot, or take the own one back."""
    form = await read_form(request)
    choice = form.choice("answer", Answer, missing=language(request).gettext("Choose one of the answers"))

    async def act(session: AsyncConnection) -> Done:
        answer = choice or Answer.REFUSE  # without a choice the form is not valid
        await _VERBS[answer](session, clock(request), actor(request), booking_id=_id(request))
        return _ANSWERED[answer]

    return await carry_out(request, form, act)


async def decline_booking(request: web.Request) -> web.Response:
    """Take the post's no, with its code."""
    form = await read_form(request)
    _ = language(request).gettext
    reason = form.choice("code", DeclineReason, missing=_("Choose why"))
    remark = form.text(
        "text", too_long=_("Write 1,000 characters at most"), most_chars=MOST_REMARK_CHARACTERS
    )

    async def act(session: AsyncConnection) -> Done:
        why = reason or DeclineReason.OTHER  # without a reason the form is not valid
        await decline(
            session, clock(request), actor(request), booking_id=_id(request), reason=why, remark=remark
        )
        return Done.DECLINED

    return await carry_out(request, form, act)


async def cancel_booking(request: web.Request) -> web.Response:
    """Give the booking up; the other side reads the code, and for those at the door it is over."""
    form = await read_form(request)
    reason = form.choice("code", CancelReason, missing=language(request).gettext("Choose why"))
    interview: Interview | None = None

    async def act(session: AsyncConnection) -> Done:
        nonlocal interview
        why = reason or CancelReason.TECHNICAL  # without a reason the form is not valid
        gone = await cancel(session, clock(request), actor(request), booking_id=_id(request), reason=why)
        interview = await interview_of(session, gone.id)
        return Done.WITHDRAWN if gone.status is Status.WITHDRAWN else Done.CANCELLED

    answer = await carry_out(request, form, act)
    if interview is not None:
        request.app[MEDIA].close(interview.id, "closed")
    return answer


async def give_calendar(request: web.Request) -> web.Response:
    """The booking as an iCalendar file: UTC times, the reference, no name."""
    async with transaction(request) as session:
        page = await _page(request, session, detail="calendar")
        booking = await load_booking(session, _id(request))
    title = calendar_title(booking.modality, page.booking.reference, language(request))
    place = "" if booking.modality is Modality.IN_PERSON else page.booking.room_name
    entry = Entry(booking=booking, title=title, place=place)
    text = published_text([entry], organizer=request.app[SETTINGS].mail_from, now=clock(request)())
    headers = {"Content-Disposition": f'attachment; filename="{page.booking.reference}.ics"'}
    return web.Response(text=text, content_type="text/calendar", headers=headers)


async def carry_out(request: web.Request, form: Form, act: Act, *, beside: str = "code") -> web.Response:
    """Act in one transaction; a refusal is said on the same page, with all that was typed.

    A refusal that names no field is said `beside` this one.
    """
    if form.is_valid:
        try:
            async with transaction(request) as session:
                what = await act(session)
        except NotForYou:
            raise
        except SchedulingError as refusal:
            field = refusal.field if isinstance(refusal, FieldRefused) else beside
            form.fault(_FIELDS.get(field, field), sentence(refusal, language(request)))
        else:
            return say(request, done(request, "booking", booking_id=_id(request)), what)
    return refuse(request, "booking/show.html", form, **await _facts(request))


async def _facts(request: web.Request) -> dict[str, Any]:
    async with transaction(request) as session:
        return await booking_facts(request, session, await _page(request, session))


async def _page(request: web.Request, session: AsyncConnection, detail: str = "") -> BookingPage:
    """Give the booking to whoever may see it; the look leaves a trace."""
    who = actor(request)
    page = await booking_page(session, who, _id(request), clock(request)())
    if page is None:
        raise web.HTTPNotFound
    await record_view(session, clock(request), who, "booking", _id(request), detail=detail)
    return page


def _id(request: web.Request) -> str:
    return request.match_info["booking_id"]


async def _rank(session: AsyncConnection, form: Form, booking_id: str) -> int:
    """Give the chosen slot; only where the centre wished a single one there is nothing to choose."""
    wishes = await wishes_of(session, booking_id)
    chosen = form.value("rank", "1" if len(wishes) == 1 else "")
    known = {str(rank): rank for rank in wishes}
    if wishes and chosen not in known:
        raise FieldRefused("rank", "unknown")
    return known.get(chosen, 1)
