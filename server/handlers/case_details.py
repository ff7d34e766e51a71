"""Changing the details of a case, and opening a closed one again."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.case import Case
from scheduling.change_case import change_case, reopen_case
from scheduling.errors import CaseClosed, FieldRefused, NotForYou
from scheduling.trail import record_view
from server.exchange import actor, clock, done, language, transaction
from server.forms import Form, read_form
from server.handlers.cases import choices, read_case
from server.pages import refuse, render
from server.refusals import sentence
from server.said import Done, say
from server.views.case_form import case_values
from server.views.meanwhile import OvertakenError, check_shown, digest
from server.views.stands import meanwhile


async def show_details(request: web.Request) -> web.Response:
    """The details as they stand, in the form that opened the case."""
    async with transaction(request) as session:
        case = await _case(request, session)
        await record_view(session, clock(request), actor(request), "case", case.id, detail="details")
    if not case.is_open:
        return done(request, "case", case_id=case.id)
    values = case_values(case)
    facts = {**choices(request), "reference": case.reference, "shown": digest(values), "stands": ()}
    return render(request, "case/new.html", form=Form(values), **facts)


async def save_details(request: web.Request) -> web.Response:
    """Write them; what somebody else wrote meanwhile is shown first."""
    form = await read_form(request)
    details = read_case(request, form)
    overtaken: OvertakenError | None = None
    async with transaction(request) as session:
        reference = (await _case(request, session)).reference
    if form.is_valid:
        try:
            await _save(request, form, details)
        except (FieldRefused, CaseClosed) as refusal:
            field = refusal.field if isinstance(refusal, FieldRefused) else "family_name"
            form.fault(field, sentence(refusal, language(request)))
        except OvertakenError as refusal:
            overtaken = refusal
        else:
            return say(request, done(request, "case", case_id=_id(request)), Done.CASE_CHANGED)
    facts = {**choices(request), "reference": reference, **meanwhile(request, form, overtaken)}
    return refuse(request, "case/new.html", form, **facts)


async def reopen(request: web.Request) -> web.Response:
    """The person is here after all."""
    async with transaction(request) as session:
        await reopen_case(session, clock(request), actor(request), case_id=_id(request))
    return say(request, done(request, "case", case_id=_id(request)), Done.CASE_REOPENED)


async def _save(request: web.Request, form: Form, details: dict[str, Any]) -> None:
    async with transaction(request) as session:
        check_shown(form, case_values(await _case(request, session)))
        await change_case(session, clock(request), actor(request), case_id=_id(request), **details)


async def _case(request: web.Request, session: AsyncConnection) -> Case:
    case = await store.load_case(session, _id(request))
    if not actor(request).hosts_at(case.centre_id):
        raise NotForYou("case", case.id)
    return case


def _id(request: web.Request) -> str:
    return request.match_info["case_id"]
