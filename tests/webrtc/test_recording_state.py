"""The recording of a room moves only where its table says, and counts recorded time without pauses."""

from datetime import UTC, datetime, timedelta

import pytest

from webrtc.recording_state import TRANSITIONS, RecordingState, RoomRecording, Run

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def in_state(state: RecordingState) -> RoomRecording:
    recording = RoomRecording().ordered(Run.START, "r", NINE)
    return {
        RecordingState.OFF: RoomRecording(),
        RecordingState.RECORDING: recording,
        RecordingState.PAUSED: recording.ordered(Run.PAUSE, "r", NINE),
        RecordingState.FAILED: recording.failed(NINE),
    }[state]


@pytest.mark.parametrize("state", RecordingState)
@pytest.mark.parametrize("run", Run)
def test_an_order_moves_as_the_table_says_or_not_at_all(state: RecordingState, run: Run) -> None:
    moved = in_state(state).ordered(run, "r", after(1))
    assert moved.state is TRANSITIONS.get((state, run), state)


@pytest.mark.parametrize("state", sorted(set(RecordingState) - {RecordingState.RECORDING}))
def test_only_a_running_recording_fails(state: RecordingState) -> None:
    assert in_state(state).failed(after(1)) == in_state(state)


def test_pauses_are_not_counted() -> None:
    recording = RoomRecording().ordered(Run.START, "r", after(0))
    recording = recording.ordered(Run.PAUSE, "r", after(10))
    assert recording.elapsed_ms(after(60)) == 10_000
    recording = recording.ordered(Run.RESUME, "r", after(60))
    assert recording.elapsed_ms(after(61.5)) == 11_500
    assert recording.ordered(Run.STOP, "r", after(62)).elapsed_ms(after(99)) == 12_000


def test_another_recording_counts_from_nothing() -> None:
    stopped = RoomRecording().ordered(Run.START, "r", after(0)).ordered(Run.STOP, "r", after(10))
    assert stopped.ordered(Run.START, "s", after(20)).elapsed_ms(after(21)) == 1000
    assert stopped.ordered(Run.START, "r", after(20)).elapsed_ms(after(21)) == 11_000


def test_elapsed_time_is_never_negative() -> None:
    assert RoomRecording().ordered(Run.START, "r", after(5)).elapsed_ms(after(0)) == 0
