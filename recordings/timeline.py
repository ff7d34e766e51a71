"""The timeline and the manifest of a recording as JSON: what was kept, what was not, and where on one clock.

Zero of the clock is the beginning of the interview; every `..._ms` counts from there, `in_part_ms` excepted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from recordings.custody import FileKind, SealedFile
from recordings.evidence import Evidence
from recordings.minutes import Statement
from recordings.ports import JsonObject
from recordings.read_back import ReadBack
from recordings.recording import Change, Part, PartState, Recording, RecordingState, Span, gaps_of, spans_in
from scheduling.consultation import Consultation

TIMELINE_SCHEMA = "parloir/timeline/1"
MANIFEST_SCHEMA = "parloir/manifest/1"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened once, such as a participant joining; `removal` says why one was put out."""

    at: datetime
    what: str
    participant_id: str | None = None
    removal: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How an interview went, with all that is placed on its clock; `roles` and `present` by participant.

    While it is not over, `ended_at` is now.
    """

    interview_id: str
    zero_at: datetime
    ended_at: datetime
    roles: Mapping[str, str]
    present: Mapping[str, tuple[Span, ...]]
    recording: Recording | None = None
    changes: tuple[Change, ...] = ()
    parts: tuple[Part, ...] = ()
    statements: tuple[Statement, ...] = ()
    read_backs: tuple[ReadBack, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    moments: tuple[Moment, ...] = ()
    is_over: bool = True

    def ms(self, at: datetime) -> int:
        """Give a moment on the interview's clock; negative before its beginning."""
        return round((at - self.zero_at).total_seconds() * 1000)


def stamp(at: datetime) -> str:
    """Write a moment in UTC with milliseconds, the one way that sealed documents write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def places_of(at: datetime, parts: Iterable[Part]) -> list[JsonObject]:
    """Say in which parts a moment is to be found, and how far into each."""
    return [
        {"part": part.id, "in_part_ms": round((at - part.started_at).total_seconds() * 1000)}
        for part in parts
        if part.started_at <= at < (part.ended_at or part.started_at)
    ]


def timeline_of(course: Course) -> JsonObject:
    """Place parts, recorded stretches, pauses, consultations, gaps and all that happened on the one clock."""
    return {
        "schema": TIMELINE_SCHEMA,
        "interview": course.interview_id,
        "zero_at": stamp(course.zero_at),
        "ends_ms": course.ms(course.ended_at),
        "parts": [_part(course, part) for part in course.parts],
        "recorded": _stretches(course, RecordingState.RECORDING),
        "pauses": _stretches(course, RecordingState.PAUSED),
        "consultations": _consultations(course),
        "gaps": _gaps(course),
        "minutes": [
            {
                "id": s.id,
                "kind": s.kind,
                "at_ms": course.ms(s.said_at),
                "found_in": places_of(s.said_at, course.parts),
            }
            for s in course.statements
        ],
        "evidence": [
            {
                "id": e.id,
                "kind": e.kind,
                "at_ms": course.ms(e.taken_at),
                "found_in": places_of(e.taken_at, course.parts),
            }
            for e in course.evidence
        ],
        "events": events_of(course),
    }


def manifest_of(course: Course, files: Iterable[SealedFile], outcome_version: int) -> JsonObject:
    """List each sealed file with the digest of its body (headers may change), and declare what is not."""
    recording = course.recording
    states = {part.id: part for part in course.parts}
    return {
        "schema": MANIFEST_SCHEMA,
        "interview": course.interview_id,
        "outcome_version": outcome_version,
        "state": recording.state if recording else RecordingState.OFF,
        "recording": recording.id if recording else None,
        "files": [_file(file, states.get(file.id)) for file in files],
        "pauses": _stretches(course, RecordingState.PAUSED),
        "consultations": _consultations(course),
        "failures": _stretches(course, RecordingState.FAILED),
        "gaps": _gaps(course),
    }


def _file(file: SealedFile, part: Part | None) -> JsonObject:
    described: JsonObject = {
        "id": file.id,
        "kind": file.kind,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "body_sha256": file.body_sha256,
        "sealed_at": stamp(file.sealed_at),
        "is_whole": file.is_whole,
    }
    if file.kind is FileKind.MEDIA and part is not None:
        described |= {"participant": part.participant_id, "duration_ms": part.duration_ms}
    return described


def _part(course: Course, part: Part) -> JsonObject:
    return {
        "id": part.id,
        "participant": part.participant_id,
        "role": course.roles.get(part.participant_id),
        "from_ms": course.ms(part.started_at),
        "to_ms": course.ms(part.ended_at or part.started_at),
        "duration_ms": part.duration_ms,
        "video_frames": part.video_frames,
        "audio_frames": part.audio_frames,
        "width": part.width,
        "height": part.height,
        "was_interrupted": part.state is not PartState.FINISHED,
    }


def _stretches(course: Course, state: RecordingState) -> list[JsonObject]:
    return [
        {"from_ms": course.ms(span.started_at), "to_ms": course.ms(span.ended_at)}
        for span in spans_in(course.changes, frozenset({state}), course.ended_at)
    ]


def _consultations(course: Course) -> list[JsonObject]:
    """Declare each private consultation: from when to when, and who stayed; the last may end with all."""
    return [
        {
            "from_ms": course.ms(each.started_at),
            "to_ms": course.ms(each.ended_at or course.ended_at),
            "stayed": [{"participant": who, "role": course.roles.get(who)} for who in each.stays],
        }
        for each in course.consultations
    ]


def _gaps(course: Course) -> list[JsonObject]:
    return [
        {
            "participant": gap.participant_id,
            "role": course.roles.get(gap.participant_id),
            "from_ms": course.ms(gap.span.started_at),
            "to_ms": course.ms(gap.span.ended_at),
            "reason": gap.reason,
        }
        for gap in gaps_of(course.changes, course.parts, course.present, course.ended_at)
    ]


def events_of(course: Course) -> list[JsonObject]:
    """List all that happened, in its order: when, what, whom it concerns, and why somebody was put out."""
    moments = [Moment(change.at, f"recording:{change.state}") for change in course.changes]
    begun = {each.started_at for each in course.consultations}
    closed = [each for each in course.consultations if each.ended_at is not None or course.is_over]
    over = {each.ended_at or course.ended_at for each in closed}
    moments += [Moment(at, "consultation:started") for at in begun - over]
    moments += [Moment(at, "consultation:changed") for at in begun & over]
    moments += [Moment(at, "consultation:ended") for at in over - begun]
    moments += [Moment(each.at, f"minutes:{each.result}") for each in course.read_backs]
    ordered = sorted([*moments, *course.moments], key=lambda moment: (moment.at, moment.what))
    return [
        {
            "at_ms": course.ms(moment.at),
            "what": moment.what,
            "participant": moment.participant_id,
            "removal": moment.removal,
        }
        for moment in ordered
    ]
