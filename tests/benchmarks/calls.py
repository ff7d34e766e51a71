"""How many recorded 1:1 interviews one media node carries on one core, and what stock aiortc carries.

Calls are added until packets are lost or the delay of one packet in a hundred is above what a call bears.
aiortc relays one call, decoded and encoded as its MediaRelay does. Its peers rarely reach our rate, which
makes it look cheaper than it is.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame

from tests.benchmarks import parloir_node
from tests.benchmarks.caller import connect_all
from tests.benchmarks.load import Load, Sample, build, cpu_seconds, pin

DEBIAN_PACKAGES = ("gcc", "libc6-dev", "libsrtp2-dev")
STEPS = (40, 60, 80, 100, 110, 120, 130, 140, 150, 160, 180, 200)
BEARABLE_P99_MS = 5.0
TURNS = 3
SECONDS = 3.0
SETTLE_SECONDS, AIORTC_SECONDS = 4.0, 8.0
SERVER_CORE, LOAD_CORE = 0, 1


class Scenery(VideoStreamTrack):
    """A scene of 640 by 360 that moves all over, as a camera held by hand sees one: 30 pictures a second."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        coarse = np.random.default_rng(seed).integers(0, 255, (90, 160, 3), dtype=np.uint8)
        self._scene = coarse.repeat(4, axis=0).repeat(4, axis=1)
        self._count = 0

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        self._count += 1
        moved = np.roll(self._scene, (self._count, 2 * self._count), axis=(0, 1))
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(moved), format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


async def run() -> dict[str, float]:
    """Find the most calls without loss within the delay, and compare."""
    library, _ = build()
    calls, p99_ms = 0, 0.0
    for wanted in STEPS:
        samples = await _recorded(library, wanted)
        delay = statistics.median(sample.p99_ms for sample in samples)
        lost = statistics.median(sample.lost for sample in samples)
        share = statistics.median(sample.cpu_share for sample in samples)
        said = f"{100 * share:.0f} % of a core, lost {100 * lost:.3f} %, p99 {delay:.2f} ms"
        sys.stderr.write(f"{wanted} calls: {said}\n")
        if lost or delay > BEARABLE_P99_MS:
            break
        calls, p99_ms = wanted, delay
    share, sent_bps = await _aiortc()
    sys.stderr.write(
        f"aiortc, one call: {100 * share:.0f} % of a core at {sent_bps / 1e6:.2f} Mbit/s each way\n"
    )
    return {"calls": calls, "p99_ms": p99_ms, "vs_aiortc": calls * share}


async def _recorded(library: Path, calls: int) -> list[Sample]:
    async with parloir_node.running() as node:
        media = await connect_all(2 * calls, node.exchange, seats=1, both_ways=False)
        load = Load(library, media)
        node.record(calls, "start")
        everywhere = os.sched_getaffinity(0)
        pin(node.pid, SERVER_CORE)
        os.sched_setaffinity(0, {LOAD_CORE})
        samples = [load.measure(node.pid, calls=calls, seconds=SECONDS) for _ in range(TURNS)]
        os.sched_setaffinity(0, everywhere)
    return samples


async def _aiortc() -> tuple[float, float]:
    """Share of a core that one call costs through aiortc, and the bits a second that each side sends."""
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-m", "tests.benchmarks.aiortc_server")
    server = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert server.stdin is not None
    assert server.stdout is not None
    pin(server.pid, SERVER_CORE)
    peers = [RTCPeerConnection(), RTCPeerConnection()]
    try:
        for seed, peer in enumerate(peers):
            peer.addTrack(Scenery(seed))
            peer.addTrack(AudioStreamTrack())
            await peer.setLocalDescription(await peer.createOffer())
            server.stdin.write(json.dumps({"sdp": peer.localDescription.sdp}).encode() + b"\n")
            answer = json.loads(await server.stdout.readline())
            await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        await asyncio.sleep(SETTLE_SECONDS)
        before, sent, begun = cpu_seconds(server.pid), await _sent_bytes(peers), time.monotonic()
        await asyncio.sleep(AIORTC_SECONDS)
        took = time.monotonic() - begun
        share = (cpu_seconds(server.pid) - before) / took
        return share, (await _sent_bytes(peers) - sent) * 8 / took / len(peers)
    finally:
        for peer in peers:
            await peer.close()
        server.stdin.close()
        async with asyncio.timeout(15):
            await server.wait()


async def _sent_bytes(peers: list[RTCPeerConnection]) -> int:
    reports = [report for peer in peers for report in (await peer.getStats()).values()]
    return sum(report.bytesSent for report in reports if report.type == "outbound-rtp")
