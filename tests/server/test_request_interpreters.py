"""Who is free for a request: which interpreters at each wish, and rooms that are full."""

from datetime import date, time

import pytest
from sqlalchemy import update

from scheduling import store_hours, store_places, tables
from scheduling.availability import WeeklyHours
from scheduling.identifier import new_id
from scheduling.site import Room
from tests.support.agreements import PULAR, an_interpreter
from tests.support.pages import World, carried, last_of, send
from tests.support.web import CENTRE, POST

pytestmark = pytest.mark.asyncio(loop_scope="module")
MORNING, AFTERNOON = "2026-10-07T08:00:00+00:00", "2026-10-13T13:00:00+00:00"  # 10:00 and 15:00 in Brussels


def path_of(world: World, case: str) -> str:
    return f"{case}/request/{world.house.organisations[POST]}"


async def test_each_wish_says_which_interpreters_are_free_then_in_whatever_week_it_lies(world: World) -> None:
    async with world.house.transaction() as session:
        await an_interpreter(session, "Binta", opens=8, closes=12)
        await an_interpreter(session, "Oumou", opens=8, closes=18)
    case = await world.case()
    fields = {
        "modality": "video",
        "interpreter": PULAR,
        "slot": [f"{world.room_id}|{at}" for at in (MORNING, AFTERNOON)],
        "name_1": "Me Dubois",
        "role_1": "lawyer",
        "from": "2026-10-05",
        "view": "week",
    }
    page = await send(world.staff, path_of(world, case), fields)
    assert page.says("2 interprètes libres\u00a0: Binta, Oumou")
    assert page.says("1 interprète libre\u00a0: Oumou")
    taken = await world.case()
    answer = await world.ask(taken, slot=f"{world.room_id}|{AFTERNOON}", interpreter=PULAR)
    assert answer.status == 303
    page = await send(world.staff, path_of(world, case), fields)
    assert page.says("2 interprètes libres\u00a0: Binta, Oumou")
    assert page.says("Aucun interprète n’est libre alors")  # noqa: RUF001 - typography
    assert not (await send(world.staff, path_of(world, case), {**fields, "interpreter": ""})).says("Binta")


@pytest.mark.parametrize("language", ["wo", "zz"])
async def test_a_language_that_nobody_interprets_is_refused_with_what_to_do(
    world: World, language: str
) -> None:
    case = await world.case()
    slot = f"{world.room_id}|{MORNING}"
    page = await world.ask(case, slot=slot, interpreter=language, name_1="Me Dubois", role_1="lawyer")
    assert page.status == 422
    assert page.says("Aucun interprète n’est libre à cette heure")  # noqa: RUF001 - typography
    assert page.says("Interprète indisponible")
    assert 'name="add"' not in page.text
    assert carried(page, "name_1") == ["Me Dubois"]
    assert f'formaction="{path_of(world, case)}/terms"' in page.text
    assert not await world.rows(tables.requests, case_id=last_of(case))


async def test_a_slot_without_a_room_offers_the_nearest_that_have_one(world: World) -> None:
    o, centre, second = tables.organisations, world.house.organisations[CENTRE], new_id()
    hours = WeeklyHours("FREQ=WEEKLY;BYDAY=FR", date(2024, 1, 1), time(9), time(12), "Europe/Brussels")
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == world.house.organisations[POST]).values(seats=3))
        await store_places.add_room(session, Room(id=second, centre_id=centre, name="Visio 2"))
        await store_hours.add_hours(session, second, hours)
    friday = "2026-10-16T08:00:00+00:00"
    taken = set()
    for _ in range(2):
        case = await world.case()
        (slot,) = (each for each in await world.slots(case, query="?from=2026-10-16") if friday in each)
        assert (await world.ask(case, slot=slot)).status == 303
        taken.add(slot)
    assert taken == {f"{room}|{friday}" for room in (world.room_id, second)}
    case = await world.case()
    for step, button in (("", {"add": f"{second}|{friday}"}), ("/check", {"slot": f"{second}|{friday}"})):
        fields = {"modality": "video", "disclosed": ["sex"], "from": "2026-10-12", **button}
        page = await send(world.staff, f"{path_of(world, case)}{step}", fields)
        assert page.status == 422
        assert page.says("Ce créneau vient d’être pris")  # noqa: RUF001 - typography
        assert page.says("Locaux pris")
        offered = page.text.partition("p-taken")[2].partition("</div></div>")[0]
        assert offered.count('name="add"') == 3
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == world.house.organisations[POST]).values(seats=1))
