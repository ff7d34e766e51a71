"""What an operator's Prometheus reads: figures of this process and its media node, in the text format 0.0.4.

Figures are counts and times; no label names an interview, a person or an address.
"""

import asyncio
import hmac
import resource
import time
from collections import Counter
from collections.abc import Iterable, Mapping
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
        return bool(self._token) and hmac.compare_digest(expected, authorization.encode())

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
        return "".join((*self._of_web(node), *_of_node(node.figures if node.ready.is_set() else {})))

    def _of_web(self, node: NodeLink) -> Iterable[str]:
        answers = [({"status": status}, count) for status, count in sorted(self._answers.items())]
        yield _family("web_responses_total", "HTTP answers by the class of their status", answers)
        yield _family("web_lines", "Open signalling sockets", _one(node.lines))
        yield _family("web_node_starts_total", "Media nodes started", _one(node.starts))
        yield _family("web_loop_lag_seconds", "How late the loop woke", _one(self._loop_lag.figures))
        yield _family("web_cpu_seconds_total", "Processor time", _one(time.process_time()))
        yield _family("web_resident_memory_bytes", "Memory in use", _one(_resident_bytes()))
        yield _family("web_open_fds", "Open descriptors", _one(_open_descriptors()))


def _of_node(figures: Json) -> Iterable[str]:
    yield _family("node_up", "Whether the media node runs and has reported", _one(bool(figures)))
    if not figures:
        return
    directions = {name: figures[name] for name in ("up", "down")}

    def by_direction(name: str) -> _Samples:
        return [({"direction": direction}, each[name]) for direction, each in directions.items()]

    of_packets = "Media packets; up: received from browsers, each once, down: sent to them"
    yield _family("node_packets_total", of_packets, by_direction("packets"))
    yield _family("node_bytes_total", "Payload of media packets", by_direction("bytes"))
    of_lost = "Media packets lost on the line, whether sent again or not; down: by the browsers' reports"
    yield _family("node_packets_lost_total", of_lost, by_direction("lost"))
    of_refused = "Packets of a browser's path that were forged, repeated or malformed"
    yield _family("node_packets_refused_total", of_refused, _one(figures["refused"]))
    yield _family("node_datagrams_total", "Datagrams received of any kind", _one(figures["datagrams"]))
    of_dropped = "Datagrams and connections of nobody, dropped without an answer"
    yield _family("node_datagrams_dropped_total", of_dropped, _one(figures["dropped"]))
    yield _family("node_rooms", "Open rooms", _one(figures["rooms"]))
    yield _family("node_peers", "Connections in rooms", _one(figures["peers"]))
    yield _family("node_probes", "Equipment checks under way", _one(figures["probes"]))
    yield _family("node_recordings", "Parts being recorded, one a participant", _one(figures["parts"]))
    of_delay = "From the first read of a burst of datagrams to its last send; one UDP burst in 32"
    yield _family("node_relay_delay_seconds", of_delay, _one(figures["relay_delay"]))
    yield _family("node_loop_lag_seconds", "How late the loop woke", _one(figures["loop_lag"]))
    lag = figures["recorder_lag"]
    of_queue = "So old at most is the oldest frame that waits for the recorder"
    yield _family("node_recorder_queue_seconds", of_queue, _one(lag["queued"]))
    of_unsynced = "Since the recorder last made everything durable; 0 without a recording"
    yield _family("node_recorder_unsynced_seconds", of_unsynced, _one(lag["unsynced"]))
    yield _family("node_recorder_sync_seconds", "How long the last sync took", _one(lag["sync"]))
    yield _family(
        "node_packet_path_compiled", "Whether the packet path is compiled", _one(figures["is_compiled"])
    )
    yield _family("node_cpu_seconds_total", "Processor time", _one(figures["cpu_seconds"]))


def _one(value: _Value) -> _Samples:
    return [({}, value)]


def _family(name: str, meaning: str, samples: _Samples) -> str:
    name = f"parloir_{name}"
    lines: list[str] = []
    kind = "counter" if name.endswith("_total") else "gauge"
    for labels, value in samples:
        if isinstance(value, dict):
            kind = "histogram"
            lines += _histogram(name, value)
        else:
            lines.append(_sample(name, labels, value))
    return "\n".join((f"# HELP {name} {meaning}.", f"# TYPE {name} {kind}", *lines, ""))


def _histogram(name: str, figures: Json) -> Iterable[str]:
    count = 0
    for bound, more in zip((*figures["bounds"], "+Inf"), figures["counts"], strict=True):
        count += more
        yield _sample(f"{name}_bucket", {"le": str(bound)}, count)
    yield _sample(f"{name}_sum", {}, figures["sum"])
    yield _sample(f"{name}_count", {}, count)


def _sample(name: str, labels: _Labels, value: float) -> str:
    written = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{written}}} {float(value)!r}" if written else f"{name} {float(value)!r}"


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
