"""Reading the minutes back to the person before the interview ends: what came of it, what is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from recordings.minutes import Statement, StatementKind
from scheduling.interview import Ending


class ReadBackResult(StrEnum):
    """What the person said to the minutes that were read to them, or why they were not read."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    PERSON_REFUSED = "person_refused"
    LINE_LOST = "line_lost"
    BROKEN_OFF = "broken_off"
    NOT_READ = "not_read"
    NO_MINUTES = "no_minutes"


_Result = ReadBackResult
REPLIES = frozenset({_Result.CONFIRMED, _Result.CORRECTED})
REASONS = (_Result.PERSON_REFUSED, _Result.LINE_LOST, _Result.BROKEN_OFF)
"""Why lines that were noted are not read back, in the order of the form."""
_REASON_OF = MappingProxyType(
    {
        Ending.PERSON_REFUSED: _Result.NOT_READ,
        Ending.TECHNICAL_FAILURE: _Result.LINE_LOST,
        **dict.fromkeys(
            (
                Ending.PERSON_ABSENT,
                Ending.POST_ABSENT,
                Ending.INTERPRETER_ABSENT,
                Ending.ENDED_BY_POST,
                Ending.ENDED_BY_CENTRE,
                Ending.ENDED_BY_PERSON,
                Ending.PROTECTION_STOP,
            ),
            _Result.BROKEN_OFF,
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """One reading, or the word that there was none; the newest counts.

    `through_position` is the last line that was read; `at_ms` is on the interview's clock.
    """

    id: str
    interview_id: str
    result: ReadBackResult
    through_position: int
    at: datetime
    at_ms: int | None
    was_recorded: bool
    marked_by: str
    language: str | None = None
    interpreter_id: str | None = None

    @property
    def was_read(self) -> bool:
        """Whether the lines were read to the person."""
        return self.result in REPLIES


def lines_to_read(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Give the lines that are read back: all but the messages of the room."""
    return tuple(each for each in statements if each.kind is not StatementKind.MESSAGE)


def unread(statements: Iterable[Statement], read_backs: Iterable[ReadBack]) -> tuple[Statement, ...]:
    """Give the lines that nobody has read back to the person so far."""
    read = max((each.through_position for each in read_backs if each.was_read), default=0)
    return tuple(each for each in lines_to_read(statements) if each.position > read)


def was_read_back(statements: Iterable[Statement], read_backs: Iterable[ReadBack]) -> bool:
    """Whether there are minutes, and every line of them was read back."""
    lines = lines_to_read(statements)
    return bool(lines) and not unread(lines, read_backs)


def reply_fits(reply: ReadBackResult, lines: Iterable[Statement]) -> bool:
    """Whether what the person said fits the lines read: corrected only with a correction among them."""
    has_correction = any(each.kind is StatementKind.CORRECTION for each in lines)
    return reply is (_Result.CORRECTED if has_correction else _Result.CONFIRMED)


def reason_of(ending: Ending) -> ReadBackResult | None:
    """Give the reason that an ending brings with it; after a normal one somebody has to say it.

    Who does not speak has not refused to hear the minutes: that the person did stands only where it is said.
    """
    return _REASON_OF.get(ending)
