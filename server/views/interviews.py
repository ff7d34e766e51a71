"""What the pages about interviews show: the list by day, and one interview before, during and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.dossier import course_of
from recordings.evidence import Evidence
from recordings.interview_facts import InterviewFacts
from recordings.outcome import Outcome
from recordings.queries import OutcomeRow, latest_outcomes
from recordings.read_back import lines_to_read
from recordings.recording import RecordingState, gaps_of, spans_in
from recordings.store_evidence import evidence_of
from recordings.store_facts import load_facts, name_of
from recordings.store_outcome import is_unsealed, outcomes_of
from recordings.store_read_backs import read_backs_of
from recordings.store_recording import changes_of, parts_of, recording_of
from recordings.store_texts import statements_of
from recordings.timeline import events_of
from scheduling.actor import Role
from scheduling.booking import Status
from scheduling.listing import Listing
from scheduling.participant import Correction, ParticipantRole
from scheduling.queries import BookingRow, InterviewFilter, InterviewPage, InterviewRow, When, list_interviews
from server.exchange import actor, clock, language, url_for
from server.form_days import read_day
from server.pages import moments
from server.views.lists import asked_choice, asked_page, list_frame, places
from server.views.off_line import off_line
from server.views.places import language_name
from server.views.read_backs import how_read_back

_FILTERS = ("when", "status", "post", "centre", "room", "from", "until", "reference")
_LISTED = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED, Status.WITHDRAWN)
OPENS_BEFORE = timedelta(hours=1)
"""How long before its start a list offers the door of an interview."""
NOTHING_KEPT: Mapping[str, Any] = MappingProxyType(
    {
        "notice": None,
        "consent": None,
        "guest_answers": (),
        "recording": None,
        "consultations": (),
        "happenings": (),
        "evidence": (),
        "statements": 0,
        "read_back": "",
        "outcome": None,
    }
)
"""What a post reads of an interview whose request has ended, whatever it was that ended it."""


@dataclass(frozen=True, slots=True)
class Interviews:
    """What one page of the list is made of, as read from the database."""

    listing: Listing[InterviewRow]
    outcomes: Mapping[str, OutcomeRow]
    places: Mapping[str, list[tuple[str, str]]]


async def read_interviews(request: web.Request, session: AsyncConnection) -> Interviews:
    """Read the page of the list that the address asks for."""
    who = actor(request)
    wanted = asked_interviews(request)
    listing = await list_interviews(session, who, clock(request)(), wanted, asked_page(request))
    found = await latest_outcomes(session, who, [row.interview_id for row in listing.rows])
    return Interviews(listing, found, await places(request, session))


def asked_interviews(request: web.Request) -> InterviewFilter:
    """Give the narrowing that the address names; a reference or a day is looked for in the past too."""
    asked = request.query
    from_on, until_on = (read_day(asked.get(name, "")) for name in ("from", "until"))
    reference = asked.get("reference", "").strip()
    usual = When.ALL if reference or from_on or until_on else When.COMING
    return InterviewFilter(
        when=asked_choice(request, "when", When) or usual,
        status=asked_choice(request, "status", Status),
        post_id=asked.get("post", ""),
        centre_id=asked.get("centre", ""),
        room_id=asked.get("room", ""),
        from_on=from_on,
        until_on=until_on,
        reference=reference,
    )


def interview_list(request: web.Request, read: Interviews) -> dict[str, Any]:
    """Gather what templates/interview/list.html asks for."""
    rows = [interview_line(request, row, read.outcomes) for row in read.listing.rows]
    return {
        "rows": rows,
        "statuses": _LISTED,
        **read.places,
        **list_frame(request, read.listing, _FILTERS),
    }


def interview_line(
    request: web.Request, row: InterviewRow, found: Mapping[str, OutcomeRow]
) -> dict[str, Any]:
    """One interview in a list."""
    booking = row.booking
    outcome = found.get(row.interview_id)
    return {
        "href": url_for(request, "interview", interview_id=row.interview_id),
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "reference": booking.reference,
        "parties": _parties(request, row),
        "modality": booking.modality,
        "status": booking.status,
        "outcome": outcome.value if outcome else "",
        "room_href": room_href(request, booking),
    }


def _parties(request: web.Request, row: InterviewRow) -> str:
    role = actor(request).role
    booking = row.booking
    if role is Role.SUPERVISOR:
        return f"{booking.centre_name}, {booking.post_name}"
    return booking.centre_name if role is Role.CONSULAR_OFFICER else booking.post_name


def room_href(request: web.Request, booking: BookingRow) -> str:
    """Give the address of the room where the reader has a seat and the door is open, or will be soon."""
    now = clock(request)()
    attends = actor(request).role in {Role.CENTRE_STAFF, Role.CONSULAR_OFFICER}
    attends = attends and booking.modality.uses_line
    is_near = booking.starts_at - OPENS_BEFORE <= now
    is_open = booking.status is Status.IN_PROGRESS or (booking.status is Status.CONFIRMED and is_near)
    return url_for(request, "room", interview_id=booking.interview_id or "") if attends and is_open else ""


async def interview_facts(
    request: web.Request, session: AsyncConnection, page: InterviewPage
) -> dict[str, Any]:
    """Gather what templates/interview/show.html asks for."""
    who, row = actor(request), page.row
    booking = row.booking
    facts = await load_facts(session, row.interview_id)
    is_withheld = facts is None or not facts.is_shown_to(who)
    kept = NOTHING_KEPT if facts is None or is_withheld else await _kept(request, session, facts)
    is_post = who.role is Role.CONSULAR_OFFICER
    return {
        "interview": row,
        "booking": booking,
        "reference": booking.reference,
        "centre": booking.centre_name,
        "room": booking.room_name,
        "post": booking.post_name,
        "other_zone": booking.centre_zone if is_post else booking.post_zone,
        "other_side": "centre" if is_post else "post",
        "ending": row.ending,
        **_ways_on(request, page, None if is_withheld else kept),
        "accepts_recording": page.post_accepts_recording,
        "participants": page.participants,
        "corrections": _corrections(page, kept, hosts=who.hosts_at(booking.centre_id)),
        **await off_line(request, session, page),
        "is_withheld": is_withheld,
        **kept,
    }


async def _kept(request: web.Request, session: AsyncConnection, facts: InterviewFacts) -> dict[str, Any]:
    """Gather what the recordings room keeps, for who may know of it."""
    evidence = await evidence_of(session, None, facts.id)
    versions = await outcomes_of(session, facts.id)
    return {
        "notice": _notice(request, facts),
        "consent": facts.consent,
        "guest_answers": _answers(facts),
        "recording": await recording_facts(session, facts, evidence, clock(request)()),
        "consultations": _consultations(facts, clock(request)()),
        "happenings": await _happenings(request, session, facts),
        "evidence": [_item(item) for item in evidence],
        **await _minutes(request, session, facts),
        "outcome": await _outcome(session, versions, evidence) if versions else None,
    }


def _corrections(page: InterviewPage, kept: Mapping[str, Any], *, hosts: bool) -> tuple[Correction, ...]:
    """Why the reader may correct the attendance: the host, after the end and before the outcome."""
    is_over = page.row.ended_at is not None
    return tuple(Correction) if hosts and is_over and kept["outcome"] is None else ()


def _ways_on(request: web.Request, page: InterviewPage, kept: Mapping[str, Any] | None) -> dict[str, str]:
    who, row = actor(request), page.row
    booking = row.booking
    mine = {"interview_id": row.interview_id}
    attends = page.is_open and page.seat is not None
    has_line = booking.modality.uses_line
    concludes = kept is not None and who.answers_for(booking.post_id) and row.ended_at is not None
    outcome = kept["outcome"] if kept else None
    conclude = request.app.router["outcome"].url_for(**mine)
    was_held = row.started_at is not None or row.ended_at is not None
    opens_sealed = who.role is Role.SUPERVISOR and was_held
    return {
        "room_href": url_for(request, "room", **mine) if attends and has_line else "",
        "check_href": url_for(request, "check", **mine) if attends and has_line else "",
        "before_href": url_for(request, "before", **mine) if attends and has_line else "",
        "outcome_href": str(conclude) if concludes and outcome is None else "",
        "supersede_href": str(conclude.with_query(supersede=1))
        if concludes and outcome is not None and outcome["is_sealed"]
        else "",
        "sealed_href": url_for(request, "sealed", **mine) if opens_sealed else "",
        "booking_href": url_for(request, "booking", booking_id=booking.booking_id),
        "case_href": url_for(request, "case", case_id=page.case_id) if page.case_id else "",
    }


def _notice(request: web.Request, facts: InterviewFacts) -> dict[str, Any] | None:
    if facts.notice is None:
        return None
    hides = actor(request).role is Role.CONSULAR_OFFICER
    by = facts.centre.name if hides else facts.notice.reader_name
    spoken = language_name(facts.notice.language, language(request))
    version = facts.notice.text_version
    return {"language": spoken, "version": version, "by": by, "at": facts.notice.given_at}


def _answers(facts: InterviewFacts) -> list[dict[str, Any]]:
    """Say what each guest answered about being recorded, by role."""
    found = facts.guest_answers
    return [{"role": one.role, "agrees": found[one.id].agrees} for one in facts.attendants if one.id in found]


async def _happenings(
    request: web.Request, session: AsyncConnection, facts: InterviewFacts
) -> list[dict[str, Any]]:
    """Give what the transcript tells of how it went, in the same order and on the same clock.

    Why somebody was put out is for who may read the case: the post reads only that it happened.
    """
    course = await course_of(session, None, facts, facts.ended_at or clock(request)())
    tells_why = actor(request).reads_case_of(facts.centre.id)
    return [
        {
            **event,
            "at": facts.zero_at + timedelta(milliseconds=event["at_ms"]),
            "role": role,
            "removal": event["removal"] if tells_why else None,
        }
        for event in events_of(course)
        for role in [course.roles.get(event["participant"] or "", "")]
    ]


def _consultations(facts: InterviewFacts, now: datetime) -> list[dict[str, Any]]:
    """Say when a private consultation took place and who stayed with the person."""
    roles = {each.id: each.role for each in facts.attendants}
    until = facts.ended_at or now
    return [
        {
            "starts_ms": facts.at_ms(each.started_at) or 0,
            "ends_ms": facts.at_ms(each.ended_at or until) or 0,
            "roles": [roles[who] for who in each.stays if roles[who] != ParticipantRole.DETAINEE],
        }
        for each in facts.consultations
    ]


def _item(item: Evidence) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "evidence_class": item.evidence_class,
        "form": item.form,
        "presented_by": item.presented_by,
        "at_ms": item.at_ms,
        "is_sealed": item.file_id is not None,
    }


async def _minutes(request: web.Request, session: AsyncConnection, facts: InterviewFacts) -> dict[str, Any]:
    """Say how many lines there are and whether they were read back; never what they say."""
    lines = await statements_of(session, None, facts.id)
    readings = await read_backs_of(session, facts.id)
    said = how_read_back(lines, readings, facts, moments(request), language(request))
    return {"statements": len(lines_to_read(lines)), "read_back": said}


async def _outcome(
    session: AsyncConnection, versions: Sequence[Outcome], evidence: Sequence[Evidence]
) -> dict[str, Any]:
    latest = versions[-1]
    cited = [item.kind for item in evidence if item.id in latest.evidence_ids]
    return {
        "value": latest.value,
        "version": latest.version,
        "concluded_at": latest.concluded_at,
        "by": await name_of(session, latest.concluded_by),
        "travel_document": latest.travel_document,
        "presumed_country": latest.presumed_country,
        "back_on": latest.back_on,
        "kinds": cited,
        "is_sealed": not await is_unsealed(session, latest.interview_id),
    }


async def recording_facts(
    session: AsyncConnection, facts: InterviewFacts, evidence: Sequence[Evidence], now: datetime
) -> dict[str, Any] | None:
    """Place parts, pauses and cuts on the interview's clock; None when nothing was ever recorded."""
    recording = await recording_of(session, facts.id)
    if recording is None or facts.started_at is None:
        return None
    until = facts.ended_at or now
    parts = await parts_of(session, recording.id)
    changes = await changes_of(session, recording.id)
    roles = {each.id: each.role for each in facts.attendants}
    present = {each.id: each.present_until(until) for each in facts.recorded}
    gaps = gaps_of(changes, parts, present, until)
    pauses = spans_in(changes, frozenset({RecordingState.PAUSED}), until)

    def stretch(begins: datetime, ends: datetime) -> dict[str, Any]:
        return {"starts_ms": facts.at_ms(begins) or 0, "ends_ms": facts.at_ms(ends) or 0}

    return {
        "length_ms": facts.at_ms(until) or 0,
        "tracks": [
            {
                "role": roles.get(participant_id, ""),
                "parts": [
                    stretch(part.started_at, part.ended_at or until)
                    for part in parts
                    if part.participant_id == participant_id
                ],
                "gaps": [
                    stretch(gap.span.started_at, gap.span.ended_at)
                    for gap in gaps
                    if gap.participant_id == participant_id
                ],
            }
            for participant_id in dict.fromkeys(
                [part.participant_id for part in parts] + [gap.participant_id for gap in gaps]
            )
        ],
        "pauses": [stretch(span.started_at, span.ended_at) for span in pauses],
        "marks_ms": [item.at_ms for item in evidence if item.at_ms is not None],
    }
