"""What either side may answer on a booking's page: a ranked slot, guests, another slot that is proposed."""

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Status
from scheduling.guest import Guest
from scheduling.queries import BookingPage, BookingRow
from scheduling.queries_of_answers import AnswerPage, answer_page
from server.exchange import actor, clock, language, url_for
from server.pages import moments
from server.views.attending import attending_facts
from server.views.places import language_name


async def answer_facts(
    request: web.Request, session: AsyncConnection, page: BookingPage, side: str
) -> dict[str, Any]:
    """Gather what templates/booking/_answer.html asks for."""
    found, row = await answer_page(session, actor(request), page), page.booking
    waits = row.status is Status.REQUESTED
    is_coming = row.status is Status.CONFIRMED and row.starts_at > clock(request)()
    proposal = _proposal(request, found, row, side) if waits or is_coming else None
    may_answer = proposal is not None and side != "supervisor"
    shown = [guest for guest in found.guests if guest.taken_off_at is None or side == "centre"]
    is_asked = side == "post" and is_coming and any(guest.is_undecided for guest in shown)
    return {
        "wishes": _wishes(request, found, row, side) if waits else [],
        "guests": [_guest(request, guest, side) for guest in shown],
        "officers": found.officers,
        "proposal": proposal,
        "proposal_action": url_for(request, "proposal", booking_id=row.booking_id) if may_answer else "",
        "guests_action": url_for(request, "booking_guests", booking_id=row.booking_id) if is_asked else "",
        "expires_at": found.expires_at if waits else None,
        "chased_at": found.chased_at if waits else None,
        **await attending_facts(request, session, page, side),
    }


def _wishes(request: web.Request, found: AnswerPage, row: BookingRow, side: str) -> list[dict[str, Any]]:
    now = clock(request)()
    return [
        {
            "rank": str(rank),
            "words": _slot(request, wish.starts_at, wish.ends_at),
            "there": _there(request, row, side, wish.starts_at, wish.ends_at),
            "is_past": wish.starts_at <= now,
        }
        for rank, wish in found.wishes.items()
    ]


def _proposal(request: web.Request, found: AnswerPage, row: BookingRow, side: str) -> dict[str, Any] | None:
    slot = found.proposal
    if slot is None:
        return None
    waits = row.status is Status.REQUESTED
    return {
        "words": _slot(request, slot.starts_at, slot.ends_at),
        "there": _there(request, row, side, slot.starts_at, slot.ends_at),
        "room": slot.room_name,
        "remark": slot.remark,
        "side": slot.side,
        "is_own": slot.is_own,
        "is_past": slot.starts_at <= clock(request)(),
        "until_at": min(slot.starts_at, found.expires_at if waits else row.starts_at),
        "ends_request": waits and found.expires_at <= slot.starts_at,
    }


def _slot(request: web.Request, starts_at: datetime, ends_at: datetime) -> str:
    own = moments(request)
    return f"{own.weekday(starts_at)}, {own.times(starts_at, ends_at)}"


def _there(request: web.Request, row: BookingRow, side: str, starts_at: datetime, ends_at: datetime) -> str:
    """Write the same slot in the zone of the other side; nothing where both keep the same zone."""
    own, gettext = moments(request), language(request).gettext
    zone = row.centre_zone if side == "post" else row.post_zone
    if zone == own.zone:
        return ""
    words = gettext("In %(city)s: %(day)s, %(times)s")
    return words % {
        "city": own.city(zone),
        "day": own.weekday(starts_at, zone),
        "times": own.times(starts_at, ends_at, zone),
    }


def _guest(request: web.Request, guest: Guest, side: str) -> dict[str, Any]:
    """Show a guest; a post reads the role and the language, never a name."""
    return {
        "id": guest.id,
        "role": guest.role,
        "name": "" if side == "post" else guest.name,
        "language": language_name(guest.language, language(request)),
        "is_agreed": guest.is_agreed,
        "is_off": guest.taken_off_at is not None,
    }
