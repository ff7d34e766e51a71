"""Minutes: timestamped questions, answers and remarks, read back and then closed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings.refusals import StatementEmpty, StatementTooLong
from recordings.wording import tidy

STATEMENT_LIMIT_CHARACTERS = 4_000


class StatementKind(StrEnum):
    """What a line of the minutes is: taken by the officer, or a message that somebody in the room wrote."""

    QUESTION = "question"
    ANSWER = "answer"
    REMARK = "remark"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the minutes; `at_ms` is on the interview's clock, `text` empty once it was sealed away.

    A message bears its `participant_id`; who has no account is named by it alone.
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
