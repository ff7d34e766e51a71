"""The minutes of an interview, as the room's script reads and writes them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from recordings.minutes import Statement, StatementKind
from recordings.read_back import REPLIES, ReadBackResult
from recordings.read_minutes_back import mark_read_back
from recordings.store_facts import facts_for
from recordings.store_read_backs import read_backs_of
from recordings.store_texts import key_of, statements_of
from recordings.take_minutes import take_minutes
from recordings.working_copy import MasterSecret
from server.app_keys import MEDIA, SECRETS
from server.exchange import actor, answer_json, clock, language, reading, see_other, transaction, wants_json
from server.forms import read_form
from server.moments import Moments
from server.pages import moments
from server.room_words import faulty, in_words
from server.views.read_backs import NOBODY, how_read_back

CHANGED = {"type": "minutes_changed"}
MOST_OF_A_CODE = 8


@in_words
async def list_minutes(request: web.Request) -> web.Response:
    """List all lines in their order, to the post that takes them."""
    interview_id = request.match_info["interview_id"]
    async with reading(request) as session:
        facts = await facts_for(session, actor(request), interview_id)
        if not actor(request).answers_for(facts.post.id):
            raise web.HTTPNotFound
        secret = MasterSecret(request.app[SECRETS].working_copy)
        key = await key_of(session, secret, interview_id)
        lines = await statements_of(session, key, interview_id)
        readings = await read_backs_of(session, interview_id)
    when = moments(request)
    roles = {one.id: one.role for one in facts.attendants}
    said = how_read_back(lines, readings, facts, when, language(request))
    return answer_json({"minutes": [as_json(line, when, roles) for line in lines], "read_back": said})


@in_words
async def add_line(request: web.Request) -> web.Response:
    """Add one question, answer or remark, or what the person corrects in an earlier one."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    _ = language(request).gettext
    missing = _("Choose question, answer or remark")
    kind = form.choice("kind", StatementKind, missing=missing)
    if kind is StatementKind.MESSAGE:
        form.fault("kind", missing)
    if kind is None or not form.is_valid:
        return faulty(request, form)
    async with transaction(request) as session:
        line = await take_minutes(
            session,
            clock(request),
            actor(request),
            MasterSecret(request.app[SECRETS].working_copy),
            interview_id=interview_id,
            kind=kind,
            text=form.value("text"),
            corrects_id=form.value("corrects") or None,
        )
    request.app[MEDIA].tell(interview_id, CHANGED)
    if wants_json(request):
        return answer_json(as_json(line, moments(request)))
    return see_other(request, "room", interview_id=interview_id)


@in_words
async def read_back(request: web.Request) -> web.Response:
    """Note that the minutes were read back to the person, and what was said to them."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    _ = language(request).gettext
    spoken = form.text(
        "language", missing=_("Choose the language in which they were read"), most_chars=MOST_OF_A_CODE
    )
    missing = _("Say whether the person confirmed or corrected")
    reply = form.choice("reply", ReadBackResult, missing=missing)
    through = form.value("through")
    if reply not in REPLIES or not through.isdecimal() or len(through) > MOST_OF_A_CODE:
        form.fault("reply", missing)
    interpreter = form.values("interpreter")
    if interpreter == [""]:
        form.fault("interpreter", _("Say whether an interpreter translated"))
    if reply is None or not form.is_valid:
        return faulty(request, form)
    async with transaction(request) as session:
        await mark_read_back(
            session,
            clock(request),
            actor(request),
            interview_id=interview_id,
            reply=reply,
            through=int(through),
            language=spoken,
            interpreter_id=next((each for each in interpreter if each != NOBODY), None),
        )
    request.app[MEDIA].tell(interview_id, CHANGED)
    if wants_json(request):
        return answer_json()
    return see_other(request, "room", interview_id=interview_id)


def as_json(
    line: Statement, when: Moments, roles: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Give a line as the script of the room reads it; a message with whoever wrote it."""
    who = line.participant_id
    return {
        "participant": who,
        "role": roles.get(who) if who else None,
        "id": line.id,
        "position": line.position,
        "corrects": line.corrects_id,
        "kind": line.kind,
        "text": line.text,
        "said_at": line.said_at.isoformat(),
        "time": when.time(line.said_at),
        "at_ms": line.at_ms,
    }
