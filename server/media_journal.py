"""The database side of the media node: its events go to the verbs, what a fresh node needs is read here."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from recordings.capture import resume_after_failure
from recordings.continuity import note_continuity
from recordings.durable_writer import body_path, tail_path
from recordings.receive_media import (
    Leftover,
    PartReport,
    mark_interrupted,
    part_finished,
    part_started,
    recording_failed,
)
from recordings.recording import RecordingState
from recordings.refusals import ConsultationRuns, RecordingRefused
from recordings.store_facts import hold, load_facts
from recordings.store_recording import changes_of, open_parts, recording_named, recording_of
from recordings.working_copy import MasterSecret
from scheduling import attend
from scheduling.booking import Status
from scheduling.clock import Clock
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server.logs import log
from server.media import Standing
from webrtc.ports import Json

_LIVE = {Status.CONFIRMED, Status.IN_PROGRESS}
_RUNS = {RecordingState.RECORDING: ("start",), RecordingState.PAUSED: ("start", "pause")}
_INTERRUPTED = "interrupted"  # the reason that `mark_interrupted` gives


class DatabaseJournal:
    """Satisfies `server.media.Journal`. `folder` is where the recorder keeps a folder for each interview.

    `on_closed` hears that every part of some room is finished.
    """

    def __init__(
        self,
        writing: AsyncEngine,
        clock: Clock,
        folder: Path,
        secret: MasterSecret,
        on_closed: Callable[[], None] = lambda: None,
    ) -> None:
        self._writing = writing
        self._clock = clock
        self._folder = folder
        self._secret = secret
        self._on_closed = on_closed

    async def standing(self, room_id: str) -> Standing:
        """Read how a room stands; a recording that only a dead node stopped goes on, as a new part."""
        async with self._writing.begin() as session:
            await hold(session, room_id)  # everybody asks at the same time once a node is back
            facts = await load_facts(session, room_id)
            if facts is None or facts.ended_at is not None or facts.status not in _LIVE:
                return Standing(is_over=True)
            await self._resume(session, room_id)
            recording = await recording_of(session, room_id)
        stands = Standing(
            admitted=frozenset(one.id for one in facts.attendants if one.is_admitted),
            removed=frozenset(one.id for one in facts.attendants if one.removed_at is not None),
            unrecorded=facts.unrecorded,
            stays=frozenset(facts.consultation.stays) if facts.consultation else None,
        )
        if recording is None:
            return stands
        return replace(stands, recording_id=recording.id, runs=_RUNS.get(recording.state, ()))

    async def take(self, event: Json) -> None:
        """Hand one event to its verb."""
        act = _ACTS.get(event["is"])
        if event["is"] == "continuity":
            act = self._continuity
        if act is not None:
            async with self._writing.begin() as session:
                await act(session, self._clock, event)
        if event["is"] == "closed":
            self._on_closed()

    async def node_lost(self, rooms: Collection[str] | None = None) -> None:
        """Note that nobody is in these rooms (None: any); their unfinished parts end where the disk says."""
        async with self._writing.begin() as session:
            leftovers = {}
            for part in await open_parts(session):
                recording = await recording_named(session, part.recording_id)
                if recording is not None and (rooms is None or recording.interview_id in rooms):
                    base = self._folder / recording.interview_id / part.id
                    leftover = await asyncio.to_thread(_leftover, base)
                    if leftover is not None:
                        leftovers[part.id] = leftover
            cut = await mark_interrupted(session, self._clock, leftovers, interviews=rooms)
            await _everybody_departs(session, self._clock, rooms)
        for part in cut:
            log.warning("recording:interrupted", part_id=part.id, recording_id=part.recording_id)

    async def _continuity(self, session: AsyncConnection, clock: Clock, event: Json) -> None:
        await note_continuity(
            session,
            clock,
            self._secret,
            interview_id=event["room"],
            at=datetime.fromisoformat(event["at"]),
            seconds=event["seconds"],
            people=event["people"],
        )

    async def _resume(self, session: AsyncConnection, room_id: str) -> None:
        recording = await recording_of(session, room_id)
        if recording is None or recording.state is not RecordingState.FAILED:
            return
        last = (await changes_of(session, recording.id))[-1]
        if last.reason == _INTERRUPTED:
            try:
                await resume_after_failure(session, self._clock, room_id)
            except (RecordingRefused, ConsultationRuns) as refusal:
                log.info("recording:not_resumed", interview_id=room_id, reason=type(refusal).__name__)


async def _connected(session: AsyncConnection, clock: Clock, event: Json) -> None:
    await attend.join(session, clock, interview_id=event["room"], participant_id=event["participant"])


async def _disconnected(session: AsyncConnection, clock: Clock, event: Json) -> None:
    await attend.depart(session, clock, interview_id=event["room"], participant_id=event["participant"])


async def _recording(session: AsyncConnection, clock: Clock, event: Json) -> None:
    if event["state"] == RecordingState.FAILED:
        at = datetime.fromisoformat(event["at"])
        reason = str(event.get("reason", ""))
        await recording_failed(session, clock, recording_id=event["recording"], at=at, reason=reason)


async def _part_started(session: AsyncConnection, _clock: Clock, event: Json) -> None:
    await part_started(
        session,
        part_id=event["part"],
        recording_id=event["recording"],
        participant_id=event["participant"],
        at=datetime.fromisoformat(event["at"]),
    )


async def _part_finished(session: AsyncConnection, clock: Clock, event: Json) -> None:
    report = PartReport(
        part_id=event["part"],
        recording_id=event["recording"],
        participant_id=event["participant"],
        started_at=datetime.fromisoformat(event["started_at"]),
        ended_at=datetime.fromisoformat(event["ended_at"]),
        duration_ms=event["duration_ms"],
        video_frames=event["video_frames"],
        audio_frames=event["audio_frames"],
        width=event["width"],
        height=event["height"],
        size_bytes=event["bytes"],
        body_sha256=event["body_sha256"],
    )
    await part_finished(session, clock, report)


_ACTS: dict[str, Callable[[AsyncConnection, Clock, Json], Awaitable[None]]] = {
    "connected": _connected,
    "disconnected": _disconnected,
    "recording": _recording,
    "part_started": _part_started,
    "part_finished": _part_finished,
}


async def _everybody_departs(
    session: AsyncConnection, clock: Clock, interviews: Collection[str] | None
) -> None:
    table = participants
    statement = select(table.c.id, table.c.interview_id).where(
        table.c.is_present, table.c.role != ParticipantRole.CENTRE_HOST
    )
    if interviews is not None:
        statement = statement.where(table.c.interview_id.in_(interviews))
    for row in (await session.execute(statement)).all():
        await attend.depart(session, clock, interview_id=row.interview_id, participant_id=row.id)


def _leftover(base: Path) -> Leftover | None:
    """Read from the disk of a part that was cut: time of its last sync, size and digest of its body."""
    body = body_path(base)
    try:
        with body.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = body.stat().st_size
        tail = tail_path(base)
        last = max(path.stat().st_mtime for path in (body, tail) if path.exists())
    except OSError:
        return None
    return Leftover(datetime.fromtimestamp(last, UTC), size, digest)
