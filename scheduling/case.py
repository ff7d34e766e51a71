"""A case: one detained person, what may be released about them, and whether a post may be asked at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

ADULT_AT_YEARS = 18


class CaseStatus(StrEnum):
    """Where the person is for the house."""

    OPEN = "open"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    RETURNED = "returned"


class Suitability(StrEnum):
    """Whether video suits this person, assessed one by one."""

    NOT_ASSESSED = "not_assessed"
    SUITABLE = "suitable"
    UNSUITABLE = "unsuitable"


class Vulnerability(StrEnum):
    """What to heed with this person."""

    HEARING = "hearing"
    SIGHT = "sight"
    HEALTH = "health"
    TRAUMA = "trauma"
    LITERACY = "literacy"


class Document(StrEnum):
    """A part of the presentation set that a post expects with a request."""

    COVER_LETTER = "cover_letter"
    APPLICATION = "application"
    PHOTOGRAPH = "photograph"
    DECLARATION = "declaration"
    COPIES = "copies"
    FINGERPRINTS = "fingerprints"


class DisclosedField(StrEnum):
    """What a centre may release to a post; each value is the column that holds it."""

    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    BORN_ON = "born_on"
    BIRTH_PLACE = "birth_place"
    SEX = "sex"
    LANGUAGES = "languages"
    DOCUMENTS = "documents"


USUAL_DISCLOSURE = frozenset(
    {
        DisclosedField.FAMILY_NAME,
        DisclosedField.GIVEN_NAMES,
        DisclosedField.BORN_ON,
        DisclosedField.BIRTH_PLACE,
        DisclosedField.LANGUAGES,
    },
)
"""What a form proposes; the centre still ticks every field of every request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One detained person as the centre knows them."""

    id: str
    reference: str
    centre_id: str
    country: str
    family_name: str
    given_names: str
    born_on: date | None
    birth_place: str = ""
    sex: str = ""
    languages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    presentation: tuple[str, ...] = ()
    is_minor: bool = False
    guardian_name: str = ""
    vulnerabilities: tuple[str, ...] = ()
    detained_on: date
    detention_ends_on: date
    suitability: Suitability = Suitability.NOT_ASSESSED
    suitability_by: str | None = None
    suitability_at: datetime | None = None
    protection_open: bool = False
    protection_changed_at: datetime | None = None
    status: CaseStatus = CaseStatus.OPEN
    opened_at: datetime
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether the person is still here."""
        return self.status is CaseStatus.OPEN


def is_minor_on(born_on: date | None, today: date) -> bool:
    """Tell whether somebody born then is under age today; an unknown birth date decides nothing."""
    return born_on is not None and age_on(born_on, today) < ADULT_AT_YEARS


def age_on(born_on: date, today: date) -> int:
    """Return full years of age; born on 29 February counts from 1 March."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def fields_from(names: Iterable[str]) -> frozenset[DisclosedField]:
    """Return the released fields by name; an unknown name is a ValueError."""
    return frozenset(DisclosedField(name) for name in names)
