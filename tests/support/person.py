"""People in front of real browsers: one headless Chromium each, with a camera and a microphone of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser as BrowserProcess
from playwright.async_api import ConsoleMessage, Error, Page, Playwright, ViewportSize

from scheduling.actor import Role
from tests.support.likeness import Likeness
from tests.support.web import Browser, House

CHROMIUM = "/usr/bin/chromium"
FIREFOX = "/usr/bin/firefox-esr"
ARGUMENTS = (
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=2,fps=10",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
)
# Without a permission Firefox uses the addresses of the default route only, and never the loopback.
_FIREFOX_SETTINGS: dict[str, bool | float | str] = {
    "permissions.default.camera": 1,
    "permissions.default.microphone": 1,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}
# Playwright drives Debian's Firefox over WebDriver BiDi, which knows none of these wishes yet.
_NO_WISHES: dict[str, Any] = dict.fromkeys(
    ("color_scheme", "reduced_motion", "forced_colors", "contrast"), "null"
)
_BROKEN_OFF = "status=2152398850"  # what Firefox says of a typeface when the next page was opened meanwhile
WIDE: ViewportSize = {"width": 1280, "height": 860}
PATIENCE_MS = 20_000

_SEES = """() => {
  const video = document.querySelector("[data-part=main] video");
  return !video.hidden && video.readyState >= 2 && video.currentTime > 0.3;
}"""
_WATCH = """() => {
  const video = document.querySelector("[data-part=main] video");
  const seen = { last: performance.now(), longest: 0, frames: 0 };
  window.seen = seen;
  const frame = () => {
    const now = performance.now();
    seen.longest = Math.max(seen.longest, now - seen.last);
    seen.last = now;
    seen.frames += 1;
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
}"""
_LONGEST = "() => Math.max(window.seen.longest, performance.now() - window.seen.last)"


@dataclass
class Person:
    """One person at one screen; `trouble` collects what the browser complained of."""

    page: Page
    trouble: list[str] = field(default_factory=list)

    async def click(self, selector: str) -> None:
        """Click on what is visible."""
        await self.page.click(f"{selector} >> visible=true", timeout=PATIENCE_MS)

    async def is_in(self, state: str) -> None:
        """Wait until the page shows this state."""
        await self.page.wait_for_selector(f"#room[data-state={state}]", timeout=PATIENCE_MS)

    async def sees(self) -> None:
        """Wait until the large picture moves."""
        await self.page.wait_for_function(_SEES, timeout=PATIENCE_MS)

    async def watch(self) -> None:
        """Begin to measure how long the large picture stands still."""
        await self.page.evaluate(_WATCH)

    async def goes_on(self) -> None:
        """Wait until the large picture moves further than now; `watch` comes first."""
        seen = await self.page.evaluate("() => window.seen.frames")
        more = "(seen) => window.seen.frames > seen + 5"
        await self.page.wait_for_function(more, arg=seen, timeout=PATIENCE_MS)

    async def longest_freeze_ms(self) -> float:
        """How long the picture stood still at most since `watch`."""
        return float(await self.page.evaluate(_LONGEST))

    async def reads(self, part: str) -> str:
        """The words of a part of the page."""
        return (await self.page.inner_text(f"[data-part={part}]")).replace("\n", " ")

    async def reads_in_time(self, part: str, words: str) -> None:
        """Wait until a part of the page says these words."""
        selector = f'[data-part={part}]:has-text("{words}")'
        await self.page.wait_for_selector(selector, timeout=PATIENCE_MS)


@asynccontextmanager
async def person(
    playwright: Playwright,
    house: House,
    role: Role,
    likeness: Likeness | None = None,
    *,
    in_firefox: bool = False,
    more: tuple[str, ...] = (),
) -> AsyncIterator[Person]:
    """Give somebody a browser of their own, signed in."""
    signed_in = await house.sign_in_as(role)
    async with passer_by(playwright, house, likeness, in_firefox=in_firefox, more=more) as somebody:
        await let_in(somebody, house, signed_in)
        yield somebody


async def let_in(somebody: Person, house: House, known: Browser) -> None:
    """Give somebody the cookies with which another browser came in."""
    cookies = known.session.cookie_jar
    await somebody.page.context.add_cookies(
        [{"name": each.key, "value": each.value, "url": house.settings.url} for each in cookies]
    )


@asynccontextmanager
async def passer_by(
    playwright: Playwright,
    house: House,
    likeness: Likeness | None = None,
    *,
    in_firefox: bool = False,
    more: tuple[str, ...] = (),
) -> AsyncIterator[Person]:
    """Give somebody without an account a browser of their own; `more` are words for Chromium.

    Without a likeness the browser invents its devices, two of each; Firefox always does.
    """
    with TemporaryDirectory(prefix="parloir-likeness-") as folder:
        devices = likeness.devices(Path(folder)) if likeness and not in_firefox else ()
        if in_firefox:
            browser = await playwright.firefox.launch(
                channel="moz-firefox", executable_path=FIREFOX, firefox_user_prefs=_FIREFOX_SETTINGS
            )
        else:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*ARGUMENTS, *devices, *more]
            )
        try:
            yield await _at(browser, house, _NO_WISHES if in_firefox else {})
        finally:
            await browser.close()


async def _at(browser: BrowserProcess, house: House, wishes: dict[str, Any]) -> Person:
    """Open a page for somebody and listen to what the browser complains of."""
    context = await browser.new_context(viewport=WIDE, locale="fr", base_url=house.settings.url, **wishes)
    somebody = Person(await context.new_page())

    def complain(message: ConsoleMessage | Error) -> None:
        is_error = isinstance(message, Error) or message.type == "error"
        if is_error and _BROKEN_OFF not in str(message):
            somebody.trouble.append(str(message))

    somebody.page.on("console", complain)
    somebody.page.on("pageerror", complain)
    return somebody
