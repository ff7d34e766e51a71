"""Whether something waits to be done by itself: one question each, so that all are asked in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Due:
    """A question to the database, and how far from now the other moments lie that it names beside `now`."""

    is_waiting: ColumnElement[bool]
    away: Mapping[str, timedelta] = field(default_factory=dict)

    def moments(self, now: datetime) -> dict[str, datetime]:
        """Return the moments that the question names."""
        return {"now": now} | {name: now + distance for name, distance in self.away.items()}
