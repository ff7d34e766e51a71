"""What a media node reports: parts begun and finished, a failed recording, parts left open by a crash."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_recording as store
from recordings.custody import CustodyAct, FileKind, SealedFile
from recordings.recording import Part, PartState, Recording, RecordingState
from recordings.store_evidence import add_file, note_custody
from recordings.store_facts import hold
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.trail import record_act

PART_MEDIA_TYPE = "video/webm"


@dataclass(frozen=True, slots=True)
class PartReport:
    """A finished part as its node reports it; `size_bytes` and digest are those of the sealed body."""

    part_id: str
    recording_id: str
    participant_id: str
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    video_frames: int
    audio_frames: int
    width: int
    height: int
    size_bytes: int
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a crash left of a part: the last moment known durable, and its sealed body on the disk."""

    ended_at: datetime
    size_bytes: int
    body_sha256: str


async def part_started(
    session: AsyncConnection, *, part_id: str, recording_id: str, participant_id: str, at: datetime
) -> Part:
    """Note that a part is being written; told twice, it stands once."""
    known = await store.part_named(session, part_id)
    if known is not None:
        return known
    await _recording(session, recording_id)
    part = Part(part_id, recording_id, participant_id, PartState.OPEN, at)
    await store.add_part(session, part)
    return part


async def part_finished(session: AsyncConnection, clock: Clock, report: PartReport) -> Part:
    """Note that a part is sealed to its end, and that its file exists; told twice, it stands once."""
    part = await part_started(
        session,
        part_id=report.part_id,
        recording_id=report.recording_id,
        participant_id=report.participant_id,
        at=report.started_at,
    )
    if part.state is not PartState.OPEN:
        return part
    finished = replace(
        part,
        state=PartState.FINISHED,
        started_at=report.started_at,
        ended_at=report.ended_at,
        duration_ms=report.duration_ms,
        video_frames=report.video_frames,
        audio_frames=report.audio_frames,
        width=report.width,
        height=report.height,
    )
    await store.save_part(session, finished)
    await _add_media_file(session, clock, finished, report.size_bytes, report.body_sha256)
    return finished


async def recording_failed(
    session: AsyncConnection, clock: Clock, *, recording_id: str, at: datetime, reason: str
) -> Recording:
    """Note that the node cannot record any more; one that is over or failed already stays so."""
    await hold(session, (await _recording(session, recording_id)).interview_id)
    recording = await _recording(session, recording_id)
    if recording.state not in {RecordingState.RECORDING, RecordingState.PAUSED}:
        return recording
    moved, change = recording.moved_to(RecordingState.FAILED, at, reason=reason[:200])
    await store.save_recording(session, moved, change)
    await record_act(
        session, clock, None, "recording:failed", noun="interview", noun_id=recording.interview_id
    )
    return moved


async def mark_interrupted(
    session: AsyncConnection,
    clock: Clock,
    leftovers: Mapping[str, Leftover],
    *,
    interviews: Collection[str] | None = None,
) -> tuple[Part, ...]:
    """Close every part that a dead node left open (of these interviews, or of all) and fail its recording.

    `leftovers` is by part id. A part of which nothing is known ends where it began: the declared gap is
    rather too long than too short.
    """
    cut: list[Part] = []
    for part in await store.open_parts(session):
        recording = await _recording(session, part.recording_id)
        if interviews is not None and recording.interview_id not in interviews:
            continue
        left = leftovers.get(part.id)
        ended_at = max(left.ended_at, part.started_at) if left else part.started_at
        length = round((ended_at - part.started_at).total_seconds() * 1000)
        closed = replace(part, state=PartState.INTERRUPTED, ended_at=ended_at, duration_ms=length)
        await store.save_part(session, closed)
        if left is not None:
            await _add_media_file(session, clock, closed, left.size_bytes, left.body_sha256)
        if recording.state is RecordingState.RECORDING:
            await recording_failed(
                session, clock, recording_id=recording.id, at=clock(), reason="interrupted"
            )
        cut.append(closed)
    return tuple(cut)


async def _add_media_file(
    session: AsyncConnection, clock: Clock, part: Part, size_bytes: int, body_sha256: str
) -> None:
    recording = await _recording(session, part.recording_id)
    file = SealedFile(
        id=part.id,
        interview_id=recording.interview_id,
        kind=FileKind.MEDIA,
        media_type=PART_MEDIA_TYPE,
        size_bytes=size_bytes,
        body_sha256=body_sha256,
        sealed_at=clock(),
        is_whole=part.state is PartState.FINISHED,
    )
    await add_file(session, file)
    await note_custody(
        session,
        clock,
        None,
        CustodyAct.SEALED,
        interview_id=recording.interview_id,
        subject_id=file.id,
    )


async def _recording(session: AsyncConnection, recording_id: str) -> Recording:
    recording = await store.recording_named(session, recording_id)
    if recording is None:
        raise NotForYou("recording", recording_id)
    return recording
