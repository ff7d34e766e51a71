"""The dozen people of a demonstration, all invented, ordered by the day their detention must end."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from scheduling.case import Document, Suitability, Vulnerability


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCase:
    """A case to open: `held_days` ago detention began, in `days_left` it must end."""

    key: str
    centre: str
    country: str
    family_name: str
    given_names: str
    born_on: date | None
    birth_place: str = ""
    sex: str = "M"
    languages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    ready: tuple[Document, ...] = ()
    held_days: int
    days_left: int
    suitability: Suitability = Suitability.SUITABLE
    vulnerabilities: tuple[Vulnerability, ...] = ()
    guardian_name: str = ""
    protection_open: bool = False


WHOLE: Final = tuple(Document)
WITHOUT_FINGERPRINTS: Final = tuple(part for part in Document if part is not Document.FINGERPRINTS)
BEGUN: Final = (Document.COVER_LETTER, Document.PHOTOGRAPH)

CASES: Final = (
    DemoCase(
        key="held-yesterday",
        centre="steenokkerzeel",
        country="GN",
        family_name="Diallo",
        given_names="Mamadou",
        born_on=date(1994, 3, 12),
        birth_place="Kindia",
        languages=("fr", "fuf"),
        documents=("Extrait de naissance, copie",),
        ready=WHOLE,
        held_days=51,
        days_left=6,
    ),
    DemoCase(
        key="today",
        centre="steenokkerzeel",
        country="GN",
        family_name="Soumah",
        given_names="Ibrahima",
        born_on=date(1999, 11, 2),
        birth_place="Conakry",
        languages=("fr", "sus"),
        ready=WHOLE,
        held_days=44,
        days_left=9,
    ),
    DemoCase(
        key="late",
        centre="findel",
        country="GM",
        family_name="Jallow",
        given_names="Ousman",
        born_on=date(1997, 6, 30),
        birth_place="Brikama",
        languages=("en", "mnk"),
        documents=("Passeport périmé en 2021",),
        ready=WHOLE,
        held_days=40,
        days_left=12,
    ),
    DemoCase(
        key="capital",
        centre="steenokkerzeel",
        country="CD",
        family_name="Ilunga",
        given_names="Patrick",
        born_on=date(1988, 1, 19),
        birth_place="Lubumbashi",
        languages=("fr", "ln"),
        documents=("Permis de conduire",),
        ready=WITHOUT_FINGERPRINTS,
        held_days=37,
        days_left=18,
    ),
    DemoCase(
        key="suspended",
        centre="steenokkerzeel",
        country="GN",
        family_name="Barry",
        given_names="Kadiatou",
        born_on=date(2000, 8, 5),
        birth_place="Labé",
        sex="F",
        languages=("fr", "fuf"),
        held_days=30,
        days_left=23,
        vulnerabilities=(Vulnerability.TRAUMA,),
        protection_open=True,
    ),
    DemoCase(
        key="waiting",
        centre="steenokkerzeel",
        country="GN",
        family_name="Bah",
        given_names="Alpha Oumar",
        born_on=date(1991, 4, 27),
        birth_place="Mamou",
        languages=("fr", "fuf"),
        ready=WITHOUT_FINGERPRINTS,
        held_days=26,
        days_left=31,
    ),
    DemoCase(
        key="route-two",
        centre="findel",
        country="GM",
        family_name="Touray",
        given_names="Fatou",
        born_on=date(1995, 12, 14),
        birth_place="Serekunda",
        sex="F",
        languages=("en", "wo"),
        ready=WHOLE,
        held_days=24,
        days_left=36,
    ),
    DemoCase(
        key="refused",
        centre="steenokkerzeel",
        country="CD",
        family_name="Kabongo",
        given_names="Trésor",
        born_on=None,
        birth_place="Mbuji-Mayi",
        languages=("fr",),
        ready=BEGUN,
        held_days=33,
        days_left=42,
    ),
    DemoCase(
        key="in-person",
        centre="steenokkerzeel",
        country="GH",
        family_name="Mensah",
        given_names="Kwame",
        born_on=date(1985, 2, 9),
        birth_place="Kumasi",
        languages=("en",),
        held_days=19,
        days_left=55,
    ),
    DemoCase(
        key="minor",
        centre="steenokkerzeel",
        country="GN",
        family_name="Condé",
        given_names="Sékou",
        born_on=date(2010, 5, 21),
        birth_place="Kankan",
        languages=("fr", "mnk"),
        held_days=8,
        days_left=63,
        guardian_name="Sofie De Smet",
    ),
    DemoCase(
        key="not-assessed",
        centre="findel",
        country="CD",
        family_name="Mukendi",
        given_names="Grâce",
        born_on=date(1993, 10, 1),
        birth_place="Kananga",
        sex="F",
        languages=("fr", "ln"),
        held_days=5,
        days_left=84,
        suitability=Suitability.NOT_ASSESSED,
    ),
    DemoCase(
        key="declined",
        centre="steenokkerzeel",
        country="GN",
        family_name="Camara",
        given_names="Lansana",
        born_on=date(1990, 7, 17),
        birth_place="Boké",
        languages=("fr", "sus"),
        held_days=15,
        days_left=120,
        vulnerabilities=(Vulnerability.HEARING,),
    ),
)
