"""What an operator's Prometheus reads: figures of this process and its media nodes, in the text format 0.0.4.

Figures are counts and times; no label names an interview, a person or an address.
"""

import asyncio
import hmac
import resource
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path

from aiohttp import web

from server.media import NodeLink
from webrtc.histogram import Histogram
from webrtc.ports import Json

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TICK_SECONDS = 0.25

_Value = float | Json  # a histogram is what `Histogram.figures` gives
_Labels = Mapping[str, str]
_Samples = Iterable[tuple[_Labels, _Value]]


class WebFigures:
    """Counts what this process answers, and how late its loop is; without a `token` nobody reads it."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._loop_lag = Histogram()
        self._answers: Counter[str] = Counter()

    def opens(self, authorization: str) -> bool:
        """Whether a header `Authorization` holds the token."""
        expected = f"Bearer {self._token}".encode()
        given = authorization.encode(errors="surrogateescape")  # bytes of a header that are no text come so
        return bool(self._token) and hmac.compare_digest(expected, given)

    async def count(self, request: web.Request, response: web.StreamResponse) -> None:
        """Count an answer that leaves."""
        del request
        self._answers[f"{response.status // 100}xx"] += 1

    async def watch_loop(self) -> None:
        """Measure how late the loop wakes, until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)
            self._loop_lag.add(max(0.0, time.monotonic() - began - TICK_SECONDS))

    def exposition(self, node: NodeLink) -> str:
        """Write all figures down."""
        return "".join((*self._of_web(node), *_of_nodes(node.nodes)))

    def _of_web(self, node: NodeLink) -> Iterable[str]:
        answers = [({"status": status}, count) for status, count in sorted(self._answers.items())]
        yield _family("web_responses_total", "HTTP answers by the class of their status", answers)
        yield _family("web_lines", "Open signalling sockets", _one(node.lines))
        yield _family("web_node_starts_total", "Media nodes started", _one(node.starts))
        yield _family("web_loop_lag_seconds", "How late the loop woke", _one(self._loop_lag.figures))
        yield _family("web_cpu_seconds_total", "Processor time", _one(time.process_time()))
        yield _family("web_resident_memory_bytes", "Memory in use", _one(_resident_bytes()))
        yield _family("web_open_fds", "Open descriptors", _one(_open_descriptors()))


def _of_nodes(nodes: Sequence[Json]) -> Iterable[str]:
    running = [({"node": str(number)}, figures) for number, figures in enumerate(nodes)]
    up = [(label, float(bool(figures))) for label, figures in running]
    yield _family("node_up", "Whether a media node runs and has reported", up)
    running = [(label, figures) for label, figures in running if figures]
    if not running:
        return

    def each(*names: str) -> _Samples:
        """The figure of that name of each node; of two names, the second within the first."""
        return [(label, reduce(getitem, names, figures)) for label, figures in running]

    def by_direction(name: str) -> _Samples:
        return [
            ({**label, "direction": direction}, figures[direction][name])
            for label, figures in running
            for direction in ("up", "down")
        ]

    of_packets = "Media packets; up: received from browsers, each once, down: sent to them"
    yield _family("node_packets_total", of_packets, by_direction("packets"))
    yield _family("node_bytes_total", "Payload of media packets", by_direction("bytes"))
    of_lost = "Media packets lost on the line, whether sent again or not; down: by the browsers' reports"
    yield _family("node_packets_lost_total", of_lost, by_direction("lost"))
    of_refused = "Packets of a browser's path that were forged, repeated or malformed"
    yield _family("node_packets_refused_total", of_refused, each("refused"))
    yield _family("node_datagrams_total", "Datagrams received of any kind", each("datagrams"))
    of_dropped = "Datagrams and connections of nobody, dropped without an answer"
    yield _family("node_datagrams_dropped_total", of_dropped, each("dropped"))
    yield _family("node_rooms", "Open rooms", each("rooms"))
    yield _family("node_peers", "Connections in rooms", each("peers"))
    yield _family("node_probes", "Equipment checks under way", each("probes"))
    yield _family("node_recordings", "Parts being recorded, one a participant", each("parts"))
    of_delay = "From the first read of a burst of datagrams to its last send; one UDP burst in 32"
    yield _family("node_relay_delay_seconds", of_delay, each("relay_delay"))
    yield _family("node_loop_lag_seconds", "How late the loop woke", each("loop_lag"))
    of_queue = "So old at most is the oldest frame that waits for the recorder"
    yield _family("node_recorder_queue_seconds", of_queue, each("recorder_lag", "queued"))
    of_unsynced = "Since the recorder last made everything durable; 0 without a recording"
    yield _family("node_recorder_unsynced_seconds", of_unsynced, each("recorder_lag", "unsynced"))
    yield _family("node_recorder_sync_seconds", "How long the last sync took", each("recorder_lag", "sync"))
    yield _family("node_packet_path_compiled", "Whether the packet path is compiled", each("is_compiled"))
    yield _family("node_cpu_seconds_total", "Processor time", each("cpu_seconds"))


def _one(value: _Value) -> _Samples:
    return [({}, value)]


def _family(name: str, meaning: str, samples: _Samples) -> str:
    name = f"parloir_{name}"
    lines: list[str] = []
    kind = "counter" if name.endswith("_total") else "gauge"
    for labels, value in samples:
        if isinstance(value, dict):
            kind = "histogram"
            lines += _histogram(name, labels, value)
        else:
            lines.append(_sample(name, labels, value))
    return "\n".join((f"# HELP {name} {meaning}.", f"# TYPE {name} {kind}", *lines, ""))


def _histogram(name: str, labels: _Labels, figures: Json) -> Iterable[str]:
    count = 0
    for bound, more in zip((*figures["bounds"], "+Inf"), figures["counts"], strict=True):
        count += more
        yield _sample(f"{name}_bucket", {**labels, "le": str(bound)}, count)
    yield _sample(f"{name}_sum", labels, figures["sum"])
    yield _sample(f"{name}_count", labels, count)


def _sample(name: str, labels: _Labels, value: float) -> str:
    written = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{written}}} {float(value)!r}" if written else f"{name} {float(value)!r}"


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
