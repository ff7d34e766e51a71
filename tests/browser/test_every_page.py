"""Every page that each role can reach: accessible, silent, within its window and in its language."""

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from tests.support.browser import NARROWEST, PHONE, WIDE, Visitor, chromium, visitor, watched
from tests.support.instance import Instance

PEOPLE = {
    "nobody": ("",),
    "centre staff": ("staff-steenokkerzeel",),
    "consular officer": ("officer-conakry", "officer-kinshasa"),
    "supervisor": ("supervisor",),
    "administrator": ("administrator",),
}
FIRST_PAGES = ("/", "/sign-in", "/account")
WINDOWS = 2
_ID = re.compile(r"\b[0-9a-z]{26}\b")
_LINKS = "(all) => all.map((link) => link.getAttribute('href'))"
_SHAPE = """() => [...document.querySelectorAll("main [id^=h-], main form, main .p-week")]
  .map((part) => part.id || part.getAttribute("action") || part.className)"""


@dataclass
class Survey:
    """The pages that one person reaches by links; of those that are built alike, one is examined."""

    first: Visitor
    shapes: set[tuple[str, ...]]
    queue: deque[str] = field(default_factory=lambda: deque(FIRST_PAGES))
    seen: set[str] = field(default_factory=lambda: set(FIRST_PAGES))
    examples: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    async def windows(self) -> list[Visitor]:
        context = self.first.page.context
        return [watched(await context.new_page()) for _ in range(WINDOWS)]

    async def walk(self, window: Visitor) -> None:
        """Visit what is known and not yet visited, and examine whatever looks new."""
        while self.queue:
            path = self.queue.popleft()
            answer = await window.page.goto(path)
            assert answer is not None
            if answer.status != 200:
                self.faults.append(f"{path} answers {answer.status}")
            self._note(await window.page.eval_on_selector_all("a[href]:not([download])", _LINKS))
            shape = await shape_of(window.page)
            if shape not in self.shapes:
                self.shapes.add(shape)
                self.examples.setdefault(shape[0], path)
                await self._examine(window, path)

    async def look_again(self, window: Visitor, paths: deque[str]) -> None:
        """Examine the examples once more, in whatever language is spoken now."""
        while paths:
            path = paths.popleft()
            await window.page.goto(path)
            await self._examine(window, path)

    def _note(self, links: list[str]) -> None:
        for link in links:
            parts = urlsplit(link)
            key = parts.path + ("?list" if "view=list" in parts.query else "")
            if link.startswith("/") and not link.startswith("/demo/enter") and key not in self.seen:
                self.seen.add(key)
                self.queue.append(link)

    async def _examine(self, window: Visitor, path: str) -> None:
        language = await window.language()
        for size in (WIDE, PHONE):
            await window.page.set_viewport_size(size)
            where = f"{path} ({language}, {size['width']} px)"
            self.faults += [f"{where} {breach}" for breach in await window.breaches()]
        for size in (PHONE, NARROWEST):
            await window.page.set_viewport_size(size)
            if wider := await window.overflow():
                self.faults.append(f"{path} ({language}, {size['width']} px) is {wider} px too wide")
        await window.page.set_viewport_size(WIDE)


async def shape_of(page: Page) -> tuple[str, ...]:
    """What tells pages apart: the pattern of the path, the sections, the forms, and a week from a list."""
    parts: list[str] = await page.evaluate(_SHAPE)
    pattern = _ID.sub("*", urlsplit(page.url).path)
    return (pattern, *sorted({_ID.sub("*", urlsplit(part).path) for part in parts}))


@pytest.mark.parametrize("role", PEOPLE)
async def test_every_page_is_accessible_silent_and_within_its_window(instance: Instance, role: str) -> None:
    shapes: set[tuple[str, ...]] = set()
    async with chromium() as browser:
        for person in PEOPLE[role]:
            survey = Survey(await visitor(browser, instance, person), shapes)
            windows = await survey.windows()
            for language in ("fr", "en"):
                await survey.first.page.goto("/sign-in" if not person else "/")
                await survey.first.speak(language)
                assert await survey.first.language() == language
                if language == "fr":
                    await asyncio.gather(*(survey.walk(window) for window in windows))
                else:
                    again = deque(survey.examples.values())
                    await asyncio.gather(*(survey.look_again(window, again) for window in windows))
            trouble = [message for window in windows for message in window.trouble]
            await survey.first.page.context.close()
            assert not survey.faults, "\n".join(survey.faults)
            assert not trouble


async def test_an_address_without_page_is_accessible_too(instance: Instance) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "staff-steenokkerzeel")
        answer = await somebody.page.goto("/nowhere")
        assert answer is not None
        assert answer.status == 404
        for size in (WIDE, PHONE):
            await somebody.page.set_viewport_size(size)
            assert not await somebody.breaches()
            assert not await somebody.overflow()


@pytest.mark.parametrize(
    ("person", "path", "button"),
    [
        ("", "/sign-in", "form[action='/sign-in'] .p-wide"),
        ("staff-steenokkerzeel", "/cases/new", "main .govuk-button"),
        (
            "staff-steenokkerzeel",
            "/account",
            "form[action='/account/password'] .govuk-button--secondary >> nth=-1",
        ),
    ],
)
async def test_a_refused_form_is_accessible(instance: Instance, person: str, path: str, button: str) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, person)
        await somebody.page.goto(path)
        await somebody.page.click(button)
        await somebody.page.wait_for_selector(".govuk-error-summary")
        assert (await somebody.page.title()).startswith(("Erreur", "Error"))
        for size in (WIDE, PHONE):
            await somebody.page.set_viewport_size(size)
            assert not await somebody.breaches()
            assert not await somebody.overflow()
