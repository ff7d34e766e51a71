"""Concluding the outcome of an identification, and sealing what it rests on."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from recordings.conclude import Wish, conclude, consider
from recordings.draft_outcome import draft_for
from recordings.outcome import REASONS_LIMIT_CHARACTERS, OutcomeValue, Rule, TravelDocumentAnswer
from recordings.outcome_draft import DraftFields
from recordings.queries import outcome_page
from recordings.refusals import (
    InterviewNotOver,
    NotYoursToDo,
    OutcomeNotAdmissible,
    OutcomeSuperseded,
    TranscriptAwaited,
)
from recordings.store_texts import key_of, statements_of
from recordings.wording import tidy
from recordings.working_copy import MasterSecret
from scheduling.errors import NotForYou
from scheduling.trail import record_view
from server.app_keys import SECRETS
from server.exchange import actor, clock, done, language, reading, transaction, url_for
from server.form_days import day
from server.forms import Form, read_form
from server.pages import refuse, render
from server.said import Done, say
from server.sealing import SEALING
from server.views.outcomes import MESSAGES, explain, outcome_facts


async def show_outcome(request: web.Request) -> web.Response:
    """Show the form; what was concluded is superseded on purpose only, from the interview's page."""
    form = await _drafted(request)
    facts = await _facts(request, form)
    if facts["supersedes"] and "supersede" not in request.query:
        return _to_interview(request)
    return render(request, "outcome/form.html", form=form, **facts)


async def conclude_outcome(request: web.Request) -> web.Response:
    """Conclude, then seal; all that the rules miss is said at once, each beside its field."""
    form = await read_form(request)
    wish = read_wish(request, form)
    if wish is not None:
        try:
            await _conclude(request, form, wish)
        except OutcomeNotAdmissible as refusal:
            explain(form, refusal.verdict, language(request))
        except (OutcomeSuperseded, TranscriptAwaited) as refusal:
            form.fault("value", _meanwhile(request, refusal))
        except InterviewNotOver:
            return _to_interview(request)
    if form.is_valid:
        await request.app[SEALING].seal(_id(request))
        return say(request, _to_interview(request), Done.SIGNED)
    return refuse(request, "outcome/form.html", form, **await _facts(request, form))


async def _drafted(request: web.Request) -> Form:
    """Give the form as it was filled in during the interview, as far as it was."""
    try:
        async with reading(request) as session:
            draft = await draft_for(session, actor(request), _secret(request), _id(request))
    except (NotForYou, NotYoursToDo):
        raise web.HTTPNotFound from None
    if draft is None:
        return Form()
    return filled(draft.fields)


def filled(fields: DraftFields) -> Form:
    """Give the form as a draft fills it in."""
    texts = {name: text for name, text in asdict(fields).items() if isinstance(text, str)}
    return Form({**{name: [text] for name, text in texts.items()}, "evidence": fields.evidence})


async def _conclude(request: web.Request, form: Form, wish: Wish) -> None:
    """Conclude; when the form has faults already, only add those that the rules find."""
    who, now, interview_id = actor(request), clock(request), _id(request)
    async with transaction(request) as session:
        if form.is_valid:
            await conclude(session, now, who, _secret(request), interview_id=interview_id, wish=wish)
        else:
            verdict = await consider(session, now, who, interview_id=interview_id, wish=wish)
            explain(form, verdict, language(request))


def read_wish(request: web.Request, form: Form) -> Wish | None:
    """Read the form; None while no conclusion is chosen, on which the other rules hang.

    A missing answer is a fault already; any one stands in for it, so that the rules are asked all the same.
    """
    _ = language(request).gettext
    value = form.choice("value", OutcomeValue, missing=_("Choose your conclusion"))
    answer = form.choice(
        "travel_document", TravelDocumentAnswer, missing=_("Say whether a laissez-passer will be issued")
    )
    reasons = form.text(
        "reasons",
        missing=_(MESSAGES[Rule.REASONS_ARE_GIVEN]),
        too_long=_(MESSAGES[Rule.REASONS_ARE_NOT_TOO_LONG]),
        most_chars=REASONS_LIMIT_CHARACTERS,
    )
    wrong = _("Write the day as year-month-day, for example 2026-09-24")
    back_on = day(form, "back_on", language(request), wrong=wrong)
    if value is None:
        return None
    return Wish(
        value=value,
        evidence_ids=tuple(form.values("evidence")),
        reasons=tidy(reasons),
        travel_document=answer or TravelDocumentAnswer.LATER,
        presumed_country=form.value("presumed_country") or None,
        back_on=back_on,
        supersedes=_version(form.value("supersedes")),
    )


def _version(text: str) -> int | None:
    """Read which version the form was shown to supersede; none for the first."""
    return (int(text) or None) if text.isascii() and text.isdigit() else None


def _meanwhile(request: web.Request, refusal: OutcomeSuperseded | TranscriptAwaited) -> str:
    _ = language(request).gettext
    if isinstance(refusal, TranscriptAwaited):
        return _("The version before is still being sealed. Wait a moment, then sign again.")
    return _(
        "Version %(n)s was signed meanwhile, yours was not. Read it first; signing now supersedes it.",
        n=refusal.latest_version,
    )


async def _facts(request: web.Request, form: Form) -> dict[str, Any]:
    async with transaction(request) as session:
        page = await outcome_page(session, actor(request), _secret(request), _id(request))
        if page is None:
            raise web.HTTPNotFound
        if page.facts.ended_at is None:
            raise web.HTTPSeeOther(url_for(request, "interview", interview_id=_id(request)))
        await record_view(
            session, clock(request), actor(request), "interview", _id(request), detail="outcome"
        )
        key = await key_of(session, _secret(request), _id(request))
        lines = [line for line in await statements_of(session, key, _id(request)) if line.text is not None]
        return {**await outcome_facts(request, session, actor(request), page, form), "lines": lines}


def _to_interview(request: web.Request) -> web.Response:
    return done(request, "interview", interview_id=_id(request))


def _secret(request: web.Request) -> MasterSecret:
    return MasterSecret(request.app[SECRETS].working_copy)


def _id(request: web.Request) -> str:
    return request.match_info["interview_id"]
