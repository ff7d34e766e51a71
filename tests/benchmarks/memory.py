"""Memory of the room's page over a long call: two people in Chromium, recorded.

Each minute the garbage is collected and the script heap, the nodes and listeners of the document and the
memory of the whole renderer process are read. The last five minutes are compared with minutes five to ten.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession

from tests.support.person import Person
from tests.support.scene import Scene, scene

DEBIAN_PACKAGES = ("chromium",)
MINUTES = int(os.environ.get("MINUTES", "30"))
MINUTE_SECONDS = float(os.environ.get("MINUTE_SECONDS", "60"))
WINDOW = 5  # readings at the beginning, after as many to settle, and at the end


@dataclass(frozen=True)
class Reading:
    """One minute of one page: bytes in use by scripts, nodes, listeners, resident bytes of its process."""

    heap: float
    nodes: float
    listeners: float
    resident: float


async def run() -> dict[str, float]:
    """Hold the call, and give how much each figure grew: the end divided by the beginning, the worse page."""
    assert MINUTES >= 3 * WINDOW, "MINUTES: at least 15"
    with tempfile.TemporaryDirectory(prefix="parloir-memory-") as folder:
        async with scene(Path(folder), host=None, officer=None) as two:
            await two.meet()
            await two.record()
            pages = await _watch(two)
    names = ("heap", "nodes", "listeners", "resident")
    return {name: max(_growth([getattr(each, name) for each in page]) for page in pages) for name in names}


async def _watch(two: Scene) -> list[list[Reading]]:
    people = (two.host, two.officer)
    sessions = [await _sessions(each) for each in people]
    pages: list[list[Reading]] = [[], []]
    for minute in range(MINUTES):
        await asyncio.sleep(MINUTE_SECONDS)
        for who, pair, readings in zip(people, sessions, pages, strict=True):
            await who.sees()
            readings.append(await _read(*pair))
        said = "  ".join(_told(readings[-1]) for readings in pages)
        sys.stderr.write(f"{minute + 1:3d} min  host and officer: {said}\n")
    return pages


async def _sessions(who: Person) -> tuple[CDPSession, CDPSession]:
    """Open the developer's line to the page and to its browser."""
    browser = who.page.context.browser
    assert browser is not None
    return await who.page.context.new_cdp_session(who.page), await browser.new_browser_cdp_session()


async def _read(page: CDPSession, browser: CDPSession) -> Reading:
    await page.send("HeapProfiler.collectGarbage")
    heap = await page.send("Runtime.getHeapUsage")
    counters = await page.send("Memory.getDOMCounters")
    processes = (await browser.send("SystemInfo.getProcessInfo"))["processInfo"]
    return Reading(
        heap=heap["usedSize"],
        nodes=counters["nodes"],
        listeners=counters["jsEventListeners"],
        resident=_resident(processes),
    )


def _resident(processes: list[dict[str, Any]]) -> float:
    """Bytes of the renderer that draws the page: of a browser's, the one that used most processor time."""
    renderers = [each for each in processes if each["type"] == "renderer"]
    pid = max(renderers, key=lambda each: each["cpuTime"])["id"]
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def _growth(readings: list[float]) -> float:
    return statistics.median(readings[-WINDOW:]) / statistics.median(readings[WINDOW : 2 * WINDOW])


def _told(reading: Reading) -> str:
    heap, resident = f"{reading.heap / 2**20:.2f} MB", f"{reading.resident / 2**20:.0f} MB"
    return f"scripts {heap}, {reading.nodes:.0f} nodes, {reading.listeners:.0f} listeners, in all {resident}"
