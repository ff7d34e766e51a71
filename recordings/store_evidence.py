"""Statements on evidence, sealed files and the chain of custody."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import HOUSE, CustodyAct, CustodyEntry, FileKind, SealedFile
from recordings.evidence import Evidence, EvidenceClass, EvidenceKind, Form, MediaType, PresentedBy
from recordings.store_texts import opened
from recordings.tables import custody, evidence, sealed_files
from recordings.working_copy import WorkingKey
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.identifier import new_id


async def add_evidence(session: AsyncConnection, key: WorkingKey | None, item: Evidence) -> None:
    """Insert an item; its note, if it has one, is sealed to its own row."""
    row: dict[str, Any] = asdict(item)
    row["note"] = key.seal("evidence", item.id, item.note) if key and item.note else None
    await session.execute(insert(evidence).values(row))


async def evidence_of(
    session: AsyncConnection, key: WorkingKey | None, interview_id: str
) -> tuple[Evidence, ...]:
    """Give the items of an interview in the order in which they were taken; a sealed-away note is None."""
    statement = select(evidence).where(evidence.c.interview_id == interview_id)
    rows = (await session.execute(statement.order_by(evidence.c.taken_at, evidence.c.id))).mappings()
    return tuple(_evidence(row, key) for row in rows)


def _evidence(row: RowMapping, key: WorkingKey | None) -> Evidence:
    return Evidence(
        **{
            **row,
            "kind": EvidenceKind(row["kind"]),
            "evidence_class": EvidenceClass(row["evidence_class"]),
            "form": Form(row["form"]) if row["form"] else None,
            "presented_by": PresentedBy(row["presented_by"]),
            "media_type": MediaType(row["media_type"]) if row["media_type"] else None,
            "note": opened(key, "evidence", row["id"], row["note"]),
        }
    )


async def add_file(session: AsyncConnection, file: SealedFile) -> None:
    """Insert a sealed file that is durable already."""
    await session.execute(insert(sealed_files).values(asdict(file)))


async def files_of(session: AsyncConnection, interview_id: str) -> tuple[SealedFile, ...]:
    """Give the sealed files of an interview in the order of sealing."""
    statement = select(sealed_files).where(sealed_files.c.interview_id == interview_id)
    rows = (await session.execute(statement.order_by(sealed_files.c.sealed_at, sealed_files.c.id))).mappings()
    return tuple(SealedFile(**{**row, "kind": FileKind(row["kind"])}) for row in rows)


async def file_named(session: AsyncConnection, file_id: str) -> SealedFile | None:
    """Give one sealed file."""
    statement = select(sealed_files).where(sealed_files.c.id == file_id)
    row = (await session.execute(statement)).mappings().one_or_none()
    return SealedFile(**{**row, "kind": FileKind(row["kind"])}) if row else None


async def note_custody(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor | None,
    act: CustodyAct,
    *,
    interview_id: str,
    subject_id: str,
) -> None:
    """Add a link to the chain of an item of evidence or a sealed file; no actor means the house."""
    entry = CustodyEntry(
        id=new_id(),
        interview_id=interview_id,
        subject_id=subject_id,
        act=act,
        at=clock(),
        actor_id=actor.account_id if actor else None,
        actor_role=actor.role if actor else HOUSE,
    )
    await session.execute(insert(custody).values(asdict(entry)))


async def custody_of(session: AsyncConnection, interview_id: str) -> tuple[CustodyEntry, ...]:
    """Give every custody entry of an interview."""
    statement = (
        select(custody).where(custody.c.interview_id == interview_id).order_by(custody.c.at, custody.c.id)
    )
    rows = (await session.execute(statement)).mappings()
    return tuple(CustodyEntry(**{**row, "act": CustodyAct(row["act"])}) for row in rows)
