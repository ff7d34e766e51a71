"""Fills an empty database with the demonstration's world, and then with a few weeks of its life."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_keeping, store_places
from scheduling.actor import Actor, Role
from scheduling.availability import day_in
from scheduling.case import Case
from scheduling.identifier import new_id
from scheduling.open_case import open_case
from scheduling.prepare import prepare
from server.demo import world
from server.demo.cases import CASES
from server.demo.world import Person
from server.tables import credentials

_ACCOUNTS_SINCE = timedelta(days=200)


@dataclass(frozen=True)
class World:
    """What was seeded: the random identifier of each name in `world`, the people as actors, the cases."""

    ids: dict[str, str]
    actors: dict[str, Actor]
    cases: dict[str, Case]

    def staff_of(self, centre: str) -> Actor:
        """Give who works at a centre."""
        return next(
            actor
            for actor in self.actors.values()
            if actor.role is Role.CENTRE_STAFF and actor.organisation_id == self.ids[centre]
        )

    def officer_of(self, post: str) -> Actor:
        """Give who answers for a post."""
        return next(
            actor
            for actor in self.actors.values()
            if actor.role is Role.CONSULAR_OFFICER and actor.organisation_id == self.ids[post]
        )


async def seed_world(session: AsyncConnection, now: datetime) -> World:
    """Insert organisations, people, hours, profiles and cases."""
    ids = _ids()
    await _add_places(session, ids)
    actors = await _add_people(session, ids, now)
    seeded = World(ids, actors, {})
    await _add_cases(session, seeded, now)
    return seeded


def _ids() -> dict[str, str]:
    names = [
        one.id for one in (*world.CENTRES, *world.ROOMS, *world.POSTS, *world.PEOPLE, *world.INTERPRETERS)
    ]
    return {name: new_id() for name in (*names, world.OFFICE)}


async def _add_places(session: AsyncConnection, ids: dict[str, str]) -> None:
    await store_places.add_authority(
        session,
        organisation_id=ids[world.OFFICE],
        name=world.OFFICE_NAME,
        country="BE",
        zone=world.BRUSSELS,
    )
    for centre in world.CENTRES:
        await store_places.add_centre(session, replace(centre, id=ids[centre.id]))
    for room in world.ROOMS:
        await store_places.add_room(session, replace(room, id=ids[room.id], centre_id=ids[room.centre_id]))
    for post in world.POSTS:
        embassy_id = ids[post.embassy_id] if post.embassy_id else None
        await store_places.add_post(session, replace(post, id=ids[post.id], embassy_id=embassy_id))
    for interpreter in world.INTERPRETERS:
        await store_places.add_interpreter(session, replace(interpreter, id=ids[interpreter.id]))
    for at, focal_point in world.FOCAL_POINTS:
        await store_keeping.write_focal_points(session, ids[at], [focal_point])
    for owner, hours in world.HOURS:
        await store_hours.add_hours(session, ids[owner], hours)
    for profile in world.PROFILES:
        await store_places.add_profile(session, profile)


async def _add_people(session: AsyncConnection, ids: dict[str, str], now: datetime) -> dict[str, Actor]:
    # Nobody knows this password: a demonstration is entered through its links. One hash serves all.
    nobody_knows = PasswordHasher().hash(secrets.token_urlsafe(32))
    for person in world.PEOPLE:
        await store_places.add_account(
            session,
            account_id=ids[person.id],
            organisation_id=ids[person.at],
            role=person.role,
            name=person.name,
            email=f"{person.id}@demo.invalid",
            created_at=now - _ACCOUNTS_SINCE,
        )
        row = {"account_id": ids[person.id], "password_hash": nobody_knows, "is_one_time": False}
        await session.execute(insert(credentials).values(row))
    return {person.id: _actor(person, ids) for person in world.PEOPLE}


def _actor(person: Person, ids: dict[str, str]) -> Actor:
    return Actor(
        account_id=ids[person.id], role=person.role, organisation_id=ids[person.at], name=person.name
    )


async def _add_cases(session: AsyncConnection, seeded: World, now: datetime) -> None:
    today = day_in(now, world.BRUSSELS)
    for case in CASES:
        opened_at = now - timedelta(days=max(1, case.held_days - 2))
        seeded.cases[case.key] = await open_case(
            session,
            lambda opened_at=opened_at: opened_at,  # type: ignore[misc]
            seeded.staff_of(case.centre),
            country=case.country,
            family_name=case.family_name,
            given_names=case.given_names,
            born_on=case.born_on,
            detained_on=today - timedelta(days=case.held_days),
            detention_ends_on=today + timedelta(days=case.days_left),
            birth_place=case.birth_place,
            sex=case.sex,
            languages=case.languages,
            documents=case.documents,
            is_minor=bool(case.guardian_name),
            guardian_name=case.guardian_name,
            vulnerabilities=case.vulnerabilities,
            suitability=case.suitability,
            protection_open=case.protection_open,
        )
        if case.ready:
            seeded.cases[case.key] = await prepare(
                session,
                lambda opened_at=opened_at: opened_at,  # type: ignore[misc]
                seeded.staff_of(case.centre),
                case_id=seeded.cases[case.key].id,
                ready=case.ready,
            )
