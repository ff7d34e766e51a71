"""What of an interview reaches the recorder: admitted people, while recording, in parts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from tests.support.media_peer import BEGINNING, MediaPeer, NodeInTest, keep_to_loopback, peers_of
from tests.support.media_sink import MemoryRecorder
from webrtc.control import open_end
from webrtc.node import NodeSettings, run_node


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest() as house:
        house.open()
        house.enter("a", "A")
        house.enter("b", "B", "consular_officer")
        yield house


def record(house: NodeInTest, run: str) -> None:
    house.do("record", room="r1", run=run, recording="rec")


async def test_both_sides_are_recorded_from_a_keyframe_on_in_step(house: NodeInTest) -> None:
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        record(house, "start")
        assert house.messages("a", "recording")[-1]["state"] == "recording"
        assert {event["participant"] for event in house.seen(is_="part_started")} == {"A", "B"}
        for sink in house.recorder.sinks:
            await sink.holds(video=15, audio=40)
            assert sink.frames[0][2:] == (True, 160, 120)
            awaited = sink.packets[:40]
            assert all(19 <= after - before <= 21 for (before, _), (after, _) in pairwise(awaited))
            await sink.is_in_step(within_ms=150)
        record(house, "stop")
        await house.until(lambda: len(house.seen(is_="part_finished")) == 2)
        finished = house.seen(is_="part_finished", participant="A")[0]
        sink = house.recorder.sinks[0]
        assert finished["part"] == sink.part_id
        assert finished["video_frames"] == len(sink.frames)
        assert (finished["width"], finished["height"]) == (160, 120)
        assert finished["started_at"] < finished["ended_at"]


async def test_a_pause_ends_the_parts_and_resuming_begins_new_ones(house: NodeInTest) -> None:
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        record(house, "start")
        first = house.recorder.sinks[:]
        await asyncio.gather(*(sink.holds(video=3, audio=3) for sink in first))
        record(house, "pause")
        await house.until(lambda: len(house.seen(is_="part_finished")) == 2)
        # The sinks refuse frames after finish(); pictures still go round meanwhile.
        for _ in range(5):
            await b.frame()
        assert len(house.recorder.sinks) == 2
        record(house, "resume")
        assert len(house.recorder.sinks) == 4
        await house.recorder.sinks[3].holds(video=2, audio=2)
        assert house.recorder.sinks[3].frames[0][2] is True


async def test_who_waits_is_not_recorded(house: NodeInTest) -> None:
    house.enter("w", "W", "interpreter", admitted=False)
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "w")) as (a, waiting):
        await asyncio.gather(a.connect(), waiting.connect())
        record(house, "start")
        await house.recorder.sinks[0].holds(video=3)
        assert [event["participant"] for event in house.seen(is_="part_started")] == ["A"]
        house.do("admit", room="r1", participant="W")
        assert [event["participant"] for event in house.seen(is_="part_started")] == ["A", "W"]


async def test_a_writer_that_gives_up_fails_the_recording_for_everyone_within_a_second(
    house: NodeInTest,
) -> None:
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        record(house, "start")
        house.recorder.sinks[1].failure = "disk full"
        await house.until(lambda: bool(house.messages("a", "recording", state="failed")), seconds=1.0)
        assert house.messages("b", "recording", state="failed")
        assert house.seen(is_="recording", state="failed")[0]["reason"] == "disk full"
        await house.until(lambda: len(house.seen(is_="part_finished")) == 2)


async def test_a_part_that_cannot_be_opened_fails_the_recording(house: NodeInTest) -> None:
    house.recorder.refuse = True
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
        record(house, "start")
        await house.event(is_="recording", state="failed")
        assert house.recorder.sinks == []


async def test_closing_finishes_every_part_before_it_is_reported(house: NodeInTest) -> None:
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        record(house, "start")
        await house.recorder.sinks[0].holds(video=1)
        house.do("close", room="r1", reason="normal")
        house.do("close", room="r1", reason="normal")
        await house.event(is_="closed", room="r1")
        kinds = [event["is"] for event in house.events]
        assert kinds.count("part_finished") == 2
        assert kinds.index("closed") > max(n for n, kind in enumerate(kinds) if kind == "part_finished")
        assert house.messages("a", "ended")[0]["reason"] == "normal"
        house.do("close", room="r1", reason="again")
        assert kinds.count("closed") == 1


async def test_stopping_the_node_finishes_every_part(house: NodeInTest) -> None:
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
        record(house, "start")
        await house.node.stop()
        assert house.recorder.sinks[0].finished
        assert house.seen(is_="closed")


@pytest.mark.parametrize("ends_by", ["command", "lost channel"])
async def test_a_node_process_runs_until_told_or_left_alone(ends_by: str) -> None:
    here, there = socket.socketpair()
    events: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    end = await open_end(here, events.put_nowait)
    recorder = MemoryRecorder()
    running = asyncio.create_task(run_node(there, NodeSettings(), recorder=recorder, clock=lambda: BEGINNING))
    assert (await events.get())["is"] == "ready"
    end.send({"do": "fly"})
    end.send({"do": "open", "room": "r1"})
    end.send({"do": "close", "room": "r1", "reason": "normal"})
    assert await events.get() == {"is": "closed", "room": "r1"}
    if ends_by == "command":
        end.send({"do": "stop"})
    else:
        end.close()
    await running
    end.close()
