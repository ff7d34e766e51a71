"""The code at sign-in: enrolled by choice, accepted once, and its secret never in clear in the database."""

import re
from datetime import UTC, datetime

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from scheduling.actor import Role
from server.one_time_code import STEP_SECONDS, accepted_step, new_secret, open_secret, seal_secret
from server.tables import credentials
from tests.support.clock import FixedClock
from tests.support.web import PASSWORD, Browser, House, email_of

KEY = b"k" * 32
OFFICER = email_of(Role.CONSULAR_OFFICER)


async def enrolled(house: House, clock: FixedClock) -> tuple[Browser, pyotp.TOTP]:
    browser = await house.sign_in_as(Role.CONSULAR_OFFICER)
    shown = re.search(r"secret=([A-Z2-7]+)", (await browser.get("/account")).text)
    assert shown
    totp = pyotp.TOTP(shown[1])
    assert (await browser.post("/account/code", {"code": totp.at(clock())})).status == 303
    return browser, totp


async def password_given(house: House) -> Browser:
    browser = house.browser()
    answer = await browser.post("/sign-in", {"email": OFFICER, "password": PASSWORD})
    assert answer.location == "/sign-in/code"
    await browser.get("/sign-in/code")
    return browser


async def test_the_password_alone_opens_nothing_once_a_code_is_asked(house: House, clock: FixedClock) -> None:
    await enrolled(house, clock)
    browser = await password_given(house)
    assert (await browser.get("/account")).location.startswith("/sign-in")
    assert (await browser.get("/")).location == "/sign-in"


async def test_password_and_code_open_the_account(house: House, clock: FixedClock) -> None:
    _, totp = await enrolled(house, clock)
    browser = await password_given(house)
    half_open = browser.cookie("parloir")
    clock.advance(seconds=STEP_SECONDS)
    assert (await browser.post("/sign-in/code", {"code": totp.at(clock())})).location == "/"
    assert (await browser.get("/account")).status == 200
    assert browser.cookie("parloir") != half_open


async def test_a_code_is_accepted_once(house: House, clock: FixedClock) -> None:
    _, totp = await enrolled(house, clock)
    clock.advance(seconds=STEP_SECONDS)
    first, second = await password_given(house), await password_given(house)
    code = totp.at(clock())
    assert (await first.post("/sign-in/code", {"code": code})).status == 303
    assert (await second.post("/sign-in/code", {"code": code})).status == 422


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "١٢٣٤٥٦"])
async def test_a_wrong_code_says_so_beside_the_field(house: House, clock: FixedClock, code: str) -> None:
    await enrolled(house, clock)
    browser = await password_given(house)
    page = await browser.post("/sign-in/code", {"code": code})
    assert page.status == 422
    assert 'href="#code"' in page.text


async def test_ten_minutes_pass_between_password_and_code_at_most(house: House, clock: FixedClock) -> None:
    _, totp = await enrolled(house, clock)
    browser = await password_given(house)
    clock.advance(minutes=11)
    assert (await browser.post("/sign-in/code", {"code": totp.at(clock())})).status == 403


async def test_a_code_that_never_worked_is_never_asked(house: House) -> None:
    browser = await house.sign_in_as(Role.CONSULAR_OFFICER)
    assert (await browser.post("/account/code", {"code": "000000"})).status == 422
    assert await house.sign_in_as(Role.CONSULAR_OFFICER)


async def test_one_last_code_is_needed_to_drop_codes(house: House, clock: FixedClock) -> None:
    browser, totp = await enrolled(house, clock)
    assert (await browser.post("/account/code/drop", {"code": totp.at(clock())})).status == 422
    clock.advance(seconds=STEP_SECONDS)
    assert (await browser.post("/account/code/drop", {"code": totp.at(clock())})).status == 303
    assert await house.sign_in_as(Role.CONSULAR_OFFICER)


async def test_every_view_of_the_account_offers_a_fresh_secret(house: House) -> None:
    browser = await house.sign_in_as(Role.CONSULAR_OFFICER)
    offered = {re.findall(r"secret=([A-Z2-7]+)", (await browser.get("/account")).text)[0] for _ in range(2)}
    assert len(offered) == 2


async def test_the_database_holds_the_secret_sealed_only(house: House, clock: FixedClock) -> None:
    _, totp = await enrolled(house, clock)
    async with house.transaction() as session:
        sealed = await session.scalar(
            select(credentials.c.totp_sealed).where(credentials.c.totp_sealed.is_not(None))
        )
    assert totp.secret.encode() not in sealed


def test_a_sealed_secret_opens_for_its_account_only() -> None:
    secret = new_secret()
    sealed = seal_secret(KEY, "one", secret)
    assert open_secret(KEY, "one", sealed) == secret
    with pytest.raises(InvalidTag):
        open_secret(KEY, "two", sealed)


@pytest.mark.parametrize(
    ("steps_away", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(steps_away: int, is_accepted: bool) -> None:
    now = datetime(2026, 9, 21, 10, 0, tzinfo=UTC)
    secret = new_secret()
    present = int(now.timestamp()) // STEP_SECONDS
    code = pyotp.TOTP(secret).generate_otp(present + steps_away)
    step = accepted_step(secret, f"{code[:3]} {code[3:]}", now=now, after_step=0)
    assert (step == present + steps_away) is is_accepted


def test_a_used_step_and_those_before_it_are_not_accepted() -> None:
    now = datetime(2026, 9, 21, 10, 0, tzinfo=UTC)
    secret = new_secret()
    present = int(now.timestamp()) // STEP_SECONDS
    code = pyotp.TOTP(secret).generate_otp(present)
    assert accepted_step(secret, code, now=now, after_step=present - 1) == present
    assert accepted_step(secret, code, now=now, after_step=present) is None
