"""Hands on the keyboard alone: a case is opened, a slot requested, and errors lead to their fields."""

from datetime import timedelta

from playwright.async_api import Page

from server.clock import utc_now
from tests.support.browser import chromium, visitor
from tests.support.instance import Instance

MOST_STEPS = 120
WEEKS = 3
_HERE = """() => {
  const at = document.activeElement;
  return [at.id, at.name, at.getAttribute("href"), at.innerText].filter(Boolean).join(" ");
}"""
_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus stands on what bears these words (or this name); it must be visible there."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        if words in str(await page.evaluate(_HERE)):
            assert await page.evaluate(_IS_SEEN), f"the focus on {words} is not visible"
            return
    raise AssertionError(f"the keyboard does not reach {words}")


async def follow(page: Page, words: str) -> None:
    await tab_to(page, words)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def write(page: Page, name: str, text: str) -> None:
    await tab_to(page, name)
    await page.keyboard.type(text)


async def test_a_case_is_opened_and_a_slot_requested_without_a_mouse(instance: Instance) -> None:
    year = (utc_now() + timedelta(days=1)).year
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "staff-steenokkerzeel")
        page = somebody.page
        await somebody.speak("fr")
        await follow(page, "Dossiers")
        await follow(page, "Ouvrir un dossier")
        await write(page, "family_name", "Keita")
        await write(page, "given_names", "Fanta")
        await write(page, "country", "Guin\u00e9e")
        await tab_to(page, "languages")
        await page.keyboard.press("Space")
        await write(page, "detained_on", f"0101{year}")
        await write(page, "detention_ends_on", f"1212{year + 1}")
        await tab_to(page, "suitability")
        for _ in range(2):
            await page.keyboard.press("ArrowUp")
        assert await page.is_checked("input[name=suitability][value=suitable]")
        await follow(page, "Ouvrir le dossier")
        assert "Keita" in await page.inner_text("main")
        await follow(page, "/request")
        await follow(page, "Choisir ce poste")
        await follow(page, "Continuer")
        for _ in range(WEEKS):
            if await page.locator("button[name=add]").count():
                break
            await follow(page, "Semaine d\u2019apr\u00e8s")
        await follow(page, "add")
        for words in ("Continuer", "Continuer", "Envoyer la demande"):
            await follow(page, words)
        assert "/requests/" in page.url
        await follow(page, "/bookings/")
        assert "R\u00e9ponse attendue" in await page.inner_text("main")
        assert not somebody.trouble


async def test_the_error_summary_takes_the_focus_and_leads_to_each_field(instance: Instance) -> None:
    async with chromium() as browser:
        page = (await visitor(browser, instance, "staff-findel")).page
        await page.goto("/cases/new")
        await page.click(".p-rail button")
        await page.wait_for_selector(".govuk-error-summary:focus")
        links = page.locator(".govuk-error-summary a")
        fields = [str(await link.get_attribute("href")) for link in await links.all()]
        assert fields == ["#family_name", "#country", "#detained_on", "#detention_ends_on"]
        for number, field in enumerate(fields):
            await links.nth(number).focus()
            await page.keyboard.press("Enter")
            assert "#" + str(await page.evaluate("() => document.activeElement.id")) == field
            described = str(await page.get_attribute(field, "aria-describedby"))
            shown = await page.inner_text("#" + described.rsplit(maxsplit=1)[-1])
            assert await links.nth(number).inner_text() in shown


async def test_the_first_step_skips_to_the_content(instance: Instance) -> None:
    async with chromium() as browser:
        page = (await visitor(browser, instance, "staff-findel")).page
        await page.goto("/interviews")
        await page.keyboard.press("Tab")
        skip = page.locator(".govuk-skip-link:focus")
        box = await skip.bounding_box()
        assert box is not None
        assert box["height"] >= 24
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
