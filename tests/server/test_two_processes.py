"""Two web processes on one database: what one of them wrote, the other knows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from scheduling.actor import Role
from server import identity
from server.app_keys import READING, SECRETS, WRITING
from server.cookies import LOGIN_COOKIE
from server.errors import SignInRefused
from server.logins import find_login
from server.settings import Address
from tests.support.web import Browser, House, another_house, email_of


@pytest.fixture
async def houses(house: House) -> AsyncIterator[tuple[House, House]]:
    free = Address(house.settings.listen.host, 0)
    settings = replace(house.settings, listen=free, url=f"http://{free}")
    async with another_house(settings, house.supervisor, clock=house.clock) as other:
        yield house, other


def taken_to(house: House, browser: Browser) -> Browser:
    """The same browser, led to another process: it brings its cookies."""
    led = house.browser()
    led.session.cookie_jar.update_cookies({cookie.key: cookie.value for cookie in browser.session.cookie_jar})
    return led


async def test_who_signed_in_on_one_is_signed_in_on_the_other_and_out_of_both(
    houses: tuple[House, House],
) -> None:
    one, other = houses
    browser = await one.sign_in_as(Role.CENTRE_STAFF)
    elsewhere = taken_to(other, browser)
    assert (await elsewhere.get("/account")).says(email_of(Role.CENTRE_STAFF))
    assert (await elsewhere.post("/sign-out")).status == 303
    assert (await browser.get("/account")).status == 303


async def test_a_form_of_one_is_taken_by_the_other(houses: tuple[House, House]) -> None:
    one, other = houses
    browser = await one.sign_in_as(Role.CENTRE_STAFF)
    elsewhere = taken_to(other, browser)
    answer = await elsewhere.post("/language", {"language": "en", "next": "/"}, token=browser.token)
    assert answer.status == 303


async def test_a_code_opens_one_of_two_processes_that_get_it_together(houses: tuple[House, House]) -> None:
    one, other = houses
    token = (await one.sign_in_as(Role.SUPERVISOR)).cookie(LOGIN_COOKIE)
    async with one.app[READING].connect() as session:
        login = await find_login(session, one.clock, token)
    assert login is not None
    key = one.app[SECRETS].totp
    async with one.transaction() as session:
        secret = await identity.offer_code(session, key, login.actor.account_id, is_new=True)
    code = pyotp.TOTP(secret).at(one.clock() + timedelta(seconds=1))

    async def enter(house: House) -> bool:
        try:
            async with house.app[WRITING].begin() as session:
                await identity.enter_code(session, house.clock, key, login, code)
                await asyncio.sleep(0.1)  # the other has read by then, unless a lock stops it
        except SignInRefused:
            return False
        return True

    assert sorted(await asyncio.gather(enter(one), enter(other))) == [False, True]
