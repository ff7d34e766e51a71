"""The notice in a further language, as an administrator wrote it; a change is a new version."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SECTIONS = 5
ON_RECORDING = 2
"""The place of the section that asks whether the person agrees to be recorded."""
COUNTRY = "{country}"
"""Where the officer's country is named when it is read: once, in the first section."""
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """One version in one language; `not_recorded` is read instead of the section about recording."""

    language: str
    number: int
    sections: tuple[str, ...]
    not_recorded: str
    written_by: str
    written_at: datetime

    def version(self, *, is_recorded: bool) -> str:
        """Name the text that is read, as the record of an interview does."""
        return f"{self.language}-{self.number}" + ("" if is_recorded else "-none")

    def paragraphs(self, *, is_recorded: bool) -> tuple[str, ...]:
        """Give what is read where the country accepts recordings, or accepts none."""
        if is_recorded:
            return self.sections
        return (*self.sections[:ON_RECORDING], self.not_recorded, *self.sections[ON_RECORDING + 1 :])

    def says(self, sections: Sequence[str], not_recorded: str) -> bool:
        """Tell whether it holds these very words."""
        return (self.sections, self.not_recorded) == (tuple(sections), not_recorded)


def digest_of(paragraphs: Sequence[str]) -> str:
    """Return the SHA-256 of a notice, its paragraphs apart by an empty line, `{country}` as it stands."""
    return hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()


def faults_of(sections: Sequence[str], not_recorded: str) -> list[tuple[str, str]]:
    """Return the fields that cannot be read to anybody, each with the rule that it breaks."""
    found = [(f"section_{place + 1}", _fault_of(section, place)) for place, section in enumerate(sections)]
    found.append(("not_recorded", _fault_of(not_recorded, None)))
    return [(field, rule) for field, rule in found if rule]


def _fault_of(section: str, place: int | None) -> str | None:
    """Return the rule that a section breaks; `place` is None for what is read without recording."""
    if not section:
        return "needed"
    if len(section) > MOST_CHARACTERS:
        return "too_long"
    rest = section.replace(COUNTRY, "", 1) if place == 0 else section
    if place == 0 and rest == section:
        return "no_country"
    return "braces" if {"{", "}"} & set(rest) else None
