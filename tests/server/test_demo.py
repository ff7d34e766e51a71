"""The doors of a demonstration open in a demonstration only."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduling.actor import Role
from scheduling.tables import accounts
from server.demo.links import Door, Links
from tests.support.clock import FixedClock
from tests.support.web import House, email_of, running_house

DOOR = Door(
    "supervisor", "t" * 22, "", Role.SUPERVISOR, "Hélène Lambert", "Office des étrangers", is_shown=True
)


async def add_doors(house: House) -> None:
    async with house.transaction() as session:
        statement = select(accounts.c.id).where(accounts.c.email == email_of(Role.SUPERVISOR))
        account_id = (await session.execute(statement)).scalar_one()
    shown = replace(DOOR, account_id=account_id)
    hidden = replace(shown, key="other", token="u" * 22, name="Agent caché", is_shown=False)
    Links((shown, hidden), "/somewhere/supervisor.txt").write(house.settings.keys)


@pytest.fixture
async def demo(tmp_path: Path, clock: FixedClock) -> AsyncIterator[House]:
    async with running_house(tmp_path, clock=clock, demo=True) as running:
        await add_doors(running)
        yield running


async def test_a_link_signs_in_as_its_person(demo: House) -> None:
    browser = demo.browser()
    answer = await browser.get(DOOR.path)
    assert (answer.status, answer.location) == (303, "/")
    assert (await browser.get("/account")).says(email_of(Role.SUPERVISOR))


async def test_an_unknown_token_opens_nothing(demo: House) -> None:
    assert (await demo.browser().get("/demo/enter/" + "x" * 22)).status == 404
    assert (await demo.browser().get("/demo/enter/é")).status == 404


async def test_the_first_page_explains_and_shows_the_doors(demo: House) -> None:
    browser = demo.browser()
    assert (await browser.get("/")).location == "/demo"
    page = await browser.get("/demo")
    assert page.status == 200
    assert page.says("Hélène Lambert")
    assert page.says("/somewhere/supervisor.txt")
    assert not page.says("Agent caché")


async def test_a_real_instance_has_no_doors(house: House) -> None:
    await add_doors(house)
    browser = house.browser()
    assert (await browser.get("/demo")).status == 404
    assert (await browser.get(DOOR.path)).status == 404
    assert (await browser.get("/")).location == "/sign-in"


async def test_a_door_into_a_closed_account_leads_nowhere(demo: House) -> None:
    async with demo.transaction() as session:
        await session.execute(accounts.update().values(is_active=False))
    browser = demo.browser()
    await browser.get(DOOR.path)
    assert (await browser.get("/account")).status == 303
