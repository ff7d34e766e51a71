"""CPU per relayed packet of 100 calls, the real mix: Parloir relaying and recording, Janus, the C floor.

All four carry the same load in the same run, RTCP, transport-cc and STUN consent on: goal of performance.md.
"""

import os
import statistics
import sys

from tests.benchmarks import floor, janus, parloir_node
from tests.benchmarks.caller import connect_all
from tests.benchmarks.load import Load, Sample, build, pin

DEBIAN_PACKAGES = ("gcc", "libc6-dev", "libsrtp2-dev", "janus")
CALLS = int(os.environ.get("CALLS", "100"))
SECONDS = 4.0
TURNS = 3
SERVER_CORE, LOAD_CORE = 0, 1


async def run() -> dict[str, float]:
    """Measure the four and return the ratios."""
    library, program = build()
    with floor.running(program, 2 * CALLS) as (pid, media):
        least = await _measure("floor", pid, Load(library, media))
    async with janus.running() as peer:
        media = await connect_all(2 * CALLS, peer.exchange, seats=0, both_ways=True)
        theirs = await _measure("janus", peer.pid, Load(library, media))
    async with parloir_node.running() as node:
        media = await connect_all(2 * CALLS, node.exchange, seats=1, both_ways=False)
        load = Load(library, media)
        ours = await _measure("parloir", node.pid, load)
        node.record(CALLS, "start")
        recording = await _measure("parloir recording", node.pid, load)
    return {
        "vs_janus": ours / theirs,
        "vs_janus_recording": recording / theirs,
        "vs_floor": ours / least,
    }


async def _measure(name: str, pid: int, load: Load) -> float:
    """CPU per packet in microseconds, the median of some turns."""
    everywhere = os.sched_getaffinity(0)
    pin(pid, SERVER_CORE)
    os.sched_setaffinity(0, {LOAD_CORE})
    samples = [load.measure(pid, calls=CALLS, seconds=SECONDS) for _ in range(TURNS)]
    os.sched_setaffinity(0, everywhere)
    _say(name, samples)
    return statistics.median(sample.cpu_us_per_packet for sample in samples)


def _say(name: str, samples: list[Sample]) -> None:
    for s in samples:
        sys.stderr.write(
            f"{name:18} {s.cpu_us_per_packet:6.2f} us/packet  {100 * s.cpu_share:5.1f} % of a core  "
            f"lost {100 * s.lost:.3f} %  bad {s.bad}  "
            f"delay p50 {s.p50_ms:.2f} p99 {s.p99_ms:.2f} worst {s.worst_ms:.2f} ms\n"
        )
