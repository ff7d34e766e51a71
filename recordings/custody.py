"""Sealed files and the chain of custody of them and of evidence: who did what to it, when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HOUSE = "house"  # the role written where no person acted


class FileKind(StrEnum):
    """What a sealed file holds."""

    MEDIA = "media"
    EVIDENCE = "evidence"
    TIMELINE = "timeline"
    MANIFEST = "manifest"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An age file that the server keeps and cannot open; `is_whole` is false for one cut by a crash."""

    id: str
    interview_id: str
    kind: FileKind
    media_type: str
    size_bytes: int
    body_sha256: str
    sealed_at: datetime
    version: int = 1
    is_whole: bool = True


class CustodyAct(StrEnum):
    """What may happen to an item or a file."""

    TAKEN = "taken"
    SEALED = "sealed"
    CITED = "cited"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One link of the chain; `subject_id` is an evidence or sealed file id, no actor means the house."""

    id: str
    interview_id: str
    subject_id: str
    act: CustodyAct
    at: datetime
    actor_id: str | None
    actor_role: str


def chain_of(subject_id: str, entries: Iterable[CustodyEntry]) -> tuple[CustodyEntry, ...]:
    """Give one subject's entries from first to last."""
    return tuple(sorted((e for e in entries if e.subject_id == subject_id), key=lambda e: (e.at, e.id)))


def begins_rightly(chain: tuple[CustodyEntry, ...]) -> bool:
    """One link; `subject_id` is an evidence or sealed file id, and no actor means the house itself."""
    return bool(chain) and chain[0].act in {CustodyAct.TAKEN, CustodyAct.SEALED}
