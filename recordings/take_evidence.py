"""Taking evidence: what was shown or said, and a picture of it that is sealed first."""

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import CustodyAct, FileKind, SealedFile
from recordings.evidence import (
    Evidence,
    EvidenceKind,
    Form,
    Picture,
    PresentedBy,
    check_note,
    check_picture,
    class_of,
    form_of,
)
from recordings.kept_now import check_kept_now
from recordings.ports import SealBytes
from recordings.refusals import InterviewNotRunning, NotYoursToDo
from recordings.store_evidence import add_evidence, add_file, note_custody
from recordings.store_facts import facts_for, hold
from recordings.store_texts import key_for_writing
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.trail import record_act


@dataclass(frozen=True, slots=True)
class Shown:
    """What an officer saw or heard; `picture` are the bytes of an upload, PNG or JPEG."""

    kind: EvidenceKind
    form: Form | None
    presented_by: PresentedBy
    note: str = ""
    picture: bytes | None = None


async def take_evidence(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    sealer: SealBytes,
    *,
    interview_id: str,
    shown: Shown,
) -> Evidence:
    """Keep one item; `sealer` writes into this interview's folder.

    Raises `NotForYou`, `NotYoursToDo`, `InterviewNotRunning`, `NothingKeptInPause`, `ConsultationRuns`,
    `NoteTooLong`, `EvidenceFileEmpty`, `EvidenceFileTooLarge`, `EvidenceFileUnreadable`. If the transaction
    fails, a sealed file stays behind without a row: unreadable to the server and harmless.
    """
    note = check_note(shown.note)
    picture = check_picture(shown.picture) if shown.picture is not None else None
    await hold(session, interview_id)
    facts = await facts_for(session, actor, interview_id)
    if not actor.answers_for(facts.post.id):
        raise NotYoursToDo("evidence", interview_id)
    if facts.started_at is None:
        raise InterviewNotRunning(interview_id)
    await check_kept_now(session, facts)
    now, item_id, file_id = clock(), new_id(), None
    await note_custody(session, clock, actor, CustodyAct.TAKEN, interview_id=interview_id, subject_id=item_id)
    if picture is not None and shown.picture is not None:
        file_id = await _seal(
            session, clock, sealer, interview_id=interview_id, picture=picture, content=shown.picture
        )
    item = Evidence(
        id=item_id,
        interview_id=interview_id,
        kind=shown.kind,
        evidence_class=class_of(shown.kind, shown.form, facts.moved_classes),
        form=form_of(shown.kind, shown.form),
        presented_by=shown.presented_by,
        taken_at=now,
        taken_by=actor.account_id,
        at_ms=facts.at_ms(now),
        note=note,
        file_id=file_id,
        media_type=picture.media_type if picture else None,
        size_bytes=picture.size_bytes if picture else None,
        sha256=picture.sha256 if picture else None,
    )
    key = await key_for_writing(session, secret, interview_id, now) if note else None
    await add_evidence(session, key, item)
    await record_act(
        session, clock, actor, "evidence:taken", noun="interview", noun_id=interview_id, detail=item.kind
    )
    return item


async def _seal(
    session: AsyncConnection,
    clock: Clock,
    sealer: SealBytes,
    *,
    interview_id: str,
    picture: Picture,
    content: bytes,
) -> str:
    """Seal the picture, then note its file and the first link of its chain."""
    file_id = new_id()
    sealed = await asyncio.to_thread(sealer.seal, file_id, content)
    file = SealedFile(
        id=file_id,
        interview_id=interview_id,
        kind=FileKind.EVIDENCE,
        media_type=picture.media_type,
        size_bytes=sealed.size_bytes,
        body_sha256=sealed.body_sha256,
        sealed_at=clock(),
    )
    await add_file(session, file)
    await note_custody(session, clock, None, CustodyAct.SEALED, interview_id=interview_id, subject_id=file_id)
    return file_id
