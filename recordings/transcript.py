"""The transcript of an interview: one canonical JSON object (RFC 8785), rendered as HTML from itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from recordings.custody import CustodyEntry, SealedFile, chain_of
from recordings.evidence import Evidence
from recordings.interview_facts import Attendant, Consent, InterviewFacts, Notice, Party
from recordings.minutes import Closing, Statement, StatementKind
from recordings.outcome import Outcome, Weight, weigh
from recordings.ports import JsonObject
from recordings.read_back import ReadBack, unread
from recordings.timeline import Course, places_of, stamp, timeline_of
from scheduling.participant import attendance_by_system

TRANSCRIPT_SCHEMA = "parloir/transcript/1"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """An outcome with the two things that no list shows: its reasons and its officer's name."""

    outcome: Outcome
    reasons: str
    officer_name: str


@dataclass(frozen=True, slots=True)
class Material:
    """All that a transcript is made of; without a conclusion it is that of an interview that was stopped."""

    facts: InterviewFacts
    course: Course
    closing: Closing | None
    conclusion: Conclusion | None
    files: tuple[SealedFile, ...]
    custody: tuple[CustodyEntry, ...]
    manifest: JsonObject
    superseded: SealedFile | None
    sealed_at: datetime
    continuity: tuple[JsonObject, ...] = ()


def transcript_of(material: Material) -> JsonObject:
    """Build it; a text that an earlier transcript sealed is null, and `supersedes` names that file."""
    facts = material.facts
    return {
        "schema": TRANSCRIPT_SCHEMA,
        "sealed_at": stamp(material.sealed_at),
        "case": {"reference": facts.case_reference},
        "centre": _party(facts.centre) | {"room": facts.room_name},
        "post": _party(facts.post),
        "interview": _interview(facts),
        "participants": [_attendant(attendant) for attendant in facts.attendants],
        "notice": _notice(facts.notice) if facts.notice else None,
        "notices": [_notice(notice) for notice in facts.notices],
        "consent": _consent(facts.consent) if facts.consent else None,
        "consents": [_consent(consent) for consent in facts.consents],
        "guests": [_guest_answer(facts, one) for one in facts.attendants if one.id in facts.guest_answers],
        "minutes": _minutes(material),
        "evidence": [_evidence(material, item) for item in material.course.evidence],
        "outcome": _outcome(material),
        "supersedes": _superseded(material.superseded),
        "timeline": timeline_of(material.course),
        "recording": material.manifest,
        "continuity": list(material.continuity),
    }


def canonical(document: Mapping[str, Any]) -> bytes:
    """Write a JSON object in the one way that RFC 8785 allows."""
    return rfc8785.dumps(dict(document))


def _when(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _party(party: Party) -> JsonObject:
    return {
        "id": party.id,
        "name": party.name,
        "country": party.country,
        "city": party.city,
        "zone": party.zone,
    }


def _interview(facts: InterviewFacts) -> JsonObject:
    return {
        "id": facts.id,
        "modality": facts.modality,
        "booked_from": stamp(facts.starts_at),
        "booked_to": stamp(facts.ends_at),
        "started_at": _when(facts.started_at),
        "ended_at": _when(facts.ended_at),
        "ending": facts.ending,
    }


def _attendant(attendant: Attendant) -> JsonObject:
    return {
        "id": attendant.id,
        "role": attendant.role,
        "attendance": attendant.attendance,
        "by_system": attendance_by_system(attendant.joined_at) if attendant.attendance else None,
        "from": _when(attendant.joined_at),
        "to": _when(attendant.left_at),
        "reconnections": attendant.reconnections,
        "removed_at": _when(attendant.removed_at),
        "removal": attendant.removal,
        "correction": attendant.correction,
    }


def _notice(notice: Notice) -> JsonObject:
    return {
        "text_version": notice.text_version,
        "language": notice.language,
        "text_sha256": notice.text_sha256,
        "read_by": notice.read_by,
        "reader": {"name": notice.reader_name, "role": notice.reader_role},
        "given_at": stamp(notice.given_at),
    }


def _consent(consent: Consent) -> JsonObject:
    return {
        "agrees": consent.agrees,
        "heard_by": consent.heard_by,
        "answered_at": stamp(consent.answered_at),
    }


def _guest_answer(facts: InterviewFacts, attendant: Attendant) -> JsonObject:
    answer = facts.guest_answers[attendant.id]
    return {
        "participant": attendant.id,
        "role": attendant.role,
        "text_version": answer.text_version,
        "language": answer.language,
        "agrees": answer.agrees,
        "answered_at": stamp(answer.answered_at),
    }


def _minutes(material: Material) -> JsonObject:
    closing = material.closing
    return {
        "closed_at": _when(closing.closed_at if closing else None),
        "closed_by": closing.closed_by if closing else None,
        "was_read_back": bool(closing and closing.was_read_back),
        "read_backs": [_read_back(material, each) for each in material.course.read_backs],
        "statements": [_statement(material, statement) for statement in material.course.statements],
    }


def _read_back(material: Material, read: ReadBack) -> JsonObject:
    return {
        "result": read.result,
        "at": stamp(read.at),
        "at_ms": read.at_ms,
        "through_position": read.through_position,
        "was_recorded": read.was_recorded,
        "marked_by": read.marked_by,
        "language": read.language,
        "interpreter": read.interpreter_id,
        "found_in": places_of(read.at, material.course.parts),
    }


def _statement(material: Material, statement: Statement) -> JsonObject:
    left = unread((statement,), material.course.read_backs)
    return {
        "id": statement.id,
        "position": statement.position,
        "kind": statement.kind,
        "text": statement.text,
        "said_at": stamp(statement.said_at),
        "at_ms": statement.at_ms,
        "was_recorded": statement.was_recorded,
        "written_by": statement.written_by,
        "participant": statement.participant_id,
        "role": material.course.roles.get(statement.participant_id or ""),
        "corrects": statement.corrects_id,
        "was_read_back": statement.kind is not StatementKind.MESSAGE and not left,
        "is_late": statement.is_late(material.facts.ended_at),
        "found_in": places_of(statement.said_at, material.course.parts),
    }


def _evidence(material: Material, item: Evidence) -> JsonObject:
    outcome = material.conclusion.outcome if material.conclusion else None
    return {
        "id": item.id,
        "kind": item.kind,
        "class": item.evidence_class,
        "form": item.form,
        "presented_by": item.presented_by,
        "taken_at": stamp(item.taken_at),
        "at_ms": item.at_ms,
        "note": item.note,
        "is_cited": outcome is not None and item.id in outcome.evidence_ids,
        "file": _picture(material, item),
        "custody": [_custody(entry) for entry in chain_of(item.id, material.custody)],
    }


def _picture(material: Material, item: Evidence) -> JsonObject | None:
    for file in material.files:
        if file.id == item.file_id:
            return {
                "id": file.id,
                "media_type": file.media_type,
                "size_bytes": item.size_bytes,
                "sha256": item.sha256,
                "body_sha256": file.body_sha256,
            }
    return None


def _custody(entry: CustodyEntry) -> JsonObject:
    return {"act": entry.act, "at": stamp(entry.at), "actor": entry.actor_id, "role": entry.actor_role}


def _outcome(material: Material) -> JsonObject | None:
    if material.conclusion is None:
        return None
    outcome = material.conclusion.outcome
    cited = tuple(item for item in material.course.evidence if item.id in outcome.evidence_ids)
    return {
        "id": outcome.id,
        "version": outcome.version,
        "value": outcome.value,
        "reasons": material.conclusion.reasons,
        "travel_document": outcome.travel_document,
        "presumed_country": outcome.presumed_country,
        "back_on": outcome.back_on.isoformat() if outcome.back_on else None,
        "evidence": [item.id for item in cited],
        "weight": _weight(weigh(cited)),
        "officer": {"account": outcome.concluded_by, "name": material.conclusion.officer_name},
        "concluded_at": stamp(outcome.concluded_at),
    }


def _weight(weight: Weight) -> JsonObject:
    return {
        "proof": weight.proof,
        "prima_facie": weight.prima_facie,
        "prima_facie_beyond_word": weight.prima_facie_beyond_word,
        "starts_verification": weight.starts_verification,
    }


def _superseded(file: SealedFile | None) -> JsonObject | None:
    if file is None:
        return None
    return {"version": file.version, "file": file.id, "body_sha256": file.body_sha256}
