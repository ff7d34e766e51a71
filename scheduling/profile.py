"""A country profile: what one country of origin agreed with one member state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scheduling.participant import ParticipantRole

MOST_QUESTIONS = 40
MOST_QUESTION_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryProfile:
    """Profiles are data; without one, nothing is promised and nothing is refused by the country."""

    country: str
    member_state: str
    accepts_video: bool = True
    accepts_recording: bool = True
    days_to_arrange: int | None = None
    days_to_issue: int | None = None
    laissez_passer_days: int | None = None
    documents_wanted: tuple[str, ...] = ()
    may_attend: tuple[ParticipantRole, ...] = ()
    evidence_classes: Mapping[str, str] = field(default_factory=dict)
    auto_confirms: bool = False
    questions: tuple[str, ...] = ()

    def missing_from(self, ready: Iterable[str]) -> tuple[str, ...]:
        """Return what the post expects in the presentation set and the centre has not ready."""
        return tuple(code for code in self.documents_wanted if code not in set(ready))
