"""Asking a post for an interview, step by step: how, when, with whom, and the last look before it leaves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.availability import day_in
from scheduling.case import fields_from
from scheduling.errors import (
    FieldRefused,
    NotForYou,
    NotSuitable,
    SchedulingError,
    SlotRefused,
    VideoDeclined,
    WishesOverlap,
)
from scheduling.place import modality_refused
from scheduling.queries import SlotsPage, posts_for_case, slots_for_case
from scheduling.request import request_interview
from scheduling.slot import Slot
from server.app_keys import LANGUAGES
from server.exchange import actor, clock, done, language, transaction, url_for
from server.form_days import read_day
from server.forms import Form, read_form
from server.handlers.requests import asked_already, case_to_ask_about
from server.pages import render
from server.refusals import sentence
from server.views.asking import (
    Asking,
    check_facts,
    free_interpreters,
    guest_facts,
    most_wishes,
    terms_facts,
)
from server.views.draft import Draft, draft_from, moved
from server.views.slots import SEARCH_DAYS, WEEK_DAYS, midnight, monday_of, read_slot_value, week_facts

_MOST_CHARACTERS = {"name": 200, "email": 254, "telephone": 40}


async def choose_terms(request: web.Request) -> web.Response:
    """By video or otherwise, and whether somebody interprets."""
    form = await read_form(request)
    draft = draft_from(request, form)
    if form.value("post", request.match_info["post_id"]) != request.match_info["post_id"]:
        draft = draft.with_slots([])  # the wishes were those of another post
    return await _show_terms(request, draft, form)


async def choose_slot(request: web.Request) -> web.Response:
    """One week of free slots of one post, and the wishes so far."""
    return await _show_slots(request, draft_from(request, Form()), Form())


async def change_slots(request: web.Request) -> web.Response:
    """Add, move or drop a wish, or go on."""
    form = await read_form(request)
    draft = draft_from(request, form)
    if draft.modality is None:
        _fault(request, form, FieldRefused("modality", "needed"))
        return await _show_terms(request, draft, form)
    if form.value("next"):
        if draft.slots:
            return await _go(request, draft, "choose_guests")
        _fault(request, form, FieldRefused("slot", "needed"))
        return await _show_slots(request, draft, form)
    nearest: Sequence[Slot] = ()
    async with transaction(request) as session:
        row, page, _ = await _week(request, session, draft, _clicked(form) or _asked_day(request, form))
    unsuited = modality_refused(row.case, page.profile, draft.modality)
    if unsuited is not None:
        _fault(request, form, unsuited)
        return await _show_terms(request, draft, form)
    wishes = moved(draft.slots, form, most=most_wishes(page))
    refusal = _refusal(page, draft, form, wishes)
    if refusal is not None:
        _fault(request, form, refusal)
        nearest = page.offer.nearest_to(refusal.starts_at) if isinstance(refusal, SlotRefused) else ()
        return await _show_slots(request, draft, form, nearest)
    return await _go(request, draft.with_slots(wishes or []), "choose_slot", form)


async def choose_guests(request: web.Request) -> web.Response:
    """Who else shall attend."""
    form = await read_form(request)
    draft = draft_from(request, form)
    if form.value("done") and await _guests_stand(request, draft, form):
        return await _go(request, draft, "check_request")
    return await _show_guests(request, draft, form)


async def check_request(request: web.Request) -> web.Response:
    """All of it once more, and what the post will see."""
    return await _show_check(request, draft_from(request, Form()), Form())


async def send_request(request: web.Request) -> web.Response:
    """Ask the post; a wish that is gone comes back with the nearest alternatives and all else kept."""
    form = await read_form(request)
    draft = draft_from(request, form)
    if form.value("language"):  # the switch of the page, not the button that sends
        return await _show_check(request, draft, form)
    if not await _guests_stand(request, draft, form):
        return await _show_guests(request, draft, form)
    try:
        return await _send(request, draft)
    except NotForYou:
        raise
    except SlotRefused as refusal:
        _fault(request, form, refusal)
        lost = (refusal.room_id, refusal.starts_at)
        rest = [each for each in draft.slots if read_slot_value(each) != lost]
        return await _show_slots(request, draft.with_slots(rest), form, refusal.alternatives, lost[1])
    except SchedulingError as refusal:
        field = _fault(request, form, refusal)
        show = {
            "modality": _show_terms,
            "disclosed": _show_check,
            "invited": _show_guests,
            "guardian": _show_guests,
        }
        return await show.get(field, _show_slots)(request, draft, form)


async def _send(request: web.Request, draft: Draft) -> web.Response:
    try:
        disclosed = fields_from(draft.values.get("disclosed", ()))
    except ValueError:
        raise FieldRefused("disclosed", "needed") from None
    if draft.modality is None:
        raise FieldRefused("modality", "needed")
    async with transaction(request) as session:
        asked = await asked_already(request, session)
        if asked is not None:
            raise web.HTTPSeeOther(f"{url_for(request, 'asked', booking_id=asked)}?again=1")
        row = await case_to_ask_about(request, session)
        sent = await request_interview(
            session,
            clock(request),
            actor(request),
            case_id=row.case.id,
            post_id=request.match_info["post_id"],
            slots=draft.wishes,
            modality=draft.modality,
            disclosed=disclosed,
            interpreter_language=draft.interpreter,
            invited=draft.invited(language(request).code),
        )
    return done(request, "asked", booking_id=sent.booking.id)


async def _go(request: web.Request, draft: Draft, step: str, form: Form | None = None) -> web.Response:
    """Lead to a step: by its address, or at once when a name must not stand in one."""
    if not draft.names_somebody:
        more = {"from": _day_text(request, form), "view": _view(request, form)} if form else {}
        raise web.HTTPSeeOther(
            draft.href(request, step, **{name: text for name, text in more.items() if text})
        )
    show = {"choose_slot": _show_slots, "choose_guests": _show_guests, "check_request": _show_check}
    return await show[step](request, draft, form or Form())


async def _show_terms(request: web.Request, draft: Draft, form: Form) -> web.Response:
    async with transaction(request) as session:
        asking = await _asking(request, session, draft)
        facts = await terms_facts(request, session, asking)
    return _page(request, "request/terms.html", form, facts)


async def _show_slots(
    request: web.Request,
    draft: Draft,
    form: Form,
    nearest: Sequence[Slot] = (),
    on: datetime | None = None,
) -> web.Response:
    async with transaction(request) as session:
        wanted = on or _clicked(form) or _asked_day(request, form)
        row, page, monday = await _week(request, session, draft, wanted)
        there = await free_interpreters(request, session, page, draft)
    shows_list = _view(request, form) == "list"
    facts = week_facts(
        request, row, page, monday, draft, shows_list=shows_list, taken=nearest, interpreters=there
    )
    return _page(request, "request/slot.html", form, facts | {"most": most_wishes(page)})


async def _show_guests(request: web.Request, draft: Draft, form: Form) -> web.Response:
    async with transaction(request) as session:
        facts = guest_facts(request, await _asking(request, session, draft))
    return _page(request, "request/guests.html", form, facts)


async def _show_check(request: web.Request, draft: Draft, form: Form) -> web.Response:
    async with transaction(request) as session:
        facts = check_facts(request, await _asking(request, session, draft))
    return _page(request, "request/check.html", form, facts)


def _page(request: web.Request, template: str, form: Form, facts: dict[str, Any]) -> web.Response:
    shown: Form = facts.pop("shown", Form())
    shown.faults.update(form.faults)
    return render(request, template, status=200 if form.is_valid else 422, form=shown, **facts)


async def _asking(request: web.Request, session: AsyncConnection, draft: Draft) -> Asking:
    row = await case_to_ask_about(request, session)
    rows = await posts_for_case(session, actor(request), row.case.id)
    way = next((each for each in rows if each.post.id == request.match_info["post_id"]), None)
    if way is None:
        raise web.HTTPNotFound
    return Asking(row, way, draft)


async def _guests_stand(request: web.Request, draft: Draft, form: Form) -> bool:
    for n in draft.seats:
        check_guest(request, form, n)
    return form.is_valid


def check_guest(request: web.Request, form: Form, n: int, *, is_needed: bool = False) -> None:
    """Put a fault beside each field of the n-th guest that cannot stand; one `is_needed` is not empty."""
    _ = language(request).gettext
    role, name, email = (form.value(f"{part}_{n}").strip() for part in ("role", "name", "email"))
    for part, most in _MOST_CHARACTERS.items():
        form.text(f"{part}_{n}", too_long=_("Write %(n)s characters at most") % {"n": most}, most_chars=most)
    if form.value(f"language_{n}") not in {"", *request.app[LANGUAGES]}:
        form.fault(f"language_{n}", _("Choose a language"))
    if (name or is_needed) and not role:
        form.fault(f"role_{n}", _("Choose what this guest is"))
    if (role or is_needed) and not name:
        form.fault(f"name_{n}", _("Enter the name of this guest"))
    if email and "@" not in email:
        form.fault(f"email_{n}", _("Enter an address such as name@example.org"))


def _refusal(
    page: SlotsPage, draft: Draft, form: Form, wishes: Sequence[str] | None
) -> SchedulingError | None:
    """Tell why a click adds no wish: too many, gone meanwhile, or at the time of another one."""
    added = read_slot_value(form.value("add"))
    if wishes is None:
        return FieldRefused("slot", "too_many")
    if added is None or form.value("add") not in wishes:
        return None
    room_id, starts_at = added
    refusal = page.offer.refusal_of(Slot(room_id, starts_at, starts_at + page.post.length))
    others = [at for each, (_, at) in zip(draft.slots, draft.wishes, strict=True) if each in wishes]
    if refusal is None and any(abs(at - starts_at) < page.post.length for at in others):
        return WishesOverlap(page.offer.case_id)
    return refusal


def _fault(request: web.Request, form: Form, refusal: SchedulingError) -> str:
    field = "modality" if isinstance(refusal, NotSuitable | VideoDeclined) else "slot"
    field = refusal.field if isinstance(refusal, FieldRefused) else field
    form.fault(field, sentence(refusal, language(request)))
    return field


async def _week(
    request: web.Request, session: AsyncConnection, draft: Draft, on: date | datetime | None
) -> tuple[Any, SlotsPage, date]:
    """Give the week of a day (else the first with a free slot), not before this one nor after detention."""
    row = await case_to_ask_about(request, session)
    now, zone = clock(request)(), row.centre_zone
    this_monday = monday = monday_of(day_in(now, zone))
    if on is not None:
        wanted = day_in(on, zone) if isinstance(on, datetime) else on
        monday = max(monday_of(min(wanted, row.case.detention_ends_on)), this_monday)
    page = await slots_for_case(
        session,
        actor(request),
        row.case.id,
        request.match_info["post_id"],
        now,
        from_at=midnight(monday, zone),
        days=WEEK_DAYS if on is not None else SEARCH_DAYS,
        interpreter_language=draft.interpreter,
    )
    if page is None:
        raise web.HTTPNotFound
    if on is None and page.slots:
        monday = monday_of(day_in(page.slots[0].starts_at, zone))
    return row, page, monday


def _clicked(form: Form) -> datetime | None:
    added = read_slot_value(form.value("add"))
    return added[1] if added else None


def _view(request: web.Request, form: Form) -> str:
    return form.value("view") or request.query.get("view", "")


def _day_text(request: web.Request, form: Form) -> str:
    return form.value("week") or form.value("from") or request.query.get("from", "")


def _asked_day(request: web.Request, form: Form) -> date | None:
    return read_day(_day_text(request, form))
