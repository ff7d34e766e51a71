"""The editor of hours in a browser: its picture follows the hand; and two windows on one form."""

from tests.support.browser import chromium, visitor
from tests.support.instance import Instance

QUARTER_PAST_SIX = 6 * 60 + 15
OVERTAKEN = "the server responded with a status of 422"


async def test_the_picture_is_drawn_anew_while_one_types(instance: Instance) -> None:
    async with chromium() as browser:
        officer = await visitor(browser, instance, "officer-conakry")
        page = officer.page
        await page.goto("/places")
        await page.click("a[href$='/hours']")
        drawn = page.locator(f"#picture rect.p-month__open[x='{QUARTER_PAST_SIX}']")
        said = page.locator("#picture [data-words]:text-matches('06:15')")
        assert await drawn.count() == 0
        await page.fill("#from-0", "06:15")
        await drawn.first.wait_for(state="attached")
        assert await said.count() == await drawn.count()
        await page.fill("#seats", "0")
        await page.locator("#picture-state:not(:empty)").wait_for()
        await page.reload()
        assert await drawn.count() == 0
        assert not officer.trouble


async def test_of_two_windows_the_later_is_told_what_the_earlier_saved(instance: Instance) -> None:
    async with chromium() as browser:
        one = await visitor(browser, instance, "administrator")
        other = await visitor(browser, instance, "administrator")
        await one.page.goto("/places")
        await one.page.click("section[aria-labelledby=interpreters] a >> nth=0")
        await other.page.goto(one.page.url)
        await one.page.fill("#telephone", "+32 2 000 00 01")
        await other.page.fill("#telephone", "+32 2 000 00 02")
        form = one.page.url
        for window in (one, other):
            async with window.page.expect_navigation():
                await window.page.click("main form .govuk-button")
        assert await other.page.input_value("#telephone") == "+32 2 000 00 02"
        await other.page.click(".govuk-error-summary a")
        assert await other.page.evaluate("document.activeElement.id") == "stands"
        assert "+32 2 000 00 01" in await other.page.inner_text("#stands")
        assert not await other.breaches()
        async with other.page.expect_navigation():
            await other.page.click("main form .govuk-button")
        await one.page.goto(form)
        assert await one.page.input_value("#telephone") == "+32 2 000 00 02"
        assert [OVERTAKEN in message for message in other.trouble] == [True]
