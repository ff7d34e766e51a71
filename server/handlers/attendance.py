"""The host corrects who attended, once the interview is over."""

from aiohttp import web

from recordings.correct_attendance import correct_attendance
from recordings.refusals import InterviewNotOver
from scheduling.errors import NotPossibleNow
from scheduling.participant import Correction
from server.exchange import actor, clock, see_other, transaction
from server.forms import read_form
from server.said import Done, say


async def correct(request: web.Request) -> web.Response:
    """Note that somebody attended, or did not, and why the line tells otherwise."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    if form.value("why") not in set(Correction):
        raise web.HTTPBadRequest
    response = see_other(request, "interview", interview_id=interview_id)
    try:
        async with transaction(request) as session:
            await correct_attendance(
                session,
                clock(request),
                actor(request),
                interview_id=interview_id,
                participant_id=form.value("participant_id"),
                why=Correction(form.value("why")),
            )
    except InterviewNotOver:
        raise web.HTTPBadRequest from None  # its page offers no such form
    except NotPossibleNow:
        return say(request, response, Done.ATTENDANCE_STANDS)
    return say(request, response, Done.ATTENDANCE_CORRECTED)
