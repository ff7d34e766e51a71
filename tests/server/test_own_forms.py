"""Changes come from our own pages: by what the browser says, and by a token of the login."""

import pytest
from aiohttp import FormData

from scheduling.actor import Role
from tests.support.web import PASSWORD, House, email_of

CREDENTIALS = {"email": email_of(Role.SUPERVISOR), "password": PASSWORD}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_change_from_another_site_is_refused_even_with_the_token(house: House, site: str) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    page = await browser.post("/sign-out", headers={"Sec-Fetch-Site": site})
    assert page.status == 403
    assert (await browser.get("/account")).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused_where_the_browser_tells_no_site(house: House, origin: str) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    assert (await browser.post("/sign-out", headers={"Origin": origin})).status == 403


async def test_our_own_origin_is_accepted(house: House) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    assert (await browser.post("/sign-out", headers={"Origin": house.settings.url})).status == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_change_without_the_token_is_refused(house: House, token: str) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    assert (await browser.post("/sign-out", token=token)).status == 403
    assert (await browser.get("/account")).status == 200


async def test_a_token_of_another_login_is_refused(house: House) -> None:
    one, two = await house.sign_in_as(Role.SUPERVISOR), await house.sign_in_as(Role.CONSULAR_OFFICER)
    assert (await one.post("/sign-out", token=two.token)).status == 403


async def test_a_sign_in_form_of_another_browser_is_refused(house: House) -> None:
    one, two = house.browser(), house.browser()
    await one.get("/sign-in")
    await two.get("/sign-in")
    assert (await one.post("/sign-in", CREDENTIALS, token=two.token)).status == 403


async def test_modules_send_the_token_as_a_header(house: House) -> None:
    browser = await house.sign_in_as(Role.SUPERVISOR)
    refused = await browser.session.post("/account/logins", allow_redirects=False)
    assert refused.status == 403
    taken = await browser.session.post(
        "/account/logins", headers={"X-CSRF-Token": browser.token}, allow_redirects=False
    )
    assert taken.status == 303


async def test_a_multipart_form_is_read_too(house: House) -> None:
    browser = house.browser()
    await browser.get("/sign-in")
    form = FormData({"csrf_token": browser.token, **CREDENTIALS})
    form.add_field("file", b"\x00\xff", filename="scan.png", content_type="image/png")
    answer = await browser.session.post("/sign-in", data=form, allow_redirects=False)
    assert answer.status == 303


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_broken_multipart_form_is_a_bad_request(house: House, kind: str) -> None:
    browser = house.browser()
    await browser.get("/sign-in")
    answer = await browser.session.post("/sign-in", data=b"--x\r\nnonsense", headers={"Content-Type": kind})
    assert answer.status == 400


async def test_nobody_signed_in_sends_little(house: House) -> None:
    browser = house.browser()
    page = await browser.post("/sign-in", {"email": "x" * 20_000, "password": "y"})
    assert page.status == 413
