"""The past interviews of the demonstration: one recorded, concluded and sealed; one refused by the person."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.capture import Run, capture
from recordings.close_minutes import close_minutes
from recordings.conclude import Wish, conclude
from recordings.end_interview import end_interview
from recordings.evidence import EvidenceKind, Form, PresentedBy
from recordings.keyring import Keyring
from recordings.minutes import StatementKind
from recordings.outcome import OutcomeValue, TravelDocumentAnswer
from recordings.ports import RenderHtml
from recordings.read_back import ReadBackResult
from recordings.read_minutes_back import mark_read_back
from recordings.receive_media import PartReport, part_finished
from recordings.seal import seal
from recordings.sealed_file import SealedFolder
from recordings.take_evidence import Shown, take_evidence
from recordings.take_minutes import take_minutes
from recordings.track_writer import SealedRecorder
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.admit import admit, enter
from scheduling.attend import join
from scheduling.close_interview import close_interview
from scheduling.confirm import Confirmed
from scheduling.give_notice import give_notice, record_consent
from scheduling.identifier import new_id
from scheduling.interview import Ending
from scheduling.participant import ParticipantRole
from server.demo.bookings import answer, ask
from server.demo.moment import ToldClock
from server.demo.seed import World
from server.demo.tape import play_into
from server.notice import VERSION
from server.rehearsal.card import Side
from server.rehearsal.picture import png_of

RECORDED_SECONDS: Final = 6.0
SAID: Final = (
    (StatementKind.QUESTION, "Où êtes-vous né ?"),
    (StatementKind.ANSWER, "À Kindia, dans le quartier de Sinania."),
    (StatementKind.QUESTION, "Quelles langues parlez-vous à la maison ?"),
    (StatementKind.ANSWER, "Le pular avec ma mère, le soussou au marché."),
    (StatementKind.REMARK, "La personne parle un pular du Fouta-Djalon, sans hésiter."),
)
REASONS: Final = (
    "La carte d’identité montrée à l’écran est authentique, et la personne décrit son quartier "  # noqa: RUF001
    "et sa famille sans contradiction."
)


@dataclass(frozen=True)
class Vault:
    """What sealing needs: the data folder, to whom, under which secret, and the page of a transcript."""

    data: Path
    keyring: Keyring
    secret: MasterSecret
    render_html: RenderHtml

    @property
    def recordings(self) -> Path:
        """Where the sealed files lie, a folder an interview."""
        return self.data / "recordings"


async def seed_past(session: AsyncConnection, seeded: World, vault: Vault, now: datetime) -> None:
    """Insert what has been, sealing it as a real interview is sealed."""
    held = await _booked(session, seeded, "held-yesterday", "conakry", now, days_ago=4)
    await _hold(session, seeded, vault, held)
    refused = await _booked(session, seeded, "refused", "kinshasa", now, days_ago=7)
    clock = ToldClock(refused.booking.starts_at + timedelta(minutes=4))
    host = seeded.staff_of("steenokkerzeel")
    await enter(session, clock, host, interview_id=refused.interview.id)
    clock.forward(seconds=300)
    await close_interview(
        session, clock, host, interview_id=refused.interview.id, ending=Ending.PERSON_REFUSED
    )


async def _booked(
    session: AsyncConnection, seeded: World, key: str, post: str, now: datetime, *, days_ago: int
) -> Confirmed:
    asked_at = now - timedelta(days=days_ago + 8)
    booking = await ask(session, seeded, key, post, from_at=now - timedelta(days=days_ago), asked_at=asked_at)
    return await answer(session, seeded, booking, post, at=asked_at + timedelta(days=1))


async def _hold(session: AsyncConnection, seeded: World, vault: Vault, held: Confirmed) -> None:
    clock = ToldClock(held.booking.starts_at - timedelta(minutes=2))
    host, officer = seeded.staff_of("steenokkerzeel"), seeded.officer_of("conakry")
    interview_id = held.interview.id
    seats = {participant.role: participant.id for participant in held.participants}
    await _come_in(session, clock, (host, officer), interview_id, seats)
    recording = await capture(session, clock, officer, interview_id, run=Run.START)
    begun_at = clock()
    reports = await asyncio.to_thread(_record, vault, interview_id, recording.id, seats, begun_at)
    for kind, text in SAID:
        clock.forward(seconds=1)
        await take_minutes(
            session, clock, officer, vault.secret, interview_id=interview_id, kind=kind, text=text
        )
    cited = await _show_card(session, clock, officer, vault, interview_id)
    clock.at = begun_at + timedelta(seconds=RECORDED_SECONDS)
    await capture(session, clock, officer, interview_id, run=Run.STOP)
    for report in reports:
        await part_finished(session, clock, report)
    clock.forward(seconds=60)
    await mark_read_back(
        session,
        clock,
        officer,
        interview_id=interview_id,
        reply=ReadBackResult.CONFIRMED,
        through=len(SAID),
        language="fuf",
        interpreter_id=None,
    )
    await end_interview(session, clock, officer, interview_id=interview_id, ending=Ending.NORMAL)
    await close_minutes(session, clock, officer, vault.secret, interview_id=interview_id)
    clock.forward(seconds=600)
    wish = Wish(OutcomeValue.NATIONALITY_CONFIRMED, (cited,), REASONS, TravelDocumentAnswer.YES)
    await conclude(session, clock, officer, vault.secret, interview_id=interview_id, wish=wish)
    folder = SealedFolder(vault.recordings / interview_id, vault.keyring)
    await seal(session, clock, vault.secret, folder, vault.render_html, interview_id=interview_id)


async def _come_in(
    session: AsyncConnection,
    clock: ToldClock,
    sides: tuple[Actor, Actor],
    interview_id: str,
    seats: dict[ParticipantRole, str],
) -> None:
    """Host, person and officer come in; the notice is read, and the person agrees to be recorded."""
    host, officer = sides
    await enter(session, clock, host, interview_id=interview_id)
    await join(session, clock, interview_id=interview_id, participant_id=seats[ParticipantRole.DETAINEE])
    clock.forward(seconds=60)
    await enter(session, clock, officer, interview_id=interview_id)
    officer_seat = seats[ParticipantRole.CONSULAR_OFFICER]
    await join(session, clock, interview_id=interview_id, participant_id=officer_seat)
    clock.forward(seconds=60)
    await admit(session, clock, host, interview_id=interview_id, participant_id=officer_seat)
    clock.forward(seconds=60)
    await give_notice(session, clock, host, interview_id=interview_id, language="fuf", text_version=VERSION)
    await record_consent(session, clock, host, interview_id=interview_id, agrees=True)
    clock.forward(seconds=30)


async def _show_card(
    session: AsyncConnection, clock: ToldClock, officer: Actor, vault: Vault, interview_id: str
) -> str:
    shown = Shown(
        EvidenceKind.IDENTITY_CARD,
        Form.ORIGINAL,
        PresentedBy.DETAINEE,
        note="Carte nationale, recto",
        picture=png_of(Side.CENTRE, 4_000),
    )
    folder = SealedFolder(vault.recordings / interview_id, vault.keyring)
    item = await take_evidence(
        session, clock, officer, vault.secret, folder, interview_id=interview_id, shown=shown
    )
    return item.id


def _record(
    vault: Vault, interview_id: str, recording_id: str, seats: dict[ParticipantRole, str], at: datetime
) -> list[PartReport]:
    """Write a part of each side through the real recorder, and report it as a node would."""
    sides = {ParticipantRole.DETAINEE: Side.CENTRE, ParticipantRole.CONSULAR_OFFICER: Side.POST}
    recorder = SealedRecorder(vault.recordings, vault.keyring)
    try:
        reports = []
        for role, side in sides.items():
            part_id = new_id()
            track = recorder.begin(interview_id, part_id, kinds=("audio", "video"))
            play_into(track, side, seconds=RECORDED_SECONDS)
            facts = asyncio.run(track.finish())
            reports.append(
                PartReport(
                    part_id=part_id,
                    recording_id=recording_id,
                    participant_id=seats[role],
                    started_at=at,
                    ended_at=at + timedelta(milliseconds=facts.duration_ms),
                    duration_ms=facts.duration_ms,
                    video_frames=facts.video_frames,
                    audio_frames=facts.audio_frames,
                    width=facts.width,
                    height=facts.height,
                    size_bytes=facts.bytes,
                    body_sha256=facts.body_sha256,
                )
            )
        return reports
    finally:
        recorder.close()
