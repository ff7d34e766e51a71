"""What an actor keeps, for screens: posts, centres with rooms, authorities, interpreters and profiles."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places, tables
from scheduling.actor import Actor, Role
from scheduling.interpreter import Interpreter
from scheduling.post import Post, Route, route_between
from scheduling.profile import CountryProfile
from scheduling.site import Authority, Centre, Room


@dataclass(frozen=True, slots=True)
class PostPlace:
    """A post, and by which route the centres of each state reach it."""

    post: Post
    routes: tuple[tuple[str, Route], ...]


@dataclass(frozen=True, slots=True)
class CentrePlace:
    """A centre with all its rooms, those out of use too."""

    centre: Centre
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that one actor keeps."""

    posts: tuple[PostPlace, ...] = ()
    centres: tuple[CentrePlace, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    profiles: tuple[CountryProfile, ...] = ()
    authorities: tuple[Authority, ...] = ()


async def places_of(session: AsyncConnection, actor: Actor) -> Places:
    """Return all for an administrator, the own centre or post for staff and officers."""
    if actor.role is Role.SUPERVISOR:
        return Places()
    centres = await _centres(session, actor)
    posts = await _posts(session, actor)
    if actor.role is not Role.ADMINISTRATOR:
        return Places(posts, centres)
    i, p = tables.interpreters, tables.country_profiles
    found = (await session.execute(select(i).order_by(i.c.country, i.c.name))).mappings()
    interpreters = tuple(store_places.interpreter_from(row) for row in found)
    keys = (await session.execute(select(p.c.country, p.c.member_state).order_by(*p.primary_key))).all()
    profiles = [await store_places.load_profile(session, *key) for key in keys]
    ids = await _ids(session, "authority", actor)
    authorities = tuple([await store_places.load_authority(session, each) for each in ids])
    return Places(posts, centres, interpreters, tuple(profiles), authorities)


async def _centres(session: AsyncConnection, actor: Actor) -> tuple[CentrePlace, ...]:
    r = tables.rooms
    out = []
    for centre_id in await _ids(session, "centre", actor):
        statement = select(r).where(r.c.centre_id == centre_id).order_by(r.c.name)
        rooms = tuple(store_places.room_from(row) for row in (await session.execute(statement)).mappings())
        out.append(CentrePlace(await store_places.load_centre(session, centre_id), rooms))
    return tuple(out)


async def _posts(session: AsyncConnection, actor: Actor) -> tuple[PostPlace, ...]:
    o = tables.organisations
    states = (await session.execute(select(o.c.country).where(o.c.kind == "centre").distinct())).scalars()
    member_states = sorted(states)
    out = []
    for post_id in await _ids(session, "post", actor):
        post = await store_places.load_post(session, post_id)
        routes = [(state, route_between(state, post)) for state in member_states]
        out.append(PostPlace(post, tuple((state, route) for state, route in routes if route is not None)))
    return tuple(out)


async def _ids(session: AsyncConnection, kind: str, actor: Actor) -> list[str]:
    o = tables.organisations
    statement = select(o.c.id).where(o.c.kind == kind, _own(actor)).order_by(o.c.country, o.c.name)
    return list((await session.execute(statement)).scalars())


def _own(actor: Actor) -> ColumnElement[bool]:
    o = tables.organisations
    if actor.role is Role.ADMINISTRATOR:
        return o.c.id.is_not(None)
    return o.c.id == actor.organisation_id
