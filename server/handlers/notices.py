"""The notice to the person in further languages: written, looked at, then read from then on."""

from typing import Any

from aiohttp import web

from scheduling import store_notices
from scheduling.errors import ChangedMeanwhile
from scheduling.keep_notice import keep_notice
from scheduling.notice_text import faults_of
from server.exchange import actor, clock, done, language, see_other, transaction
from server.forms import Form, read_form
from server.pages import refuse, render
from server.refusals import sentence
from server.said import Done, say
from server.views.meanwhile import SHOWN, OvertakenError, check_shown
from server.views.notices import FAULTS, FIELDS, may_be_written, notice_facts, values_of, written
from server.views.stands import meanwhile


async def find_notice(request: web.Request) -> web.Response:
    """Go to the notice in the language that was chosen."""
    return see_other(request, "notice_text", language=_checked(request.query.get("language", "")))


async def show_notice(request: web.Request) -> web.Response:
    """Show the sections as they stand, with every version."""
    code = _code(request)
    async with transaction(request) as session:
        facts = await notice_facts(request, session, code)
        form = Form(values_of(await store_notices.newest_text(session, code)))
    return render(request, "notice/edit.html", form=form, stands=(), **facts)


async def save_notice(request: web.Request) -> web.Response:
    """Show what was written as it will be read; then, once it was looked at, keep it as a new version."""
    code, form = _code(request), await read_form(request)
    sections, not_recorded = written(form)
    typed = Form({name: form.values(name) for name in (*FIELDS, SHOWN)})
    if form.is_valid and not form.value("edit"):
        for name, rule in faults_of(sections, not_recorded):
            form.fault(name, language(request).gettext(FAULTS[rule]))
    overtaken: OvertakenError | None = None
    if form.is_valid and not form.value("edit"):
        try:
            async with transaction(request) as session:
                check_shown(typed, values_of(await store_notices.newest_text(session, code)))
                await keep_notice(
                    session,
                    clock(request),
                    actor(request),
                    language=code,
                    sections=sections,
                    not_recorded=not_recorded,
                )
                if not form.value("send"):  # a rehearsal: it says what is missing
                    await session.rollback()
        except ChangedMeanwhile as refusal:
            form.fault(SHOWN, sentence(refusal, language(request)))
        except OvertakenError as refusal:
            overtaken, form = refusal, typed
        else:
            if form.value("send"):
                return say(request, done(request, "notice_text", language=code), Done.NOTICE_SAVED)
            return await _check(request, form, code)
    async with transaction(request) as session:
        facts = await notice_facts(request, session, code)
    facts |= meanwhile(request, form, overtaken)
    if form.value("edit"):
        return render(request, "notice/edit.html", form=form, **facts)
    return refuse(request, "notice/edit.html", form, **facts)


async def _check(request: web.Request, form: Form, code: str) -> web.Response:
    async with transaction(request) as session:
        facts = await notice_facts(request, session, code)
    sections, not_recorded = written(form)
    carried = [(name, form.value(name)) for name in (*FIELDS, "shown")]
    read: dict[str, Any] = {"paragraphs": sections, "not_recorded": not_recorded, "carried": carried}
    return render(request, "notice/check.html", form=form, **(facts | read))


def _code(request: web.Request) -> str:
    return _checked(request.match_info["language"])


def _checked(code: str) -> str:
    if not may_be_written(code):
        raise web.HTTPNotFound
    return code
