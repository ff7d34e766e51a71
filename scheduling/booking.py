"""A booking: a taken slot, the statuses it passes through, and the coded reasons for which it is left."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scheduling.errors import NotPossibleNow
from scheduling.slot import Interval
from scheduling.wish import Wish


class Modality(StrEnum):
    """How the interview is held."""

    VIDEO = "video"
    AUDIO = "audio"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"

    @property
    def uses_line(self) -> bool:
        """Whether it is held through the room of the server; the others are held elsewhere."""
        return self in {Modality.VIDEO, Modality.AUDIO}


class Status(StrEnum):
    """Where a booking stands; how the act ended and who attended are other axes."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class DeclineReason(StrEnum):
    """Why a post says no."""

    WANTS_IN_PERSON = "wants_in_person"
    NOT_ON_FILE = "not_on_file"
    DOCUMENTS_MISSING = "documents_missing"
    NO_CAPACITY = "no_capacity"
    NOT_COMPETENT = "not_competent"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why a booking is given up; the other side reads it, so the first one says nothing at all."""

    BY_CENTRE = "by_centre"
    BY_POST = "by_post"
    ROOM_UNAVAILABLE = "room_unavailable"
    PERSON_UNWELL = "person_unwell"
    PERSON_LEFT = "person_left"
    OFFICER_UNAVAILABLE = "officer_unavailable"
    TECHNICAL = "technical"


CENTRE_REASONS = frozenset(
    {
        CancelReason.BY_CENTRE,
        CancelReason.ROOM_UNAVAILABLE,
        CancelReason.PERSON_UNWELL,
        CancelReason.PERSON_LEFT,
        CancelReason.TECHNICAL,
    },
)
POST_REASONS = frozenset({CancelReason.BY_POST, CancelReason.OFFICER_UNAVAILABLE, CancelReason.TECHNICAL})

_S = Status
TRANSITIONS: dict[Status, frozenset[Status]] = {
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.CONFIRMED: frozenset({_S.IN_PROGRESS, _S.COMPLETED, _S.CANCELLED}),
    _S.IN_PROGRESS: frozenset({_S.COMPLETED}),
    _S.COMPLETED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.EXPIRED: frozenset(),
}
"""From each status, those it may move to. Confirmed to completed is the interview that nobody could start."""

HOLDING = frozenset({_S.REQUESTED, _S.CONFIRMED, _S.IN_PROGRESS})
"""The statuses that hold room, post seat and person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A taken slot: room, post and case; it keeps one iCalendar identity for life."""

    id: str
    request_id: str
    case_id: str
    post_id: str
    room_id: str
    starts_at: datetime
    ends_at: datetime
    modality: Modality
    status: Status
    uid: str
    requested_at: datetime
    reason: str | None = None
    remark: str = ""
    sequence: int = 0
    answered_at: datetime | None = None
    interpreter_id: str | None = None
    version: int = 1

    @property
    def interval(self) -> Interval:
        """The time it takes."""
        return Interval(self.starts_at, self.ends_at)

    @property
    def holds(self) -> bool:
        """Whether it still occupies room, post seat and person."""
        return self.status in HOLDING

    def is_past(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.ends_at <= now

    def is_coming(self, now: datetime) -> bool:
        """Whether it is agreed and its hour has not come."""
        return self.status is Status.CONFIRMED and self.starts_at > now

    def check_coming(self, now: datetime, wanted: str) -> None:
        """Refuse what is possible only while it is agreed and its hour has not come."""
        if not self.is_coming(now):
            is_past = self.status is Status.CONFIRMED
            raise NotPossibleNow("booking", "past" if is_past else self.status, wanted)

    def takes_another_slot(self, now: datetime) -> bool:
        """Whether the sides may still agree on another slot: while it is asked for, or before its hour."""
        return self.is_coming(now) or self.status is Status.REQUESTED

    def may_move_to(self, status: Status) -> bool:
        """Tell whether the table allows the step."""
        return status in TRANSITIONS[self.status]

    def moved_to(
        self, status: Status, *, at: datetime, reason: str | None = None, remark: str = ""
    ) -> "Booking":
        """Return the booking in its next status and version; every step the table lacks is refused."""
        if not self.may_move_to(status):
            raise NotPossibleNow("booking", self.status, status)
        told = status in {Status.CONFIRMED, Status.CANCELLED}
        answers = self.status is Status.REQUESTED
        return replace(
            self,
            status=status,
            reason=reason,
            remark=remark or self.remark,
            sequence=self.sequence + int(told),
            answered_at=at if answers else self.answered_at,
            version=self.version + 1,
        )

    @property
    def placed(self) -> Wish:
        """Where and when it stands."""
        return Wish(self.room_id, self.starts_at, self.ends_at, self.interpreter_id)

    def confirmed_in(self, wish: Wish, *, at: datetime) -> "Booking":
        """Return the booking standing in one of its slots."""
        return replace(self.moved_to(Status.CONFIRMED, at=at), **wish._asdict())

    def placed_in(self, wish: Wish) -> "Booking":
        """Return a standing booking in another slot, to be told anew; itself when nothing changes."""
        if wish == self.placed:
            return self
        if self.status is not Status.CONFIRMED:
            raise NotPossibleNow("booking", self.status, "moved")
        return replace(self, **wish._asdict(), sequence=self.sequence + 1, version=self.version + 1)

    def told_anew(self) -> "Booking":
        """Return the booking where it stands, to be told anew to everybody who takes part."""
        return replace(self, sequence=self.sequence + 1, version=self.version + 1)


def calendar_uid(booking_id: str) -> str:
    """Return the iCalendar UID of a booking (RFC 7986, section 5.3: random, without host or person)."""
    return f"{booking_id}@parloir.invalid"
