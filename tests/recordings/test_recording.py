"""States of a recording, and the gaps that follow from its parts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.recording import (
    Change,
    GapReason,
    Part,
    PartState,
    Recording,
    RecordingState,
    Span,
    common,
    gaps_of,
    joined,
    spans_in,
    without,
)
from recordings.refusals import RecordingCannotMove
from tests.support.clock import NOON

S = RecordingState
ALLOWED = {
    (S.OFF, S.RECORDING),
    (S.RECORDING, S.PAUSED),
    (S.RECORDING, S.FAILED),
    (S.RECORDING, S.FINISHED),
    (S.PAUSED, S.RECORDING),
    (S.PAUSED, S.FAILED),
    (S.PAUSED, S.FINISHED),
    (S.FAILED, S.RECORDING),
    (S.FAILED, S.FINISHED),
}


def span(begin: float, end: float) -> Span:
    return Span(NOON + timedelta(seconds=begin), NOON + timedelta(seconds=end))


def change(state: RecordingState, at: float) -> Change:
    return Change(state, NOON + timedelta(seconds=at))


def part(
    begin: float, end: float | None, who: str = "detainee", state: PartState = PartState.FINISHED
) -> Part:
    ended_at = None if end is None else NOON + timedelta(seconds=end)
    return Part(f"part{begin}", "r", who, state, NOON + timedelta(seconds=begin), ended_at)


def gaps(changes: list[Change], parts: list[Part], **present: Span) -> list[tuple[str, Span, GapReason]]:
    found = gaps_of(changes, parts, {who: [s] for who, s in present.items()}, NOON + timedelta(seconds=100))
    return [(gap.participant_id, gap.span, gap.reason) for gap in found]


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_recording_moves_along_the_table_only(before: RecordingState, after: RecordingState) -> None:
    recording = Recording("r", "i", before)
    if (before, after) in ALLOWED:
        moved, noted = recording.moved_to(after, NOON, actor_id="a", reason="why")
        assert moved.state is after
        assert noted == Change(after, NOON, "a", "why")
    else:
        with pytest.raises(RecordingCannotMove) as refused:
            recording.moved_to(after, NOON)
        assert (refused.value.state, refused.value.wanted) == (before, after)


def test_the_beginning_stays_and_only_the_finish_is_an_end() -> None:
    recording, _ = Recording("r", "i").moved_to(S.RECORDING, NOON)
    later = NOON + timedelta(seconds=9)
    paused, _ = recording.moved_to(S.PAUSED, later)
    finished, _ = paused.moved_to(S.FINISHED, later)
    assert (paused.started_at, paused.ended_at) == (NOON, None)
    assert (finished.started_at, finished.ended_at) == (NOON, later)


def test_spans_follow_the_changes_and_the_last_is_cut_at_the_end() -> None:
    changes = [change(S.RECORDING, 0), change(S.PAUSED, 10), change(S.RECORDING, 15)]
    until = NOON + timedelta(seconds=20)
    assert spans_in(changes, frozenset({S.RECORDING}), until) == (span(0, 10), span(15, 20))
    assert spans_in(changes, frozenset({S.PAUSED}), until) == (span(10, 15),)
    assert spans_in([], frozenset(S), until) == ()


def test_a_recording_without_holes_has_no_gap() -> None:
    assert gaps([change(S.RECORDING, 0)], [part(0, 100)], detainee=span(0, 100)) == []


def test_a_pause_is_no_gap() -> None:
    changes = [change(S.RECORDING, 0), change(S.PAUSED, 40), change(S.RECORDING, 60)]
    assert gaps(changes, [part(0, 40), part(60, 100)], detainee=span(0, 100)) == []


def test_time_before_somebody_came_is_no_gap() -> None:
    assert gaps([change(S.RECORDING, 0)], [part(30, 100)], detainee=span(30, 100)) == []


def test_a_second_until_the_first_keyframe_is_no_gap_and_more_is_one() -> None:
    assert gaps([change(S.RECORDING, 0)], [part(1, 100)], detainee=span(0, 100)) == []
    late = gaps([change(S.RECORDING, 0)], [part(1.5, 100)], detainee=span(0, 100))
    assert late == [("detainee", span(0, 1.5), GapReason.NOT_RECORDED)]


def test_somebody_present_of_whom_nothing_was_kept_is_a_gap() -> None:
    found = gaps([change(S.RECORDING, 0)], [part(0, 100)], detainee=span(0, 100), officer=span(0, 100))
    assert found == [("officer", span(0, 100), GapReason.NOT_RECORDED)]


def test_a_crash_leaves_a_gap_from_the_cut_to_the_next_part() -> None:
    cut = part(0, 30, state=PartState.INTERRUPTED)
    found = gaps([change(S.RECORDING, 0)], [cut, part(37, 100)], detainee=span(0, 100))
    assert found == [("detainee", span(30, 37), GapReason.INTERRUPTED)]


@pytest.mark.parametrize("seconds", [0.2, 0.9])
def test_what_a_crash_took_is_declared_however_short(seconds: float) -> None:
    cut, following = part(0, 30, state=PartState.INTERRUPTED), part(30 + seconds, 100)
    lost = span(30, 30 + seconds)
    found = gaps([change(S.RECORDING, 0)], [cut, following], detainee=span(0, 100))
    assert found == [("detainee", lost, GapReason.INTERRUPTED)]
    failed = [change(S.RECORDING, 0), change(S.FAILED, 30.1), change(S.RECORDING, 30.1 + seconds)]
    assert gaps(failed, [cut, following], detainee=span(0, 100)) == [("detainee", lost, GapReason.FAILED)]


def test_a_failed_recording_is_a_gap_until_it_goes_on() -> None:
    changes = [change(S.RECORDING, 0), change(S.FAILED, 50), change(S.RECORDING, 60)]
    found = gaps(changes, [part(0, 50), part(60, 100)], detainee=span(0, 100))
    assert found == [("detainee", span(50, 60), GapReason.FAILED)]


def test_a_part_of_unknown_length_hides_nothing() -> None:
    cut = part(10, 10, state=PartState.INTERRUPTED)
    found = gaps([change(S.RECORDING, 10)], [cut], detainee=span(0, 100))
    assert found == [("detainee", span(10, 100), GapReason.INTERRUPTED)]


SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda p: span(p[0], p[0] + p[1])), max_size=6
)


def seconds(spans: tuple[Span, ...]) -> set[int]:
    return {
        second
        for s in spans
        for second in range(
            round((s.started_at - NOON).total_seconds()), round((s.ended_at - NOON).total_seconds())
        )
    }


@given(SPANS, SPANS)
def test_span_arithmetic_is_that_of_sets(left: list[Span], right: list[Span]) -> None:
    a, b = seconds(tuple(left)), seconds(tuple(right))
    assert seconds(joined(left)) == a
    assert seconds(common(left, right)) == a & b
    assert seconds(without(left, right)) == a - b


@given(SPANS, SPANS)
def test_what_is_kept_and_what_is_a_gap_cover_all_that_was_wanted(
    kept: list[Span], present: list[Span]
) -> None:
    parts = [
        Part(f"p{n}", "r", "d", PartState.FINISHED, s.started_at, s.ended_at) for n, s in enumerate(kept)
    ]
    until = NOON + timedelta(seconds=60)
    found = gaps_of([change(S.RECORDING, 0)], parts, {"d": present}, until)
    missing = seconds(common(joined(present), [span(0, 60)])) - seconds(joined(kept))
    in_gaps = seconds(joined(gap.span for gap in found))
    assert in_gaps <= missing
    assert all(gap.span.length > timedelta(seconds=1) for gap in found)
