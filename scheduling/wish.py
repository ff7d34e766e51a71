"""A wish: a slot with all that must be free for it; and a proposal, one side's wish for another slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from scheduling.slot import Interval

MOST_WISHES = 3


class Wish(NamedTuple):
    """A room at a time, with the interpreter who is free then when one is needed."""

    room_id: str
    starts_at: datetime
    ends_at: datetime
    interpreter_id: str | None = None

    @property
    def interval(self) -> Interval:
        """The time it takes."""
        return Interval(self.starts_at, self.ends_at)


class Side(StrEnum):
    """Who speaks: the centre or the post."""

    CENTRE = "centre"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Another slot that one side offers and holds; what stands stays until the other side accepts."""

    booking_id: str
    side: Side
    room_id: str
    starts_at: datetime
    ends_at: datetime
    made_by: str
    made_at: datetime
    interpreter_id: str | None = None
    remark: str = ""

    @property
    def wish(self) -> Wish:
        """The slot that is offered."""
        return Wish(self.room_id, self.starts_at, self.ends_at, self.interpreter_id)


def overlapping(wishes: Sequence[Wish]) -> bool:
    """Tell whether two wishes share a moment: the person cannot be heard twice at once."""
    ordered = sorted(wishes, key=lambda wish: wish.starts_at)
    return any(one.interval.overlaps(following.interval) for one, following in pairwise(ordered))
