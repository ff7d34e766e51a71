"""The timeline and the manifest."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from recordings.custody import FileKind, SealedFile
from recordings.evidence import EvidenceKind
from recordings.minutes import Statement, StatementKind
from recordings.recording import Change, Part, PartState, Recording, RecordingState, Span
from recordings.timeline import Course, Moment, manifest_of, places_of, stamp, timeline_of
from recordings.transcript import canonical
from tests.support.clock import NOON
from tests.support.records_bytes import item


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


PART = Part("part1", "rec", "seat", PartState.FINISHED, at(10), at(40), 30_000, 750, 1500, 640, 480)
CUT = Part("part2", "rec", "seat", PartState.INTERRUPTED, at(60), at(70), 10_000)
COURSE = Course(
    interview_id="interview",
    zero_at=NOON,
    ended_at=at(100),
    roles={"seat": "detainee"},
    present={"seat": (Span(at(5), at(100)),)},
    recording=Recording("rec", "interview", RecordingState.FINISHED, at(10), at(90)),
    changes=(
        Change(RecordingState.RECORDING, at(10)),
        Change(RecordingState.PAUSED, at(40)),
        Change(RecordingState.RECORDING, at(60)),
        Change(RecordingState.FINISHED, at(90)),
    ),
    parts=(PART, CUT),
    statements=(
        Statement("s1", "interview", 1, StatementKind.QUESTION, "Where?", at(15.5), 15_500, True, "officer"),
        Statement("s2", "interview", 2, StatementKind.REMARK, "A pause.", at(50), 50_000, False, "officer"),
    ),
    evidence=(item(EvidenceKind.IDENTITY_CARD),),
    moments=(Moment(at(5), "participant:joined", "seat"),),
)
FILE = SealedFile("part1", "interview", FileKind.MEDIA, "video/webm", 9000, "ab" * 32, at(41))


def test_parts_pauses_and_gaps_stand_on_the_interviews_clock() -> None:
    timeline = timeline_of(COURSE)
    assert timeline["zero_at"] == "2026-09-21T10:00:00.000Z"
    assert timeline["ends_ms"] == 100_000
    assert [(p["id"], p["from_ms"], p["to_ms"]) for p in timeline["parts"]] == [
        ("part1", 10_000, 40_000),
        ("part2", 60_000, 70_000),
    ]
    assert timeline["recorded"] == [
        {"from_ms": 10_000, "to_ms": 40_000},
        {"from_ms": 60_000, "to_ms": 90_000},
    ]
    assert timeline["pauses"] == [{"from_ms": 40_000, "to_ms": 60_000}]


def test_a_gap_is_declared_with_who_and_why() -> None:
    gap = {
        "participant": "seat",
        "role": "detainee",
        "from_ms": 70_000,
        "to_ms": 90_000,
        "reason": "interrupted",
    }
    assert timeline_of(COURSE)["gaps"] == [gap]
    assert manifest_of(COURSE, [], 1)["gaps"] == [gap]


def test_an_interrupted_part_says_so() -> None:
    assert [p["was_interrupted"] for p in timeline_of(COURSE)["parts"]] == [False, True]


def test_minutes_and_evidence_point_into_the_part_where_they_are_found() -> None:
    first, second = timeline_of(COURSE)["minutes"]
    assert first["found_in"] == [{"part": "part1", "in_part_ms": 5_500}]
    assert second["found_in"] == []
    assert timeline_of(COURSE)["evidence"][0]["at_ms"] == 0


def test_the_timeline_holds_no_words_of_the_minutes() -> None:
    assert b"Where?" not in canonical(timeline_of(COURSE))


def test_events_come_in_order_with_the_changes_of_the_recording() -> None:
    events = [(e["at_ms"], e["what"]) for e in timeline_of(COURSE)["events"]]
    assert events == [
        (5_000, "participant:joined"),
        (10_000, "recording:recording"),
        (40_000, "recording:paused"),
        (60_000, "recording:recording"),
        (90_000, "recording:finished"),
    ]


@pytest.mark.parametrize(("seconds", "found"), [(9.9, False), (10, True), (39.9, True), (40, False)])
def test_a_part_holds_its_beginning_and_not_its_end(seconds: float, found: bool) -> None:
    assert bool(places_of(at(seconds), [PART])) is found


def test_a_manifest_lists_digests_of_bodies() -> None:
    manifest = manifest_of(COURSE, [FILE], 1)
    (listed,) = manifest["files"]
    assert listed["body_sha256"] == "ab" * 32
    assert listed["participant"] == "seat"
    assert listed["duration_ms"] == 30_000
    assert manifest["state"] == "finished"


def test_an_interview_without_recording_says_off_and_declares_nothing() -> None:
    plain = Course("interview", NOON, at(9), {}, {"seat": (Span(NOON, at(9)),)})
    manifest = manifest_of(plain, [], 1)
    assert (manifest["state"], manifest["recording"], manifest["gaps"]) == ("off", None, [])


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    local = datetime(2026, 9, 21, 12, 0, 0, 5_600, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(local) == "2026-09-21T10:00:00.005Z"
    assert stamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"
