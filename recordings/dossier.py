"""Gathering all that the house keeps of one interview, as timeline and transcript need it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.continuity import continuity_of
from recordings.custody import CustodyEntry, FileKind, SealedFile
from recordings.interview_facts import Consent, InterviewFacts
from recordings.minutes import Closing
from recordings.ports import JsonObject
from recordings.recording import PartState
from recordings.store_evidence import custody_of, evidence_of, files_of
from recordings.store_facts import happened_in, load_facts, name_of, removals_in
from recordings.store_outcome import unsealed_outcome
from recordings.store_read_backs import read_backs_of
from recordings.store_recording import changes_of, parts_of, recording_of
from recordings.store_texts import closing_of, key_of, statements_of
from recordings.timeline import Course, Moment
from recordings.transcript import Conclusion, Material
from recordings.working_copy import MasterSecret, WorkingKey
from scheduling.errors import NotForYou
from scheduling.participant import ParticipantRole


@dataclass(frozen=True, slots=True)
class Dossier:
    """One interview with everything kept of it; the conclusion is one that awaits its transcript."""

    facts: InterviewFacts
    course: Course
    closing: Closing | None
    conclusion: Conclusion | None
    files: tuple[SealedFile, ...]
    custody: tuple[CustodyEntry, ...]
    continuity: tuple[JsonObject, ...] = ()

    @property
    def version(self) -> int:
        """The version that is to be sealed; 0 without an outcome."""
        return self.conclusion.outcome.version if self.conclusion else 0

    @property
    def latest_transcript(self) -> SealedFile | None:
        """The transcript that a new one supersedes."""
        sealed = [file for file in self.files if file.kind is FileKind.TRANSCRIPT]
        machine_read = [file for file in sealed if file.media_type == "application/json"]
        return max(machine_read, key=lambda file: (file.sealed_at, file.version), default=None)

    @property
    def is_transcribed(self) -> bool:
        """Whether any transcript was sealed before."""
        return self.latest_transcript is not None

    @property
    def open_part_ids(self) -> tuple[str, ...]:
        """Parts that are still being written."""
        return tuple(part.id for part in self.course.parts if part.state is PartState.OPEN)

    def material(self, manifest: JsonObject, sealed_at: datetime) -> Material:
        """Give what the transcript is made of."""
        return Material(
            facts=self.facts,
            course=self.course,
            closing=self.closing,
            conclusion=self.conclusion,
            files=self.files,
            custody=self.custody,
            manifest=manifest,
            superseded=self.latest_transcript,
            sealed_at=sealed_at,
            continuity=self.continuity,
        )


async def gather_dossier(session: AsyncConnection, secret: MasterSecret, interview_id: str) -> Dossier:
    """Read everything, for the house; an unknown interview is `NotForYou`."""
    facts = await load_facts(session, interview_id)
    if facts is None:
        raise NotForYou("interview", interview_id)
    key = await key_of(session, secret, interview_id)
    return Dossier(
        facts=facts,
        course=await course_of(session, key, facts, facts.ended_at or facts.ends_at),
        closing=await closing_of(session, interview_id),
        conclusion=await _conclusion(session, key, interview_id),
        files=await files_of(session, interview_id),
        custody=await custody_of(session, interview_id),
        continuity=await continuity_of(session, key, interview_id),
    )


async def course_of(
    session: AsyncConnection, key: WorkingKey | None, facts: InterviewFacts, ended_at: datetime
) -> Course:
    """Tell how it went, up to its end or to now; without the key its minutes have no words."""
    recording = await recording_of(session, facts.id)
    return Course(
        interview_id=facts.id,
        zero_at=facts.zero_at,
        ended_at=ended_at,
        roles={each.id: each.role for each in facts.attendants},
        present={each.id: each.present_until(ended_at) for each in facts.recorded},
        recording=recording,
        changes=await changes_of(session, recording.id) if recording else (),
        parts=await parts_of(session, recording.id) if recording else (),
        statements=await statements_of(session, key, facts.id),
        read_backs=await read_backs_of(session, facts.id),
        evidence=await evidence_of(session, key, facts.id),
        consultations=facts.consultations,
        moments=(
            *_moments(facts),
            *(Moment(*each) for each in await happened_in(session, facts)),
            *(Moment(at, "participant:removed", *whom) for at, *whom in await removals_in(session, facts)),
        ),
        is_over=facts.ended_at is not None or facts.started_at is None,
    )


def _moments(facts: InterviewFacts) -> list[Moment]:
    person = next((each.id for each in facts.attendants if each.role == ParticipantRole.DETAINEE), None)
    happened = [
        (facts.started_at, "interview:started", None),
        (facts.ended_at, "interview:ended", None),
        *((notice.given_at, "notice:given", None) for notice in facts.notices),
        *((each.answered_at, f"consent:{_answer(each)}", person) for each in facts.consents),
        *(
            (each.answered_at, f"consent:{'agreed' if each.agrees else 'refused'}", each.participant_id)
            for each in facts.guest_answers.values()
        ),
        *((each.admitted_at, "participant:admitted", each.id) for each in facts.attendants),
        *((each.joined_at, "participant:joined", each.id) for each in facts.attendants),
        *((each.left_at, "participant:left", each.id) for each in facts.attendants),
    ]
    return [Moment(at, what, participant_id) for at, what, participant_id in happened if at is not None]


def _answer(consent: Consent) -> str:
    return "agreed" if consent.agrees else "refused"


async def _conclusion(
    session: AsyncConnection, key: WorkingKey | None, interview_id: str
) -> Conclusion | None:
    waiting = await unsealed_outcome(session, key, interview_id) if key else None
    if waiting is None:
        return None
    outcome, reasons = waiting
    return Conclusion(outcome, reasons, await name_of(session, outcome.concluded_by))
