"""The messages of the room: read and written by those inside, kept as part of the minutes."""

from aiohttp import web

from recordings.send_message import messages_for, send_message
from recordings.store_facts import hold
from recordings.working_copy import MasterSecret
from server.app_keys import MEDIA, SECRETS
from server.exchange import actor, answer_json, clock, reading, transaction
from server.forms import read_form
from server.handlers.minutes import CHANGED as MINUTES_CHANGED
from server.handlers.minutes import as_json
from server.handlers.room import done_in_room
from server.pages import moments
from server.room_view import seat_for
from server.room_words import in_words

CHANGED = {"type": "messages_changed"}


@in_words
async def list_messages(request: web.Request) -> web.Response:
    """List the messages in their order."""
    async with reading(request) as session:
        facts, seat, _ = await seat_for(session, actor(request), request.match_info["interview_id"])
        secret = MasterSecret(request.app[SECRETS].working_copy)
        lines = await messages_for(session, secret, facts=facts, seat=seat)
    when, roles = moments(request), {one.id: one.role for one in facts.attendants}
    return answer_json({"messages": [as_json(line, when, roles) for line in lines]})


@in_words
async def add_message(request: web.Request) -> web.Response:
    """Add one message of whoever sits here."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    async with transaction(request) as session:
        await hold(session, interview_id)
        facts, seat, _ = await seat_for(session, actor(request), interview_id)
        await send_message(
            session,
            clock(request),
            actor(request),
            MasterSecret(request.app[SECRETS].working_copy),
            facts=facts,
            seat=seat,
            text=form.value("text"),
        )
    node = request.app[MEDIA]
    node.tell(interview_id, CHANGED)
    node.tell(interview_id, MINUTES_CHANGED)
    return done_in_room(request)
