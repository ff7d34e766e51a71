"""Many browsers post the form for one slot, at two web processes of one database: one has it, none fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from scheduling import tables
from server.settings import Address
from tests.support.pages import World, running_world
from tests.support.web import Browser, House, another_house

BROWSERS = 24


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[World, House]]:
    """A furnished house, and another web process on the same database."""
    async with running_world(tmp_path) as world:
        free = Address(world.house.settings.listen.host, 0)
        settings = replace(world.house.settings, listen=free, url=f"http://{free}")
        async with another_house(settings, world.house.supervisor, clock=world.house.clock) as other:
            yield world, other


def window_on(house: House, browser: Browser) -> Browser:
    """One more window of somebody who is signed in, on this process."""
    window = house.browser()
    window.session.cookie_jar.update_cookies(
        {cookie.key: cookie.value for cookie in browser.session.cookie_jar}
    )
    window.token = browser.token
    return window


async def test_of_many_browsers_at_two_processes_one_gets_the_slot_and_the_others_a_page(
    two: tuple[World, House],
) -> None:
    world, other = two
    cases = [await world.case() for _ in range(BROWSERS)]
    slot = (await world.slots(cases[0]))[0]

    async def try_it(number: int, case: str) -> int:
        window = window_on(other if number % 2 else world.house, world.staff)
        return (await replace(world, people={"staff": window}).ask(case, slot=slot)).status

    answers = Counter(await asyncio.gather(*(try_it(*each) for each in enumerate(cases))))
    assert answers == {303: 1, 422: BROWSERS - 1}
    assert await world.count(tables.bookings) == await world.count(tables.requests) == 1
    assert slot not in await world.slots(await world.case())


async def test_a_form_that_is_sent_twice_at_once_asks_once(
    two: tuple[World, House],
) -> None:
    world, other = two
    case = await world.case()
    slot = (await world.slots(case))[0]
    windows = [window_on(house, world.staff) for house in (world.house, other)]
    pages = await asyncio.gather(
        *(replace(world, people={"staff": window}).ask(case, slot=slot) for window in windows)
    )
    assert {page.status for page in pages} <= {303, 422}
    assert await world.count(tables.bookings) == 1
