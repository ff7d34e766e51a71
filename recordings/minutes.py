"""Minutes: timestamped questions, answers and remarks, read back and then closed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings.refusals import StatementEmpty, StatementTooLong
from recordings.wording import tidy

STATEMENT_LIMIT_CHARACTERS = 4_000


class StatementKind(StrEnum):
    """What a line of the minutes is: taken by the officer, or a message that somebody in the room wrote.

    A correction is what the person said of an earlier line, which stands as it is.
    """

    QUESTION = "question"
    ANSWER = "answer"
    REMARK = "remark"
    CORRECTION = "correction"
    MESSAGE = "message"


CORRECTABLE = frozenset({StatementKind.QUESTION, StatementKind.ANSWER, StatementKind.REMARK})
"""Lines that a correction may stand beside."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the minutes; `at_ms` is on the interview's clock, `text` empty once it was sealed away.

    A message bears its `participant_id`; who has no account is named by it alone. A correction names the line
    that it `corrects_id`.
    """

    id: str
    interview_id: str
    position: int
    kind: StatementKind
    text: str | None
    said_at: datetime
    at_ms: int | None
    was_recorded: bool
    written_by: str | None
    participant_id: str | None = None
    corrects_id: str | None = None

    def is_late(self, ended_at: datetime | None) -> bool:
        """Whether it was written after the interview had ended."""
        return ended_at is not None and self.said_at >= ended_at


@dataclass(frozen=True, slots=True)
class Closing:
    """How the minutes were closed: when, by whom, and whether they were read back to the person."""

    closed_at: datetime
    closed_by: str
    was_read_back: bool


def check_text(text: str) -> str:
    """Give the text tidied; empty or over-long text is refused."""
    text = tidy(text)
    if not text:
        raise StatementEmpty
    if len(text) > STATEMENT_LIMIT_CHARACTERS:
        raise StatementTooLong(characters=len(text), limit_characters=STATEMENT_LIMIT_CHARACTERS)
    return text


def in_order(statements: list[Statement]) -> tuple[Statement, ...]:
    """Sort lines by the order of writing, which is also the order in which they are read back."""
    return tuple(sorted(statements, key=lambda statement: statement.position))
