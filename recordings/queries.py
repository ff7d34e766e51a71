"""Rows for screens, always as far as the actor may see: None where there is nothing to know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import FileKind, SealedFile
from recordings.evidence import Evidence
from recordings.interview_facts import InterviewFacts
from recordings.minutes import Closing, Statement
from recordings.outcome import Outcome, OutcomeValue, TravelDocumentAnswer, Weight, weigh
from recordings.recording import Recording
from recordings.store_evidence import evidence_of, files_of
from recordings.store_facts import load_facts
from recordings.store_outcome import is_unsealed, outcomes_of
from recordings.store_recording import recording_of
from recordings.store_texts import closing_of, key_of, statements_of
from recordings.tables import outcomes, sealed_files, working_copies
from recordings.tables import recordings as recording_rows
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor, Role
from scheduling.case import CaseStatus
from scheduling.columns import UtcDateTime
from scheduling.interview import Ending
from scheduling.tables import bookings, cases, interviews, requests, rooms


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """The minutes as the officer sees them; a text sealed away is None."""

    statements: tuple[Statement, ...]
    closing: Closing | None


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """What the officer needs to conclude: the items, what they weigh together, and the versions so far."""

    facts: InterviewFacts
    evidence: tuple[Evidence, ...]
    weight: Weight
    versions: tuple[Outcome, ...]
    is_awaiting_transcript: bool
    closing: Closing | None

    @property
    def latest(self) -> Outcome | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The latest outcome of one interview, for lists."""

    interview_id: str
    version: int
    value: OutcomeValue
    travel_document: TravelDocumentAnswer
    back_on: date | None
    concluded_at: datetime
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class AwaitedOutcome:
    """An interview that was held and waits for its outcome."""

    interview_id: str
    reference: str
    held_at: datetime


@dataclass(frozen=True, slots=True)
class DueVerification:
    """A verification under way whose day to come back is near or past."""

    interview_id: str
    reference: str
    back_on: date


@dataclass(frozen=True, slots=True)
class SealedFileRow:
    """A file that a supervisor may download, under a name that tells no more than the case reference."""

    file: SealedFile
    download_name: str


async def minutes_for(
    session: AsyncConnection, actor: Actor, secret: MasterSecret, interview_id: str
) -> MinutesPage | None:
    """Give the minutes to the post's officer; to anybody else there are none."""
    if await _officers(session, actor, interview_id) is None:
        return None
    key = await key_of(session, secret, interview_id)
    statements = await statements_of(session, key, interview_id)
    return MinutesPage(statements, await closing_of(session, interview_id))


async def evidence_for(
    session: AsyncConnection, actor: Actor, secret: MasterSecret, interview_id: str
) -> tuple[Evidence, ...] | None:
    """Give the evidence to the post's officer; to anybody else there is none."""
    if await _officers(session, actor, interview_id) is None:
        return None
    return await evidence_of(session, await key_of(session, secret, interview_id), interview_id)


async def outcome_page(
    session: AsyncConnection, actor: Actor, secret: MasterSecret, interview_id: str
) -> OutcomePage | None:
    """Give the post's officer what the page of the outcome shows."""
    facts = await _officers(session, actor, interview_id)
    if facts is None:
        return None
    items = await evidence_of(session, await key_of(session, secret, interview_id), interview_id)
    return OutcomePage(
        facts=facts,
        evidence=items,
        weight=weigh(items),
        versions=await outcomes_of(session, interview_id),
        is_awaiting_transcript=await is_unsealed(session, interview_id),
        closing=await closing_of(session, interview_id),
    )


async def recording_for(session: AsyncConnection, actor: Actor, interview_id: str) -> Recording | None:
    """Give the recording to whoever may know of the interview."""
    facts = await load_facts(session, interview_id)
    if facts is None or not facts.is_shown_to(actor):
        return None
    return await recording_of(session, interview_id)


async def sealed_files_for(
    session: AsyncConnection, actor: Actor, interview_id: str
) -> tuple[SealedFileRow, ...] | None:
    """Give a supervisor the sealed files of an interview in the order of sealing."""
    facts = await load_facts(session, interview_id)
    if actor.role is not Role.SUPERVISOR or facts is None:
        return None
    files = await files_of(session, interview_id)
    return tuple(
        SealedFileRow(file, download_name(facts, file, place)) for place, file in enumerate(files, 1)
    )


async def latest_outcomes(
    session: AsyncConnection, actor: Actor, interview_ids: Sequence[str]
) -> dict[str, OutcomeRow]:
    """Give the outcome that counts of each of these interviews that the actor may know of."""
    found: dict[str, OutcomeRow] = {}
    statement = (
        select(outcomes)
        .join(interviews, interviews.c.id == outcomes.c.interview_id)
        .join(bookings, bookings.c.id == interviews.c.booking_id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .join(cases, cases.c.id == bookings.c.case_id)
        .join(rooms, rooms.c.id == bookings.c.room_id)
        .where(outcomes.c.interview_id.in_(interview_ids), _may_see(actor))
        .order_by(outcomes.c.version)
    )
    for row in (await session.execute(statement)).mappings():
        found[row["interview_id"]] = OutcomeRow(
            interview_id=row["interview_id"],
            version=row["version"],
            value=OutcomeValue(row["value"]),
            travel_document=TravelDocumentAnswer(row["travel_document"]),
            back_on=row["back_on"],
            concluded_at=row["concluded_at"],
            is_sealed=row["sealed_at"] is not None,
        )
    return found


async def awaiting_outcome(session: AsyncConnection, actor: Actor, most: int) -> tuple[AwaitedOutcome, ...]:
    """Give interviews that are over, have no outcome, and that the actor may know of; the newest first."""
    concluded = exists().where(outcomes.c.interview_id == interviews.c.id)
    held_at = func.coalesce(interviews.c.started_at, bookings.c.starts_at, type_=UtcDateTime())
    statement = (
        select(interviews.c.id, cases.c.reference, held_at.label("held_at"))
        .join(bookings, bookings.c.id == interviews.c.booking_id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .join(cases, cases.c.id == bookings.c.case_id)
        .join(rooms, rooms.c.id == bookings.c.room_id)
        .where(_may_see(actor), interviews.c.ended_at.is_not(None), ~concluded)
        .order_by(bookings.c.starts_at.desc())
        .limit(most)
    )
    found = (await session.execute(statement)).all()
    return tuple(AwaitedOutcome(row.id, row.reference, row.held_at) for row in found)


async def due_verifications(
    session: AsyncConnection, actor: Actor, until_on: date, most: int
) -> tuple[DueVerification, ...]:
    """Give verifications of open cases that come back by a day and that the actor may know of, by day.

    One is over with a newer version of its outcome, or with a later outcome of the same post for the case.
    """
    newer, other, booked = outcomes.alias(), interviews.alias(), bookings.alias()
    same = and_(newer.c.interview_id == outcomes.c.interview_id, newer.c.version > outcomes.c.version)
    later = and_(newer.c.post_id == outcomes.c.post_id, newer.c.concluded_at > outcomes.c.concluded_at)
    is_over = exists().where(
        newer.c.interview_id == other.c.id,
        other.c.booking_id == booked.c.id,
        booked.c.case_id == cases.c.id,
        or_(same, later),
    )
    statement = (
        select(interviews.c.id, cases.c.reference, outcomes.c.back_on)
        .select_from(outcomes)
        .join(interviews, interviews.c.id == outcomes.c.interview_id)
        .join(bookings, bookings.c.id == interviews.c.booking_id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .join(cases, cases.c.id == bookings.c.case_id)
        .join(rooms, rooms.c.id == bookings.c.room_id)
        .where(_may_see(actor), cases.c.status == CaseStatus.OPEN, outcomes.c.back_on <= until_on, ~is_over)
        .order_by(outcomes.c.back_on, interviews.c.id)
        .limit(most)
    )
    found = (await session.execute(statement)).all()
    return tuple(DueVerification(row.id, row.reference, row.back_on) for row in found)


async def waiting_for_seal(session: AsyncConnection) -> tuple[str, ...]:
    """Give the house what is to be sealed: outcomes without transcript, remains of stopped interviews."""
    concluded = exists().where(outcomes.c.interview_id == interviews.c.id, outcomes.c.sealed_at.is_(None))
    withheld = or_(
        requests.c.ended_at.is_not(None),
        cases.c.protection_open,
        interviews.c.ending == Ending.PROTECTION_STOP,
    )
    keeps_texts = exists().where(
        working_copies.c.interview_id == interviews.c.id, working_copies.c.wrapped_key.is_not(None)
    )
    was_recorded = exists().where(recording_rows.c.interview_id == interviews.c.id)
    transcribed = exists().where(
        sealed_files.c.interview_id == interviews.c.id, sealed_files.c.kind == FileKind.TRANSCRIPT
    )
    stopped = and_(withheld, or_(keeps_texts, was_recorded), ~transcribed)
    statement = (
        select(interviews.c.id)
        .join(bookings, bookings.c.id == interviews.c.booking_id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .join(cases, cases.c.id == bookings.c.case_id)
        .where(interviews.c.ended_at.is_not(None), or_(concluded, stopped))
        .order_by(interviews.c.ended_at, interviews.c.id)
    )
    return tuple(await session.scalars(statement))


def download_name(facts: InterviewFacts, file: SealedFile, place: int) -> str:
    """Name a download by case reference and place in the list; before `.age` stands what it holds."""
    ending = file.media_type.partition("/")[2]
    return f"{facts.case_reference}-{place:02d}-{file.kind}.{ending}.age"


async def _officers(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts | None:
    facts = await load_facts(session, interview_id)
    if facts is None or not (actor.answers_for(facts.post.id) and facts.is_shown_to(actor)):
        return None
    return facts


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """Narrow interviews to those that the actor may know of; the same rule as `is_shown_to`."""
    if actor.role is Role.SUPERVISOR:
        return true()
    if actor.role is Role.CENTRE_STAFF:
        return rooms.c.centre_id == actor.organisation_id
    if actor.role is Role.CONSULAR_OFFICER:
        return and_(
            bookings.c.post_id == actor.organisation_id,
            requests.c.ended_at.is_(None),
            ~cases.c.protection_open,
            or_(interviews.c.ending.is_(None), interviews.c.ending != Ending.PROTECTION_STOP),
        )
    return false()
