"""What the recordings room needs to know of an interview, read from the scheduling room in one piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from recordings.evidence import EvidenceClass, EvidenceKind
from recordings.recording import Span
from scheduling.actor import Actor
from scheduling.consultation import Consultation
from scheduling.guest_answer import GuestAnswer, not_to_record
from scheduling.interview import Ending, Interview, RecordingRefusal, recording_refusal
from scheduling.participant import NEVER_RECORDED


@dataclass(frozen=True, slots=True)
class Party:
    """A centre or a post: where it is and whom it serves."""

    id: str
    name: str
    country: str
    city: str
    zone: str


@dataclass(frozen=True, slots=True)
class Attendant:
    """A participant by role and attendance, without a name."""

    id: str
    role: str
    attendance: str | None
    admitted_at: datetime | None
    joined_at: datetime | None
    left_at: datetime | None
    reconnections: int
    removed_at: datetime | None = None
    removal: str | None = None
    correction: str | None = None

    @property
    def is_admitted(self) -> bool:
        """Whether the host let them in, and has not put them out since."""
        return self.admitted_at is not None and self.removed_at is None

    def present_until(self, ended_at: datetime) -> tuple[Span, ...]:
        """Give the stretch in which sound and picture of the participant could be forwarded, if any."""
        if self.joined_at is None or self.admitted_at is None:
            return ()
        begun = max(self.joined_at, self.admitted_at)
        over = min(each for each in (self.left_at, self.removed_at, ended_at) if each is not None)
        return (Span(begun, over),) if begun < over else ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice given: which text, in which language, its digest if it is one of it, by whom, when.

    `reader_name` and `reader_role` are those of the account `read_by`.
    """

    text_version: str
    language: str
    read_by: str
    given_at: datetime
    text_sha256: str | None = None
    reader_name: str = ""
    reader_role: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """An answer to being recorded: yes or no, who heard it, when; the newest counts."""

    agrees: bool
    heard_by: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """One interview with its parties, people and country profile; of several, the oldest stands first."""

    id: str
    booking_id: str
    case_id: str
    case_reference: str
    protection_open: bool
    request_ended_at: datetime | None
    centre: Party
    post: Party
    room_name: str
    modality: str
    status: str
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    ending: Ending | None
    accepts_recording: bool
    moved_classes: Mapping[EvidenceKind, EvidenceClass]
    attendants: tuple[Attendant, ...] = ()
    notices: tuple[Notice, ...] = ()
    consents: tuple[Consent, ...] = ()
    guest_answers: Mapping[str, GuestAnswer] = field(default_factory=dict)
    consultations: tuple[Consultation, ...] = ()
    early_for_at: datetime | None = None
    locked_at: datetime | None = None
    by_telephone_at: datetime | None = None

    @property
    def notice(self) -> Notice | None:
        """The newest notice."""
        return self.notices[-1] if self.notices else None

    @property
    def consent(self) -> Consent | None:
        """The newest answer, the one that counts."""
        return self.consents[-1] if self.consents else None

    @property
    def is_running(self) -> bool:
        """Whether the act has begun and is not over."""
        return self.started_at is not None and self.ended_at is None

    @property
    def consultation(self) -> Consultation | None:
        """The private consultation that runs now."""
        running = [each for each in self.consultations if each.ended_at is None and self.is_running]
        return running[-1] if running else None

    @property
    def unrecorded(self) -> frozenset[str]:
        """The guests of whom nothing may be recorded, since they did not say yes."""
        agreed = (each for each, answer in self.guest_answers.items() if answer.agrees)
        return not_to_record(((one.id, one.role) for one in self.attendants), agreed)

    @property
    def recorded(self) -> tuple[Attendant, ...]:
        """Those of whom a recording holds picture and sound."""
        never = self.unrecorded
        return tuple(
            each for each in self.attendants if each.role not in NEVER_RECORDED and each.id not in never
        )

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it may reach the post any more.

        A request ends with the person's release as well, so what is withheld does not tell why.
        """
        stopped = self.protection_open or self.ending is Ending.PROTECTION_STOP
        return stopped or self.request_ended_at is not None

    @property
    def zero_at(self) -> datetime:
        """Zero of the interview's clock: when it began, or was to begin."""
        return self.started_at or self.starts_at

    def at_ms(self, at: datetime) -> int | None:
        """Give a moment on the interview's clock in milliseconds; nothing before it began."""
        if self.started_at is None or at < self.started_at:
            return None
        return round((at - self.started_at).total_seconds() * 1000)

    @property
    def recording_refusal(self) -> RecordingRefusal | None:
        """Why nothing may be recorded now, or None."""
        act = Interview(
            id=self.id, booking_id=self.booking_id, started_at=self.started_at, ended_at=self.ended_at
        )
        return recording_refusal(
            act,
            notice_given=self.notice is not None,
            consents=self.consent.agrees if self.consent else None,
            post_accepts=self.accepts_recording,
        )

    def is_shown_to(self, actor: Actor) -> bool:
        """Whether this actor may know what the recordings room keeps of it."""
        if actor.answers_for(self.post.id):
            return not self.is_withheld
        if actor.is_guest:
            return not self.is_withheld and any(each.id == actor.account_id for each in self.attendants)
        return actor.reads_case_of(self.centre.id)

    def today_at_post(self, now: datetime) -> date:
        """Give the post's own calendar day."""
        return now.astimezone(ZoneInfo(self.post.zone)).date()
