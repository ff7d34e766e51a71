"""A public holiday, from the page of hours to the slots that are offered: closed, unless both sides work."""

import re

import pytest

from tests.support.pages import World, save, ticked
from tests.support.web import CENTRE, POST, Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
GUINEAN, BOTH = (
    "2026-10-02",
    "2026-11-11",
)  # independence of Guinea; the armistice, which Guinea does not keep
PACE = {"slot_minutes": "60", "lead_hours": "24", "seats": "1"}
WEEK = {"days-0": ["MO", "TU", "WE", "TH", "FR"], "from-0": "09:00", "to-0": "17:00"}


async def work(world: World, browser: Browser, place: str, *days: str) -> None:
    """Tick on the page of hours the holidays on which a place works, and no other."""
    path = f"/places/{world.house.organisations[place]}/hours"
    fields = {**PACE, **WEEK} if place == POST else {}
    answer = await save(browser, path, {**fields, "worked": list(days)})
    assert answer.status == 303, answer.text
    assert ticked(await browser.get(path), "worked") == set(days)


async def offered(world: World, case: str, day: str) -> bool:
    return any(day in slot for slot in await world.slots(case, query=f"?from={day}"))


async def picture_of(browser: Browser, path: str, day: str) -> str:
    """The kinds of marks that the picture of four weeks has on a day."""
    page = await browser.get(path)
    lane = re.search(rf'data-on="{day}".*?</svg>', page.text, re.DOTALL)
    assert lane
    return " ".join(re.findall(r'rect class="p-month__(\w+)"', lane[0]))


async def test_a_post_that_works_on_its_holiday_is_offered_on_that_day(world: World) -> None:
    case, hours = await world.case(), f"/places/{world.house.organisations[POST]}/hours"
    assert "Guinée" in (await world.officer.get(hours)).text
    assert "holiday" in await picture_of(world.officer, hours, GUINEAN)
    assert not await offered(world, case, GUINEAN)
    await work(world, world.officer, POST, GUINEAN)
    assert await picture_of(world.officer, hours, GUINEAN) == "open"
    assert await offered(world, case, GUINEAN)
    await work(world, world.officer, POST)
    assert not await offered(world, case, GUINEAN)


async def test_a_holiday_of_both_sides_is_offered_once_both_work(world: World) -> None:
    case = await world.case()
    assert not await offered(world, case, BOTH)
    await work(world, world.staff, CENTRE, BOTH)
    assert not await offered(world, case, BOTH)
    await work(world, world.officer, POST, BOTH)
    assert await offered(world, case, BOTH)
