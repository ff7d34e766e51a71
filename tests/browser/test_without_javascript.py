"""No script runs: a case, its request and the post's answer are made with plain forms."""

from datetime import timedelta

from server.clock import utc_now
from tests.support.browser import chromium, visitor
from tests.support.instance import Instance

DETENTION_DAYS = 120


async def test_a_case_is_opened_requested_and_confirmed_without_scripts(instance: Instance) -> None:
    today = utc_now().date()
    async with chromium() as browser:
        staff = await visitor(browser, instance, "staff-steenokkerzeel", java_script_enabled=False)
        page = staff.page
        await page.goto("/cases/new")
        await page.fill("#family_name", "Sylla")
        await page.select_option("#country", "GN")
        await page.check("[name=languages] >> nth=0")
        await page.fill("#detained_on", (today - timedelta(days=9)).isoformat())
        await page.fill("#detention_ends_on", (today + timedelta(days=DETENTION_DAYS)).isoformat())
        await page.check("[name=suitability][value=suitable]")
        await page.click(".p-rail button")
        reference = await page.inner_text("h1 .p-ref")
        await page.click("a[href$='/request']")
        await page.click("li:has-text('Ambassade de Guin\u00e9e') a")
        await page.click("main form button:not([name])")
        if not await page.locator("button[name=add]").count():
            await page.click("a[href*='from=']:text-matches('Semaine d.apr\u00e8s|Week after')")
        await page.click("button[name=add]:visible >> nth=0")
        for name in ("next", "done", "send"):
            await page.click(f"main .govuk-button[name={name}]")
        assert "/requests/" in page.url
        await page.click("main a[href*='/bookings/']")
        booking = page.url

        officer = await visitor(browser, instance, "officer-conakry", java_script_enabled=False)
        await officer.page.goto("/requests")
        await officer.page.click(f"li:has-text('{reference}') a")
        assert "Sylla" in await officer.page.inner_text("main")
        await officer.page.click("form[action$='/confirm'] button")
        await page.goto(booking)
        assert await page.locator("a[href*='/interviews/']").count()
