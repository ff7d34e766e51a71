"""Sealing what remains of an interview, after which the server can read none of it any more.

Files come first, then the one transaction that records them and destroys the working copy. If it fails, files
without rows lie in the folder and every text still stands: the next attempt seals again.
"""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.capture import finish_recording
from recordings.custody import CustodyAct, FileKind, SealedFile
from recordings.dossier import Dossier, gather_dossier
from recordings.ports import RenderHtml, SealBytes
from recordings.refusals import NothingToSeal, PartsStillOpen
from recordings.store_evidence import add_file, note_custody
from recordings.store_facts import hold
from recordings.store_outcome import mark_sealed
from recordings.store_texts import destroy
from recordings.timeline import manifest_of, timeline_of
from recordings.transcript import canonical, transcript_of
from recordings.working_copy import MasterSecret
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.trail import record_act, tell

JSON_TYPE = "application/json"
HTML_TYPE = "text/html"


@dataclass
class _Sealing:
    """One sealing under way: writes file after file, each durable before the next begins."""

    clock: Clock
    sealer: SealBytes
    interview_id: str
    version: int
    files: list[SealedFile] = field(default_factory=list)

    async def add(self, kind: FileKind, media_type: str, content: bytes) -> None:
        """Seal one file in a thread, since it waits for the disk."""
        file_id = new_id()
        sealed = await asyncio.to_thread(self.sealer.seal, file_id, content)
        file = SealedFile(
            id=file_id,
            interview_id=self.interview_id,
            kind=kind,
            media_type=media_type,
            size_bytes=sealed.size_bytes,
            body_sha256=sealed.body_sha256,
            sealed_at=self.clock(),
            version=self.version,
        )
        self.files.append(file)


async def seal(
    session: AsyncConnection,
    clock: Clock,
    secret: MasterSecret,
    sealer: SealBytes,
    render_html: RenderHtml,
    *,
    interview_id: str,
) -> tuple[SealedFile, ...]:
    """Seal the outcome that waits (or, for a stopped interview, what there is) and destroy the working copy.

    An act of the house. `sealer` writes into this interview's folder. Raises `NotForYou`, `NothingToSeal`,
    `PartsStillOpen`. After the commit, call `leave_no_trace`.
    """
    await hold(session, interview_id)
    await finish_recording(session, clock, interview_id)
    dossier = await gather_dossier(session, secret, interview_id)
    _check(dossier)
    work = _Sealing(clock, sealer, interview_id, dossier.version)
    await work.add(FileKind.TIMELINE, JSON_TYPE, canonical(timeline_of(dossier.course)))
    manifest = manifest_of(dossier.course, [*dossier.files, *work.files], dossier.version)
    await work.add(FileKind.MANIFEST, JSON_TYPE, canonical(manifest))
    document = transcript_of(dossier.material(manifest, clock()))
    await work.add(FileKind.TRANSCRIPT, JSON_TYPE, canonical(document))
    await work.add(FileKind.TRANSCRIPT, HTML_TYPE, render_html(document))
    await _record(session, clock, dossier, work.files)
    return tuple(work.files)


def _check(dossier: Dossier) -> None:
    """Refuse to seal what is not over, sealed already, or still being written."""
    facts = dossier.facts
    is_stopped = facts.is_withheld and not dossier.is_transcribed
    if facts.ended_at is None or (dossier.conclusion is None and not is_stopped):
        raise NothingToSeal(facts.id)
    if dossier.open_part_ids:
        raise PartsStillOpen(facts.id, dossier.open_part_ids)


async def _record(session: AsyncConnection, clock: Clock, dossier: Dossier, files: list[SealedFile]) -> None:
    now = clock()
    interview_id = dossier.facts.id
    for file in files:
        await add_file(session, file)
        await note_custody(
            session, clock, None, CustodyAct.SEALED, interview_id=interview_id, subject_id=file.id
        )
    if dossier.conclusion is not None:
        await mark_sealed(session, dossier.conclusion.outcome.id, now)
    await destroy(session, interview_id, now)
    await record_act(session, clock, None, "interview:sealed", noun="interview", noun_id=interview_id)
    payload: dict[str, str | int] = {"interview_id": interview_id, "version": dossier.version}
    await tell(session, "interview:sealed", payload, at=now)
