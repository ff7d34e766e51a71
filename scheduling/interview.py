"""An interview: the act itself, how it ended, and when nobody may start or record it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scheduling.actor import Role
from scheduling.errors import NotPossibleNow
from scheduling.participant import Participant, ParticipantRole


class Ending(StrEnum):
    """How the act ended; another axis than the booking's status."""

    NORMAL = "normal"
    PERSON_REFUSED = "person_refused"
    PERSON_ABSENT = "person_absent"
    POST_ABSENT = "post_absent"
    INTERPRETER_ABSENT = "interpreter_absent"
    TECHNICAL_FAILURE = "technical_failure"
    ENDED_BY_POST = "ended_by_post"
    ENDED_BY_CENTRE = "ended_by_centre"
    ENDED_BY_PERSON = "ended_by_person"
    PROTECTION_STOP = "protection_stop"


WITHOUT_START = frozenset(
    {
        Ending.PERSON_REFUSED,
        Ending.PERSON_ABSENT,
        Ending.POST_ABSENT,
        Ending.INTERPRETER_ABSENT,
        Ending.TECHNICAL_FAILURE,
    },
)
"""The endings of an interview that never began."""

ENDINGS_BY_ROLE: dict[Role, frozenset[Ending]] = {
    Role.CENTRE_STAFF: frozenset(Ending) - {Ending.PROTECTION_STOP, Ending.ENDED_BY_POST},
    Role.CONSULAR_OFFICER: frozenset(
        {Ending.NORMAL, Ending.ENDED_BY_POST, Ending.PERSON_REFUSED, Ending.TECHNICAL_FAILURE},
    ),
    Role.SUPERVISOR: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
    Role.GUEST: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """One act per booking."""

    id: str
    booking_id: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    guardian_waived_by: str | None = None
    guardian_waived_reason: str = ""
    guardian_waived_at: datetime | None = None
    early_for_at: datetime | None = None
    locked_at: datetime | None = None
    by_telephone_at: datetime | None = None
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Whether nobody enters any more."""
        return self.ended_at is not None

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended."""
        return self.started_at is not None and not self.is_over

    @property
    def is_locked(self) -> bool:
        """Whether the host lets nobody new in."""
        return self.locked_at is not None

    def started(self, at: datetime) -> "Interview":
        """Return the interview begun."""
        if self.started_at is not None or self.is_over:
            raise NotPossibleNow("interview", "over" if self.is_over else "running", "started")
        return replace(self, started_at=at, version=self.version + 1)

    def ended(self, ending: Ending, at: datetime) -> "Interview":
        """Return the interview ended; one that never began needs an ending that says why."""
        if self.is_over:
            raise NotPossibleNow("interview", "over", ending)
        if self.started_at is None and ending not in WITHOUT_START | {Ending.PROTECTION_STOP}:
            raise NotPossibleNow("interview", "not_started", ending)
        return replace(self, ended_at=at, ending=ending, version=self.version + 1)

    def opened_early(self, starts_at: datetime) -> "Interview":
        """Return the interview that its host means to open long before this planned start."""
        return replace(self, early_for_at=starts_at, version=self.version + 1)

    def with_lock(self, at: datetime | None) -> "Interview":
        """Return the interview with its door locked at a moment, or open again."""
        return replace(self, locked_at=at, version=self.version + 1)

    def with_telephone(self, at: datetime | None) -> "Interview":
        """Return the interview that goes on by telephone from a moment on, or over the line again."""
        if not self.is_running:
            raise NotPossibleNow("interview", "over" if self.is_over else "not_started", "by_telephone")
        return replace(self, by_telephone_at=at, version=self.version + 1)

    def waived(self, *, by: str, reason: str, at: datetime) -> "Interview":
        """Return the interview that a supervisor lets begin without the guardian."""
        return replace(
            self,
            guardian_waived_by=by,
            guardian_waived_reason=reason,
            guardian_waived_at=at,
            version=self.version + 1,
        )


def ending_for(role: Role, ending: Ending | None) -> Ending | None:
    """Return the ending as a role may read it: a post never learns of a protection stop."""
    hidden = ending is Ending.PROTECTION_STOP and role not in {Role.CENTRE_STAFF, Role.SUPERVISOR}
    return Ending.ENDED_BY_CENTRE if hidden else ending


def lacks_guardian(interview: Interview, participants: tuple[Participant, ...], *, is_minor: bool) -> bool:
    """Tell whether a minor would be heard without the guardian and without a recorded reason."""
    if not is_minor or interview.guardian_waived_at is not None:
        return False
    return not any(each.role is ParticipantRole.GUARDIAN and each.is_admitted for each in participants)


class RecordingRefusal(StrEnum):
    """Why an interview may not be recorded now."""

    NOT_RUNNING = "not_running"
    DECLINED_BY_POST = "declined_by_post"
    NO_NOTICE = "no_notice"
    NO_CONSENT = "no_consent"


def recording_refusal(
    interview: Interview, *, notice_given: bool, consents: bool | None, post_accepts: bool
) -> RecordingRefusal | None:
    """Return why nothing may be recorded, or None: started, noticed, agreed, and accepted by the post."""
    if not interview.is_running:
        return RecordingRefusal.NOT_RUNNING
    if not post_accepts:
        return RecordingRefusal.DECLINED_BY_POST
    if not notice_given:
        return RecordingRefusal.NO_NOTICE
    return None if consents else RecordingRefusal.NO_CONSENT
