"""The door of another day: its host reads when it is planned, in both zones, and says that it is meant."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from scheduling import tables
from tests.support.pages import World, carried, last_of, running_world
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "Oui, l\N{RIGHT SINGLE QUOTATION MARK}ouvrir avant l\N{RIGHT SINGLE QUOTATION MARK}heure"
NOTED = "Le centre ouvre l\N{RIGHT SINGLE QUOTATION MARK}entretien avant"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The post's clock is that of Conakry."""
    async with running_world(tmp_path_factory.mktemp("house")) as running:
        o, post_id = tables.organisations, running.house.organisations[POST]
        async with running.house.transaction() as session:
            await session.execute(update(o).where(o.c.id == post_id).values(zone="Africa/Conakry"))
        yield running


async def starts_at(world: World, booking: str) -> datetime:
    found: datetime = (await world.rows(tables.bookings, id=last_of(booking)))[0]["starts_at"]
    return found


async def answer_of_line(world: World, path: str) -> str:
    """What the line says first to the host."""
    async with world.staff.session.ws_connect(f"{path}/line") as line:
        return str((await line.receive_json())["type"])


async def test_the_host_is_asked_with_the_planned_day_in_both_zones(world: World) -> None:
    booking, path = await world.confirmed()
    planned_at = await starts_at(world, booking)
    page = await world.staff.get(f"{path}/room")
    assert page.says(QUESTION)
    assert page.says(f"{planned_at + timedelta(hours=2):%H:%M} (Bruxelles, UTC+2)")
    assert page.says(f"{planned_at:%H:%M} (Conakry, UTC)")
    assert await answer_of_line(world, path) == "early"
    assert not (await world.officer.get(f"{path}/room")).says(QUESTION)


async def test_their_word_opens_the_door_and_stands_in_the_record(world: World) -> None:
    booking, path = await world.confirmed()
    (shown,) = carried(await world.staff.get(f"{path}/room"), "starts_at")
    assert datetime.fromisoformat(shown) == await starts_at(world, booking)
    for stranger in ("officer", "other_staff", "supervisor"):
        assert (await world.people[stranger].post(f"{path}/early", {"starts_at": shown})).status == 404
    page = await world.staff.post(f"{path}/early", {"starts_at": shown})
    assert (page.status, page.location) == (303, f"{path}/room")
    assert not (await world.staff.get(f"{path}/room")).says(QUESTION)
    assert await answer_of_line(world, path) == "welcome"
    assert (await world.staff.get(path)).says(NOTED)


@pytest.mark.parametrize("said", ["", "demain", "2026-09-23T08:00:00"])
async def test_what_names_no_moment_confirms_nothing(world: World, said: str) -> None:
    _, path = await world.confirmed()
    assert (await world.staff.post(f"{path}/early", {"starts_at": said})).status == 400
    assert (await world.staff.get(f"{path}/room")).says(QUESTION)


@pytest.mark.parametrize("modality", ["telephone", "in_person"])
async def test_without_a_line_the_host_is_asked_before_the_form_that_begins_it(
    world: World, modality: str
) -> None:
    page = await world.ask(await world.case(), modality=modality)
    booking = f"/bookings/{last_of(page.location)}"
    await world.officer.post(f"{booking}/confirm")
    (interview,) = await world.rows(tables.interviews, booking_id=last_of(booking))
    path = f"/interviews/{interview['id']}"
    page = await world.staff.get(path)
    assert page.says(QUESTION)
    assert f'action="{path}/begin"' not in page.text
    await world.staff.post(f"{path}/begin")
    assert not (await world.rows(tables.interviews, id=interview["id"]))[0]["started_at"]
    page = await world.staff.post(f"{path}/early", {"starts_at": carried(page, "starts_at")[0]})
    assert page.status == 303
    assert f'action="{path}/begin"' in (await world.staff.get(path)).text
    await world.staff.post(f"{path}/begin")
    assert (await world.rows(tables.interviews, id=interview["id"]))[0]["started_at"]


async def test_a_start_that_was_moved_meanwhile_is_not_what_was_confirmed(world: World) -> None:
    booking, path = await world.confirmed()
    (shown,) = carried(await world.staff.get(f"{path}/room"), "starts_at")
    b, later = tables.bookings, await starts_at(world, booking) + timedelta(days=1)
    async with world.house.transaction() as session:
        moved = {"starts_at": later, "ends_at": later + timedelta(hours=1)}
        await session.execute(update(b).where(b.c.id == last_of(booking)).values(**moved))
    assert (await world.staff.post(f"{path}/early", {"starts_at": shown})).location == path
    assert (await world.staff.get(f"{path}/room")).says(QUESTION)
