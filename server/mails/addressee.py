"""Whom a mail is for: the officers, the staff and the guests of one booking, as the database knows them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from server.mails.subject import Subject


class Audience(StrEnum):
    """On which side of the table somebody sits, or sat when they were invited; decides the words."""

    POST = "post"
    CENTRE = "centre"
    GUEST = "guest"
    FORMER = "former"

    @property
    def has_page(self) -> bool:
        """Whether they may open the booking's page and know both sides' zones."""
        return self in {Audience.POST, Audience.CENTRE}


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person who gets one mail; `id` is an account's, a guest's or an interpreter's."""

    id: str
    audience: Audience
    address: str
    language: str
    zone: str


async def officers(session: AsyncConnection, subject: Subject) -> list[Addressee]:
    """The officer who holds the interview's seat; while nobody does, all officers of the post."""
    i, p = tables.interviews, tables.participants
    seated = await session.scalar(
        select(p.c.account_id)
        .join(i, i.c.id == p.c.interview_id)
        .where(i.c.booking_id == subject.booking.id, p.c.role == ParticipantRole.CONSULAR_OFFICER)
    )
    return await _one_or_all(
        session,
        seated,
        subject.booking.post_id,
        role=Role.CONSULAR_OFFICER,
        audience=Audience.POST,
        zone=subject.post_zone,
    )


async def staff(session: AsyncConnection, subject: Subject) -> list[Addressee]:
    """Who sent the request, while they work at the centre of the room; else all staff of that centre."""
    return await _one_or_all(
        session,
        subject.sent_by,
        subject.centre_id,
        role=Role.CENTRE_STAFF,
        audience=Audience.CENTRE,
        zone=subject.centre_zone,
    )


async def invited(session: AsyncConnection, subject: Subject) -> list[Addressee]:
    """The guests who attend, and the interpreter of the house."""
    g, n = tables.guests, tables.interpreters
    attends = (g.c.is_agreed.is_(True), g.c.taken_off_at.is_(None))
    agreed = select(g).where(g.c.booking_id == subject.booking.id, *attends, g.c.email != "")
    found = [
        Addressee(row["id"], Audience.GUEST, row["email"], row["language"], subject.centre_zone)
        for row in (await session.execute(agreed.order_by(g.c.id))).mappings()
    ]
    booked = select(n).where(n.c.id == subject.booking.interpreter_id, n.c.email != "")
    return found + [
        Addressee(row["id"], Audience.GUEST, row["email"], row["language"], row["zone"])
        for row in (await session.execute(booked)).mappings()
    ]


async def _one_or_all(
    session: AsyncConnection,
    account_id: str | None,
    organisation_id: str,
    *,
    role: Role,
    audience: Audience,
    zone: str,
) -> list[Addressee]:
    a = tables.accounts
    of_side = (a.c.organisation_id == organisation_id, a.c.role == role, a.c.is_active)
    one = await _accounts(session, a.c.id == account_id, *of_side)
    return [
        Addressee(row.id, audience, row.email, row.language, zone)
        for row in one or await _accounts(session, *of_side)
    ]


async def _accounts(session: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Any]:
    a = tables.accounts
    columns = (a.c.id, a.c.email, a.c.language)
    return list((await session.execute(select(*columns).where(*conditions).order_by(a.c.id))).all())
