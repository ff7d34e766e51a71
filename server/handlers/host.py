"""What the host decides about who is in the room: a private consultation, a guest put out, a locked door."""

from enum import StrEnum

from aiohttp import web

from recordings.capture import Run, pause_for_consultation, resume_after_consultation
from scheduling.consult import begin_consultation, change_consultation, end_consultation
from scheduling.hand_over_host import hand_over_host
from scheduling.keep_door import lock, remove
from scheduling.participant import Removal
from server.app_keys import MEDIA
from server.exchange import actor, clock, language, transaction
from server.forms import read_form
from server.handlers.room import NOTICE_CHANGED, done_in_room
from server.room_words import faulty, in_words


class Turn(StrEnum):
    """What can be asked of a private consultation."""

    BEGIN = "begin"
    CHANGE = "change"
    END = "end"


class Lock(StrEnum):
    """How the door can be."""

    LOCKED = "locked"
    OPEN = "open"


@in_words
async def consult(request: web.Request) -> web.Response:
    """Begin a private consultation with those ticked, go on with others, or end it; a recording pauses."""
    form = await read_form(request)
    turn = form.choice("turn", Turn, missing=language(request).gettext("Choose what is to happen"))
    if turn is None:
        return faulty(request, form)
    if turn is Turn.BEGIN:
        await _begin(request, form.values("stays"))
    elif turn is Turn.CHANGE:
        await _change(request, form.values("stays"))
    else:
        await _end(request)
    return done_in_room(request)


async def _begin(request: web.Request, chosen: list[str]) -> None:
    interview_id, now = request.match_info["interview_id"], clock(request)
    async with transaction(request) as session:
        begun = await begin_consultation(
            session, now, actor(request), interview_id=interview_id, chosen=chosen
        )
        paused = await pause_for_consultation(session, now, interview_id)
    node = request.app[MEDIA]
    node.consult(interview_id, begun.stays)
    if paused is not None:
        node.record(interview_id, Run.PAUSE, paused.id)


async def _change(request: web.Request, chosen: list[str]) -> None:
    interview_id = request.match_info["interview_id"]
    async with transaction(request) as session:
        changed = await change_consultation(
            session, clock(request), actor(request), interview_id=interview_id, chosen=chosen
        )
    request.app[MEDIA].consult(interview_id, changed.stays)


async def _end(request: web.Request) -> None:
    interview_id, now = request.match_info["interview_id"], clock(request)
    async with transaction(request) as session:
        await end_consultation(session, now, actor(request), interview_id=interview_id)
        resumed = await resume_after_consultation(session, now, interview_id)
    node = request.app[MEDIA]
    node.consult(interview_id, None)
    if resumed is not None:
        node.record(interview_id, Run.RESUME, resumed.id)


@in_words
async def put_out(request: web.Request) -> web.Response:
    """Put a guest out; their line and media are closed at once."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    reason = form.choice("reason", Removal, missing=language(request).gettext("Choose why"))
    if reason is None:
        return faulty(request, form)
    participant_id = form.value("participant_id")
    async with transaction(request) as session:
        await remove(
            session,
            clock(request),
            actor(request),
            interview_id=interview_id,
            participant_id=participant_id,
            reason=reason,
        )
    node = request.app[MEDIA]
    node.remove(interview_id, participant_id)
    node.tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def hand_over(request: web.Request) -> web.Response:
    """Make a colleague of the centre the host."""
    interview_id = request.match_info["interview_id"]
    account_id = (await read_form(request)).value("account_id")
    async with transaction(request) as session:
        await hand_over_host(
            session, clock(request), actor(request), interview_id=interview_id, account_id=account_id
        )
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def turn_lock(request: web.Request) -> web.Response:
    """Lock the door, or open it again."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    wanted = form.choice("lock", Lock, missing=language(request).gettext("Choose what is to happen"))
    if wanted is None:
        return faulty(request, form)
    is_locked = wanted is Lock.LOCKED
    async with transaction(request) as session:
        await lock(session, clock(request), actor(request), interview_id=interview_id, is_locked=is_locked)
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)
