"""What the page of an interview offers when no line is open: who is there, its minutes, its end."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.minutes import Statement
from recordings.queries import minutes_for
from recordings.read_back import REASONS, lines_to_read
from recordings.working_copy import MasterSecret
from scheduling.interview import ENDINGS_BY_ROLE, WITHOUT_START, Ending
from scheduling.participant import ParticipantRole
from scheduling.queries import InterviewPage
from scheduling.store_keeping import telephone_of
from server.app_keys import SECRETS
from server.exchange import actor, language
from server.moments import unbroken
from server.room_view import EVIDENCE_GROUPS
from server.views.read_backs import reading_of
from server.ways import how_it_is_held

_COME_BY_THEMSELVES = {ParticipantRole.CENTRE_HOST, ParticipantRole.DETAINEE}


async def off_line(request: web.Request, session: AsyncConnection, page: InterviewPage) -> dict[str, Any]:
    """Give how it is held, and what the reader may do; all of it empty where the room is the place."""
    booking, who = page.row.booking, actor(request)
    if booking.modality.uses_line:
        return {
            "held": "",
            "asks_early": False,
            "begins_with": (),
            "takes_minutes": False,
            "groups": (),
            "endings": (),
            "lines": (),
        }
    is_running = page.is_open and page.row.started_at is not None
    telephone = await telephone_of(session, booking.centre_id)
    allowed = ENDINGS_BY_ROLE[who.role] if is_running else ENDINGS_BY_ROLE[who.role] & WITHOUT_START
    return {
        "held": how_it_is_held(booking.modality, unbroken(telephone), language(request)),
        "asks_early": page.asks_early,
        "begins_with": [each for each in page.participants if each.role not in _COME_BY_THEMSELVES]
        if page.may_host and page.is_open and not is_running
        else (),
        "takes_minutes": is_running and who.answers_for(booking.post_id),
        "lines": await _lines(request, session, page) if is_running else (),
        "reading": reading_of(
            ((each.participant_id, each.role) for each in page.participants),
            page.notice_language,
            language(request),
        ),
        "reasons_unread": REASONS,
        "groups": EVIDENCE_GROUPS,
        "endings": [each for each in Ending if each in allowed] if page.may_end else (),
    }


async def _lines(request: web.Request, session: AsyncConnection, page: InterviewPage) -> Sequence[Statement]:
    """Give the lines that are read back to the person, to the post that takes them."""
    secret = MasterSecret(request.app[SECRETS].working_copy)
    found = await minutes_for(session, actor(request), secret, page.row.interview_id)
    return lines_to_read(found.statements) if found else ()
