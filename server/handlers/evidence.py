"""The evidence of an interview, as the room's script reads it and hands in new items with their pictures."""

from dataclasses import replace
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.evidence import Evidence, EvidenceKind, Form, PresentedBy
from recordings.sealed_file import SealedFolder
from recordings.stills import drop_still, look_at_still
from recordings.store_evidence import evidence_of
from recordings.store_facts import facts_for, hold
from recordings.store_texts import key_of
from recordings.take_evidence import Shown, take_evidence
from recordings.working_copy import MasterSecret
from server.app_keys import KEYRING, MEDIA, SECRETS, SETTINGS
from server.exchange import actor, answer_json, clock, language, reading, see_other, transaction, wants_json
from server.forms import Form as Posted
from server.forms import read_form
from server.moments import Moments
from server.pages import moments
from server.room_words import faulty, in_words
from server.settings import RECORDINGS

CHANGED = {"type": "evidence_changed"}


@in_words
async def list_evidence(request: web.Request) -> web.Response:
    """List all items in the order in which they were taken, to the post that takes them."""
    interview_id = request.match_info["interview_id"]
    async with reading(request) as session:
        facts = await facts_for(session, actor(request), interview_id)
        if not actor(request).answers_for(facts.post.id):
            raise web.HTTPNotFound
        key = await key_of(session, MasterSecret(request.app[SECRETS].working_copy), interview_id)
        items = await evidence_of(session, key, interview_id)
    when = moments(request)
    return answer_json({"evidence": [_as_json(item, when) for item in items]})


@in_words
async def add_item(request: web.Request) -> web.Response:
    """Keep one item; its picture is sealed before anything is written down."""
    interview_id = request.match_info["interview_id"]
    posted = await read_form(request)
    shown = _shown(request, posted)
    if shown is None:
        return faulty(request, posted)
    folder, still_id = request.app[SETTINGS].data / RECORDINGS / interview_id, posted.value("still")
    async with transaction(request) as session:
        if still_id:
            await hold(session, interview_id)
            shown = replace(shown, picture=await _still(request, session, still_id))
        item = await take_evidence(
            session,
            clock(request),
            actor(request),
            MasterSecret(request.app[SECRETS].working_copy),
            SealedFolder(folder, request.app[KEYRING]),
            interview_id=interview_id,
            shown=shown,
        )
    request.app[MEDIA].tell(interview_id, CHANGED)
    if wants_json(request):
        return answer_json(_as_json(item, moments(request)))
    return see_other(request, "room", interview_id=interview_id)


async def _still(request: web.Request, session: AsyncConnection, still_id: str) -> bytes:
    """Give the picture that the sender's own camera took, which is gone from its waiting place by that."""
    secret = MasterSecret(request.app[SECRETS].working_copy)
    mine = {"interview_id": request.match_info["interview_id"], "still_id": still_id}
    picture = await look_at_still(session, actor(request), secret, **mine)
    await drop_still(session, actor(request), **mine)
    return picture


def _shown(request: web.Request, posted: Posted) -> Shown | None:
    _ = language(request).gettext
    kind = posted.choice("kind", EvidenceKind, missing=_("Choose what it is"))
    by = posted.choice("presented_by", PresentedBy, missing=_("Choose who showed it"))
    form = posted.choice("form", Form, missing=_("Choose original or copy")) if posted.value("form") else None
    if kind is None or by is None or not posted.is_valid:
        return None
    upload = posted.upload("file")
    return Shown(kind, form, by, note=posted.value("note"), picture=upload.content if upload else None)


def _as_json(item: Evidence, when: Moments) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "evidence_class": item.evidence_class,
        "form": item.form,
        "presented_by": item.presented_by,
        "note": item.note,
        "has_picture": item.file_id is not None,
        "time": when.time(item.taken_at),
        "at_ms": item.at_ms,
    }
