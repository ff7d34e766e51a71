"""What comes over the wire for a page that a browser opens for the first time."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.support.browser import chromium, visitor
from tests.support.instance import Instance
from tests.support.scene import Scene, scene

MOST_BYTES_OF_THE_ROOM = 150_000
MOST_BYTES = 60_000
"""Of any other page, its typefaces too."""
SAMPLE = {
    "": ("/sign-in",),
    "staff-steenokkerzeel": ("/", "/cases", "/cases/new", "/interviews", "/week", "/places"),
    "officer-conakry": ("/", "/requests", "/interviews", "/places"),
}


async def weight(page: Page, path: str) -> dict[str, int]:
    """Open a page with nothing kept; give the bytes of each answer, as they came.

    The page itself is counted as a proxy that compresses would send it.
    """
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda it: names.update({it["requestId"]: it["request"]["url"]}))

    def count(it: dict[str, Any]) -> None:
        if it["requestId"] in names:  # not of the page before it
            sizes[names[it["requestId"]]] = int(it["encodedDataLength"])

    session.on("Network.loadingFinished", count)
    answer = await page.goto(path, wait_until="networkidle")
    assert answer is not None
    await page.evaluate("() => document.fonts.ready")
    await session.detach()
    return sizes | {answer.url: len(gzip.compress(await answer.body()))}


def told(sizes: dict[str, int]) -> str:
    return "\n".join(f"{size:7d} {url}" for url, size in sorted(sizes.items(), key=lambda one: -one[1]))


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as made:
        yield made


async def test_the_room_is_light_enough_for_a_slow_line(two: Scene) -> None:
    for somebody in (two.host, two.officer):
        sizes = await weight(somebody.page, two.path)
        assert any("/js/room/main.js" in url for url in sizes)
        assert sum(sizes.values()) < MOST_BYTES_OF_THE_ROOM, told(sizes)


async def test_every_other_page_is_lighter(instance: Instance) -> None:
    async with chromium() as browser:
        for person, paths in SAMPLE.items():
            somebody = await visitor(browser, instance, person)
            for path in paths:
                sizes = await weight(somebody.page, path)
                assert any(".woff2" in url for url in sizes)
                assert sum(sizes.values()) < MOST_BYTES, f"{path}\n{told(sizes)}"
            await somebody.page.context.close()
