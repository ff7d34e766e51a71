"""The steps of a request, by keyboard and on a phone: wishes are ranked, a guest is named, all is checked."""

import pytest
from playwright.async_api import Page
from sqlalchemy import update

from scheduling import tables
from server.database import create_engine
from tests.support.browser import PHONE, WIDE, Visitor, chromium, visitor
from tests.support.instance import Instance

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def press(page: Page, selector: str) -> None:
    """Reach a button or a field without a mouse and press Enter."""
    async with page.expect_navigation():
        await page.locator(selector).first.focus()
        await page.keyboard.press("Enter")


async def in_order(somebody: Visitor, name: str) -> None:
    """The page keeps the rules of accessibility and stays inside a phone."""
    assert not await somebody.breaches(), name
    for size in (PHONE, WIDE):
        await somebody.page.set_viewport_size(size)
        assert await somebody.overflow() <= 0, name


async def test_a_request_goes_through_its_steps_without_a_mouse(instance: Instance) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "staff-steenokkerzeel")
        page = somebody.page
        await somebody.speak("fr")
        await page.goto("/cases")
        found = await page.locator("main a[href$='/request']").all()
        for path in [str(await each.get_attribute("href")) for each in found]:
            await page.goto(path)
            if await page.locator("main a[href$='/terms']").count():
                break
        await press(page, "main a[href$='/terms']")
        await in_order(somebody, "terms")
        await press(page, "input[name=modality]:checked")
        for _ in range(3):
            if await page.locator("button[name=add][aria-pressed=false]:visible").count() > 2:
                break
            await press(page, "button[name=week]:has-text('Semaine d’après')")  # noqa: RUF001 - typography
        for number in (1, 2):
            await press(page, "button[name=add][aria-pressed=false]:visible")
            assert await page.locator(".p-wishes > li").count() == number
        second = await page.locator(".p-wishes > li .p-strong + br + .p-num").nth(1).inner_text()
        await press(page, "button[name=up]")
        assert await page.locator(".p-wishes > li .p-num").first.inner_text() == second
        await in_order(somebody, "slots")
        await press(page, "button[name=next]")
        await page.select_option("#role_1", "lawyer")
        await page.fill("#name_1", "Me Dubois")
        await in_order(somebody, "guests")
        await press(page, "#name_1")
        assert await page.locator("main button[name=send]").count()
        assert "Dubois" not in page.url
        await in_order(somebody, "check")
        await press(page, "button[formaction$='/participants']")
        assert await page.input_value("#name_1") == "Me Dubois"
        await press(page, "button[name=done]")
        await press(page, "button[name=send]")
        assert "/requests/" in page.url
        await in_order(somebody, "asked")
        await page.reload()
        await press(page, "main a[href*='/bookings/']")
        assert not somebody.trouble


_MISPLACED = """() => [...document.querySelectorAll(".p-week__day")].flatMap((day) => {
  const places = [...day.children].map((each) => [each, each.getBoundingClientRect()]);
  const hours = [...document.querySelectorAll(".p-week__zone:not(.p-week__zone--there) span")];
  const across = (a, b) => a.left < b.right - 1 && b.left < a.right - 1;
  const hides = (a, b) => a.top < b.bottom - 1 && b.top < a.bottom - 1 && across(a, b);
  return places.filter(([each, box]) => {
    const inner = each.firstElementChild;
    const begins = each.querySelector(".p-free") && each.innerText.match(/\\d\\d:\\d\\d/)[0];
    const label = hours.find((one) => one.innerText === begins);
    const spills = inner.getBoundingClientRect().bottom > box.bottom + 1;
    const covers = places.some(([other, its]) => other !== each && hides(box, its));
    const strays = label && Math.abs(label.getBoundingClientRect().top - box.top) > 1;
    return spills || inner.scrollWidth > inner.clientWidth || covers || strays;
  }).map(([each]) => each.innerText);
})"""


async def paced(instance: Instance, minutes: int) -> None:
    """Give the embassy of Guinea another length of interviews."""
    engine, o = create_engine(instance.folder.database), tables.organisations
    async with engine.begin() as session:
        wanted = update(o).where(o.c.name == "Ambassade de Guinée").values(slot_minutes=minutes)
        await session.execute(wanted)
    await engine.dispose()


@pytest.mark.parametrize("minutes", [15, 35])
async def test_short_slots_hide_nothing_and_stand_at_their_hours(instance: Instance, minutes: int) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "staff-steenokkerzeel")
        page = somebody.page
        await page.goto("/cases?country=GN&step=request")
        await page.goto(str(await page.locator("main a[href$='/request']").first.get_attribute("href")))
        terms = page.locator("main li:has-text('Ambassade de Guinée') a[href$='/terms']").first
        slots = str(await terms.get_attribute("href")).replace("/terms", "?modality=audio")
        await paced(instance, minutes)
        await page.goto(slots)
        drawn, misplaced = await page.locator(".p-week .p-free").count(), await page.evaluate(_MISPLACED)
        await paced(instance, 60)
        assert drawn
        assert misplaced == []
