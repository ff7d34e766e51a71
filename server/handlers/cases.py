"""Cases: the list by the end of detention, opening one, and what is decided about the person."""

from enum import StrEnum
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.capture import finish_recording
from scheduling.case import CaseStatus, Document, Suitability, Vulnerability
from scheduling.errors import CaseClosed, FieldRefused, NotPossibleNow
from scheduling.open_case import assess, open_case
from scheduling.prepare import prepare
from scheduling.protection import Stopped
from scheduling.queries import case_page
from scheduling.stop import close_case, lift, stop
from scheduling.trail import record_view
from scheduling.transfer import transfer_case
from server.app_keys import MEDIA
from server.exchange import actor, clock, done, language, reading, transaction
from server.form_days import day
from server.forms import Form, read_form
from server.pages import refuse, render
from server.permissions import Permission, allows
from server.refusals import sentence
from server.said import Done, say
from server.views.cases import case_facts, case_list
from server.views.places import countries, is_country, languages
from server.views.transfers import other_centres, transfer_facts

MOST_DOCUMENTS, MOST_DOCUMENT_CHARACTERS = 20, 200

_NEW: dict[str, Any] = {"reference": "", "shown": "", "stands": ()}


class Plans(StrEnum):
    """What happens to the interviews of a person who is transferred."""

    MOVE_ALONG = "move_along"
    GIVE_UP = "give_up"


class Claim(StrEnum):
    """Whether a protection claim is open."""

    OPEN = "yes"
    CLOSED = "no"


async def show_cases(request: web.Request) -> web.Response:
    """One page of the open cases that the reader may see, by the day detention must end."""
    async with reading(request) as session:
        facts = await case_list(request, session)
    may_open = allows(actor(request).role, Permission.OPEN_CASES)
    return render(request, "case/list.html", may_open=may_open, **facts)


async def show_new_case(request: web.Request) -> web.Response:
    """The empty form."""
    form = Form({"suitability": [Suitability.NOT_ASSESSED]})
    return render(request, "case/new.html", form=form, **choices(request), **_NEW)


async def open_new_case(request: web.Request) -> web.Response:
    """Open the case; what cannot be is said beside its field."""
    form = await read_form(request)
    facts = read_case(request, form)
    missing = language(request).gettext("Choose one of the answers")
    facts["suitability"] = form.choice("suitability", Suitability, missing=missing)
    if form.is_valid:
        try:
            async with transaction(request) as session:
                case = await open_case(session, clock(request), actor(request), **facts)
        except FieldRefused as refusal:
            form.fault(refusal.field, sentence(refusal, language(request)))
        else:
            return say(request, done(request, "case", case_id=case.id), Done.CASE_OPENED)
    return refuse(request, "case/new.html", form, **choices(request), **_NEW)


async def show_case(request: web.Request) -> web.Response:
    """One case; every look leaves a trace."""
    facts = await _facts(request)
    form = Form({"suitability": [facts["case"].suitability]})
    return render(request, "case/show.html", form=form, **facts)


async def answer_suitability(request: web.Request) -> web.Response:
    """Note whether video suits the person, and who decided."""
    form = await read_form(request)
    missing = language(request).gettext("Choose yes or no")
    answer = form.choice("suitability", Suitability, missing=missing)
    if answer is Suitability.NOT_ASSESSED:
        form.fault("suitability", missing)
    if answer is None or not form.is_valid:
        return refuse(request, "case/show.html", form, **await _facts(request))
    async with transaction(request) as session:
        await assess(session, clock(request), actor(request), case_id=_id(request), suitability=answer)
    return _said(request, Done.ASSESSED)


async def answer_presentation(request: web.Request) -> web.Response:
    """Note which parts of the presentation set are ready."""
    form = await read_form(request)
    ready = [part for part in Document if form.has("presentation", part)]
    try:
        async with transaction(request) as session:
            await prepare(session, clock(request), actor(request), case_id=_id(request), ready=ready)
    except CaseClosed as refusal:
        form.fault("presentation", sentence(refusal, language(request)))
        return refuse(request, "case/show.html", form, **await _facts(request))
    return _said(request, Done.PREPARED)


async def answer_protection(request: web.Request) -> web.Response:
    """Suspend everything about a person who asks for protection, or note that the claim is closed."""
    form = await read_form(request)
    answer = form.choice("open", Claim, missing=language(request).gettext("Choose yes or no"))
    if answer is None:
        return refuse(request, "case/show.html", form, **await _facts(request))
    ended: tuple[str, ...] = ()
    async with transaction(request) as session:
        if answer is Claim.CLOSED:
            await lift(session, clock(request), actor(request), case_id=_id(request))
        else:
            stopped = await stop(session, clock(request), actor(request), case_id=_id(request))
            ended = await _finish_recordings(request, session, stopped)
    _close_rooms(request, ended)
    return _said(request, Done.LIFTED if answer is Claim.CLOSED else Done.SUSPENDED)


async def answer_leaving(request: web.Request) -> web.Response:
    """Close the case of a person who has left; what was booked ends with it."""
    _ = language(request).gettext
    form = await read_form(request)
    status = form.choice("status", CaseStatus, missing=_("Choose why the person has left"))
    if status is CaseStatus.OPEN:
        form.fault("status", _("Choose why the person has left"))
    if status is None or not form.is_valid:
        return refuse(request, "case/show.html", form, **await _facts(request))
    try:
        async with transaction(request) as session:
            stopped = await close_case(
                session, clock(request), actor(request), case_id=_id(request), status=status
            )
            ended = await _finish_recordings(request, session, stopped)
    except NotPossibleNow:  # somebody closed it a moment before
        return done(request, "case", case_id=_id(request))
    _close_rooms(request, ended)
    return _said(request, Done.CASE_CLOSED)


async def answer_transfer(request: web.Request) -> web.Response:
    """Hand the person over to another centre; what was planned moves along or is given up."""
    _ = language(request).gettext
    form = await read_form(request)
    keeps = form.choice("plans", Plans, missing=_("Choose what happens to the interviews"))
    async with reading(request) as session:
        others = await other_centres(session, actor(request).organisation_id)
    if form.value("centre_id") not in dict(others):
        form.fault("centre_id", _("Choose a centre"))
    if not form.is_valid:
        return refuse(request, "case/show.html", form, **await _facts(request))
    try:
        async with transaction(request) as session:
            await transfer_case(
                session,
                clock(request),
                actor(request),
                case_id=_id(request),
                centre_id=form.value("centre_id"),
                keep_times=keeps is Plans.MOVE_ALONG,
            )
    except NotPossibleNow as refusal:
        form.fault("centre_id", sentence(refusal, language(request)))
        return refuse(request, "case/show.html", form, **await _facts(request))
    return done(request, "transferred", case_id=_id(request))


async def show_transfer(request: web.Request) -> web.Response:
    """What moved along and what was given up, for the one who handed the case over."""
    async with reading(request) as session:
        facts = await transfer_facts(session, actor(request), _id(request))
    if facts is None:
        raise web.HTTPNotFound
    return render(request, "case/transferred.html", **facts)


async def _finish_recordings(
    request: web.Request, session: AsyncConnection, stopped: Stopped
) -> tuple[str, ...]:
    """End what is recorded, with the same word as at any other end."""
    for interview_id in stopped.interviews_to_close:
        await finish_recording(session, clock(request), interview_id, reason="interview_ended")
    return stopped.interviews_to_close


def _close_rooms(request: web.Request, interview_ids: tuple[str, ...]) -> None:
    for interview_id in interview_ids:
        request.app[MEDIA].close(interview_id, "closed")


async def _facts(request: web.Request) -> dict[str, Any]:
    async with transaction(request) as session:
        page = await case_page(session, actor(request), _id(request), clock(request)())
        if page is None:
            raise web.HTTPNotFound
        await record_view(session, clock(request), actor(request), "case", _id(request))
        return await case_facts(request, session, page)


def _said(request: web.Request, what: Done) -> web.Response:
    return say(request, done(request, "case", case_id=_id(request)), what)


def _id(request: web.Request) -> str:
    return request.match_info["case_id"]


def choices(request: web.Request) -> dict[str, Any]:
    """Give what the form of a case offers to choose from."""
    reader = language(request)
    return {"countries": countries(reader), "languages": languages(reader)}


def read_case(request: web.Request, form: Form) -> dict[str, Any]:
    """Read the details of a case; what cannot be is said in the faults of the form."""
    reader = language(request)
    _ = reader.gettext
    wrong = _("Write the day as year-month-day, for example 1998-04-23")
    detained = _("Enter the day detention began")
    ends = _("Enter the day detention must end")
    needs = {need.value for need in Vulnerability}
    return {
        "country": _read_country(request, form),
        "family_name": _text(
            request, form, "family_name", missing=_("Enter the family name as the person says it")
        ),
        "given_names": _text(request, form, "given_names"),
        "born_on": day(form, "born_on", reader, wrong=wrong),
        "birth_place": _text(request, form, "birth_place"),
        "sex": _text(request, form, "sex"),
        "languages": _read_languages(request, form),
        "documents": _read_documents(request, form),
        "is_minor": form.has("is_minor", "yes"),
        "guardian_name": _text(request, form, "guardian_name"),
        "vulnerabilities": [need for need in form.values("vulnerabilities") if need in needs],
        "detained_on": day(form, "detained_on", reader, missing=detained, wrong=wrong),
        "detention_ends_on": day(form, "detention_ends_on", reader, missing=ends, wrong=wrong),
    }


def _text(request: web.Request, form: Form, name: str, *, missing: str | None = None) -> str:
    too_long = language(request).gettext("Write 200 characters at most")
    return form.text(name, missing=missing, too_long=too_long)


def _read_country(request: web.Request, form: Form) -> str:
    reader = language(request)
    country = form.value("country")
    if not is_country(country, reader):
        form.fault("country", reader.gettext("Choose a country"))
    return country


def _read_languages(request: web.Request, form: Form) -> list[str]:
    known = {code for code, _name in languages(language(request))}
    return [code for code in form.values("languages") if code in known]


def _read_documents(request: web.Request, form: Form) -> list[str]:
    lines = [line.strip() for line in form.value("documents").splitlines() if line.strip()]
    if len(lines) > MOST_DOCUMENTS or any(len(line) > MOST_DOCUMENT_CHARACTERS for line in lines):
        form.fault(
            "documents", language(request).gettext("List 20 documents at most, each in 200 characters")
        )
    return lines
