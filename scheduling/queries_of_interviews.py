"""The rows behind the screens about one interview and its participants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.admission import is_shut, seat_of
from scheduling.availability import day_in
from scheduling.booking import Status
from scheduling.give_notice import newest_consent
from scheduling.interview import (
    Interview,
    RecordingRefusal,
    lacks_guardian,
    recording_refusal,
)
from scheduling.participant import (
    Attendance,
    Correction,
    LineQuality,
    Participant,
    ParticipantRole,
    attendance_by_system,
    was_checked_on,
)
from scheduling.queries_of_interview_lists import InterviewRow, interview_row
from scheduling.scope import booking_columns, booking_joined, booking_scope, person_for, zone_of
from scheduling.store import interview_from, participant_from
from scheduling.store_places import load_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRow:
    """One seat; the name is empty where the reader may not know it."""

    participant_id: str
    role: ParticipantRole
    account_id: str | None
    name: str
    is_admitted: bool
    is_present: bool
    is_checked_today: bool
    checked_at: datetime | None
    checked_line: LineQuality | None
    joined_at: datetime | None
    left_at: datetime | None
    reconnections: int
    attendance: Attendance | None
    removed_at: datetime | None
    correction: Correction | None

    @property
    def by_system(self) -> Attendance:
        """What the system tells of an interview that is over, before any correction."""
        return attendance_by_system(self.joined_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewPage:
    """One interview with everything its pages and its room need; `seat` is the actor's own."""

    row: InterviewRow
    case_id: str | None
    participants: tuple[ParticipantRow, ...]
    seat: ParticipantRow | None
    person: Mapping[str, Any]
    post_accepts_recording: bool
    questions: tuple[str, ...]
    notice_language: str | None
    notice_given_at: datetime | None
    consents: bool | None
    recording_refusal: RecordingRefusal | None
    is_open: bool
    may_host: bool
    may_end: bool
    lacks_guardian: bool
    asks_early: bool


async def interview_page(
    session: AsyncConnection, actor: Actor, interview_id: str, now: datetime
) -> InterviewPage | None:
    """Return one interview; None where it does not exist for the actor."""
    found = await _interview_row(session, actor, interview_id)
    if found is None:
        return None
    row = interview_row(actor, found)
    booking = row.booking
    interview = await _interview(session, interview_id)
    participants, names = await _participants(session, interview_id)
    zone = await zone_of(session, actor)
    shown = tuple(_seat(actor, each, names, now, zone) for each in participants)
    own = seat_of(actor, participants, centre_id=booking.centre_id, post_id=booking.post_id)
    disclosed, lives = found["disclosed"], found["request_ended_at"] is None
    profile = await load_profile(session, booking.country, booking.centre_country)
    notice = await _notice(session, interview_id)
    consents = await newest_consent(session, interview_id)
    hosts = actor.hosts_at(booking.centre_id)
    is_open = interview.ended_at is None and booking.status in {Status.CONFIRMED, Status.IN_PROGRESS}
    is_early = is_shut(interview, booking.starts_at, now)
    return InterviewPage(
        row=row,
        case_id=None if actor.role is Role.CONSULAR_OFFICER else found["case_id"],
        participants=shown,
        seat=next((each for each in shown if own is not None and each.participant_id == own.id), None),
        person=await person_for(session, actor, found["case_id"], disclosed, request_lives=lives),
        post_accepts_recording=profile.accepts_recording,
        questions=profile.questions,
        notice_language=notice[0] if notice else None,
        notice_given_at=notice[1] if notice else None,
        consents=consents,
        recording_refusal=recording_refusal(
            interview,
            notice_given=notice is not None,
            consents=consents,
            post_accepts=profile.accepts_recording,
        ),
        is_open=is_open,
        may_host=hosts and is_open,
        may_end=is_open and not is_early and (hosts or actor.answers_for(booking.post_id)),
        lacks_guardian=_lacks_guardian(actor, interview, participants),
        asks_early=hosts and is_open and is_early,
    )


async def _interview_row(
    session: AsyncConnection, actor: Actor, interview_id: str
) -> Mapping[Any, Any] | None:
    i, r = tables.interviews, tables.requests
    statement = (
        select(
            *booking_columns(),
            i.c.started_at,
            i.c.ended_at,
            i.c.ending,
            r.c.disclosed,
            r.c.ended_at.label("request_ended_at"),
        )
        .select_from(booking_joined())
        .where(booking_scope(actor), i.c.id == interview_id)
    )
    return (await session.execute(statement)).mappings().one_or_none()


async def _interview(session: AsyncConnection, interview_id: str) -> Interview:
    statement = select(tables.interviews).where(tables.interviews.c.id == interview_id)
    return interview_from((await session.execute(statement)).mappings().one())


async def _participants(
    session: AsyncConnection, interview_id: str
) -> tuple[tuple[Participant, ...], dict[str, str]]:
    p, a = tables.participants, tables.accounts
    statement = select(p).where(p.c.interview_id == interview_id).order_by(p.c.id)
    seats = tuple(participant_from(row) for row in (await session.execute(statement)).mappings())
    taken = [seat.account_id for seat in seats if seat.account_id is not None]
    names = await session.execute(select(a.c.id, a.c.name).where(a.c.id.in_(taken)))
    ordered = sorted(seats, key=lambda seat: list(ParticipantRole).index(seat.role))
    return tuple(ordered), {row.id: row.name for row in names}


async def _notice(session: AsyncConnection, interview_id: str) -> tuple[str, datetime] | None:
    n = tables.notices
    statement = select(n.c.language, n.c.given_at).where(n.c.interview_id == interview_id)
    row = (await session.execute(statement.order_by(n.c.given_at.desc()).limit(1))).first()
    return None if row is None else (row.language, row.given_at)


def _seat(
    actor: Actor, seat: Participant, names: Mapping[str, str], now: datetime, zone: str
) -> ParticipantRow:
    hidden = actor.role is Role.CONSULAR_OFFICER and seat.role is not ParticipantRole.CONSULAR_OFFICER
    name = names.get(seat.account_id or "", seat.name)
    return ParticipantRow(
        participant_id=seat.id,
        role=seat.role,
        account_id=None if hidden else seat.account_id,
        name="" if hidden else name,
        is_admitted=seat.is_admitted,
        is_present=seat.is_present,
        is_checked_today=was_checked_on(seat, day_in(now, zone), zone),
        checked_at=seat.checked_at,
        checked_line=seat.checked_line,
        joined_at=seat.joined_at,
        left_at=seat.left_at,
        reconnections=seat.reconnections,
        attendance=seat.attendance,
        removed_at=seat.removed_at,
        correction=seat.correction,
    )


def _lacks_guardian(actor: Actor, interview: Interview, participants: tuple[Participant, ...]) -> bool:
    if actor.role is Role.CONSULAR_OFFICER:
        return False
    is_minor = any(seat.role is ParticipantRole.GUARDIAN for seat in participants)  # seated for minors only
    return lacks_guardian(interview, participants, is_minor=is_minor)
