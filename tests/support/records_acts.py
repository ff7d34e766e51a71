"""Acts of officer and house on the one interview of a `World`, each in a transaction of its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from recordings.capture import Run, capture
from recordings.close_minutes import close_minutes
from recordings.conclude import Wish, conclude
from recordings.custody import SealedFile
from recordings.evidence import Evidence, EvidenceKind, Form, PresentedBy
from recordings.minutes import Statement, StatementKind
from recordings.outcome import Outcome, OutcomeValue, TravelDocumentAnswer
from recordings.ports import SealBytes
from recordings.read_back import ReadBack, ReadBackResult
from recordings.read_minutes_back import mark_read_back
from recordings.receive_media import PartReport, part_finished
from recordings.seal import seal
from recordings.take_evidence import Shown, take_evidence
from recordings.take_minutes import take_minutes
from scheduling.actor import Actor
from scheduling.identifier import new_id
from tests.support.records_people import World

REASONS = "Répond sans hésiter sur Labé et sur son école."
ANSWER = "Je suis né à Labé, près du grand marché."
CORRECTION = "Je suis né à Pita, pas à Labé."
NOTE = "Numéro lisible, photographie ressemblante."


def rendered(document: Mapping[str, Any]) -> bytes:
    """A page of sorts: enough to see that it is made of the transcript object."""
    return f"<!doctype html><title>{document['case']['reference']}</title>".encode()


async def say(
    world: World,
    text: str = ANSWER,
    kind: StatementKind = StatementKind.ANSWER,
    actor: Actor | None = None,
) -> Statement:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await take_minutes(
            session,
            world.clock,
            actor or world.officer,
            world.secret,
            interview_id=world.interview_id,
            kind=kind,
            text=text,
        )


async def close(world: World, actor: Actor | None = None) -> None:
    async with world.session() as session:
        who = actor or world.officer
        await close_minutes(session, world.clock, who, world.secret, interview_id=world.interview_id)


async def correct(world: World, line: Statement, text: str = CORRECTION) -> Statement:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await take_minutes(
            session,
            world.clock,
            world.officer,
            world.secret,
            interview_id=world.interview_id,
            kind=StatementKind.CORRECTION,
            text=text,
            corrects_id=line.id,
        )


async def read_back(
    world: World,
    reply: ReadBackResult = ReadBackResult.CONFIRMED,
    *,
    through: int = 99,
    interpreter_id: str | None = None,
    actor: Actor | None = None,
) -> ReadBack:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await mark_read_back(
            session,
            world.clock,
            actor or world.officer,
            interview_id=world.interview_id,
            reply=reply,
            through=through,
            language="ful",
            interpreter_id=interpreter_id,
        )


async def show(
    world: World,
    kind: EvidenceKind = EvidenceKind.IDENTITY_CARD,
    *,
    form: Form | None = Form.ORIGINAL,
    note: str = NOTE,
    picture: bytes | None = None,
    actor: Actor | None = None,
) -> Evidence:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await take_evidence(
            session,
            world.clock,
            actor or world.officer,
            world.secret,
            world.sealer,
            interview_id=world.interview_id,
            shown=Shown(kind, form, PresentedBy.DETAINEE, note, picture),
        )


def wish(*evidence: Evidence, **values: Any) -> Wish:
    """A confirmation resting on the items, or another wish by field."""
    usual: dict[str, Any] = {
        "value": OutcomeValue.NATIONALITY_CONFIRMED,
        "evidence_ids": tuple(item.id for item in evidence),
        "reasons": REASONS,
        "travel_document": TravelDocumentAnswer.YES,
    }
    return Wish(**(usual | values))


def ongoing(back_on: date, **values: Any) -> Wish:
    return wish(
        value=OutcomeValue.VERIFICATION_ONGOING,
        travel_document=TravelDocumentAnswer.LATER,
        back_on=back_on,
        **values,
    )


async def concluded(world: World, wanted: Wish, actor: Actor | None = None) -> Outcome:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await conclude(
            session,
            world.clock,
            actor or world.officer,
            world.secret,
            interview_id=world.interview_id,
            wish=wanted,
        )


async def sealed(world: World, sealer: SealBytes | None = None) -> tuple[SealedFile, ...]:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await seal(
            session,
            world.clock,
            world.secret,
            sealer or world.sealer,
            rendered,
            interview_id=world.interview_id,
        )


async def recorded(world: World, seconds: int = 30) -> str:
    """Record the detainee for a while, with a sealed file of made-up media; gives the part's id."""
    started_at = world.clock()
    async with world.session() as session:
        recording = await capture(session, world.clock, world.host, world.interview_id, run=Run.START)
    part_id = new_id()
    facts = world.sealer.seal(part_id, b"media" * 99)
    world.clock.advance(seconds=seconds)
    report = PartReport(
        part_id=part_id,
        recording_id=recording.id,
        participant_id=world.detainee_seat_id,
        started_at=started_at,
        ended_at=world.clock(),
        duration_ms=seconds * 1000,
        video_frames=seconds * 25,
        audio_frames=seconds * 50,
        width=640,
        height=480,
        size_bytes=facts.size_bytes,
        body_sha256=facts.body_sha256,
    )
    async with world.session() as session:
        await part_finished(session, world.clock, report)
    return part_id
