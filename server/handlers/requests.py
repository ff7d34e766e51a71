"""Asking a post for an interview: which post, which slot; and the requests that an officer answers."""

from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling.availability import day_in
from scheduling.booking import Modality
from scheduling.case import Case, DisclosedField, fields_from
from scheduling.errors import FieldRefused, NotForYou, SchedulingError, SlotRefused
from scheduling.queries import SlotsPage, case_page, requests_to_answer, slots_for_case
from scheduling.request import request_interview
from scheduling.trail import record_view
from server.exchange import actor, clock, done, language, reading, transaction, url_for
from server.form_days import read_day
from server.forms import Form, read_form
from server.pages import refuse, render
from server.refusals import sentence
from server.views.bookings import answered_lines, request_lines
from server.views.cases import may_request, post_cards
from server.views.slots import (
    WEEK_DAYS,
    alternatives,
    midnight,
    monday_of,
    read_slot_value,
    usual_disclosure,
    week_facts,
)

_MODALITIES = {Modality.VIDEO, Modality.AUDIO}  # what the rooms of this house can hold
_Wish = tuple[str, datetime]


async def show_requests(request: web.Request) -> web.Response:
    """Requests to the officer's post, those to answer first."""
    async with reading(request) as session:
        waiting = await requests_to_answer(session, actor(request), clock(request)())
        answered = await answered_lines(request, session)
    return render(request, "request/list.html", waiting=request_lines(request, waiting), answered=answered)


async def choose_post(request: web.Request) -> web.Response:
    """The posts that answer for the person's country here."""
    async with transaction(request) as session:
        case = await _case(request, session)
        cards = await post_cards(request, session, case.id)
    return render(request, "request/post.html", case=case, posts=cards)


async def choose_slot(request: web.Request) -> web.Response:
    """One week of free slots of one post."""
    async with transaction(request) as session:
        case, page, monday = await _week(request, session, _asked_day(request))
    form = Form({"modality": [Modality.VIDEO], "disclosed": usual_disclosure(case)})
    return render(request, "request/slot.html", form=form, **_facts(request, case, page, monday))


async def send_request(request: web.Request) -> web.Response:
    """Ask the post for the chosen slot; a slot just taken comes back with the nearest alternatives."""
    form = await read_form(request)
    wish, disclosed, modality = _read_wish(request, form)
    nearest: tuple[dict[str, Any], ...] = ()
    if form.is_valid and wish is not None and modality is not None:
        try:
            return await _send(request, wish, disclosed, modality)
        except NotForYou:
            raise
        except SchedulingError as refusal:
            nearest = _explain(request, form, refusal)
    async with transaction(request) as session:
        case, page, monday = await _week(request, session, wish[1] if wish else _asked_day(request))
    facts = {**_facts(request, case, page, monday), "taken": nearest or None}
    return refuse(request, "request/slot.html", form, **facts)


async def _send(
    request: web.Request, wish: _Wish, disclosed: frozenset[DisclosedField], modality: Modality
) -> web.Response:
    room_id, starts_at = wish
    async with transaction(request) as session:
        case = await _case(request, session)
        sent = await request_interview(
            session,
            clock(request),
            actor(request),
            case_id=case.id,
            post_id=request.match_info["post_id"],
            room_id=room_id,
            starts_at=starts_at,
            modality=modality,
            disclosed=disclosed,
        )
    return done(request, "booking", booking_id=sent.booking.id)


def _read_wish(
    request: web.Request, form: Form
) -> tuple[_Wish | None, frozenset[DisclosedField], Modality | None]:
    _ = language(request).gettext
    wish = read_slot_value(form.value("slot"))
    if wish is None:
        form.fault("slot", _("Choose a slot"))
    disclosed: frozenset[DisclosedField] = frozenset()
    try:
        disclosed = fields_from(form.values("disclosed"))
    except ValueError:
        form.fault("disclosed", _("Choose what the post will see"))
    missing = _("Choose video or audio only")
    modality = form.choice("modality", Modality, missing=missing)
    if modality not in _MODALITIES:
        form.fault("modality", missing)
    return wish, disclosed, modality


def _explain(request: web.Request, form: Form, refusal: SchedulingError) -> tuple[dict[str, Any], ...]:
    field = refusal.field if isinstance(refusal, FieldRefused) else "slot"
    form.fault(field, sentence(refusal, language(request)))
    return tuple(alternatives(refusal.alternatives)) if isinstance(refusal, SlotRefused) else ()


async def _case(request: web.Request, session: AsyncSession) -> Case:
    """Give the case if a post may be asked about it now; otherwise its page says what stands in the way."""
    who, case_id = actor(request), request.match_info["case_id"]
    page = await case_page(session, who, case_id, clock(request)())
    if page is None:
        raise web.HTTPNotFound
    if not may_request(who, page.row):
        raise web.HTTPSeeOther(url_for(request, "case", case_id=case_id))
    await record_view(session, clock(request), who, "case", case_id, detail="request")
    return page.row.case


async def _week(
    request: web.Request, session: AsyncSession, on: date | datetime | None
) -> tuple[Case, SlotsPage, date]:
    """Give the week of a day (else the first with a free slot), not before this one nor after detention."""
    who, now = actor(request), clock(request)()
    case, post_id = await _case(request, session), request.match_info["post_id"]
    page = await slots_for_case(session, who, case.id, post_id, now, days=4 * WEEK_DAYS)
    if page is None:
        raise web.HTTPNotFound
    zone = page.centre_zone
    today = day_in(now, zone)
    if on is None:
        on = page.slots[0].starts_at if page.slots else today
    wanted = day_in(on, zone) if isinstance(on, datetime) else on
    monday = max(monday_of(min(wanted, case.detention_ends_on)), monday_of(today))
    begins = max(midnight(monday, zone), now)
    week = await slots_for_case(session, who, case.id, post_id, now, from_at=begins, days=WEEK_DAYS)
    return case, week or page, monday


def _facts(request: web.Request, case: Case, page: SlotsPage, monday: date) -> dict[str, Any]:
    return week_facts(request, case, page, monday, shows_list=request.query.get("view") == "list")


def _asked_day(request: web.Request) -> date | None:
    return read_day(request.query.get("from", ""))
