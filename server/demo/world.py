"""Who and what exists in a demonstration: centres, posts on all three routes, people, country profiles.

Everybody is invented. The figures of the profiles are the examples of the field's own documents: seven days
to arrange an interview and five to issue (Gambia), three months of validity (Guinea), one month (Ghana).
The identifiers are names to be replaced by random ones when the world is seeded.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Final

from scheduling.actor import Role
from scheduling.availability import WeeklyHours
from scheduling.focal_point import FocalPoint
from scheduling.interpreter import Interpreter
from scheduling.participant import ParticipantRole
from scheduling.post import Post
from scheduling.profile import CountryProfile
from scheduling.site import Centre, Equipment, Room

BRUSSELS: Final = "Europe/Brussels"
LUXEMBOURG: Final = "Europe/Luxembourg"
PARIS: Final = "Europe/Paris"
KINSHASA: Final = "Africa/Kinshasa"
WEEKDAYS: Final = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
EVERY_DAY: Final = "FREQ=DAILY"
LONG_AGO: Final = date(2020, 1, 6)
REHEARSAL_COUNTRY: Final = "GN"

CENTRES: Final = (
    Centre(id="steenokkerzeel", name="Centre 127bis", country="BE", city="Steenokkerzeel", zone=BRUSSELS),
    Centre(id="findel", name="Centre de rétention", country="LU", city="Findel", zone=LUXEMBOURG),
)
ROOMS: Final = (
    Room(
        id="visio-1",
        centre_id="steenokkerzeel",
        name="Visio 1",
        equipment=(Equipment.DOCUMENT_CAMERA, Equipment.HEADSETS, Equipment.STEP_FREE),
    ),
    Room(id="visio-2", centre_id="steenokkerzeel", name="Visio 2", equipment=(Equipment.HEARING_LOOP,)),
    Room(id="rehearsal-room", centre_id="steenokkerzeel", name="Salle de répétition"),
    Room(id="findel-visio", centre_id="findel", name="Visio"),
)
POSTS: Final = (
    Post(
        id="conakry",
        name="Ambassade de Guinée",
        country="GN",
        host_country="BE",
        city="Bruxelles",
        zone=BRUSSELS,
        languages=("fr",),
        accredited_to=frozenset({"NL", "LU"}),
        slot_minutes=60,
        lead_minutes=120,
        daily_quota=4,
    ),
    Post(
        id="banjul",
        name="Ambassade de Gambie",
        country="GM",
        host_country="FR",
        city="Paris",
        zone=PARIS,
        languages=("en",),
        accredited_to=frozenset({"LU", "BE"}),
        slot_minutes=45,
        lead_minutes=24 * 60,
    ),
    Post(
        id="kinshasa-embassy",
        name="Ambassade de la République démocratique du Congo",
        country="CD",
        host_country="BE",
        city="Bruxelles",
        zone=BRUSSELS,
        languages=("fr", "ln"),
        slot_minutes=60,
    ),
    Post(
        id="kinshasa",
        name="Direction générale de migration",
        country="CD",
        host_country="CD",
        city="Kinshasa",
        zone=KINSHASA,
        languages=("fr", "ln"),
        accredited_to=frozenset({"BE", "LU"}),
        embassy_id="kinshasa-embassy",
        slot_minutes=60,
        lead_minutes=24 * 60,
    ),
    Post(
        id="accra",
        name="Ambassade du Ghana",
        country="GH",
        host_country="BE",
        city="Bruxelles",
        zone=BRUSSELS,
        languages=("en",),
    ),
    Post(
        id="rehearsal-post",
        name="Poste de répétition",
        country=REHEARSAL_COUNTRY,
        host_country="BE",
        city="Bruxelles",
        zone=BRUSSELS,
        languages=("fr",),
        slot_minutes=15,
        lead_minutes=0,
        seats=4,
    ),
)


def _hours(rule: str, starts: int, ends: int, zone: str) -> WeeklyHours:
    return WeeklyHours(rule, LONG_AGO, time(starts), time(ends), zone)


def _interpreter(
    key: str, name: str, languages: tuple[str, ...], *, state: str = "BE", zone: str = BRUSSELS
) -> Interpreter:
    email = f"{key}@demo.invalid"
    return Interpreter(
        id=f"interpreter-{key}", country=state, name=name, languages=languages, zone=zone, email=email
    )


HOURS: Final = (
    ("visio-1", _hours(WEEKDAYS, 8, 18, BRUSSELS)),
    ("visio-2", _hours(WEEKDAYS, 9, 17, BRUSSELS)),
    ("rehearsal-room", _hours(EVERY_DAY, 0, 0, BRUSSELS)),
    ("findel-visio", _hours(WEEKDAYS, 8, 17, LUXEMBOURG)),
    ("conakry", _hours(WEEKDAYS, 9, 16, BRUSSELS)),
    ("banjul", _hours("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", 10, 16, PARIS)),
    ("kinshasa-embassy", _hours("FREQ=WEEKLY;BYDAY=TU,TH", 9, 13, BRUSSELS)),
    ("kinshasa", _hours(WEEKDAYS, 8, 15, KINSHASA)),
    ("accra", _hours("FREQ=WEEKLY;BYDAY=WE", 9, 12, BRUSSELS)),
    ("rehearsal-post", _hours(EVERY_DAY, 0, 0, BRUSSELS)),
    ("interpreter-pular", _hours(WEEKDAYS, 8, 18, BRUSSELS)),
    ("interpreter-wolof", _hours("FREQ=WEEKLY;BYDAY=MO,WE,FR", 9, 17, BRUSSELS)),
    ("interpreter-lingala", _hours("FREQ=WEEKLY;BYDAY=TU,TH", 9, 16, BRUSSELS)),
    ("interpreter-mandinka", _hours("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", 10, 18, BRUSSELS)),
    ("interpreter-susu", _hours(WEEKDAYS, 9, 17, LUXEMBOURG)),
)
_DOCUMENTS: Final = ("cover_letter", "application", "photograph", "declaration", "copies", "fingerprints")
_QUESTIONS: Final = (
    "Dans quelle sous-préfecture êtes-vous né(e) ?",  # noqa: RUF001 - French typography
    "Comment s’appellent votre père et votre mère, et d’où viennent-ils ?",  # noqa: RUF001 - French typography
    "Quelle langue parlait-on à la maison ?",  # noqa: RUF001 - French typography
    "Quelle école avez-vous fréquentée, et qui la dirigeait ?",  # noqa: RUF001 - French typography
    "Qui de votre famille pouvons-nous joindre au pays ?",  # noqa: RUF001 - French typography
)
_ATTEND: Final = (ParticipantRole.INTERPRETER, ParticipantRole.GUARDIAN)
PROFILES: Final = (
    *(
        CountryProfile(
            country="GN",
            member_state=state,
            days_to_arrange=14,
            laissez_passer_days=90,
            documents_wanted=_DOCUMENTS,
            may_attend=_ATTEND,
            questions=_QUESTIONS,
        )
        for state in ("BE", "LU", "NL")
    ),
    *(
        CountryProfile(
            country="GM",
            member_state=state,
            days_to_arrange=7,
            days_to_issue=5,
            documents_wanted=_DOCUMENTS,
            may_attend=(*_ATTEND, ParticipantRole.LAWYER),
        )
        for state in ("BE", "LU")
    ),
    CountryProfile(country="CD", member_state="BE", days_to_arrange=21, may_attend=_ATTEND),
    CountryProfile(
        country="CD", member_state="LU", accepts_recording=False, days_to_arrange=21, may_attend=_ATTEND
    ),
    CountryProfile(
        country="GH",
        member_state="BE",
        accepts_video=False,
        laissez_passer_days=30,
        documents_wanted=_DOCUMENTS,
    ),
    CountryProfile(
        country="LK",
        member_state="BE",
        days_to_issue=14,
        laissez_passer_days=183,
        documents_wanted=_DOCUMENTS,
    ),
)
INTERPRETERS: Final = (
    _interpreter("pular", "Mariama Baldé", ("fuf", "fuc", "fr")),
    _interpreter("wolof", "Ousmane Sarr", ("wo", "fr")),
    _interpreter("lingala", "Clarisse Mbala", ("ln", "fr")),
    _interpreter("mandinka", "Ebrima Jatta", ("mnk", "en")),
    _interpreter("susu", "Kadiatou Soumah", ("sus", "fr"), state="LU", zone=LUXEMBOURG),
)
FOCAL_POINTS: Final = (
    ("steenokkerzeel", FocalPoint("Permanence", "127bis@demo.invalid", "+32 2 000 00 10")),
    ("findel", FocalPoint("Permanence", "findel@demo.invalid", "+352 00 00 11")),
    ("conakry", FocalPoint("Ibrahima Keita", "conakry@demo.invalid", "+32 2 000 00 01")),
    ("banjul", FocalPoint("Isatou Njie", "banjul@demo.invalid", "+33 1 00 00 00 02")),
    ("kinshasa", FocalPoint("Pascal Kabongo", "kinshasa@demo.invalid", "+243 00 000 0003")),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `at` is an organisation; `is_door` puts them on the welcome page."""

    id: str
    at: str
    role: Role
    name: str
    is_door: bool = False


OFFICE: Final = "office"
OFFICE_NAME: Final = "Office des étrangers"
PEOPLE: Final = (
    Person("staff-steenokkerzeel", "steenokkerzeel", Role.CENTRE_STAFF, "Mieke Peeters", is_door=True),
    Person("officer-conakry", "conakry", Role.CONSULAR_OFFICER, "Aïssatou Camara", is_door=True),
    Person("supervisor", OFFICE, Role.SUPERVISOR, "Hélène Lambert", is_door=True),
    Person("administrator", OFFICE, Role.ADMINISTRATOR, "Tom Janssens", is_door=True),
    Person("staff-findel", "findel", Role.CENTRE_STAFF, "Claude Weber", is_door=True),
    Person("officer-banjul", "banjul", Role.CONSULAR_OFFICER, "Lamin Ceesay", is_door=True),
    Person("officer-kinshasa", "kinshasa", Role.CONSULAR_OFFICER, "Béatrice Ilunga", is_door=True),
    Person("officer-embassy", "kinshasa-embassy", Role.CONSULAR_OFFICER, "Jean Mbuyi"),
    Person("officer-accra", "accra", Role.CONSULAR_OFFICER, "Kofi Asante"),
    Person("officer-rehearsal", "rehearsal-post", Role.CONSULAR_OFFICER, "Agent de répétition"),
)
