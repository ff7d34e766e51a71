"""Reading of the scheduling room's rows: one interview with its parties, people, notice and consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.evidence import moved_classes
from recordings.interview_facts import Attendant, Consent, InterviewFacts, Notice, Party
from scheduling.actor import Actor
from scheduling.errors import NotForYou
from scheduling.guest_answer import guest_answers
from scheduling.interview import Ending
from scheduling.pause_wish import ASKED_EVENT, DECLINED_EVENT
from scheduling.store_consultations import consultations_of
from scheduling.tables import (
    accounts,
    bookings,
    cases,
    consents,
    country_profiles,
    history,
    interviews,
    notices,
    organisations,
    participants,
    requests,
    rooms,
)
from scheduling.trouble import Trouble

ROOM_EVENTS = (
    "interview:opened_early",
    "interview:locked",
    "interview:unlocked",
    "participant:readmitted",
    "participant:handed_over",
    "participant:corrected",
    ASKED_EVENT,
    DECLINED_EVENT,
    "interview:by_telephone",
    "interview:by_line",
    *(trouble.event for trouble in Trouble),
)
_centre, _post = organisations.alias("centre"), organisations.alias("post")


async def facts_for(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    """Give an interview that the actor may know of; any other is `NotForYou`."""
    facts = await load_facts(session, interview_id)
    if facts is None or not facts.is_shown_to(actor):
        raise NotForYou("interview", interview_id)
    return facts


async def hold(session: AsyncConnection, interview_id: str) -> None:
    """Let acts on what remains of one interview come one after the other, until the transaction ends."""
    held = select(interviews.c.id).where(interviews.c.id == interview_id).with_for_update()
    await session.execute(held)


async def load_facts(session: AsyncConnection, interview_id: str) -> InterviewFacts | None:
    """Give an interview to the house itself, whoever may see it."""
    row = (await session.execute(_statement(interview_id))).one_or_none()
    if row is None:
        return None
    return InterviewFacts(
        id=row.id,
        booking_id=row.booking_id,
        case_id=row.case_id,
        case_reference=row.reference,
        protection_open=row.protection_open,
        request_ended_at=row.request_ended_at,
        centre=_party(row, "centre"),
        post=_party(row, "post"),
        room_name=row.room_name,
        modality=row.modality,
        status=row.status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ending=Ending(row.ending) if row.ending else None,
        accepts_recording=row.accepts_recording is not False,
        moved_classes=moved_classes(row.evidence_classes or {}),
        attendants=await _attendants(session, interview_id),
        notices=await _notices(session, interview_id),
        consents=await _consents(session, interview_id),
        guest_answers=await guest_answers(session, interview_id),
        consultations=await consultations_of(session, interview_id),
        early_for_at=row.early_for_at,
        locked_at=row.locked_at,
        by_telephone_at=row.by_telephone_at,
    )


async def name_of(session: AsyncConnection, account_id: str) -> str:
    """Give the name that stands below an outcome."""
    return str(await session.scalar(select(accounts.c.name).where(accounts.c.id == account_id)) or "")


async def happened_in(
    session: AsyncConnection, facts: InterviewFacts
) -> tuple[tuple[datetime, str, str | None], ...]:
    """Give what happened in the room, in order: moment, event, and whom it concerns, if it was one.

    What the host did at the door, with the telephone and to the attendance, and what others told the host.
    """
    nouns = {"interview": [facts.id], "participant": [each.id for each in facts.attendants]}
    statement = select(*history.c["at", "event", "noun", "noun_id"]).where(
        history.c.event.in_(ROOM_EVENTS),
        or_(*(and_(history.c.noun == noun, history.c.noun_id.in_(ids)) for noun, ids in nouns.items())),
    )
    rows = await session.execute(statement.order_by(history.c.at, history.c.version))
    return tuple((row.at, row.event, row.noun_id if row.noun == "participant" else None) for row in rows)


async def removals_in(
    session: AsyncConnection, facts: InterviewFacts
) -> tuple[tuple[datetime, str, str], ...]:
    """Give whom the host put out, in order: moment, who, and why; it stands whoever is let in again."""
    statement = select(*history.c["at", "noun_id", "copy"]).where(
        history.c.event == "participant:removed",
        history.c.noun == "participant",
        history.c.noun_id.in_([each.id for each in facts.attendants]),
    )
    rows = await session.execute(statement.order_by(history.c.at, history.c.version))
    return tuple((row.at, row.noun_id, row.copy["removal"]) for row in rows)


async def troubles_of(
    session: AsyncConnection, facts: InterviewFacts
) -> tuple[tuple[datetime, Trouble, str], ...]:
    """Give the technical problems that were told, the newest first: moment, what, and who has it."""
    tags = {trouble.event: trouble for trouble in Trouble}
    told = [
        (at, tags[event], who or "") for at, event, who in await happened_in(session, facts) if event in tags
    ]
    return tuple(reversed(told))


def _statement(interview_id: str) -> Select[*tuple[Any, ...]]:
    profile = and_(
        country_profiles.c.country == _post.c.country, country_profiles.c.member_state == _centre.c.country
    )
    return (
        select(
            *interviews.c[
                "id",
                "booking_id",
                "started_at",
                "ended_at",
                "ending",
                "early_for_at",
                "locked_at",
                "by_telephone_at",
            ],
            *bookings.c["case_id", "modality", "status", "starts_at", "ends_at"],
            requests.c.ended_at.label("request_ended_at"),
            *cases.c["reference", "protection_open"],
            rooms.c.name.label("room_name"),
            *country_profiles.c["accepts_recording", "evidence_classes"],
            *[_centre.c[name].label(f"centre_{name}") for name in PARTY],
            *[_post.c[name].label(f"post_{name}") for name in PARTY],
        )
        .select_from(interviews)
        .join(bookings, bookings.c.id == interviews.c.booking_id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .join(cases, cases.c.id == bookings.c.case_id)
        .join(rooms, rooms.c.id == bookings.c.room_id)
        .join(_centre, _centre.c.id == rooms.c.centre_id)
        .join(_post, _post.c.id == bookings.c.post_id)
        .outerjoin(country_profiles, profile)
        .where(interviews.c.id == interview_id)
    )


PARTY = ("id", "name", "country", "city", "zone")


def _party(row: Row[*tuple[Any, ...]], side: str) -> Party:
    return Party(**{name: getattr(row, f"{side}_{name}") for name in PARTY})


async def _attendants(session: AsyncConnection, interview_id: str) -> tuple[Attendant, ...]:
    columns = participants.c[
        "id",
        "role",
        "attendance",
        "admitted_at",
        "joined_at",
        "left_at",
        "reconnections",
        "removed_at",
        "removal",
        "correction",
    ]
    statement = select(*columns).where(participants.c.interview_id == interview_id)
    rows = await session.execute(statement.order_by(participants.c.role, participants.c.id))
    return tuple(Attendant(**row) for row in rows.mappings())


async def _notices(session: AsyncConnection, interview_id: str) -> tuple[Notice, ...]:
    statement = select(
        *notices.c["text_version", "language", "text_sha256", "read_by", "given_at"],
        accounts.c.name.label("reader_name"),
        accounts.c.role.label("reader_role"),
    ).join(accounts, accounts.c.id == notices.c.read_by)
    of_interview = statement.where(notices.c.interview_id == interview_id)
    rows = await session.execute(of_interview.order_by(notices.c.given_at, notices.c.id))
    return tuple(Notice(**row) for row in rows.mappings())


async def _consents(session: AsyncConnection, interview_id: str) -> tuple[Consent, ...]:
    statement = select(*consents.c["agrees", "heard_by", "answered_at"])
    of_interview = statement.where(consents.c.interview_id == interview_id)
    rows = await session.execute(of_interview.order_by(consents.c.answered_at, consents.c.id))
    return tuple(Consent(**row) for row in rows.mappings())
