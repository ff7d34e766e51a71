"""The draft of an outcome: what an officer has filled in so far; it is no outcome, and no rule binds it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from recordings.outcome import REASONS_LIMIT_CHARACTERS
from recordings.refusals import DraftTooLong

FIELD_LIMIT_CHARACTERS = 32
MOST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class DraftFields:
    """The fields of the outcome's form as they stand there, filled in or not."""

    value: str = ""
    evidence: tuple[str, ...] = ()
    reasons: str = ""
    travel_document: str = ""
    presumed_country: str = ""
    back_on: str = ""

    def __post_init__(self) -> None:
        short = (self.value, self.travel_document, self.presumed_country, self.back_on, *self.evidence)
        if (
            len(self.reasons) > REASONS_LIMIT_CHARACTERS
            or len(self.evidence) > MOST_EVIDENCE
            or any(len(text) > FIELD_LIMIT_CHARACTERS for text in short)
        ):
            raise DraftTooLong(limit_characters=REASONS_LIMIT_CHARACTERS)

    def as_text(self) -> str:
        """Write them as one text, to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class OutcomeDraft:
    """A saved draft; each saving makes the next version, from 1."""

    interview_id: str
    version: int
    fields: DraftFields
    saved_at: datetime
    saved_by: str


def fields_from(text: str) -> DraftFields:
    """Read back what `as_text` wrote."""
    read = json.loads(text)
    return DraftFields(**{**read, "evidence": tuple(read["evidence"])})
