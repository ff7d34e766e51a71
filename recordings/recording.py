"""A recording: its states, its parts, and the gaps that are computed from them so that none stays hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from recordings.refusals import RecordingCannotMove

GAP_TOLERANCE = timedelta(seconds=1)  # a part opens with its first keyframe; less than this is no gap


class RecordingState(StrEnum):
    """What a recording does now; shown to everyone in the room at all times."""

    OFF = "off"
    RECORDING = "recording"
    PAUSED = "paused"
    FAILED = "failed"
    FINISHED = "finished"


class PartState(StrEnum):
    """How a part stands: still written, sealed to its end, or cut by a crash."""

    OPEN = "open"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


class GapReason(StrEnum):
    """Why something said aloud is not on the recording."""

    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_RECORDED = "not_recorded"


_State = RecordingState
TRANSITIONS: Mapping[RecordingState, frozenset[RecordingState]] = {
    _State.OFF: frozenset({_State.RECORDING}),
    _State.RECORDING: frozenset({_State.PAUSED, _State.FAILED, _State.FINISHED}),
    _State.PAUSED: frozenset({_State.RECORDING, _State.FAILED, _State.FINISHED}),
    _State.FAILED: frozenset({_State.RECORDING, _State.FINISHED}),
    _State.FINISHED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a recording's own history: it was in `state` from `at` on."""

    state: RecordingState
    at: datetime
    actor_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording of one interview."""

    id: str
    interview_id: str
    state: RecordingState = RecordingState.OFF
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def moved_to(
        self, state: RecordingState, at: datetime, *, actor_id: str | None = None, reason: str = ""
    ) -> tuple["Recording", Change]:
        """Give the recording in its new state and the change; a forbidden move is `RecordingCannotMove`."""
        if state not in TRANSITIONS[self.state]:
            raise RecordingCannotMove(recording_id=self.id, state=self.state, wanted=state)
        moved = replace(
            self,
            state=state,
            started_at=self.started_at or at,
            ended_at=at if state is RecordingState.FINISHED else None,
        )
        return moved, Change(state, at, actor_id, reason)


@dataclass(frozen=True, slots=True)
class Part:
    """One participant's sealed sound and picture from one moment to another; its id names its sealed file."""

    id: str
    recording_id: str
    participant_id: str
    state: PartState
    started_at: datetime
    ended_at: datetime | None = None
    duration_ms: int | None = None
    video_frames: int = 0
    audio_frames: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, its end excluded."""

    started_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long the stretch lasts."""
        return self.ended_at - self.started_at

    def meets(self, other: "Span") -> bool:
        """Whether the two have any time in common."""
        return self.started_at < other.ended_at and other.started_at < self.ended_at


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a participant was present, the recording was on, and nothing of them was kept."""

    participant_id: str
    span: Span
    reason: GapReason

    @property
    def is_declared(self) -> bool:
        """Whether it is more than the way to the first keyframe: what a failure took always is."""
        return self.reason is not GapReason.NOT_RECORDED or self.span.length > GAP_TOLERANCE


def spans_in(
    changes: Iterable[Change], states: frozenset[RecordingState], until: datetime
) -> tuple[Span, ...]:
    """Give the stretches that a recording spent in any of `states`, the last one cut at `until`."""
    ordered = sorted(changes, key=lambda change: change.at)
    ends = [change.at for change in ordered[1:]] + [until]
    pairs = zip(ordered, ends, strict=True) if ordered else ()
    return joined(Span(c.at, end) for c, end in pairs if c.state in states and c.at < end)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and merge those that touch or overlap."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.started_at <= merged[-1].ended_at:
            merged[-1] = Span(merged[-1].started_at, max(merged[-1].ended_at, span.ended_at))
        else:
            merged.append(span)
    return tuple(merged)


def common(left: Iterable[Span], right: Iterable[Span]) -> tuple[Span, ...]:
    """Give the time that both sides hold."""
    right = tuple(right)
    return joined(
        Span(max(a.started_at, b.started_at), min(a.ended_at, b.ended_at))
        for a in left
        for b in right
        if a.meets(b)
    )


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Give what is left of `spans` outside `taken`."""
    left = joined(spans)
    for cut in joined(taken):
        pieces = [
            (
                Span(s.started_at, min(s.ended_at, cut.started_at)),
                Span(max(s.started_at, cut.ended_at), s.ended_at),
            )
            for s in left
        ]
        left = joined(p for pair in pieces for p in pair if p.started_at < p.ended_at)
    return left


def gaps_of(
    changes: Iterable[Change], parts: Iterable[Part], present: Mapping[str, Iterable[Span]], until: datetime
) -> tuple[Gap, ...]:
    """Give every gap: wanted (recording, or failed meanwhile), present, yet in no part; a pause is none."""
    changes, parts = tuple(changes), tuple(parts)
    failed = spans_in(changes, frozenset({RecordingState.FAILED}), until)
    wanted = spans_in(changes, frozenset({RecordingState.RECORDING, RecordingState.FAILED}), until)
    gaps: list[Gap] = []
    for participant_id, spans in present.items():
        own = [part for part in parts if part.participant_id == participant_id]
        kept = [
            Span(p.started_at, p.ended_at or until)
            for p in own
            if p.ended_at is None or p.started_at < p.ended_at
        ]
        missing = without(common(wanted, joined(spans)), kept)
        found = [Gap(participant_id, span, _reason(span, own, failed)) for span in missing]
        gaps += [gap for gap in found if gap.is_declared]
    return tuple(sorted(gaps, key=lambda gap: (gap.span, gap.participant_id)))


def _reason(span: Span, parts: list[Part], failed: tuple[Span, ...]) -> GapReason:
    if any(span.meets(stretch) for stretch in failed):
        return GapReason.FAILED
    cut = [p.ended_at for p in parts if p.state is PartState.INTERRUPTED and p.ended_at is not None]
    if any(abs(ended_at - span.started_at) <= GAP_TOLERANCE for ended_at in cut):
        return GapReason.INTERRUPTED
    return GapReason.NOT_RECORDED
