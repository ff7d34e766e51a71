"""Whether a room is being recorded, since when and for how long: a small state machine without a clock."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class RecordingState(StrEnum):
    """What everyone in the room is shown."""

    OFF = "off"
    RECORDING = "recording"
    PAUSED = "paused"
    FAILED = "failed"


class Run(StrEnum):
    """What the web process may order."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


TRANSITIONS: dict[tuple[RecordingState, Run], RecordingState] = {
    (RecordingState.OFF, Run.START): RecordingState.RECORDING,
    (RecordingState.RECORDING, Run.PAUSE): RecordingState.PAUSED,
    (RecordingState.PAUSED, Run.RESUME): RecordingState.RECORDING,
    (RecordingState.RECORDING, Run.STOP): RecordingState.OFF,
    (RecordingState.PAUSED, Run.STOP): RecordingState.OFF,
    (RecordingState.FAILED, Run.STOP): RecordingState.OFF,
    (RecordingState.FAILED, Run.START): RecordingState.RECORDING,
    (RecordingState.FAILED, Run.RESUME): RecordingState.RECORDING,
}


@dataclass(frozen=True, slots=True)
class RoomRecording:
    """The recording of a room; `elapsed_before` is what was recorded before `since`."""

    state: RecordingState = RecordingState.OFF
    recording_id: str = ""
    since: datetime | None = None
    elapsed_before: timedelta = timedelta()

    def elapsed_ms(self, now: datetime) -> int:
        """Milliseconds recorded so far, pauses left out."""
        running = now - self.since if self.since is not None else timedelta()
        return max(0, (self.elapsed_before + running) // timedelta(milliseconds=1))

    def ordered(self, run: Run, recording_id: str, now: datetime) -> "RoomRecording":
        """Return the recording after an order; an order that does not fit the state changes nothing."""
        state = TRANSITIONS.get((self.state, run))
        if state is None:
            return self
        if run is Run.START and recording_id != self.recording_id:
            return RoomRecording(state, recording_id, now)
        return self._moved_to(state, now)

    def failed(self, now: datetime) -> "RoomRecording":
        """Return the recording after its writer gave up; only a running one can fail."""
        return self._moved_to(RecordingState.FAILED, now) if self.state is RecordingState.RECORDING else self

    def _moved_to(self, state: RecordingState, now: datetime) -> "RoomRecording":
        before = timedelta(milliseconds=self.elapsed_ms(now))
        since = now if state is RecordingState.RECORDING else None
        return replace(self, state=state, since=since, elapsed_before=before)
