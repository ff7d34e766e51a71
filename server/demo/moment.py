"""The clock of the seeded past: it says what it is told, so verbs write history as it would have been."""

from datetime import datetime, timedelta


class ToldClock:
    """A clock that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Give the moment that was told last."""
        return self.at

    def forward(self, *, seconds: float) -> datetime:
        """Move on, and say when it is now."""
        self.at += timedelta(seconds=seconds)
        return self.at
