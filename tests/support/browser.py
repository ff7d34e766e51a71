"""Visitors of an instance: one headless Chromium, somebody's door, what the browser complains of, and axe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Error, Page, ViewportSize, async_playwright

from tests.support.instance import Instance
from tests.support.person import ARGUMENTS, CHROMIUM

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 360, "height": 760}
NARROWEST: ViewportSize = {"width": 320, "height": 640}

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map((rule) => rule.id + ": " + rule.nodes[0].html.slice(0, 160)))"""
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visitor:
    """Somebody at a screen; `trouble` collects every message of the browser's console."""

    page: Page
    trouble: list[str] = field(default_factory=list)

    async def breaches(self) -> list[str]:
        """The rules of accessibility that the page breaks as it stands."""
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found: list[str] = await self.page.evaluate(_RUN)
        return found

    async def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(await self.page.evaluate(_OVERFLOW))

    async def language(self) -> str:
        """The language that the page says it is in."""
        return await self.page.get_attribute("html", "lang") or ""

    async def speak(self, language: str) -> None:
        """Change the language with the button of the page, unless it is spoken already."""
        if await self.language() != language:
            async with self.page.expect_navigation():
                await self.page.click("button[name=language], button[name=speak]")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """One browser, closed at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def visitor(browser: Browser, instance: Instance, person: str = "", **options: Any) -> Visitor:
    """Give a visitor cookies of their own; with a name, they come in through the door of that person."""
    context = await browser.new_context(viewport=WIDE, locale="fr", base_url=instance.url, **options)
    made = watched(await context.new_page())
    if person:
        await made.page.goto(instance.link(person))
    return made


def watched(page: Page) -> Visitor:
    """Listen to what the browser says about this page."""
    made = Visitor(page)

    def complain(message: ConsoleMessage | Error) -> None:
        made.trouble.append(message.text if isinstance(message, ConsoleMessage) else str(message))

    page.on("console", complain)
    page.on("pageerror", complain)
    return made
