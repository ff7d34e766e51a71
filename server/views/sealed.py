"""What a supervisor sees of sealed files: what each is, how to open it, and the chain of custody."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import CustodyEntry, FileKind
from recordings.interview_facts import InterviewFacts
from recordings.queries import SealedFileRow
from recordings.recording import Part
from recordings.sealed_file import SealedFolder
from recordings.store_evidence import custody_of, evidence_of
from recordings.store_recording import parts_of, recording_of
from scheduling.tables import accounts
from server.app_keys import KEYRING, SETTINGS
from server.exchange import language, url_for
from server.i18n import Language, mark
from server.moments import clock_words
from server.settings import RECORDINGS
from server.templating import load_templates

_WHAT = {
    FileKind.TIMELINE: mark("Timeline"),
    FileKind.MANIFEST: mark("Manifest with the digests"),
    FileKind.MEDIA: mark("Recorded part"),
    FileKind.EVIDENCE: mark("Item of evidence"),
}
_TRANSCRIPTS = {
    "text/html": mark("Transcript, to read"),
    "application/json": mark("Transcript, for machines"),
}
_ORDER = (FileKind.TRANSCRIPT, FileKind.MEDIA, FileKind.EVIDENCE, FileKind.TIMELINE, FileKind.MANIFEST)
_HOUSE = mark("Parloir")


def folder_of(request: web.Request, interview_id: str) -> SealedFolder:
    """Give the folder of an interview's sealed files."""
    return SealedFolder(request.app[SETTINGS].data / RECORDINGS / interview_id, request.app[KEYRING])


async def sealed_facts(
    request: web.Request, session: AsyncConnection, facts: InterviewFacts, rows: Sequence[SealedFileRow]
) -> dict[str, Any]:
    """Gather what templates/sealed/list.html asks for."""
    reader = language(request)
    words = await _words(session, facts, rows, reader)
    ordered = sorted(rows, key=_place)
    whole = [row for row in ordered if row.file.is_whole]
    return {
        "interview_href": url_for(request, "interview", interview_id=facts.id),
        "reference": facts.case_reference,
        "held_at": facts.zero_at,
        "post": facts.post.name,
        "recipients": ", ".join(holder.name for holder in request.app[KEYRING].holders),
        "files": [_file(request, row, words[row.file.id]) for row in ordered],
        "custody": await _custody(session, facts.id, words, reader),
        "example": whole[0].download_name.removesuffix(".age") if whole else "",
    }


def describe(kind: FileKind, media_type: str, reader: Language) -> str:
    """Say what a sealed file holds."""
    return reader.gettext(_TRANSCRIPTS[media_type] if kind is FileKind.TRANSCRIPT else _WHAT[kind])


async def _words(
    session: AsyncConnection, facts: InterviewFacts, rows: Sequence[SealedFileRow], reader: Language
) -> dict[str, str]:
    """Name every file, and every item of evidence, by its identifier: whose part, which document."""
    words = {row.file.id: describe(row.file.kind, row.file.media_type, reader) for row in rows}
    for item in await evidence_of(session, None, facts.id):
        kind = _spoken("evidence_kind", item.kind, reader)
        words[item.id] = f"{reader.gettext(_WHAT[FileKind.EVIDENCE])}, {kind}"
        if item.file_id is not None:
            words[item.file_id] = words[item.id]
    recording = await recording_of(session, facts.id)
    roles = {each.id: each.role for each in facts.attendants}
    words_of_part = reader.gettext(_WHAT[FileKind.MEDIA])
    named = {row.file.id: f"{words_of_part} {_number(facts, row)}" for row in rows}
    for part in await parts_of(session, recording.id) if recording else ():
        role = _spoken("participant", roles.get(part.participant_id, ""), reader)
        words[part.id] = f"{named.get(part.id, words_of_part)}, {role}, {_range(facts, part)}"
    return words


def _range(facts: InterviewFacts, part: Part) -> str:
    ends = (part.started_at, part.ended_at or part.started_at)
    return "–".join(clock_words(facts.at_ms(at)) for at in ends)  # noqa: RUF001 - a range


def _number(facts: InterviewFacts, row: SealedFileRow) -> str:
    """Give the number that the name of the download bears."""
    return row.download_name.removeprefix(f"{facts.case_reference}-").partition("-")[0]


def _spoken(macro: str, code: str, reader: Language) -> str:
    module = (
        load_templates()
        .template("_words.html")
        .make_module({"_": reader.gettext, "now": None, "moments": None})
    )
    words = str(getattr(module, macro)(code))
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _place(row: SealedFileRow) -> tuple[int, bool]:
    return _ORDER.index(row.file.kind), row.file.media_type != "text/html"


def _file(request: web.Request, row: SealedFileRow, words: str) -> dict[str, Any]:
    file = row.file
    is_cut = not file.is_whole
    has_tail = is_cut and folder_of(request, file.interview_id).has_tail(file.id)
    return {
        "id": file.id,
        "href": url_for(request, "sealed_file", file_id=file.id),
        "tail_href": url_for(request, "sealed_tail", file_id=file.id) if has_tail else "",
        "kind": file.kind,
        "words": words,
        "name": row.download_name.removesuffix(".age"),
        "size_bytes": file.size_bytes,
        "sealed_at": file.sealed_at,
        "sha256": file.body_sha256,
        "is_cut": is_cut,
    }


async def _custody(
    session: AsyncConnection, interview_id: str, words: Mapping[str, str], reader: Language
) -> list[dict[str, Any]]:
    entries = await custody_of(session, interview_id)
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    found = await session.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(actors)))
    names = {row.id: row.name for row in found}

    def line(entry: CustodyEntry) -> dict[str, Any]:
        return {
            "act": entry.act,
            "what": words.get(entry.subject_id, ""),
            "by": names.get(entry.actor_id or "", reader.gettext(_HOUSE)),
            "at": entry.at,
        }

    return [line(entry) for entry in entries]
