"""What joining costs: CPU of the media server for each join against Janus, and click to picture in Chromium.

Each join is an offer answered, a STUN check, a DTLS handshake and SRTP keys, of the same cheap callers to
both servers by turns. The picture is that of an officer who was let in before: a click on the door's button,
then the first frame of the person that Chromium shows, through the whole product on loopback.
"""

import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.benchmarks import janus, parloir_node
from tests.benchmarks.caller import Exchange, connect_all
from tests.benchmarks.load import cpu_seconds
from tests.support.person import PATIENCE_MS, Person
from tests.support.scene import Scene, scene

DEBIAN_PACKAGES = ("janus", "chromium")
JOINS = int(os.environ.get("JOINS", "100"))
TURNS = 3
CLICKS = 7

_CLOCK = """() => {
  window.clicked = window.shown = 0;
  const noted = () => (window.clicked = performance.now());
  document.querySelector("[data-enter]").addEventListener("click", noted, true);
  const video = document.querySelector("[data-part=main] video");
  video.requestVideoFrameCallback(() => (window.shown = performance.now()));
}"""


async def run() -> dict[str, float]:
    """Measure both servers and the browser, and return the figures."""
    ours, theirs = [], []
    for _ in range(TURNS):
        async with janus.running() as peer:
            theirs.append(await _cpu_ms(peer.pid, peer.exchange, seats=0, both_ways=True))
        async with parloir_node.running() as node:
            ours.append(await _cpu_ms(node.pid, node.exchange, seats=1, both_ways=False))
        sys.stderr.write(f"CPU a join: janus {theirs[-1]:.2f} ms  parloir {ours[-1]:.2f} ms\n")
    seconds = await _first_frames()
    sys.stderr.write("click to first frame: " + " ".join(f"{each:.2f}" for each in seconds) + " s\n")
    return {
        "cpu_vs_janus": statistics.median(ours) / statistics.median(theirs),
        "first_frame_s": statistics.median(seconds),
    }


async def _cpu_ms(pid: int, exchange: Exchange, *, seats: int, both_ways: bool) -> float:
    """CPU milliseconds of a server for each of many joins, after two that warm it."""
    kept = await connect_all(2, exchange, seats=seats, both_ways=both_ways)
    before = cpu_seconds(pid)
    kept += await connect_all(JOINS, exchange, seats=seats, both_ways=both_ways)
    spent = cpu_seconds(pid) - before
    for media in kept:
        media.sock.close()
    return spent * 1000 / JOINS


async def _first_frames() -> list[float]:
    """Seconds from the officer's click to the person's first frame, some times anew."""
    with tempfile.TemporaryDirectory(prefix="parloir-join-") as folder:
        async with scene(Path(folder), host=None, officer=None) as two:
            await two.meet()
            return [await _first_frame(two) for _ in range(CLICKS)]


async def _first_frame(two: Scene) -> float:
    async with _fresh_page(two) as officer:
        await officer.page.goto(two.path)
        await officer.page.evaluate(_CLOCK)
        await officer.click("[data-enter]")
        await officer.page.wait_for_function("() => window.shown", timeout=PATIENCE_MS)
        return float(await officer.page.evaluate("() => (window.shown - window.clicked) / 1000"))


@contextlib.asynccontextmanager
async def _fresh_page(two: Scene) -> AsyncIterator[Person]:
    """A page of the officer's browser that was never inside; the former one has lost its seat by then."""
    page = await two.officer.page.context.new_page()
    try:
        yield Person(page)
    finally:
        await page.close()
