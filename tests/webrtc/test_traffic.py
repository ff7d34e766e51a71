"""A node counts what it carries, also what connections carried that have ended; no figure falls."""

import asyncio
import time

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from tests.support.media_sink import MemoryRecorder
from webrtc import node as node_module
from webrtc import udp_mux
from webrtc.ports import Json


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)
    monkeypatch.setattr(node_module, "FIGURES_EVERY", 2)


async def figures_when(house: NodeInTest, **least: int) -> Json:
    """The first figures in which the packets of these directions are as many."""

    def latest() -> Json | None:
        told = house.seen(is_="figures")
        fits = told and all(told[-1][name]["packets"] >= count for name, count in least.items())
        return told[-1] if fits else None

    await house.until(lambda: latest() is not None)
    found = latest()
    assert found is not None
    return found


async def test_what_is_carried_is_counted_and_stays_counted() -> None:
    async with NodeInTest() as house:
        house.open()
        house.enter("a", "A")
        house.enter("b", "B", "consular_officer")
        made = (MediaPeer(house, "a"), MediaPeer(house, "b", send=False))
        async with peers_of(*made) as (a, b):
            await asyncio.gather(a.connect(), b.connect())
            await b.frame()
            during = await figures_when(house, up=20, down=20)
            house.do("remove", room="r1", participant="A")
            house.do("remove", room="r1", participant="B")
            house.events.clear()
            after = await figures_when(house)
        assert (during["rooms"], during["peers"], during["probes"]) == (1, 2, 0)
        assert during["datagrams"] > during["up"]["packets"]
        assert during["up"]["bytes"] > during["up"]["packets"]
        assert after["peers"] == 0
        for direction in ("up", "down"):
            for name in ("packets", "bytes", "lost"):
                assert after[direction][name] >= during[direction][name]
        house.events.clear()
        again = await figures_when(house)
        assert (again["up"], again["down"]) == (after["up"], after["down"])


async def test_one_burst_in_many_is_timed() -> None:
    async with NodeInTest() as house:
        house.open()
        house.enter("a", "A")
        async with peers_of(MediaPeer(house, "a")) as (a,):
            await a.connect()
            told = await figures_when(house, up=2 * udp_mux.TIMED_BURSTS)
        timed = sum(told["relay_delay"]["counts"])
        assert 1 <= timed <= told["datagrams"] // udp_mux.TIMED_BURSTS
        assert 0 < told["relay_delay"]["sum"] < timed


def late(figures: Json) -> int:
    """How often the loop was later than a tenth of a second."""
    lag = figures["loop_lag"]
    return sum(lag["counts"][lag["bounds"].index(0.1) + 1 :])


async def test_a_loop_that_stalls_shows() -> None:
    async with NodeInTest() as house:
        told = await house.event(is_="figures")
        house.events.clear()
        time.sleep(0.3)  # noqa: ASYNC251 - the stall
        await house.until(lambda: len(house.seen(is_="figures")) > 1)
        later = house.seen(is_="figures")[-1]
        assert late(later) > late(told)


async def test_the_recorder_tells_how_far_it_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    lag = {"queued": 3.0, "unsynced": 2.0, "sync": 1.0}
    monkeypatch.setattr(MemoryRecorder, "lag", lambda _: lag)
    async with NodeInTest() as house:
        assert (await house.event(is_="figures"))["recorder_lag"] == lag
