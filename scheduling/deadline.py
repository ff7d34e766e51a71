"""Days that count: until detention must end, and until a post should have answered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.availability import day_in

SHORT_DAYS = 15
"""Fewer days than this and a list draws attention to the row."""
ANSWER_AHEAD = timedelta(hours=24)
"""So long before its last wish a request without an answer is given up: the centre needs that day."""
CHASED_AHEAD = timedelta(hours=48)
"""So long before a request is given up the post is asked once more."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day, counted from a today."""

    on: date
    today: date

    @property
    def days_left(self) -> int:
        """Whole days from today to the last day; negative when late."""
        return (self.on - self.today).days

    @property
    def days_late(self) -> int:
        """Whole days since the last day, 0 while there is time."""
        return max(0, -self.days_left)

    @property
    def is_short(self) -> bool:
        """Whether the row deserves attention."""
        return self.days_left < SHORT_DAYS

    @property
    def has_passed(self) -> bool:
        """Whether the last day lies behind."""
        return self.days_left < 0


def arrange_by(sent_at: datetime, zone: str, days_to_arrange: int | None) -> date | None:
    """Return the last day to arrange an interview, in the centre's calendar days, if a profile says so."""
    return None if days_to_arrange is None else day_in(sent_at, zone) + timedelta(days=days_to_arrange)


def expires_at(sent_at: datetime, last_start: datetime) -> datetime:
    """Return when a request without an answer is given up: a day before its last wish.

    At a shorter notice the post has until half way to that wish.
    """
    return max(last_start - ANSWER_AHEAD, _half_way(sent_at, last_start))


def chase_at(sent_at: datetime, given_up_at: datetime) -> datetime:
    """Return when the post is asked once more: two days before the request is given up, or half way there."""
    return max(given_up_at - CHASED_AHEAD, _half_way(sent_at, given_up_at))


def _half_way(starts_at: datetime, ends_at: datetime) -> datetime:
    return starts_at + (ends_at - starts_at) / 2
