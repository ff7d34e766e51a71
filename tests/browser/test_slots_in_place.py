"""Choosing among slots leaves the reader where they are, with scripts and without, and loses no word."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from tests.support.browser import PHONE, WIDE, chromium, visitor
from tests.support.instance import Instance

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FOCUSED = "() => document.activeElement.id"
_IN_VIEW = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""
_CHOSEN = "() => document.activeElement.getAttribute('aria-pressed')"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def slots_page(browser: Browser, instance: Instance, **options: bool) -> Page:
    """Open the slots of a post for somebody whose case may be asked about."""
    page = (await visitor(browser, instance, "staff-steenokkerzeel", **options)).page
    await page.goto("/cases?country=GN&step=request")
    await page.goto(str(await page.locator("main a[href$='/request']").first.get_attribute("href")))
    terms = page.locator("main li:has-text('Ambassade de Guinée') a[href$='/terms']").first
    await page.goto(str(await terms.get_attribute("href")).replace("/terms", "?modality=audio"))
    return page


async def press(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.locator(selector).first.click()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_a_chosen_slot_keeps_the_focus_and_stays_in_view(
    browser: Browser, instance: Instance, size: ViewportSize, *, scripts: bool
) -> None:
    page = await slots_page(browser, instance, java_script_enabled=scripts)
    await page.set_viewport_size(size)
    for _ in range(2):
        button = page.locator("button[name=add][aria-pressed=false]:visible").last
        place = await button.get_attribute("id")
        async with page.expect_navigation():
            await button.click()
        assert await page.evaluate(_FOCUSED) == place
        assert await page.evaluate(_CHOSEN) == "true"
        assert await page.evaluate(_IN_VIEW)
    second = await page.locator(".p-wishes > li").nth(1).get_attribute("id")
    await press(page, "button[name=up]")
    assert await page.evaluate(_FOCUSED) == second
    assert await page.locator(".p-wishes > li").first.get_attribute("id") == second
    await press(page, "button[name=drop]")
    assert await page.evaluate(_FOCUSED) == "wishes"
    await press(page, "button[name=week]")
    assert await page.evaluate(_FOCUSED) == "week"
    assert await page.evaluate(_IN_VIEW)


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_word_beside_another_slot_is_kept_from_week_to_week_and_back_from_the_check(
    browser: Browser, instance: Instance, *, scripts: bool
) -> None:
    page = (await visitor(browser, instance, "officer-conakry", java_script_enabled=scripts)).page
    await page.goto("/requests")
    await page.goto(str(await page.locator("main a[href*='/bookings/']").first.get_attribute("href")))
    await press(page, "a[href$='/other-slot']")
    await page.fill("#remark", "Plutôt le matin.")
    week = await page.inner_text("#week")
    await press(page, "button[name=week] >> nth=-1")
    assert await page.inner_text("#week") != week
    assert await page.input_value("#remark") == "Plutôt le matin."
    assert await page.evaluate(_FOCUSED) == "week"
    slot = str(await page.locator("button[name=slot]").last.get_attribute("id"))
    await press(page, f"[id='{slot}']")
    assert "Plutôt le matin." in await page.inner_text("main")
    await press(page, "nav button[name=edit]")
    assert await page.input_value("#remark") == "Plutôt le matin."
    assert await page.evaluate(_FOCUSED) == slot
    assert await page.evaluate(_IN_VIEW)
