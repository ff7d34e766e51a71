"""The draft of the outcome beside the picture, as the room's script reads and saves it."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.conclude import foresee
from recordings.draft_outcome import draft_for, draft_outcome
from recordings.outcome_draft import DraftFields, OutcomeDraft
from recordings.refusals import DraftChanged
from recordings.store_evidence import evidence_of
from recordings.store_facts import facts_for, name_of
from recordings.working_copy import MasterSecret
from server.app_keys import SECRETS
from server.exchange import actor, answer_json, clock, language, reading, transaction
from server.forms import Form, read_form
from server.handlers.outcome import filled, read_wish
from server.pages import moments
from server.room_words import in_words
from server.views.outcomes import explain
from server.views.places import countries

CONFLICT = 409
_TEXTS = ("value", "reasons", "travel_document", "presumed_country", "back_on")
_MOST_CHARS_OF_A_VERSION = 9


@in_words
async def show_draft(request: web.Request) -> web.Response:
    """Give the draft, with the evidence and the countries that its form offers."""
    interview_id = request.match_info["interview_id"]
    async with reading(request) as session:
        draft = await draft_for(session, actor(request), _secret(request), interview_id)
        facts = await facts_for(session, actor(request), interview_id)
        items = await evidence_of(session, None, interview_id)
        body = await _as_json(request, session, draft)
    offered = [pair for pair in countries(language(request)) if pair[0] != facts.post.country]
    kinds = [{"id": item.id, "kind": item.kind, "at_ms": item.at_ms} for item in items]
    return answer_json({**body, "evidence": kinds, "countries": offered})


@in_words
async def save_draft(request: web.Request) -> web.Response:
    """Save the draft and say what the rules still miss; who comes second gets what stands, with 409."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    fields = DraftFields(
        **{name: form.value(name) for name in _TEXTS}, evidence=tuple(form.values("evidence"))
    )
    try:
        async with transaction(request) as session:
            draft = await draft_outcome(
                session,
                clock(request),
                actor(request),
                _secret(request),
                interview_id=interview_id,
                fields=fields,
                after=_version(form),
            )
            body = await _as_json(request, session, draft)
    except DraftChanged:
        async with reading(request) as session:
            stands = await draft_for(session, actor(request), _secret(request), interview_id)
            return answer_json(await _as_json(request, session, stands), status=CONFLICT)
    return answer_json(body)


async def _missing(request: web.Request, session: AsyncConnection, form: Form) -> list[str]:
    """Say what the outcome would be refused for, in the words of its own page."""
    wish = read_wish(request, form)
    if wish is not None:
        interview_id = request.match_info["interview_id"]
        verdict = await foresee(session, clock(request), actor(request), interview_id=interview_id, wish=wish)
        explain(form, verdict, language(request))
    return list(dict.fromkeys(form.faults.values()))


async def _as_json(
    request: web.Request, session: AsyncConnection, draft: OutcomeDraft | None
) -> dict[str, Any]:
    """Give a draft with who saved it and when, and what the rules still miss; version 0 is none."""
    if draft is None:
        return {"version": 0, "saved": "", "fields": None, "missing": []}
    fields = {name: getattr(draft.fields, name) for name in _TEXTS}
    return {
        "version": draft.version,
        "by": await name_of(session, draft.saved_by),
        "saved": moments(request).time(draft.saved_at),
        "fields": {**fields, "evidence": list(draft.fields.evidence)},
        "missing": await _missing(request, session, filled(draft.fields)),
    }


def _version(form: Form) -> int:
    text = form.value("after")
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_CHARS_OF_A_VERSION:
        raise web.HTTPBadRequest
    return int(text)


def _secret(request: web.Request) -> MasterSecret:
    return MasterSecret(request.app[SECRETS].working_copy)
