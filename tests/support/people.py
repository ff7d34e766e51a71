"""The people and places of the tests by name, and builders that refuse cases which cannot be.

Steenokkerzeel is a Belgian centre, Rotterdam a Dutch one. Guinea has its post for both in Brussels
(routes 1 and 2) and a desk in Conakry (route 3); Ghana declines video; Gambia's post has two seats.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_hours, store_places
from scheduling.actor import Actor, Role
from scheduling.availability import WeeklyHours
from scheduling.booking import Booking, Modality
from scheduling.case import USUAL_DISCLOSURE, Case, DisclosedField, Suitability
from scheduling.clock import Clock
from scheduling.confirm import Confirmed, confirm
from scheduling.identifier import new_id
from scheduling.open_case import open_case
from scheduling.open_early import open_early
from scheduling.post import Post
from scheduling.profile import CountryProfile
from scheduling.request import Requested, request_interview
from scheduling.site import Centre, Room

WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_LONG_AGO = date(2024, 1, 1)

STEENOKKERZEEL = Centre(
    id="centre0steenokkerzeel00000",
    name="Centre 127 bis",
    country="BE",
    city="Steenokkerzeel",
    zone="Europe/Brussels",
)
ROTTERDAM = Centre(
    id="centre0rotterdam0000000000",
    name="DC Rotterdam",
    country="NL",
    city="Rotterdam",
    zone="Europe/Amsterdam",
)
BRUSSELS_POST = Post(
    id="post00guinea0brussels00000",
    name="Ambassade de Guinée",
    country="GN",
    host_country="BE",
    city="Bruxelles",
    zone="Europe/Brussels",
    languages=("fr",),
    accredited_to=frozenset({"BE", "NL"}),
    lead_minutes=24 * 60,
    daily_quota=4,
)
CONAKRY_POST = Post(
    id="post00guinea0conakry000000",
    name="Ministère de la Sécurité",
    country="GN",
    host_country="GN",
    city="Conakry",
    zone="Africa/Conakry",
    languages=("fr",),
    accredited_to=frozenset({"BE", "NL"}),
    embassy_id=BRUSSELS_POST.id,
    lead_minutes=24 * 60,
)
GHANA_POST = Post(
    id="post00ghana0brussels000000",
    name="Embassy of Ghana",
    country="GH",
    host_country="BE",
    city="Bruxelles",
    zone="Europe/Brussels",
    accredited_to=frozenset({"BE"}),
)
GAMBIA_POST = Post(
    id="post00gambia0brussels00000",
    name="Embassy of the Gambia",
    country="GM",
    host_country="BE",
    city="Bruxelles",
    zone="Europe/Brussels",
    accredited_to=frozenset({"BE"}),
    slot_minutes=30,
    lead_minutes=60,
    seats=2,
    auto_confirms=True,
)
OFFICE = Centre(
    id="office0immigration00000000",
    name="Office des étrangers",
    country="BE",
    city="Bruxelles",
    zone="Europe/Brussels",
)

CENTRES = (STEENOKKERZEEL, ROTTERDAM)
POSTS = (BRUSSELS_POST, CONAKRY_POST, GHANA_POST, GAMBIA_POST)
PROFILES = (
    CountryProfile(country="GN", member_state="BE", days_to_arrange=7, laissez_passer_days=90),
    CountryProfile(country="GN", member_state="NL", days_to_arrange=7, accepts_recording=False),
    CountryProfile(country="GH", member_state="BE", accepts_video=False),
    CountryProfile(country="GM", member_state="BE", days_to_arrange=7, days_to_issue=5),
)
VISIO_1 = Room(id="room00steenokkerzeel000001", centre_id=STEENOKKERZEEL.id, name="Visio 1")
VISIO_2 = Room(id="room00steenokkerzeel000002", centre_id=STEENOKKERZEEL.id, name="Visio 2")
KAMER_1 = Room(id="room00rotterdam00000000001", centre_id=ROTTERDAM.id, name="Kamer 1")
ROOMS = (VISIO_1, VISIO_2, KAMER_1)


def officer_of(post: Post, number: int = 1) -> Actor:
    """Return an officer of a post; each number is another person."""
    _refuse(post not in POSTS, "this post is not in the tests' world")
    return _person(Role.CONSULAR_OFFICER, post.id, number)


def staff_of(centre: Centre, number: int = 1) -> Actor:
    """Return a member of a centre's staff; each number is another person."""
    _refuse(centre not in CENTRES, "this centre is not in the tests' world")
    return _person(Role.CENTRE_STAFF, centre.id, number)


def a_supervisor() -> Actor:
    return _person(Role.SUPERVISOR, OFFICE.id, 1)


def an_administrator() -> Actor:
    return _person(Role.ADMINISTRATOR, OFFICE.id, 1)


@dataclass(frozen=True)
class Detainee:
    """Somebody whose case a test opens; `with_` changes what matters to it."""

    centre: Centre
    values: Mapping[str, Any] = field(default_factory=dict)

    def with_(self, **values: Any) -> "Detainee":
        changed = replace(self, values={**self.values, **values})
        given = changed.values
        _refuse(given["detention_ends_on"] < given["detained_on"], "detention cannot end before it began")
        _refuse(
            bool(given.get("guardian_name")) and not given.get("is_minor"), "an adult has no guardian here"
        )
        return changed

    async def opened(self, session: AsyncConnection, clock: Clock) -> Case:
        return await open_case(session, clock, staff_of(self.centre), **self.values)


def detainee_at(centre: Centre, **values: Any) -> Detainee:
    """Return an adult from Guinea for whom video is suitable, detained until March 2027."""
    usual = {
        "country": "GN",
        "family_name": "Diallo",
        "given_names": "Mamadou Alpha",
        "born_on": date(1998, 5, 4),
        "birth_place": "Labé",
        "languages": ("ff", "fr"),
        "detained_on": date(2026, 9, 14),
        "detention_ends_on": date(2027, 3, 13),
        "suitability": Suitability.SUITABLE,
    }
    return Detainee(centre, usual).with_(**values)


def minor_at(centre: Centre) -> Detainee:
    return detainee_at(centre, is_minor=True, born_on=date(2010, 2, 1), guardian_name="Claire Peeters")


async def seed(session: AsyncConnection, clock: Clock) -> None:
    """Write the whole world: places, weekly hours, profiles and two people of each organisation."""
    office = OFFICE
    await store_places.add_authority(
        session, organisation_id=office.id, name=office.name, country=office.country, zone=office.zone
    )
    for centre in CENTRES:
        await store_places.add_centre(session, centre)
    for post in POSTS:
        await store_places.add_post(session, post)
        await store_hours.add_hours(session, post.id, weekly(post.zone, 9, 16))
    for room in ROOMS:
        await store_places.add_room(session, room)
        zone = next(centre.zone for centre in CENTRES if centre.id == room.centre_id)
        await store_hours.add_hours(session, room.id, weekly(zone, 8, 18))
    for profile in PROFILES:
        await store_places.add_profile(session, profile)
    for actor in everybody():
        await store_places.add_account(
            session,
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            role=actor.role,
            name=actor.name,
            email=f"{actor.account_id}@parloir.invalid",
            created_at=clock(),
        )


def everybody() -> Iterable[Actor]:
    for number in (1, 2):
        yield from (officer_of(post, number) for post in POSTS)
        yield from (staff_of(centre, number) for centre in CENTRES)
    yield a_supervisor()
    yield an_administrator()


def weekly(zone: str, opens: int, closes: int) -> WeeklyHours:
    """Return hours from Monday to Friday."""
    _refuse(closes <= opens, "these hours would last through the night")
    return WeeklyHours(WEEKDAYS, _LONG_AGO, time(opens), time(closes), zone)


async def ask(
    session: AsyncConnection,
    clock: Clock,
    case: Case,
    starts_at: datetime,
    *,
    post: Post = BRUSSELS_POST,
    room: Room = VISIO_1,
    disclosed: Iterable[DisclosedField] = USUAL_DISCLOSURE,
    modality: Modality = Modality.VIDEO,
) -> Requested:
    """Send a request as the staff of the room's centre."""
    centre = next(each for each in CENTRES if each.id == room.centre_id)
    return await request_interview(
        session,
        clock,
        staff_of(centre),
        case_id=case.id,
        post_id=post.id,
        slots=[(room.id, starts_at)],
        modality=modality,
        disclosed=disclosed,
    )


async def agreed(session: AsyncConnection, clock: Clock, booking: Booking) -> Confirmed:
    """Confirm a booking as the first officer of its post."""
    post = next(each for each in POSTS if each.id == booking.post_id)
    return await confirm(session, clock, officer_of(post), booking_id=booking.id)


async def meant_early(session: AsyncConnection, clock: Clock, host: Actor, interview_id: str) -> None:
    """Confirm as its host that an interview is opened long before its hour."""
    _, booking_id = await store.whose_interview(session, interview_id)
    planned_at = (await store.load_booking(session, booking_id)).starts_at
    await open_early(session, clock, host, interview_id=interview_id, starts_at=planned_at)


def some_id() -> str:
    """Return the identifier of nothing."""
    return new_id()


def _person(role: Role, organisation_id: str, number: int) -> Actor:
    account_id = f"{role.value[:4]}{number}{organisation_id[4:]}"[:26].ljust(26, "0")
    return Actor(
        account_id=account_id, role=role, organisation_id=organisation_id, name=f"{role.value} {number}"
    )


def _refuse(impossible: bool, why: str) -> None:
    if impossible:
        raise ValueError(why)
