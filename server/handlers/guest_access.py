"""How the staff of a centre give guests their way in: a link anew, a code to be told, a link taken back."""

from aiohttp import web

from scheduling.errors import GuardianStays, InterviewOver
from scheduling.participant import Participant
from server.app_keys import MEDIA, SECRETS, SETTINGS
from server.exchange import actor, clock, see_other, transaction, url_for
from server.forms import read_form
from server.guest_links import new_code, renew_link, revoke_link
from server.handlers.interviews import interview_page_of
from server.handlers.room import NOTICE_CHANGED
from server.said import Done, say
from server.views.guest_access import Fresh


async def give_code(request: web.Request) -> web.Response:
    """Make a code and show it this once, to be told by telephone."""
    interview_id, participant_id = await _whose(request)
    key = request.app[SECRETS].guest
    try:
        async with transaction(request) as session:
            code = await new_code(
                session,
                clock(request),
                key,
                actor(request),
                interview_id=interview_id,
                participant_id=participant_id,
            )
    except InterviewOver:
        return _back(request)
    return await interview_page_of(request, Fresh(participant_id, code=code))


async def renew(request: web.Request) -> web.Response:
    """Make a link anew; where no mail takes it to the guest the staff are shown it this once."""
    interview_id, participant_id = await _whose(request)
    try:
        async with transaction(request) as session:
            secret, seat, is_mailed = await renew_link(
                session,
                clock(request),
                request.app[SECRETS].guest,
                actor(request),
                interview_id=interview_id,
                participant_id=participant_id,
            )
    except (InterviewOver, GuardianStays) as refusal:
        return _back(request, refusal)
    _cut(request, seat)
    if is_mailed and request.app[SETTINGS].smtp is not None:
        return say(request, _back(request), Done.LINK_SENT)
    address = f"{request.app[SETTINGS].url}{url_for(request, 'guest')}#{secret}"
    return await interview_page_of(request, Fresh(participant_id, link=address))


async def revoke(request: web.Request) -> web.Response:
    """Take a link back, and cut the line of whoever came by it."""
    interview_id, participant_id = await _whose(request)
    try:
        async with transaction(request) as session:
            seat = await revoke_link(
                session,
                clock(request),
                actor(request),
                interview_id=interview_id,
                participant_id=participant_id,
            )
    except (InterviewOver, GuardianStays) as refusal:
        return _back(request, refusal)
    _cut(request, seat)
    return say(request, _back(request), Done.LINK_REVOKED)


async def _whose(request: web.Request) -> tuple[str, str]:
    return request.match_info["interview_id"], (await read_form(request)).value("participant_id")


def _cut(request: web.Request, seat: Participant) -> None:
    """End the lines of whoever came by the former link; who was inside is out until let in anew."""
    node = request.app[MEDIA]
    if seat.removed_at is not None:
        node.remove(seat.interview_id, seat.id)
        node.tell(seat.interview_id, NOTICE_CHANGED)
    node.turn_away(seat.interview_id, seat.id)


def _back(request: web.Request, refusal: Exception | None = None) -> web.Response:
    response = see_other(request, "interview", interview_id=request.match_info["interview_id"])
    return say(request, response, Done.GUARDIAN_STAYS) if isinstance(refusal, GuardianStays) else response
