"""What leaves the server: headers of every answer, pages for errors, nothing that a reader must not see."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from scheduling.actor import Role
from server.accounts import renew_password
from server.exchange import wants_json
from server.permissions import Permission
from server.routes import Route
from tests.support.web import PASSWORD, House, cheap_passwords, email_of, running_house

SECRET_WORDS = "Awa Diallo, password of the database"


async def break_down(request: web.Request) -> web.Response:
    raise RuntimeError(SECRET_WORDS, wants_json(request))


async def refuse_plainly(_request: web.Request) -> web.Response:
    raise web.HTTPForbidden(text=SECRET_WORDS)


BROKEN = (
    Route("GET", "/broken", "broken", break_down, Permission.PUBLIC),
    Route("GET", "/refused", "refused", refuse_plainly, Permission.PUBLIC),
)


@pytest.fixture
async def broken_house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, more_routes=BROKEN) as house:
        yield house


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/healthz", "/static/img/marque.svg", "/"])
async def test_every_answer_carries_the_strict_policy(house: House, path: str) -> None:
    page = await house.browser().get(path)
    policy = page.headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
        assert directive in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "Server" not in page.headers


async def test_pages_are_not_stored_and_named_files_are_for_ever(house: House) -> None:
    browser = house.browser()
    assert (await browser.get("/sign-in")).headers["Cache-Control"] == "no-store"
    named = await browser.get("/static/img/marque.svg?v=0123456789ab")
    assert "immutable" in named.headers["Cache-Control"]
    assert (await browser.get("/static/img/marque.svg")).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/css", "/static/../settings.py", "/static/%2e%2e/settings.py"]
)
async def test_only_files_of_the_static_folder_are_served(house: House, path: str) -> None:
    assert (await house.browser().get(path)).status in {403, 404}


@pytest.mark.parametrize("path", ["/sign-in", "/account"])
async def test_pages_hold_no_inline_script_or_style(house: House, path: str) -> None:
    page = await (await house.sign_in_as(Role.SUPERVISOR)).get(path, allow_redirects=True)
    assert page.status == 200
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert page.text.count("<script") == page.text.count('<script type="module" src="/static/')
    assert "http://" not in page.text.replace("http://www.w3.org", "")


async def test_an_unknown_address_is_a_page_in_the_readers_language(house: House) -> None:
    french = await house.browser().get("/nothing")
    english = await house.browser({"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}).get("/nothing")
    assert french.status == english.status == 404
    assert '<html lang="fr"' in french.text
    assert "There is nothing at this address" in english.text


async def test_a_wrong_method_says_which_are_right(house: House) -> None:
    page = await house.browser().get("/sign-out")
    assert page.status == 405
    assert page.headers["Allow"] == "POST"


async def test_modules_get_problem_json(house: House) -> None:
    page = await house.browser().ask_json("GET", "/nothing")
    assert page.headers["Content-Type"].startswith("application/problem+json")
    assert page.json["status"] == 404
    signed_out = await house.browser().ask_json("GET", "/account")
    assert signed_out.status == 401


async def test_a_refused_form_is_problem_json_with_its_fields(house: House) -> None:
    browser = house.browser()
    await browser.get("/sign-in")
    page = await browser.ask_json("POST", "/sign-in", {"email": "", "password": "x"})
    assert page.status == 422
    assert list(page.json["errors"]) == ["email"]


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
async def test_a_failure_shows_a_reference_and_never_its_words(
    broken_house: House, headers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = await broken_house.browser(headers).get("/broken")
    assert page.status == 500
    assert SECRET_WORDS not in page.text
    logged = capsys.readouterr().out
    reference = page.json["errors"]["failure_id"] if page.json else page.text.split('p-ref">')[1][:26]
    assert reference in logged


async def test_what_one_may_not_see_looks_like_nothing(broken_house: House) -> None:
    page = await broken_house.browser().get("/refused")
    assert page.status == 404
    assert SECRET_WORDS not in page.text


async def test_the_language_stays_with_browser_and_account_on_the_same_page(house: House) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    answer = await browser.post("/language", {"language": "en", "next": "/account?x=1"})
    assert (answer.status, answer.location) == (303, "/account?x=1")
    assert '<html lang="en"' in (await browser.get("/account")).text
    await browser.post("/sign-out")
    assert '<html lang="en"' in (await browser.get("/sign-in")).text
    elsewhere = await house.sign_in_as(Role.SUPERVISOR)
    assert '<html lang="en"' in (await elsewhere.get("/account")).text


async def test_an_unknown_language_changes_nothing(house: House) -> None:
    browser = house.browser()
    answer = await browser.post("/language", {"language": "xx", "next": "//evil.example"})
    assert answer.location == "/"
    assert '<html lang="fr"' in (await browser.get("/sign-in")).text


@pytest.mark.database
async def test_cookies_are_secure_and_bound_to_the_host_under_tls(tmp_path: Path) -> None:
    async with running_house(tmp_path, url="https://parloir.example.org") as house:
        browser = house.browser(url=f"http://{house.settings.listen}")
        page = await browser.get("/sign-in")
        form = page.headers["Set-Cookie"]
        assert form.startswith("__Host-parloir-form=")
        assert "Secure" in form
        assert "max-age=" in page.headers["Strict-Transport-Security"]


async def test_a_one_time_password_opens_the_account_page_only(house: House) -> None:
    passwords = cheap_passwords()
    async with house.transaction() as session:
        given = await renew_password(session, passwords, email_of(Role.SUPERVISOR), clock=house.clock)
    passwords.close()
    browser = await house.sign_in_as(Role.SUPERVISOR, password=given)
    assert (await browser.get("/")).location == "/account"
    fields = {"current_password": given, "new_password": PASSWORD}
    assert (await browser.post("/account/password", fields)).status == 303
    assert (await browser.get("/")).status == 200
