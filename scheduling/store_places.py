"""The statements that read and write organisations, rooms, interpreters, accounts and country profiles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Role
from scheduling.case import Case
from scheduling.columns import among, many
from scheduling.errors import NotForYou
from scheduling.interpreter import Interpreter
from scheduling.participant import ParticipantRole
from scheduling.post import Post
from scheduling.profile import CountryProfile
from scheduling.site import Authority, Centre, Room
from scheduling.store import add, case_from, columns_of, load_case

# Statements that every search for slots sends are made once: SQLAlchemy works each out a single time.
_O, _ROOMS, _PROFILES = tables.organisations, tables.rooms, tables.country_profiles
_INTERPRETERS, _COVERED = tables.interpreters, tables.accreditations
_ORGANISATION = select(_O).where(_O.c.id == bindparam("wanted"), _O.c.kind == bindparam("as"))
_LOCKED_ORGANISATION = _ORGANISATION.with_for_update()
_ACCREDITATIONS = select(_COVERED.c.post_id, _COVERED.c.host_country).where(
    among(_COVERED.c.post_id, many("posts"))
)
_PROFILE = select(_PROFILES).where(
    _PROFILES.c.country == bindparam("of"), _PROFILES.c.member_state == bindparam("with")
)
_IN_USE = (_ROOMS.c.centre_id == bindparam("centre"), _ROOMS.c.is_active)
_ROOMS_IN_USE = select(_ROOMS).where(*_IN_USE).order_by(_ROOMS.c.name)
_ROOM_IDS = select(_ROOMS.c.id).where(*_IN_USE)
_INTERPRETERS_IN_USE = (
    select(_INTERPRETERS)
    .where(_INTERPRETERS.c.country == bindparam("of"), _INTERPRETERS.c.is_active)
    .order_by(_INTERPRETERS.c.name)
)
_AUTHORITY = ("id", "name", "country", "city", "zone")
_CENTRE = (*_AUTHORITY, "is_active")
_POST = (
    *_CENTRE,
    "host_country",
    "languages",
    "embassy_id",
    "slot_minutes",
    "lead_minutes",
    "daily_quota",
    "seats",
    "auto_confirms",
)

_CASE, _SITE_OF, _DESK_OF = tables.cases, _O.alias("centre"), _O.alias("post")
_SITE, _DESK = ([side.c[name] for name in names] for side, names in ((_SITE_OF, _CENTRE), (_DESK_OF, _POST)))
_PARTS = (list(_CASE.c), _SITE, _DESK, list(_PROFILES.c))
_SIDES = (
    select(*chain(*_PARTS), _COVERED.c.host_country)
    .select_from(_CASE)
    .join(_SITE_OF, _SITE_OF.c.id == _CASE.c.centre_id)
    .join(_DESK_OF, and_(_DESK_OF.c.id == bindparam("post"), _DESK_OF.c.kind == "post"))
    .outerjoin(
        _PROFILES,
        and_(_PROFILES.c.country == _DESK_OF.c.country, _PROFILES.c.member_state == _SITE_OF.c.country),
    )
    .outerjoin(_COVERED, _COVERED.c.post_id == _DESK_OF.c.id)
    .where(_CASE.c.id == bindparam("case"))
)
_LOCKED_SIDES = _SIDES.with_for_update(of=[_CASE, _DESK_OF])


async def load_centre(session: AsyncConnection, centre_id: str) -> Centre:
    """Return a centre."""
    row = await _organisation(session, "centre", centre_id)
    return Centre(**{name: row[name] for name in _CENTRE})


async def load_sides(
    session: AsyncConnection, case_id: str, post_id: str, *, locked: bool
) -> tuple[Case, Centre, Post, CountryProfile]:
    """Return a case with its centre, a post, and what their countries agreed.

    Locked, the rows of case and post are kept as by `load_case` and `load_post`, the case first.
    """
    asked = {"case": case_id, "post": post_id}
    rows = (await session.execute(_LOCKED_SIDES if locked else _SIDES, asked)).all()
    if not rows:
        await load_case(session, case_id)
        raise NotForYou("post", post_id)
    values = iter(rows[0])
    case, centre, post, agreed = ({each.name: next(values) for each in part} for part in _PARTS)
    covered = frozenset(row[-1] for row in rows) - {None}
    profile = CountryProfile(country=post["country"], member_state=centre["country"])
    return (
        case_from(case),
        Centre(**centre),
        _post(post, covered),
        _profile(agreed) if agreed["country"] else profile,
    )


async def load_authority(session: AsyncConnection, authority_id: str) -> Authority:
    """Return an authority."""
    row = await _organisation(session, "authority", authority_id)
    return Authority(**{name: row[name] for name in _AUTHORITY})


async def load_post(session: AsyncConnection, post_id: str) -> Post:
    """Return a post; its row is locked, so that a day's quota is counted by one request at a time."""
    row = await _organisation(session, "post", post_id)
    return (await _with_accreditations(session, [row]))[0]


async def posts_of_country(session: AsyncConnection, country: str) -> list[Post]:
    """Return the posts that speak for a country of origin."""
    table = tables.organisations
    statement = select(table).where(table.c.kind == "post", table.c.country == country)
    return await _with_accreditations(session, (await session.execute(statement)).mappings().all())


async def load_room(session: AsyncConnection, room_id: str) -> Room:
    """Return a room."""
    statement = select(tables.rooms).where(tables.rooms.c.id == room_id)
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotForYou("room", room_id)
    return room_from(row)


async def rooms_of(session: AsyncConnection, centre_id: str) -> list[Room]:
    """Return the rooms in use of a centre, by name."""
    found = await session.execute(_ROOMS_IN_USE, {"centre": centre_id})
    return [room_from(row) for row in found.mappings()]


async def room_ids_of(session: AsyncConnection, centre_id: str) -> list[str]:
    """Return the identifiers of the rooms in use of a centre."""
    return [room_id for (room_id,) in (await session.execute(_ROOM_IDS, {"centre": centre_id})).all()]


async def load_profile(session: AsyncConnection, country: str, member_state: str) -> CountryProfile:
    """Return what a country agreed with a state, or the profile that promises nothing."""
    asked = {"of": country, "with": member_state}
    row = (await session.execute(_PROFILE, asked)).mappings().one_or_none()
    if row is None:
        return CountryProfile(country=country, member_state=member_state)
    return _profile(row)


async def interpreters_of(session: AsyncConnection, country: str) -> list[Interpreter]:
    """Return the interpreters in use who work for the centres of a member state, by name."""
    found = await session.execute(_INTERPRETERS_IN_USE, {"of": country})
    return [interpreter_from(row) for row in found.mappings()]


async def load_interpreter(session: AsyncConnection, interpreter_id: str) -> Interpreter:
    """Return an interpreter."""
    statement = select(tables.interpreters).where(tables.interpreters.c.id == interpreter_id)
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotForYou("interpreter", interpreter_id)
    return interpreter_from(row)


async def add_interpreter(session: AsyncConnection, interpreter: Interpreter) -> None:
    """Insert an interpreter."""
    await add(session, tables.interpreters, interpreter)


async def add_centre(session: AsyncConnection, centre: Centre) -> None:
    """Insert a centre."""
    row = columns_of(centre) | {"kind": "centre", "host_country": centre.country}
    await session.execute(insert(tables.organisations).values(row))


async def add_authority(
    session: AsyncConnection, *, organisation_id: str, name: str, country: str, zone: str
) -> None:
    """Insert the immigration office that supervisors and administrators belong to."""
    row = {"id": organisation_id, "name": name, "country": country, "host_country": country, "zone": zone}
    await session.execute(insert(tables.organisations).values(row | {"kind": "authority"}))


async def add_post(session: AsyncConnection, post: Post) -> None:
    """Insert a post with its accreditations; its embassy must stand already."""
    row = columns_of(post) | {"kind": "post"}
    covered = row.pop("accredited_to")
    await session.execute(insert(tables.organisations).values(row))
    for host_country in covered:
        values = {"post_id": post.id, "host_country": host_country}
        await session.execute(insert(tables.accreditations).values(values))


async def add_room(session: AsyncConnection, room: Room) -> None:
    """Insert a room."""
    await add(session, tables.rooms, room)


async def add_account(
    session: AsyncConnection,
    *,
    account_id: str,
    organisation_id: str,
    role: Role,
    name: str,
    email: str,
    language: str = "fr",
    created_at: datetime,
) -> None:
    """Insert an account; the address is kept in lower case."""
    row = {
        "id": account_id,
        "organisation_id": organisation_id,
        "role": role,
        "name": name,
        "email": email.lower(),
        "language": language,
        "created_at": created_at,
    }
    await session.execute(insert(tables.accounts).values(row))


async def add_profile(session: AsyncConnection, profile: CountryProfile) -> None:
    """Insert a country profile."""
    await session.execute(insert(tables.country_profiles).values(profile_columns(profile)))


def profile_columns(profile: CountryProfile) -> dict[str, Any]:
    """Return a country profile as the columns of its row."""
    return columns_of(profile) | {"evidence_classes": dict(profile.evidence_classes)}


def room_from(row: RowMapping) -> Room:
    """Return the room that a whole row holds."""
    return Room(**{**row, "equipment": tuple(row["equipment"])})


def interpreter_from(row: RowMapping) -> Interpreter:
    """Return the interpreter that a whole row holds."""
    return Interpreter(**{**row, "languages": tuple(row["languages"])})


async def _organisation(session: AsyncConnection, kind: str, organisation_id: str) -> RowMapping:
    statement = _LOCKED_ORGANISATION if kind == "post" else _ORGANISATION
    asked = {"wanted": organisation_id, "as": kind}
    row = (await session.execute(statement, asked)).mappings().one_or_none()
    if row is None:
        raise NotForYou(kind, organisation_id)
    return row


async def _with_accreditations(session: AsyncConnection, rows: Sequence[RowMapping]) -> list[Post]:
    covered: dict[str, set[str]] = {}
    found = await session.execute(_ACCREDITATIONS, {"posts": [row["id"] for row in rows]})
    for post_id, host_country in found.all():
        covered.setdefault(post_id, set()).add(host_country)
    return [_post(row, frozenset(covered.get(row["id"], ()))) for row in rows]


def _profile(row: Mapping[Any, Any]) -> CountryProfile:
    values = dict(row)
    values["documents_wanted"] = tuple(values["documents_wanted"])
    values["questions"] = tuple(values["questions"])
    values["may_attend"] = tuple(ParticipantRole(role) for role in values["may_attend"])
    return CountryProfile(**values)


def _post(row: Mapping[Any, Any], covered: frozenset[str]) -> Post:
    values: dict[str, Any] = {name: row[name] for name in _POST}
    values["languages"] = tuple(values["languages"])
    return Post(**values, accredited_to=covered)
