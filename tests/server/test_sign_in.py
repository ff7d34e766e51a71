"""Signing in: what opens, what does not, and that the difference tells nothing."""

import pytest

from scheduling.actor import ACCOUNT_ROLES, Role
from server.attempts import KNOWN_BROWSER, STRANGERS_PER_ACCOUNT, Attempts
from server.errors import TooManyAttempts
from tests.support.clock import FixedClock
from tests.support.web import PASSWORD, House, email_of

OFFICER = email_of(Role.CONSULAR_OFFICER)


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
async def test_every_role_signs_in_and_finds_its_account(house: House, role: Role) -> None:
    browser = await house.sign_in_as(role)
    page = await browser.get("/account")
    assert page.status == 200
    assert page.says(f"{role} of tests")


async def test_signed_out_readers_are_sent_to_sign_in_and_come_back(house: House) -> None:
    browser = house.browser()
    away = await browser.get("/account?tab=1")
    assert (away.status, away.location) == (303, "/sign-in?next=/account?tab%3D1")
    await browser.get(away.location)
    back = await browser.post("/sign-in", {"email": OFFICER, "password": PASSWORD, "next": "/account?tab=1"})
    assert (back.status, back.location) == (303, "/account?tab=1")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"]
)
async def test_sign_in_never_sends_a_reader_to_another_site(house: House, elsewhere: str) -> None:
    browser = house.browser()
    page = await browser.post("/sign-in", {"email": OFFICER, "password": PASSWORD, "next": elsewhere})
    assert (page.status, page.location) == (303, "/")


async def test_unknown_account_and_wrong_password_get_the_same_answer(house: House) -> None:
    answers = []
    for email in ("nobody@example.org", OFFICER):
        browser = house.browser()
        page = await browser.post("/sign-in", {"email": email, "password": "wrong"})
        assert page.status == 422
        assert not browser.cookie("parloir")
        answers.append(page.text.replace(email, "").replace(browser.token, ""))
    assert answers[0] == answers[1]


async def test_what_was_typed_stays_but_never_the_password(house: House) -> None:
    page = await house.browser().post("/sign-in", {"email": OFFICER, "password": "wrong horse"})
    assert f'value="{OFFICER}"' in page.text
    assert "wrong horse" not in page.text
    assert 'href="#email"' in page.text


async def test_empty_fields_are_named_one_by_one(house: House) -> None:
    page = await house.browser().post("/sign-in", {"email": " ", "password": ""})
    assert page.status == 422
    assert 'href="#email"' in page.text
    assert 'href="#password"' in page.text


async def test_signing_out_ends_the_login_on_the_server(house: House) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    stolen = {"Cookie": f"parloir={browser.cookie('parloir')}"}
    assert (await house.browser().get("/account", headers=stolen)).status == 200
    assert (await browser.post("/sign-out")).location == "/sign-in"
    assert (await house.browser().get("/account", headers=stolen)).status == 303


async def test_a_login_dies_after_an_idle_hour(house: House, clock: FixedClock) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    clock.advance(minutes=59)
    assert (await browser.get("/account")).status == 200
    clock.advance(minutes=59)
    assert (await browser.get("/account")).status == 200
    clock.advance(minutes=61)
    assert (await browser.get("/account")).status == 303


async def test_a_login_dies_after_twelve_hours_however_busy(house: House, clock: FixedClock) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    for _ in range(14):
        clock.advance(minutes=50)
        assert (await browser.get("/account")).status == 200
    clock.advance(minutes=50)
    assert (await browser.get("/account")).status == 303


async def test_signing_out_elsewhere_ends_all_but_this_browser(house: House) -> None:
    here = await house.sign_in_as(Role.SUPERVISOR)
    there = await house.sign_in_as(Role.SUPERVISOR)
    assert (await here.post("/account/logins")).status == 303
    assert (await here.get("/account")).status == 200
    assert (await there.get("/account")).status == 303


async def test_a_new_password_ends_every_other_login(house: House) -> None:
    here, there = await house.sign_in_as(Role.SUPERVISOR), await house.sign_in_as(Role.SUPERVISOR)
    fields = {"current_password": PASSWORD, "new_password": "another sentence for tests"}
    assert (await here.post("/account/password", fields)).status == 303
    assert (await here.get("/account")).status == 200
    assert (await there.get("/account")).status == 303
    assert await house.sign_in_as(Role.SUPERVISOR, password="another sentence for tests")


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"current_password": "wrong", "new_password": "another sentence"}, "current_password"),
        ({"current_password": "", "new_password": "another sentence"}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": PASSWORD}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 201}, "new_password"),
    ],
)
async def test_a_refused_password_says_at_which_field(house: House, fields: dict[str, str], at: str) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    page = await browser.post("/account/password", fields)
    assert page.status == 422
    assert f'href="#{at}"' in page.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    page = await house.browser().post("/sign-in", {"email": OFFICER, "password": PASSWORD})
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


async def test_guessing_ends_with_429_and_says_when_to_come_back(house: House) -> None:
    browser = house.browser()
    for _ in range(STRANGERS_PER_ACCOUNT.amount):
        assert (await browser.post("/sign-in", {"email": OFFICER, "password": "guess"})).status == 422
    page = await browser.post("/sign-in", {"email": OFFICER, "password": PASSWORD})
    assert page.status == 429
    assert int(page.headers["Retry-After"]) > 0
    assert not browser.cookie("parloir")


async def test_a_stranger_who_guesses_does_not_lock_the_person_out(house: House) -> None:
    own = await house.sign_in_as(Role.CONSULAR_OFFICER)
    await own.post("/sign-out")
    stranger = house.browser()
    for _ in range(STRANGERS_PER_ACCOUNT.amount + 1):
        await stranger.post("/sign-in", {"email": OFFICER, "password": "guess"})
    await own.get("/sign-in")
    assert (await own.post("/sign-in", {"email": OFFICER, "password": PASSWORD})).status == 303


async def test_a_mark_counts_for_its_own_account_only() -> None:
    attempts = Attempts(b"k" * 32)
    mark = attempts.mark_for("a@example.org")
    for _ in range(STRANGERS_PER_ACCOUNT.amount):
        await attempts.count("password", account="b@example.org", address="192.0.2.1", mark=mark)
    with pytest.raises(TooManyAttempts):
        await attempts.count("password", account="b@example.org", address="192.0.2.2", mark=mark)
    for _ in range(KNOWN_BROWSER.amount):
        await attempts.count("password", account="A@example.org ", address="192.0.2.3", mark=mark)
    with pytest.raises(TooManyAttempts):
        await attempts.count("password", account="a@example.org", address="192.0.2.4", mark=mark)
    await attempts.close()
