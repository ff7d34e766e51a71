"""The notice in a language written from the right: typed, looked at and kept, with scripts and without."""

import pytest

from tests.support.browser import NARROWEST, WIDE, Visitor, chromium, visitor
from tests.support.instance import Instance

WORDS = ("{country}.", "المركز حاضر.", "هل توافق؟", "استراحة.", "يمكنك السؤال.")
_DIRECTION = "(box) => getComputedStyle(box).direction"


async def in_order(somebody: Visitor) -> None:
    for size in (NARROWEST, WIDE):
        await somebody.page.set_viewport_size(size)
        assert await somebody.overflow() <= 0
    assert not await somebody.breaches()


@pytest.mark.parametrize(("language", "scripts"), [("ar", True), ("fa", False)])
async def test_it_is_written_from_the_right_and_looked_at_before_it_counts(
    instance: Instance, language: str, *, scripts: bool
) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "administrator", java_script_enabled=scripts)
        page = somebody.page
        await page.goto("/places")
        await page.select_option("#notice-language", language)
        await page.click("form[action='/notices'] button")
        assert await page.locator("#section_1").evaluate(_DIRECTION) == "rtl"
        for place, words in enumerate(WORDS, 1):
            await page.fill(f"#section_{place}", words)
        await page.click("main form .govuk-button")
        assert await page.locator("[name=not_recorded][aria-describedby]").count()
        if scripts:
            await in_order(somebody)
        await page.fill("#not_recorded", "لا يتم التسجيل.")
        await page.click("main form .govuk-button")
        shown = page.locator(f".p-notice__text[lang={language}]").first
        assert WORDS[1] in await shown.inner_text()
        assert await shown.evaluate(_DIRECTION) == "rtl"
        if scripts:
            await in_order(somebody)
        await page.click("button[name=send]")
        assert f"{language}-1" in await page.inner_text("main")
        if scripts:
            await in_order(somebody)
        assert [
            each for each in somebody.trouble if "422" not in each
        ] == []  # the section left out on purpose
