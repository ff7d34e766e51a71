"""What the scheduling room refuses, each refusal a sentence with the facts a page needs to go on."""

from dataclasses import dataclass, field
from datetime import date, datetime

from scheduling.slot import Slot


class SchedulingError(Exception):
    """Base of every refusal of this room."""

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.__doc__}"


@dataclass(eq=False)
class NotForYou(SchedulingError):
    """The thing does not exist for this actor; pages answer 404 whichever of the two it is."""

    noun: str
    noun_id: str


@dataclass(eq=False)
class FieldRefused(SchedulingError):
    """A value given for a field breaks a rule; `rule` is a code that a page turns into words."""

    field: str
    rule: str


@dataclass(eq=False)
class ChangedMeanwhile(SchedulingError):
    """Somebody else changed the same thing since it was read."""

    noun: str
    noun_id: str


@dataclass(eq=False)
class NotPossibleNow(SchedulingError):
    """The thing's status does not allow this step any more, or not yet."""

    noun: str
    status: str
    wanted: str


@dataclass(eq=False)
class SendingSuspended(SchedulingError):
    """Nothing about this person may be sent to the post at present; for the centre's eyes only."""

    case_id: str


@dataclass(eq=False)
class CaseClosed(SchedulingError):
    """The person was released, transferred or returned."""

    case_id: str


@dataclass(eq=False)
class NotSuitable(SchedulingError):
    """Video was not assessed, or was found unsuitable for this person."""

    case_id: str
    suitability: str


@dataclass(eq=False)
class NotAccredited(SchedulingError):
    """The post covers another country, or is not accredited to the centre's state."""

    post_id: str
    centre_id: str


@dataclass(eq=False)
class VideoDeclined(SchedulingError):
    """The country of origin accepts no interview by video."""

    country: str


@dataclass(eq=False)
class SlotRefused(SchedulingError):
    """Base: the slot cannot be had; `alternatives` are the nearest that can."""

    room_id: str
    starts_at: datetime
    alternatives: tuple[Slot, ...] = field(default=(), kw_only=True)


@dataclass(eq=False)
class SlotTaken(SlotRefused):
    """Another booking holds the room, the post's seat or the person at that time."""


@dataclass(eq=False)
class OutsideHours(SlotRefused):
    """The post or the room does not work at that time."""


@dataclass(eq=False)
class ClosedThen(SlotRefused):
    """The post, the room or the centre is closed at that time."""

    reason: str


@dataclass(eq=False)
class TooSoon(SlotRefused):
    """The post wants more notice."""

    earliest_at: datetime


@dataclass(eq=False)
class QuotaReached(SlotRefused):
    """The post holds no more interviews on that day of its own."""

    quota: int


@dataclass(eq=False)
class AfterDetention(SlotRefused):
    """Detention must have ended by then."""

    ends_on: date


@dataclass(eq=False)
class InterpreterBusy(SlotRefused):
    """No interpreter of the wanted language is free at that time."""


@dataclass(eq=False)
class StandsAlready(SchedulingError):
    """The slot is the one that stands, or one that the request holds: nothing would change."""

    booking_id: str
    is_wish: bool


@dataclass(eq=False)
class WishesOverlap(SchedulingError):
    """Two wishes of one request share a moment."""

    case_id: str


@dataclass(eq=False)
class GuardianNotNamed(SchedulingError):
    """A minor's interview is neither asked for nor confirmed before the guardian is named."""

    case_id: str


@dataclass(eq=False)
class NothingProposed(SchedulingError):
    """No proposal of the other side stands any more."""

    booking_id: str


@dataclass(eq=False)
class HostNotIn(SchedulingError):
    """Nobody enters before the host."""

    interview_id: str


@dataclass(eq=False)
class InterviewOver(SchedulingError):
    """Nobody enters after the end."""

    interview_id: str


@dataclass(eq=False)
class TooEarly(SchedulingError):
    """The waiting room is not open yet."""

    interview_id: str


@dataclass(eq=False)
class EarlyUnconfirmed(SchedulingError):
    """Nobody opens an interview long before its hour by mistake: its host confirms it first."""

    interview_id: str


@dataclass(eq=False)
class SeatOfAnother(SchedulingError):
    """Nobody enters in another's stead."""

    participant_id: str


@dataclass(eq=False)
class NobodyWaits(SchedulingError):
    """Nobody has come to this seat yet; admitting it would let in whoever comes."""

    participant_id: str


@dataclass(eq=False)
class GuardianMissing(SchedulingError):
    """A minor's interview starts with the guardian, or with a supervisor's recorded reason."""

    interview_id: str


@dataclass(eq=False)
class GuardianStays(SchedulingError):
    """A minor is not heard without the guardian: the interview would have to end first."""

    interview_id: str


@dataclass(eq=False)
class PutOut(SchedulingError):
    """The host put this participant out, and has not admitted them anew."""

    participant_id: str


@dataclass(eq=False)
class RoomLocked(SchedulingError):
    """The host has locked the door: nobody new is let in."""

    interview_id: str


@dataclass(eq=False)
class AskedAlready(SchedulingError):
    """The same was asked a moment ago; `again_at` is when it may be asked once more."""

    participant_id: str
    again_at: datetime
