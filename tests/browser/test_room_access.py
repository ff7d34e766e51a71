"""The room in every state that a person may meet in it: accessible, within its window, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browser import NARROWEST, PHONE, WIDE, Visitor
from tests.support.lawyer import LINE, Lawyer, lawyer_of
from tests.support.media_peer import keep_to_loopback
from tests.support.person import Person
from tests.support.scene import Scene, scene

LEAST_MAIN_PIXELS = 150
_MAIN = "() => document.querySelector('[data-part=main]').offsetHeight"
PANELS = ("settings", "problem", "end")


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path, LINE) as made:
        yield made


@pytest.fixture
async def lawyer(two: Scene) -> AsyncIterator[Lawyer]:
    await two.meet()
    async with lawyer_of(two.house, two.interview_id) as lawyer:
        await lawyer.come()
        await two.host.click("[data-part=waiting] button")
        await two.officer.reads_in_time("crew", "Avocat")
        yield lawyer


async def faults(somebody: Person, state: str) -> list[str]:
    looked = Visitor(somebody.page)
    found = []
    for size in (WIDE, PHONE, NARROWEST):
        await somebody.page.set_viewport_size(size)
        where = f"{state}, {await looked.language()}, {size['width']} px:"
        if size is not NARROWEST:
            found += [f"{where} {breach}" for breach in await looked.breaches()]
        if await somebody.page.evaluate(_MAIN) < LEAST_MAIN_PIXELS:
            found.append(f"{where} the large picture has shrunk")
        if wider := await looked.overflow():
            found.append(f"{where} {wider} px too wide")
    await somebody.page.set_viewport_size(WIDE)
    return found


async def both(two: Scene, state: str) -> list[str]:
    return [each for who in (two.host, two.officer) for each in await faults(who, state)]


async def in_english(two: Scene) -> None:
    """Change the language at the door, as people do, and come back."""
    for somebody in (two.host, two.officer):
        await somebody.page.goto("/account")
        async with somebody.page.expect_navigation():
            await somebody.page.click("button[name=language]")
        await somebody.page.goto(two.path)
        await somebody.is_in("room")
        await somebody.sees()


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_state_of_the_room_is_accessible(two: Scene, lawyer: Lawyer, language: str) -> None:
    if language == "en":
        await in_english(two)
    found = await both(two, "calm")
    for panel in PANELS:
        for somebody in (two.host, two.officer):
            await somebody.click(f"[aria-controls={panel}]")
        found += await both(two, panel)
    for somebody in (two.host, two.officer):
        await somebody.click("[aria-controls=problem]")
    await two.officer.page.check("#trouble-other")
    await two.officer.click("#problem button:not([type=button])")
    await two.host.page.fill("#message", "Bonjour")
    await two.host.page.press("#message", "Enter")
    await two.officer.page.wait_for_selector("[data-part=messages] li")
    await two.host.click("button[value=telephone]")
    await two.officer.click("[aria-controls=settings]")
    await two.officer.click("[data-part=sound-ask]")
    found += await both(two, "trouble")
    await two.officer.click("[data-part=sound-back]")
    await two.host.click("[aria-controls=consult]")
    await two.host.page.check(f"#stays-{lawyer.id}")
    found += await faults(two.host, "choosing who stays")
    await two.host.click("#consult button[name=turn]")
    await two.host.page.wait_for_selector("[data-part=resume]:focus")
    await two.officer.page.wait_for_selector("[data-part=private]:not([hidden])")
    found += await both(two, "private")
    assert not found, "\n".join(found)
