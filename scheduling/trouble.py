"""A technical problem that somebody in the interview tells the host of."""

from enum import StrEnum


class Trouble(StrEnum):
    """What does not work, as the person at the screen finds it."""

    HEARS_NOTHING = "hears_nothing"
    IS_NOT_HEARD = "is_not_heard"
    SEES_NOTHING = "sees_nothing"
    OTHER = "other"

    @property
    def event(self) -> str:
        """Its tag in the history and on the timeline."""
        return f"participant:trouble_{self}"
