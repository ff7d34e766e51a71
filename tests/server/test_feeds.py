"""Subscribed calendars: a secret shown once opens one person's confirmed interviews, until it is ended."""

import re

import pytest
from sqlalchemy import update

from scheduling import tables
from server.tables import feeds
from tests.support.pages import World
from tests.support.web import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ADDRESS = re.compile(r"/feed/[\w-]+\.ics")


async def subscribed(browser: Browser) -> str:
    """Make a subscription on the account's page; gives its path."""
    page = await browser.post("/account/feed")
    found = _ADDRESS.search(page.text)
    assert found, page.text
    return found[0]


async def test_a_feed_holds_the_confirmed_interviews_of_its_owner_without_a_name(world: World) -> None:
    booking, _ = await world.confirmed()
    waiting = await world.requested()
    address = await subscribed(world.officer)
    page = await world.house.browser().get(address)  # a calendar program, signed in nowhere
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/calendar")
    assert booking in page.text.replace("\r\n ", "")
    assert waiting not in page.text.replace("\r\n ", "")
    assert not re.search("Diallo|Mamadou|of tests", page.text)


async def test_a_feed_of_another_post_or_centre_holds_nothing_of_it(world: World) -> None:
    await world.confirmed()
    for who in ("other_staff", "other_officer"):
        page = await world.house.browser().get(await subscribed(world.people[who]))
        assert page.status == 200
        assert "VEVENT" not in page.text


async def test_a_feed_drops_what_a_protection_stop_ended_as_it_drops_what_was_cancelled(world: World) -> None:
    address = await subscribed(world.officer)
    for how in ("stop", "give up"):
        case = await world.case()
        booking, _ = await world.confirmed(case)
        before = await world.house.browser().get(address)
        assert booking in before.text.replace("\r\n ", "")
        if how == "stop":
            await world.staff.post(f"{case}/protection", {"open": "yes"})
        else:
            await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
        after = await world.house.browser().get(address)
        assert booking not in after.text.replace("\r\n ", "")


async def test_an_unchanged_feed_is_not_sent_again(world: World) -> None:
    address = await subscribed(world.staff)
    browser = world.house.browser()
    tag = (await browser.get(address)).headers["ETag"]
    world.house.clock.advance(minutes=5)
    again = await browser.get(address, headers={"If-None-Match": tag})
    assert (again.status, again.text) == (304, "")
    await world.confirmed()
    assert (await browser.get(address, headers={"If-None-Match": tag})).status == 200


async def test_a_secret_is_shown_once_and_stored_nowhere(world: World) -> None:
    address = await subscribed(world.supervisor)
    page = await world.supervisor.get("/account")
    assert not _ADDRESS.search(page.text)
    assert page.says("Un abonnement existe depuis")
    secret = address.removeprefix("/feed/").removesuffix(".ics")
    assert secret not in str(await world.rows(feeds))


async def test_a_new_address_and_an_end_stop_the_former_one(world: World) -> None:
    browser, first = world.house.browser(), await subscribed(world.officer)
    second = await subscribed(world.officer)
    assert (await browser.get(first)).status == 404
    assert (await browser.get(second)).status == 200
    await world.officer.post("/account/feed/drop")
    assert (await browser.get(second)).status == 404
    assert (await browser.get("/feed/nothing.ics")).status == 404


async def test_the_feed_of_a_closed_account_is_dead(world: World) -> None:
    address, a = await subscribed(world.people["other_staff"]), tables.accounts
    async with world.house.transaction() as session:
        await session.execute(update(a).where(a.c.email == "other_staff@example.org").values(is_active=False))
    assert (await world.house.browser().get(address)).status == 404


async def test_guessing_is_slowed_down(world: World) -> None:
    browser = world.house.browser()
    answers = [(await browser.get(f"/feed/guess{number}.ics")).status for number in range(70)]
    assert set(answers) == {404, 429}
