"""One page of a long list: which one is asked for, what it holds, and how many there are in all."""

from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_ROWS = 25
LAST_PAGE = 400
MOST_COUNTED = 1000
"""Beyond so many a list says "more than" and asks for a narrower filter; so counting stays cheap."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows of a list are asked for; a page before the first or beyond the last is the nearest one."""

    number: int = 1
    rows: int = PAGE_ROWS

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", min(max(self.number, 1), LAST_PAGE))

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.number - 1) * self.rows


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """The rows of one page; `found` counts the whole list, at most to one more than `MOST_COUNTED`."""

    rows: tuple[Row, ...]
    number: int
    found: int
    has_more: bool

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more than were counted."""
        return self.found > MOST_COUNTED
