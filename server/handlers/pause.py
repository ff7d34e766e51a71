"""A pause that somebody in the room asks of the host, and the host's no."""

from aiohttp import web

from recordings.pause_wishes import wishes_of
from recordings.store_facts import facts_for
from scheduling.ask_pause import ask_pause, decline_pause
from scheduling.pause_wish import WishAnswer
from server.app_keys import MEDIA
from server.exchange import actor, clock, transaction
from server.handlers.room import NOTICE_CHANGED, done_in_room
from server.room_view import seat_for
from server.room_words import in_words


@in_words
async def ask(request: web.Request) -> web.Response:
    """Ask for a pause from one's own seat; the host is told at once."""
    interview_id, by = request.match_info["interview_id"], actor(request)
    async with transaction(request) as session:
        _, seat, _ = await seat_for(session, by, interview_id)
        await ask_pause(session, clock(request), by, interview_id=interview_id, participant_id=seat.id)
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def decline(request: web.Request) -> web.Response:
    """Go on without a pause: say no to all who wait for an answer."""
    interview_id, by = request.match_info["interview_id"], actor(request)
    async with transaction(request) as session:
        facts = await facts_for(session, by, interview_id)
        wishes = await wishes_of(session, facts)
        waiting = [each.participant_id for each in wishes if each.answer is WishAnswer.ASKED]
        await decline_pause(session, clock(request), by, interview_id=interview_id, participant_ids=waiting)
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)
