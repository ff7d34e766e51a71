"""What waits for a side's answer, as the lines of its work lists."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Status
from scheduling.queries import requests_to_answer
from scheduling.queries_of_answers import guests_to_decide
from scheduling.queries_of_bookings import MOST_WAITING
from scheduling.queries_of_proposals import ProposalRow, proposals_to_answer
from server.exchange import actor, clock, language, url_for
from server.pages import moments
from server.views.bookings import booking_line, request_lines


async def lines_to_answer(
    request: web.Request, session: AsyncConnection
) -> tuple[list[dict[str, Any]], bool]:
    """What waits for an officer: slots that centres propose, requests, guests without an answer; each once.

    Gives the lines, and whether there may be more of one of the three.
    """
    who, now = actor(request), clock(request)()
    offered = await proposals_to_answer(session, who, now)
    undecided = await guests_to_decide(session, who, now)
    proposed = [
        {
            **booking_line(request, row.booking),
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "status": "proposed",
            "instead_of": row.booking.starts_at,
        }
        for row in offered
    ]
    asked = request_lines(request, await requests_to_answer(session, who, now))
    shown = {row.booking.booking_id for row in offered}
    guests = [
        {**booking_line(request, row), "status": "guests"} for row in undecided if row.booking_id not in shown
    ]
    is_full = any(len(part) >= MOST_WAITING for part in (offered, asked, undecided))
    return [*proposed, *asked, *guests], is_full


def proposal_points(request: web.Request, rows: Sequence[ProposalRow]) -> list[dict[str, str]]:
    """Slots that a post proposes, among what centre staff settle."""
    gettext = language(request).gettext
    return [
        {
            "title": gettext("You have to answer: another slot is proposed"),
            "reference": row.booking.reference,
            "text": _slot_of(request, row),
            "href": url_for(request, "booking", booking_id=row.booking.booking_id),
            "action": gettext("Accept or refuse"),
        }
        for row in rows
    ]


def _slot_of(request: web.Request, row: ProposalRow) -> str:
    """Write by whom, when and where, and what stands till then."""
    own, stands = moments(request), row.booking
    times = own.times(row.starts_at, row.ends_at)
    words = [stands.post_name, own.weekday(row.starts_at), times, row.room_name]
    if stands.status is Status.CONFIRMED:
        instead = language(request).gettext("instead of %(day)s, %(time)s")
        words.append(instead % {"day": own.weekday(stands.starts_at), "time": own.time(stands.starts_at)})
    return ", ".join(words)
