"""What the page of the outcome shows: the evidence, what the rule asks, and the messages of its verdict."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.evidence import Evidence
from recordings.outcome import Rule, Verdict, weigh
from recordings.queries import OutcomePage
from recordings.store_recording import recording_of
from scheduling.actor import Actor
from scheduling.queries import booking_page, interview_page
from server.exchange import clock, language, url_for
from server.forms import Form
from server.i18n import Language, mark
from server.views.bookings import person_pairs
from server.views.places import countries, country_name

MESSAGES = {
    Rule.EVIDENCE_IS_KNOWN: mark("One of the items is not of this interview. Tick the evidence again."),
    Rule.RESTS_ON_EVIDENCE: mark("One more item is needed to confirm the nationality"),
    Rule.REASONS_ARE_GIVEN: mark("Write your reasons"),
    Rule.REASONS_ARE_NOT_TOO_LONG: mark("Write 20,000 characters at most"),
    Rule.TRAVEL_DOCUMENT_FITS: mark("A laissez-passer follows only a confirmed nationality"),
    Rule.PRESUMED_COUNTRY_FITS: mark("Name another country only when the nationality is not recognised"),
    Rule.COMES_BACK_LATER: mark("Enter the day on which you come back, after today"),
    Rule.NO_DATE_TO_COME_BACK: mark("A day to come back belongs to a verification under way"),
    Rule.ENDING_FITS: mark("The interview ended normally: choose another conclusion"),
}


async def outcome_facts(
    request: web.Request, session: AsyncConnection, who: Actor, page: OutcomePage, form: Form
) -> dict[str, Any]:
    """Gather what templates/outcome/form.html asks for."""
    facts = page.facts
    reader = language(request)
    booking = await booking_page(session, who, facts.booking_id, clock(request)())
    ticked = set(form.values("evidence"))
    held = await interview_page(session, who, facts.id, clock(request)())
    recording = await recording_of(session, facts.id)
    return {
        "interview_href": url_for(request, "interview", interview_id=facts.id),
        "action": url_for(request, "outcome", interview_id=facts.id),
        "reference": facts.case_reference,
        "held_at": facts.zero_at,
        "ended_at": facts.ended_at or facts.ends_at,
        "was_recorded": recording is not None and recording.started_at is not None,
        "person": ", ".join(
            words for _label, words in person_pairs(request, booking.person if booking else {})
        ),
        "participants": held.participants if held else (),
        "ending": facts.ending,
        "supersedes": page.latest.version if page.latest else 0,
        "version": (page.latest.version if page.latest else 0) + 1,
        "post": facts.post.name,
        "centre": facts.centre.name,
        "signer": who.name,
        "evidence": [_item(item) for item in page.evidence],
        "profile": country_name(facts.post.country, reader) if facts.moved_classes else "",
        "countries": [pair for pair in countries(reader) if pair[0] != facts.post.country],
        "weight": weigh(item for item in page.evidence if item.id in ticked),
        "was_judged": "evidence" in form.faults,
    }


def _item(item: Evidence) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "evidence_class": item.evidence_class,
        "form": item.form,
        "presented_by": item.presented_by,
        "at_ms": item.at_ms,
        "note": item.note,
        "is_sealed": item.file_id is not None,
        "is_mere_word": item.is_mere_word,
    }


def explain(form: Form, verdict: Verdict, reader: Language) -> None:
    """Put what the rules miss beside the fields that they speak about."""
    for finding in verdict.broken:
        form.fault(finding.field, reader.gettext(MESSAGES[finding.rule]))
