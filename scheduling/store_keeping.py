"""The statements that change organisations, rooms, interpreters, profiles and focal points."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places, tables
from scheduling.focal_point import FocalPoint
from scheduling.identifier import new_id
from scheduling.interpreter import Interpreter
from scheduling.post import Post
from scheduling.profile import CountryProfile
from scheduling.site import Authority, Centre, Room
from scheduling.store import columns_of, insert_once


async def save_post(session: AsyncConnection, post: Post) -> None:
    """Write a post that stands already, with its accreditations."""
    table = tables.accreditations
    values = columns_of(post)
    covered = values.pop("accredited_to")
    await session.execute(
        update(tables.organisations).where(tables.organisations.c.id == post.id).values(values)
    )
    await session.execute(delete(table).where(table.c.post_id == post.id))
    for country in covered:
        await session.execute(insert(table).values(post_id=post.id, host_country=country))


async def save_site(session: AsyncConnection, site: Centre | Authority) -> None:
    """Write a centre or an authority that stands already; it stands in the state that it serves."""
    values = columns_of(site) | {"host_country": site.country}
    table = tables.organisations
    await session.execute(update(table).where(table.c.id == site.id).values(values))


async def save_room(session: AsyncConnection, room: Room) -> None:
    """Write a room that stands already."""
    table = tables.rooms
    await session.execute(update(table).where(table.c.id == room.id).values(columns_of(room)))


async def save_interpreter(session: AsyncConnection, interpreter: Interpreter) -> None:
    """Write an interpreter who stands already."""
    table = tables.interpreters
    await session.execute(update(table).where(table.c.id == interpreter.id).values(columns_of(interpreter)))


async def telephone_of(session: AsyncConnection, organisation_id: str) -> str:
    """Return the first telephone among the focal points of an organisation; empty where there is none."""
    f = tables.focal_points
    statement = (
        select(f.c.telephone)
        .where(f.c.organisation_id == organisation_id, f.c.telephone != "")
        .order_by(f.c.id)
    )
    return await session.scalar(statement.limit(1)) or ""


async def lock_profile(session: AsyncConnection, country: str, member_state: str) -> None:
    """Keep the row of a profile until the transaction ends; one never saved begins by promising nothing."""
    table = tables.country_profiles
    row = store_places.profile_columns(CountryProfile(country=country, member_state=member_state))
    await session.execute(insert_once(session, table).values(row))
    same = (table.c.country == country) & (table.c.member_state == member_state)
    await session.execute(select(table.c.country).where(same).with_for_update())


async def save_profile(session: AsyncConnection, profile: CountryProfile) -> None:
    """Write a country profile in the place of the former one."""
    table = tables.country_profiles
    same = (table.c.country == profile.country) & (table.c.member_state == profile.member_state)
    await session.execute(delete(table).where(same))
    await store_places.add_profile(session, profile)


async def has_room_named(session: AsyncConnection, centre_id: str, name: str, *, but: str) -> bool:
    """Tell whether another room of a centre has this name already."""
    table = tables.rooms
    same = (table.c.centre_id == centre_id) & (table.c.name == name) & (table.c.id != but)
    return (await session.execute(select(table.c.id).where(same))).first() is not None


async def focal_points_of(session: AsyncConnection, organisation_id: str) -> list[FocalPoint]:
    """Return the named contacts of an organisation, by name."""
    table = tables.focal_points
    statement = select(table.c.name, table.c.email, table.c.telephone).where(
        table.c.organisation_id == organisation_id
    )
    return [FocalPoint(*row) for row in (await session.execute(statement.order_by(table.c.name))).all()]


async def write_focal_points(
    session: AsyncConnection, organisation_id: str, wanted: Iterable[FocalPoint]
) -> None:
    """Put these contacts in the place of the former ones."""
    table = tables.focal_points
    await session.execute(delete(table).where(table.c.organisation_id == organisation_id))
    rows: Sequence[dict[str, str]] = [
        {"id": new_id(), "organisation_id": organisation_id, **columns_of(each)} for each in wanted
    ]
    if rows:
        await session.execute(insert(table), rows)
