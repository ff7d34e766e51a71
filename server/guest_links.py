"""Links of guests: a secret for one interview that is kept nowhere, and a code told by telephone."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.booking import Status
from scheduling.change_guests import take_off
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.gather import gather_for_host
from scheduling.guest import GUEST_ROLES
from scheduling.identifier import new_id
from scheduling.keep_door import remove
from scheduling.participant import Participant, Removal
from scheduling.store_keeping import telephone_of
from scheduling.trail import record_act, tell
from server.tables import guest_links, guest_logins

OPEN_AFTER_END = timedelta(hours=4)
"""How long after the planned end a link still opens: interviews run late, and lines are lost."""
MOST_WRONG_TRIES = 5
CODE_DIGITS = 6
_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class GuestLink:
    """A link as the staff of the centre see it."""

    id: str
    participant_id: str
    made_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None
    code_made_at: datetime | None
    wrong_tries: int

    @property
    def is_locked(self) -> bool:
        """Whether only a new code opens it."""
        return self.wrong_tries >= MOST_WRONG_TRIES


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens: one seat of one interview, whose centre can be asked for the code."""

    link_id: str
    participant_id: str
    interview_id: str
    centre_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Whom a guest may ask once their interview has ended; `telephone` may be empty."""

    centre: str
    telephone: str


def secret_of(key: bytes, link_id: str) -> str:
    """Give the secret that stands in the address: 192 bits that follow from the key and the link."""
    digest = _mac(key, f"link|{link_id}")[:_SECRET_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


async def link_for_mail(
    session: AsyncConnection, clock: Clock, key: bytes, *, booking_id: str, person_id: str, is_anew: bool
) -> str | None:
    """Give the link of a guest or interpreter of a booking, made when there is none; None without a seat.

    `is_anew` puts a new one in the place of the one that they have. What the centre took back stays so.
    """
    p, i = tables.participants, tables.interviews
    seat = select(p.c.id).join(i, i.c.id == p.c.interview_id).where(i.c.booking_id == booking_id)
    is_theirs = or_(p.c.guest_id == person_id, p.c.interpreter_id == person_id)
    participant_id = await session.scalar(seat.where(is_theirs))
    if participant_id is None:
        return None
    links = guest_links
    found = select(links.c.id, links.c.person_id, links.c.revoked_at).where(
        links.c.participant_id == participant_id
    )
    old = (await session.execute(found.with_for_update())).one_or_none()
    if old is not None and old.person_id == person_id:
        if old.revoked_at is not None:
            return None
        if not is_anew:
            return str(old.id)
    keeps_code = old is not None and old.person_id == person_id
    return await _make(session, clock, key, participant_id, person_id, keeps_code=keeps_code)


async def renew_link(
    session: AsyncConnection,
    clock: Clock,
    key: bytes,
    actor: Actor,
    *,
    interview_id: str,
    participant_id: str,
) -> tuple[str, Participant, bool]:
    """Make a guest's link anew for the centre, and end all that the former one opened.

    Returns its secret, whose it is, and whether a mail takes it there. The code has to be made anew as well.
    """
    seat = await _guest_of(session, clock, actor, interview_id, participant_id)
    person_id = seat.guest_id or seat.interpreter_id
    link_id = await _make(session, clock, key, seat.id, person_id, keeps_code=False)
    await record_act(session, clock, actor, "make_link", noun="participant", noun_id=seat.id)
    is_mailed = person_id is not None and await _has_address(session, person_id)
    if is_mailed:
        booking_id = await session.scalar(
            select(tables.interviews.c.booking_id).where(tables.interviews.c.id == interview_id)
        )
        payload = {"booking_id": str(booking_id), "person_id": str(person_id)}
        await tell(session, "booking:link", payload, at=clock())
    return secret_of(key, link_id), seat, is_mailed


async def revoke_link(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, participant_id: str
) -> Participant:
    """Take a guest's link back: it opens nothing, and who came by it is out."""
    seat = await _guest_of(session, clock, actor, interview_id, participant_id)
    ids = select(guest_links.c.id).where(guest_links.c.participant_id == seat.id).scalar_subquery()
    await session.execute(delete(guest_logins).where(guest_logins.c.link_id == ids))
    is_its = guest_links.c.participant_id == seat.id
    await session.execute(
        update(guest_links).where(is_its).values(revoked_at=clock(), code_mac=None, code_made_at=None)
    )
    await record_act(session, clock, actor, "revoke_link", noun="participant", noun_id=seat.id)
    return seat


async def take_off_with_link(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str, guest_id: str
) -> Participant | None:
    """Take a guest off an agreed interview, and end all that their link opened; gives their former seat."""
    p = tables.participants
    seats = select(p.c.id).where(p.c.guest_id == guest_id)
    await session.execute(delete(guest_links).where(guest_links.c.participant_id.in_(seats)))
    return await take_off(session, clock, actor, booking_id=booking_id, guest_id=guest_id)


async def new_code(
    session: AsyncConnection,
    clock: Clock,
    key: bytes,
    actor: Actor,
    *,
    interview_id: str,
    participant_id: str,
) -> str:
    """Make the code that a guest is told by telephone, shown this once; earlier ones and a lock end."""
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    seat = found.seat(participant_id)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    values = {"code_mac": _code_mac(key, seat.id, code), "code_made_at": clock(), "wrong_tries": 0}
    is_its = and_(guest_links.c.participant_id == seat.id, guest_links.c.revoked_at.is_(None))
    changed = update(guest_links).where(is_its).values(**values).returning(guest_links.c.id)
    if (await session.execute(changed)).one_or_none() is None:
        raise NotForYou("participant", participant_id)
    await record_act(session, clock, actor, "make_code", noun="participant", noun_id=seat.id)
    return code


async def links_of(session: AsyncConnection, interview_id: str) -> Mapping[str, GuestLink]:
    """Return the links of an interview by seat; one made for somebody else than who sits there is none."""
    p, links = tables.participants, guest_links
    columns = [links.c[name] for name in GuestLink.__slots__]
    joined = select(*columns).join(p, p.c.id == links.c.participant_id)
    rows = await session.execute(joined.where(p.c.interview_id == interview_id, _is_of_who_sits_there()))
    return {row.participant_id: GuestLink(**row._mapping) for row in rows}  # noqa: SLF001 - its public name


def open_links(now: datetime, *columns: Any) -> Select[Any]:
    """Select links that open something now: of an interview that stands, for who is seated in it.

    Whatever closed one before the interview ended, it is closed alike: nothing tells why.
    """
    b, i, r = tables.bookings, tables.interviews, tables.requests
    return _held_links(now, *columns).where(
        b.c.status.in_((Status.CONFIRMED, Status.IN_PROGRESS)),
        i.c.ended_at.is_(None),
        r.c.ended_at.is_(None),
        tables.cases.c.protection_open.is_(False),
    )


async def ended_for(session: AsyncConnection, clock: Clock, *holds: ColumnElement[bool]) -> Ended | None:
    """Return whom to ask about an interview that has ended, for who holds a link to it; never how it ended.

    `holds` tells whose: by the secret of the link, or by the login that it opened.
    """
    centre = tables.organisations.c["id", "name"]
    ended = _held_links(clock(), *centre).where(tables.interviews.c.ended_at.is_not(None), *holds)
    login = guest_logins.c.link_id == guest_links.c.id
    row = (await session.execute(ended.outerjoin(guest_logins, login).limit(1))).one_or_none()
    return None if row is None else Ended(row.name, await telephone_of(session, row.id))


def holds_link(secret: str) -> ColumnElement[bool]:
    """Tell links by their secret."""
    return guest_links.c.secret_sha256 == _digest(secret)


def _held_links(now: datetime, *columns: Any) -> Select[Any]:
    """Select links that were not taken back, of who is seated, some hours after the planned end at most."""
    b, i, p, r = tables.bookings, tables.interviews, tables.participants, tables.requests
    joined = (
        guest_links.join(p, p.c.id == guest_links.c.participant_id)
        .join(i, i.c.id == p.c.interview_id)
        .join(b, b.c.id == i.c.booking_id)
        .join(r, r.c.id == b.c.request_id)
        .join(tables.cases, tables.cases.c.id == b.c.case_id)
        .join(tables.rooms, tables.rooms.c.id == b.c.room_id)
        .join(tables.organisations, tables.organisations.c.id == tables.rooms.c.centre_id)
        .outerjoin(tables.guests, tables.guests.c.id == p.c.guest_id)
    )
    return (
        select(*columns)
        .select_from(joined)
        .where(
            guest_links.c.revoked_at.is_(None),
            _is_of_who_sits_there(),
            b.c.ends_at > now - OPEN_AFTER_END,
        )
    )


async def opened_by(session: AsyncConnection, clock: Clock, secret: str) -> Opened | None:
    """Return what a secret opens now, if anything."""
    p = tables.participants
    centre_id = tables.organisations.c.id.label("centre_id")
    columns = (guest_links.c.id, p.c.id.label("seat"), p.c.interview_id, centre_id)
    statement = open_links(clock(), *columns).where(holds_link(secret))
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Opened(row.id, row.seat, row.interview_id, row.centre_id)


async def try_code(session: AsyncConnection, clock: Clock, key: bytes, link_id: str, code: str) -> int | None:
    """Try a code: None when it fits, else how many tries are left; with none left only a new code fits."""
    links = guest_links
    statement = select(links).where(links.c.id == link_id).with_for_update()
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.wrong_tries >= MOST_WRONG_TRIES:
        return 0
    digits = "".join(letter for letter in code if letter.isalnum())
    mac = _code_mac(key, row.participant_id, digits)
    is_its = links.c.id == link_id
    if row.code_mac is not None and hmac.compare_digest(mac, row.code_mac):
        opened_at = row.opened_at or clock()
        await session.execute(update(links).where(is_its).values(wrong_tries=0, opened_at=opened_at))
        return None
    await session.execute(update(links).where(is_its).values(wrong_tries=row.wrong_tries + 1))
    return max(0, MOST_WRONG_TRIES - int(row.wrong_tries) - 1)


async def _guest_of(
    session: AsyncConnection, clock: Clock, actor: Actor, interview_id: str, participant_id: str
) -> Participant:
    """Return a guest's seat to the host; who came in by the former link is put out until let in anew."""
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    seat = found.seat(participant_id)
    if seat.role not in GUEST_ROLES:
        raise NotForYou("participant", participant_id)
    if seat.is_admitted:
        ids = {"interview_id": interview_id, "participant_id": seat.id}
        return await remove(session, clock, actor, **ids, reason=Removal.NOT_EXPECTED)
    return seat


async def _has_address(session: AsyncConnection, person_id: str) -> bool:
    for table in (tables.guests, tables.interpreters):
        if await session.scalar(select(table.c.email).where(table.c.id == person_id)):
            return True
    return False


async def _make(
    session: AsyncConnection,
    clock: Clock,
    key: bytes,
    participant_id: str,
    person_id: str | None,
    *,
    keeps_code: bool,
) -> str:
    links = guest_links
    code = select(links.c.code_mac, links.c.code_made_at).where(links.c.participant_id == participant_id)
    old = (await session.execute(code)).one_or_none() if keeps_code else None
    await session.execute(delete(links).where(links.c.participant_id == participant_id))
    link_id = new_id()
    await session.execute(
        insert(links).values(
            id=link_id,
            participant_id=participant_id,
            person_id=person_id,
            secret_sha256=_digest(secret_of(key, link_id)),
            made_at=clock(),
            code_mac=old.code_mac if old else None,
            code_made_at=old.code_made_at if old else None,
        )
    )
    return link_id


def _is_of_who_sits_there() -> ColumnElement[bool]:
    p = tables.participants
    person = func.coalesce(p.c.guest_id, p.c.interpreter_id)
    return or_(guest_links.c.person_id == person, and_(guest_links.c.person_id.is_(None), person.is_(None)))


def _code_mac(key: bytes, participant_id: str, code: str) -> bytes:
    return _mac(key, f"code|{participant_id}|{code}")


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
