"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOON = datetime(
    2026, 9, 21, 10, 0, tzinfo=UTC
)  # Monday 21 September 2026, 12:00 in Brussels, 10:00 in Conakry


@dataclass
class FixedClock:
    """Callable like every `Clock`; `advance` moves it, nothing else does."""

    at: datetime = NOON

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock tells aware times only")

    def __call__(self) -> datetime:
        return self.at

    def advance(self, *, seconds: float = 0, minutes: float = 0, days: float = 0) -> datetime:
        self.at += timedelta(seconds=seconds, minutes=minutes, days=days)
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at
