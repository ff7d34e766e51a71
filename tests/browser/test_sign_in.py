"""Coming in by the form of the first page, as everybody with an account does."""

from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from tests.support.person import passer_by
from tests.support.web import PASSWORD, email_of, running_house


@pytest.mark.database
async def test_an_officer_signs_in_and_out_without_a_mouse(tmp_path: Path) -> None:
    async with (
        running_house(tmp_path) as house,
        async_playwright() as playwright,
        passer_by(playwright, house) as somebody,
    ):
        page = somebody.page
        await page.goto("/interviews")
        await page.fill("#email", email_of(Role.CONSULAR_OFFICER))
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_url("**/interviews")
        await page.press("form[action='/sign-out'] button", "Enter")
        await page.wait_for_url("**/sign-in")
        await page.goto("/interviews")
        assert await page.is_visible("#password")
        assert not somebody.trouble
