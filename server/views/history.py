"""The history of a booking as sentences: what happened, by which side, and what it changed from and to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.queries import BookingRow
from server.exchange import language
from server.i18n import mark
from server.pages import moments

_Copy = Mapping[str, Any]
_ADDED = mark("An interpreter was added")
_REMOVED = mark("The interpreter was removed")
_REPLACED = mark("The interpreter was replaced")


async def history_lines(
    request: web.Request, session: AsyncConnection, row: BookingRow, side: str
) -> list[dict[str, Any]]:
    """Return every step, the oldest first; to a post, whoever acts at the centre is the centre."""
    h, a, o = tables.history, tables.accounts, tables.organisations
    statement = (
        select(h.c.event, h.c.at, h.c.copy, o.c.id, o.c.name)
        .outerjoin(a, a.c.id == h.c.by_account_id)
        .outerjoin(o, o.c.id == a.c.organisation_id)
        .where(h.c.noun == "booking", h.c.noun_id == row.booking_id)
        .order_by(h.c.version)
    )

    def by(organisation_id: str | None, name: str | None) -> str:
        is_other_side = side == "post" and organisation_id not in {None, row.post_id}
        return row.centre_name if is_other_side else name or ""

    found = (await session.execute(statement)).all()
    copies = [each.copy for each in found]
    placed = [*copies, *(copy["proposal"] for copy in copies if "proposal" in copy)]
    rooms = await _rooms(session, {copy["room_id"] for copy in placed})
    return [
        {
            "event": each.event,
            "modality": each.copy["modality"] if each.event == "booking:requested" else "",
            "by": by(each.id, each.name),
            "at": each.at,
            "changes": _changes(request, rooms, row, earlier, each.copy),
            "reason": each.copy.get("reason") or "",
        }
        for earlier, each in zip([*copies[:1], *copies], found, strict=False)
    ]


async def _rooms(session: AsyncConnection, room_ids: set[str]) -> dict[str, str]:
    m = tables.rooms
    found = await session.execute(select(m.c.id, m.c.name).where(m.c.id.in_(room_ids)))
    return {row.id: row.name for row in found.all()}


def _changes(
    request: web.Request, rooms: Mapping[str, str], row: BookingRow, before: _Copy, after: _Copy
) -> list[str]:
    """Write what is another slot, room or interpreter now, or which slot is meant; both zones for a slot."""
    gettext = language(request).gettext
    words = []
    if before["starts_at"] != after["starts_at"]:
        was, now = _slot(request, row, before), _slot(request, row, after)
        words.append(gettext("From %(before)s to %(after)s") % {"before": was, "after": now})
    if before["room_id"] != after["room_id"]:
        names = {"before": rooms[before["room_id"]], "after": rooms[after["room_id"]]}
        words.append(gettext("Room: %(before)s, then %(after)s") % names)
    had, has = before.get("interpreter_id"), after.get("interpreter_id")
    if had != has:
        words.append(gettext(_ADDED if not had else _REPLACED if has else _REMOVED))
    if "proposal" in after:
        words.append(f"{_slot(request, row, after['proposal'])}, {rooms[after['proposal']['room_id']]}")
    return words


def _slot(request: web.Request, row: BookingRow, copy: _Copy) -> str:
    own, starts_at = moments(request), datetime.fromisoformat(copy["starts_at"])
    other = row.centre_zone if own.zone == row.post_zone else row.post_zone
    here = f"{own.short_date(starts_at)}, {own.time(starts_at)}"
    there = f" ({own.city(other)} {own.time(starts_at, other)})" if other != own.zone else ""
    return here + there
