"""What the verbs and nouns of the recordings room refuse, with the facts that a page needs to answer well."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recordings.errors import RecordingsError
from scheduling.interview import RecordingRefusal

if TYPE_CHECKING:
    from recordings.outcome import Verdict
    from recordings.read_back import ReadBackResult


class Refusal(RecordingsError):
    """A refusal as a sentence with fields; its text shows identifiers and figures only."""

    def __str__(self) -> str:
        return repr(self)


@dataclass(eq=False)
class NotYoursToDo(Refusal):
    """The actor may know of the interview, but this act belongs to another role."""

    act: str
    interview_id: str


@dataclass(eq=False)
class InterviewNotRunning(Refusal):
    """The act belongs to a running interview; this one has not begun or is over."""

    interview_id: str


@dataclass(eq=False)
class InterviewNotOver(Refusal):
    """An outcome can be concluded only once the interview has ended."""

    interview_id: str


@dataclass(eq=False)
class RecordingRefused(Refusal):
    """Nothing may be recorded now; the reason tells: notice, consent, the post, or no running act."""

    interview_id: str
    reason: RecordingRefusal


@dataclass(eq=False)
class NotToBePictured(Refusal):
    """Nothing is kept of what this participant looks like: their role is never recorded, or they said no."""

    participant_id: str


@dataclass(eq=False)
class RecordingCannotMove(Refusal):
    """The recording's present state leaves no way to the wanted one."""

    recording_id: str
    state: str
    wanted: str


@dataclass(eq=False)
class NothingKeptInPause(Refusal):
    """During a pause nothing is recorded, noted or taken."""

    interview_id: str


@dataclass(eq=False)
class ConsultationRuns(Refusal):
    """During a private consultation nothing is recorded, noted or taken, whatever the recording does."""

    interview_id: str


@dataclass(eq=False)
class MinutesClosed(Refusal):
    """The minutes are closed; nothing can be added."""

    interview_id: str


@dataclass(eq=False)
class NothingToReadBack(Refusal):
    """Every line of the minutes was read back already, or there is none."""

    interview_id: str


@dataclass(eq=False)
class ReplyDoesNotFit(Refusal):
    """The person corrected nothing that is noted, or confirmed lines with a correction among them."""

    reply: "ReadBackResult"


@dataclass(eq=False)
class NotReadBack(Refusal):
    """Lines of the minutes were not read back to the person, and nobody says why."""

    interview_id: str
    lines: int


@dataclass(eq=False)
class StatementEmpty(Refusal):
    """A line of the minutes needs words."""


@dataclass(eq=False)
class StatementTooLong(Refusal):
    """A line of the minutes is longer than the limit."""

    characters: int
    limit_characters: int


@dataclass(eq=False)
class NoteTooLong(Refusal):
    """The note beside an item of evidence is longer than the limit."""

    characters: int
    limit_characters: int


@dataclass(eq=False)
class EvidenceFileEmpty(Refusal):
    """The uploaded file has no bytes."""


@dataclass(eq=False)
class EvidenceFileTooLarge(Refusal):
    """The uploaded file is larger than the limit."""

    size_bytes: int
    limit_bytes: int


@dataclass(eq=False)
class EvidenceFileUnreadable(Refusal):
    """The uploaded file is neither a whole PNG nor a whole JPEG picture."""


@dataclass(eq=False)
class StillGone(Refusal):
    """The still was asked for too long ago, has come already, or was dropped."""

    still_id: str


@dataclass(eq=False)
class DraftTooLong(Refusal):
    """A field of the draft holds more than its form takes."""

    limit_characters: int


@dataclass(eq=False)
class DraftChanged(Refusal):
    """Somebody saved another version of the draft meanwhile."""

    interview_id: str


@dataclass(eq=False)
class OutcomeStands(Refusal):
    """An outcome was concluded: there is nothing left to draft."""

    interview_id: str


@dataclass(eq=False)
class OutcomeNotAdmissible(Refusal):
    """At least one rule of the proposed outcome is not met; the verdict tells which."""

    verdict: "Verdict"


@dataclass(eq=False)
class TranscriptAwaited(Refusal):
    """The latest outcome is not sealed yet; it can be superseded once its transcript exists."""

    interview_id: str
    version: int


@dataclass(eq=False)
class OutcomeSuperseded(Refusal):
    """The outcome to supersede is not the latest one, or there is a first one already."""

    interview_id: str
    latest_version: int


@dataclass(eq=False)
class NothingToSeal(Refusal):
    """The interview has no outcome that still waits for its transcript."""

    interview_id: str


@dataclass(eq=False)
class PartsStillOpen(Refusal):
    """Parts of the recording are still being written; sealing waits for them."""

    interview_id: str
    part_ids: Sequence[str]


@dataclass(eq=False)
class WorkingCopyUnreadable(Refusal):
    """A text or key of the working copy does not open: another key, another row, or damage."""

    bound_to: str


@dataclass(eq=False)
class WorkingCopyDestroyed(Refusal):
    """The texts of the interview were sealed; the server cannot read them any more."""

    interview_id: str
