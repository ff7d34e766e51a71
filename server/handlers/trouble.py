"""What is done when something does not work: the host is told, and at last it goes on by telephone."""

from enum import StrEnum

from aiohttp import web

from scheduling.report_trouble import report_trouble
from scheduling.trouble import Trouble
from scheduling.turn_telephone import turn_telephone
from server.app_keys import MEDIA
from server.exchange import actor, clock, language, transaction
from server.forms import read_form
from server.handlers.room import NOTICE_CHANGED, done_in_room
from server.room_view import seat_for
from server.room_words import faulty, in_words


class Way(StrEnum):
    """How an interview can go on."""

    TELEPHONE = "telephone"
    LINE = "line"


@in_words
async def report(request: web.Request) -> web.Response:
    """Note a technical problem of whoever sits here, and tell the host at once."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    what = form.choice("trouble", Trouble, missing=language(request).gettext("Choose what does not work"))
    if what is None:
        return faulty(request, form)
    by = actor(request)
    async with transaction(request) as session:
        _, seat, _ = await seat_for(session, by, interview_id)
        await report_trouble(
            session, clock(request), by, interview_id=interview_id, participant_id=seat.id, trouble=what
        )
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def turn(request: web.Request) -> web.Response:
    """Go on by telephone, or over the line again."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    way = form.choice("way", Way, missing=language(request).gettext("Choose what is to happen"))
    if way is None:
        return faulty(request, form)
    async with transaction(request) as session:
        await turn_telephone(
            session,
            clock(request),
            actor(request),
            interview_id=interview_id,
            is_by_telephone=way is Way.TELEPHONE,
        )
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)
