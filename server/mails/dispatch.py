"""From the outbox to mails: one per person and event, in the transaction that marks the event delivered."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scheduling import tables
from scheduling.booking import Status
from scheduling.clock import Clock
from scheduling.due import Due
from scheduling.identifier import new_id
from scheduling.store import insert_once
from scheduling.wish import Side
from server.errors import DatabaseAway
from server.guest_links import link_for_mail
from server.i18n import Languages
from server.logs import log
from server.mails.addressee import Addressee, Audience, invited, officers, staff
from server.mails.invited import invited_before, note_invited
from server.mails.letter import Stationery
from server.mails.subject import Subject, as_invited, subject_of
from server.tables import mails

MOST_ATTEMPTS = 8
"""After which an event that cannot be told is left for the administrator to see."""
_STANDS_AS = MappingProxyType(
    {
        "requested": Status.REQUESTED,
        "chased": Status.REQUESTED,
        "confirmed": Status.CONFIRMED,
        "moved": Status.CONFIRMED,
        "guests_decided": Status.CONFIRMED,
        "guest_asked": Status.CONFIRMED,
        "reminder": Status.CONFIRMED,
        "declined": Status.DECLINED,
        "withdrawn": Status.WITHDRAWN,
        "cancelled": Status.CANCELLED,
        "expired": Status.EXPIRED,
    }
)
_TO_POST = frozenset({"requested", "chased", "withdrawn", "guest_asked"})
_TO_CENTRE = frozenset({"declined"})
_TO_BOTH = frozenset({"expired"})
_CHANGES = frozenset({"moved", "guests_decided"})
_TO_ALL = frozenset({"confirmed", "reminder", "cancelled"}) | _CHANGES
_TO_CALENDARS = frozenset({"confirmed", "cancelled"}) | _CHANGES
_TO_OTHER_SIDE = frozenset({"proposed", "proposal_dropped"})
_TO_OWN_SIDE = frozenset({"proposal_refused"})
_TO_GUEST = frozenset({"link"})
_WITH_LINK = frozenset({"confirmed", "reminder"}) | _CHANGES | _TO_GUEST
EVENTS = _TO_POST | _TO_CENTRE | _TO_BOTH | _TO_ALL | _TO_OTHER_SIDE | _TO_OWN_SIDE | _TO_GUEST
"""What mails are written of, without `booking:`; every other event is of no concern to anybody's mailbox."""
_O = tables.outbox
_UNDELIVERED = select(_O.c.position).where(_O.c.delivered_at.is_(None), _O.c.attempts < MOST_ATTEMPTS)
_NEXT = _UNDELIVERED.where(_O.c.position > bindparam("after")).order_by(_O.c.position).limit(1)
DISPATCHES = Due(_UNDELIVERED.exists())


class Dispatch:
    """Empties the outbox, one event a transaction; any number of processes may do so at once."""

    def __init__(
        self,
        writing: AsyncEngine,
        clock: Clock,
        languages: Languages,
        stationery: Stationery,
        guest_key: bytes,
    ) -> None:
        self._writing = writing
        self._clock = clock
        self._languages = languages
        self._stationery = stationery
        self._guest_key = guest_key

    async def run(self) -> int:
        """Deliver everything that waits; gives the number of mails. What fails does not stop the others."""
        count, position = 0, 0
        while (row := await self._next(position)) is not None:
            position = row
            try:
                async with self._writing.begin() as session:
                    count += await self._deliver(session, position)
            except DatabaseAway:
                raise
            except Exception as problem:  # noqa: BLE001 - one bad event must not block the others
                log.warning("outbox:failed", position=position, why=type(problem).__name__)
                await self._note_failure(position)
        return count

    async def _next(self, after: int) -> int | None:
        async with self._writing.connect() as session:
            found: int | None = await session.scalar(_NEXT, {"after": after})
        return found

    async def _deliver(self, session: AsyncConnection, position: int) -> int:
        statement = select(_O).where(_O.c.position == position, _O.c.delivered_at.is_(None))
        locked = statement.with_for_update(skip_locked=True)  # another process holds it: it is theirs
        row = (await session.execute(locked)).mappings().one_or_none()
        if row is None:
            return 0
        written = await self._write(session, row)
        await session.execute(update(_O).where(_O.c.position == position).values(delivered_at=self._clock()))
        return written

    async def _write(self, session: AsyncConnection, row: RowMapping) -> int:
        room, _, event = row["event"].partition(":")
        if room != "booking" or event not in EVENTS:
            return 0
        payload = row["payload"]
        subject = await subject_of(session, payload["booking_id"])
        if subject is None or not _is_still_so(event, subject, row):
            return 0
        occurrence = f"{payload.get('sequence', 'o')}.{payload.get('hours', '')}"
        if "sequence" not in payload:
            occurrence = f"o{row['position']}"
        everybody = await _addressees(session, event, subject, payload)
        before = await invited_before(session, subject.booking.id) if event in _TO_CALENDARS else {}
        if event == "cancelled":  # both sides hear of it anyhow; a guest only who was invited
            everybody = [to for to in everybody if to.audience.has_page or to.id in before]
        for to in everybody:
            is_new = event in _CHANGES and to.id not in before
            await self._add(session, "confirmed" if is_new else event, subject, to, occurrence)
        for former, invitation in before.values():
            if former.id not in {to.id for to in everybody}:
                as_they_know_it = await as_invited(session, subject, invitation)
                told = event if event == "cancelled" else "left"
                await self._add(session, told, as_they_know_it, former, occurrence)
        if event in _TO_CALENDARS:
            await note_invited(session, subject.booking, () if event == "cancelled" else everybody)
        return 1

    async def _add(
        self, session: AsyncConnection, event: str, subject: Subject, to: Addressee, occurrence: str
    ) -> None:
        now = self._clock()
        link_id = await self._link(session, event, subject, to)
        reader = self._languages.choose(to.language)
        letter = self._stationery.write(event, subject, to, reader, now, has_link=link_id is not None)
        row = {
            "id": new_id(),
            "key": f"{event}/{subject.booking.id}/{occurrence}/{to.id}",
            "event": event,
            "booking_id": subject.booking.id,
            "sequence": subject.booking.sequence,
            "link_id": link_id,
            "to_address": to.address,
            "language": to.language,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "calendar": letter.calendar,
            "state": "waiting",
            "attempts": 0,
            "next_attempt_at": now,
            "last_error": "",
            "created_at": now,
        }
        await session.execute(insert_once(session, mails, "key").values(row))  # told twice is written once

    async def _link(
        self, session: AsyncConnection, event: str, subject: Subject, to: Addressee
    ) -> str | None:
        """Give the link that a guest's mail bears; with a new time the former one has ended."""
        if to.audience is not Audience.GUEST or event not in _WITH_LINK:
            return None
        if not subject.booking.modality.uses_line:
            return None
        return await link_for_mail(
            session,
            self._clock,
            self._guest_key,
            booking_id=subject.booking.id,
            person_id=to.id,
            is_anew=event == "moved",
        )

    async def _note_failure(self, position: int) -> None:
        again = update(_O).where(_O.c.position == position).values(attempts=_O.c.attempts + 1)
        async with self._writing.begin() as session:
            await session.execute(again)


def _is_still_so(event: str, subject: Subject, row: RowMapping) -> bool:
    """Tell whether what happened is not overtaken: then a later event tells what holds now."""
    booking, payload = subject.booking, row["payload"]
    if event == "proposed":
        return bool(subject.proposed_at == row["created_at"])
    is_latest = payload.get("sequence", booking.sequence) == booking.sequence
    return is_latest and _STANDS_AS.get(event, booking.status) is booking.status


async def _addressees(
    session: AsyncConnection, event: str, subject: Subject, payload: Mapping[str, Any]
) -> list[Addressee]:
    found: list[Addressee] = []
    side = payload.get("side")
    of_post = side == (Side.CENTRE if event in _TO_OTHER_SIDE else Side.POST)
    is_between = event in _TO_OTHER_SIDE | _TO_OWN_SIDE
    if event in _TO_POST | _TO_BOTH | _TO_ALL or (is_between and of_post):
        found += await officers(session, subject)
    if event in _TO_CENTRE | _TO_BOTH | _TO_ALL or (is_between and not of_post):
        found += await staff(session, subject)
    if event in _TO_ALL:
        found += await invited(session, subject)
    if event in _TO_GUEST:
        found += [to for to in await invited(session, subject) if to.id == payload["person_id"]]
    return found
