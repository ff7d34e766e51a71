"""A participant: a person with a role in one interview, and how they attended."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from scheduling.availability import day_in


class ParticipantRole(StrEnum):
    """What somebody is in one interview."""

    DETAINEE = "detainee"
    CENTRE_HOST = "centre_host"
    CONSULAR_OFFICER = "consular_officer"
    INTERPRETER = "interpreter"
    LAWYER = "lawyer"
    GUARDIAN = "guardian"
    LIAISON_OFFICER = "liaison_officer"
    OBSERVER = "observer"


# The host and observers take no part; a lawyer advises the person and is no source of evidence.
NEVER_RECORDED = frozenset({ParticipantRole.CENTRE_HOST, ParticipantRole.LAWYER, ParticipantRole.OBSERVER})


class Attendance(StrEnum):
    """What is known at the end; nothing is said of an interview that was cancelled."""

    ATTENDED = "attended"
    ABSENT = "absent"
    NOT_REQUIRED = "not_required"


class Removal(StrEnum):
    """Why the host put somebody out."""

    NOT_EXPECTED = "not_expected"
    PERSON_OBJECTS = "person_objects"
    DISTURBS = "disturbs"
    NOT_NEEDED = "not_needed"


class Correction(StrEnum):
    """Why the host says otherwise than the line does whether somebody attended."""

    BESIDE_ANOTHER = "beside_another"  # in the room with somebody else, on no line of their own
    BY_TELEPHONE = "by_telephone"
    ONLY_A_DEVICE = "only_a_device"  # a line was open and nobody sat there
    SOMEBODY_ELSE = "somebody_else"

    @property
    def attendance(self) -> Attendance:
        """What holds instead."""
        was_here = self in {Correction.BESIDE_ANOTHER, Correction.BY_TELEPHONE}
        return Attendance.ATTENDED if was_here else Attendance.ABSENT


class LineQuality(StrEnum):
    """What the line of a device was found to carry."""

    GOOD = "good"  # picture and sound
    SOUND = "sound"  # sound alone
    WEAK = "weak"  # not even that


_AT_THE_CENTRE = frozenset({ParticipantRole.DETAINEE, ParticipantRole.CENTRE_HOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One seat of one interview."""

    id: str
    interview_id: str
    role: ParticipantRole
    account_id: str | None = None
    guest_id: str | None = None
    interpreter_id: str | None = None
    name: str = ""
    checked_at: datetime | None = None
    checked_line: LineQuality | None = None
    admitted_at: datetime | None = None
    admitted_by: str | None = None
    removed_at: datetime | None = None
    removal: Removal | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    is_present: bool = False
    reconnections: int = 0
    attendance: Attendance | None = None
    correction: Correction | None = None
    version: int = 1

    @property
    def is_at_the_centre(self) -> bool:
        """Whether they come in with the host and wait for nobody."""
        return self.role in _AT_THE_CENTRE

    @property
    def is_admitted(self) -> bool:
        """Whether the host let them in, and has not put them out since."""
        return self.admitted_at is not None and self.removed_at is None

    def taken_by(self, account_id: str) -> "Participant":
        """Return the seat with its person; a seat that has one keeps it."""
        if self.account_id is not None:
            return self
        return replace(self, account_id=account_id, version=self.version + 1)

    def handed_to(self, account_id: str) -> "Participant":
        """Return the seat with another person on it."""
        if self.account_id == account_id:
            return self
        return replace(self, account_id=account_id, version=self.version + 1)

    def admitted(self, *, by: str, at: datetime) -> "Participant":
        """Return the participant let in, or in again; the first admission stands."""
        if self.is_admitted:
            return self
        inside = replace(self, removed_at=None, removal=None, version=self.version + 1)
        if self.admitted_at is not None:
            return inside
        inside = replace(inside, admitted_at=at, admitted_by=by)
        return replace(inside, joined_at=at, attendance=Attendance.ATTENDED) if self.is_present else inside

    def removed(self, why: Removal, *, at: datetime) -> "Participant":
        """Return the participant put out; somebody who is out already stays so for the first reason."""
        if self.removed_at is not None:
            return self
        return replace(self, removed_at=at, removal=why, version=self.version + 1)

    def checked(self, at: datetime, line: LineQuality) -> "Participant":
        """Return the participant with their equipment checked, and what its line carries."""
        return replace(self, checked_at=at, checked_line=line, version=self.version + 1)

    def joined(self, at: datetime) -> "Participant":
        """Return the participant with media up: once admitted they attend, and later times reconnect."""
        if self.is_present:
            return self
        here = replace(self, is_present=True, version=self.version + 1)
        if not self.is_admitted:
            return here
        again = self.joined_at is not None
        return replace(
            here,
            joined_at=self.joined_at or at,
            left_at=None,
            reconnections=self.reconnections + int(again),
            attendance=Attendance.ATTENDED,
        )

    def left(self, at: datetime) -> "Participant":
        """Return the participant with media gone."""
        if not self.is_present:
            return self
        left_at = at if self.joined_at is not None else None
        return replace(self, left_at=left_at, is_present=False, version=self.version + 1)

    def at_the_end(self, at: datetime, *, required: bool) -> "Participant":
        """Return the participant with their attendance settled."""
        gone = self.left(at)
        if gone.attendance is not None:
            return gone
        attendance = Attendance.ABSENT if required else Attendance.NOT_REQUIRED
        return replace(gone, attendance=attendance, version=gone.version + 1)

    def corrected(self, why: Correction) -> "Participant":
        """Return the participant with the attendance that the host saw; times of the line stay."""
        if self.correction is why:
            return self
        return replace(self, attendance=why.attendance, correction=why, version=self.version + 1)


def attendance_by_system(joined_at: datetime | None) -> Attendance:
    """Tell by itself whether somebody attended an interview that is over; a correction stands beside it."""
    return Attendance.ABSENT if joined_at is None else Attendance.ATTENDED


def was_checked_on(participant: Participant, today: date, zone: str) -> bool:
    """Tell whether the equipment was checked on that day of the zone."""
    return participant.checked_at is not None and day_in(participant.checked_at, zone) == today
