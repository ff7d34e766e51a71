"""A media node: one port, its rooms and its timers, ordered about by commands and reporting by events.

How a process runs one (commands and events stand in PROTOCOL.md)::

    settings = NodeSettings(host="127.0.0.1", port=8081, advertised="192.0.2.7")
    uvloop.run(run_node(control_socket, settings, recorder=SealedRecorder(...), clock=utc_now))

`run_node` returns after the command `stop`, or when the other end of the control socket is gone; either way
every recording is finalised before. Freeze the garbage collector before: `gc.collect(); gc.freeze()`.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from webrtc import udp_mux
from webrtc.control import ControlEnd, open_end
from webrtc.dtls import Certificate
from webrtc.errors import CommandRefused
from webrtc.histogram import Histogram
from webrtc.media_port import MediaPort
from webrtc.peer import Peer, Turn
from webrtc.ports import Clock, Json, Recorder
from webrtc.probe import Probes
from webrtc.recording_state import Run
from webrtc.role import ParticipantRole
from webrtc.sdp import tcp_candidate, udp_candidate
from webrtc.switchboard import Switchboard
from webrtc.traffic import Traffic

TICK_SECONDS = 0.05
RECORDERS_EVERY = 5
REPORT_EVERY = 20
FIGURES_EVERY = 100

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Where a node listens and what it tells browsers; port 0 takes a free one, `advertised` falls to `host`.

    `silence_seconds` without an authenticated packet make a peer count as disconnected.
    """

    host: str = "127.0.0.1"
    port: int = 0
    advertised: str = ""
    seats: int = 2
    silence_seconds: float = 8.0


class Node:
    """Runs rooms; `emit` receives every event and must not block. All methods belong on the event loop."""

    def __init__(
        self, settings: NodeSettings, *, recorder: Recorder, clock: Clock, emit: Callable[[Json], None]
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._certificate = Certificate(clock())
        self._port: MediaPort | None = None
        self._timer: asyncio.Task[None] | None = None
        self._candidates: tuple[str, ...] = ()
        self._recorder = recorder
        self._traffic = Traffic()
        self._loop_lag = Histogram()
        self.stopping = asyncio.Event()
        self.switchboard = Switchboard(
            recorder=recorder, clock=clock, emit=emit, new_peer=self._new_peer, seats=settings.seats
        )
        self.probes = Probes(emit=emit, new_peer=self._new_peer, where=lambda: self.address)

    @property
    def address(self) -> tuple[str, int]:
        """The address that browsers are told."""
        return self._settings.advertised or self._settings.host, self._running_port().bound_to[1]

    async def start(self) -> None:
        """Bind the port, or raise CannotListen, and report `ready`."""
        self._port = MediaPort(self._settings.host, self._settings.port)
        self._port.start()
        host, port = self.address
        self._candidates = udp_candidate(host, port), tcp_candidate(host, port)
        self._timer = asyncio.get_running_loop().create_task(self._keep_time())
        self._emit(
            {"is": "ready", "port": port, "address": host, "fingerprint": self._certificate.fingerprint}
        )

    def handle(self, command: Json) -> None:
        """Follow one command of the web process, or raise CommandRefused."""
        act = _COMMANDS.get(str(command.get("do")))
        if act is None:
            raise CommandRefused("unknown command")
        try:
            act(self, command)
        except (KeyError, ValueError, TypeError) as error:
            raise CommandRefused(f"{command.get('do')}: {error!r}") from error

    async def stop(self) -> None:
        """End every interview, finalise every recording and close the port."""
        self.stopping.set()
        self.probes.close_all()
        await self.switchboard.close_all("node_stopped")
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer
        if self._port is not None:
            self._port.stop()
            self._port = None

    def _running_port(self) -> MediaPort:
        if self._port is None:
            raise CommandRefused("the node is not running")
        return self._port

    def _new_peer(self, peer_id: str, on_turn: Callable[[str, Turn], None]) -> Peer:
        peer = Peer(
            peer_id,
            certificate=self._certificate,
            checks=self._running_port().checks,
            candidates=self._candidates,
            silence_seconds=self._settings.silence_seconds,
            on_turn=on_turn,
        )
        self._traffic.count(peer)
        return peer

    async def _keep_time(self) -> None:
        turn = 0
        while True:
            began = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)
            self._loop_lag.add(max(0.0, time.monotonic() - began - TICK_SECONDS))
            turn += 1
            try:
                self._tick(turn)
            except Exception:  # noqa: BLE001  logged, and tried again in 50 ms
                # One peer's trouble must not stop everybody's clock.
                _log.exception("x tick")

    def _tick(self, turn: int) -> None:
        now = time.monotonic()
        port = self._running_port()
        port.tick(now)
        self.switchboard.tick(now)
        self.probes.tick(now)
        if turn % RECORDERS_EVERY == 0:
            self.switchboard.watch_recorders()
        if turn % REPORT_EVERY == 0:
            self.switchboard.report(now)
            self.probes.report(now)
        if turn % FIGURES_EVERY == 0:
            self._emit({"is": "figures", **self._figures(port)})

    def _figures(self, port: MediaPort) -> Json:
        return {
            **self.switchboard.figures,
            **self._traffic.figures,
            "probes": len(self.probes),
            "datagrams": port.received,
            "dropped": port.dropped,
            "cpu_seconds": time.process_time(),
            "is_compiled": not udp_mux.__file__.endswith(".py"),
            "relay_delay": port.delays.figures,
            "loop_lag": self._loop_lag.figures,
            "recorder_lag": self._recorder.lag(),
        }


def _text(command: Json, name: str) -> str:
    value: Any = command[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _say(node: Node, command: Json) -> None:
    peer_id, message = _text(command, "peer"), command["message"]
    if peer_id in node.probes:
        node.probes.say(peer_id, message)
    else:
        node.switchboard.say(peer_id, message)


def _exit(node: Node, command: Json) -> None:
    peer_id = _text(command, "peer")
    if peer_id in node.probes:
        node.probes.exit(peer_id)
    else:
        node.switchboard.exit(peer_id)


def _enter(node: Node, command: Json) -> None:
    node.switchboard.enter(
        _text(command, "room"),
        _text(command, "peer"),
        _text(command, "participant"),
        ParticipantRole(command["role"]),
        admitted=command["admitted"] is True,
        recorded=command.get("recorded", True) is True,
    )


def _tell(node: Node, command: Json) -> None:
    message: Any = command["message"]
    if not isinstance(message, dict):
        raise TypeError("message")
    node.switchboard.tell(_text(command, "room"), message)


def _consult(node: Node, command: Json) -> None:
    stays: Any = command["stays"]
    if stays is not None and not (isinstance(stays, list) and all(isinstance(each, str) for each in stays)):
        raise TypeError("stays")
    node.switchboard.consult(_text(command, "room"), stays)


def _record(node: Node, command: Json) -> None:
    node.switchboard.record(_text(command, "room"), Run(command["run"]), _text(command, "recording"))


_COMMANDS: dict[str, Callable[[Node, Json], None]] = {
    "open": lambda node, command: node.switchboard.open(_text(command, "room")),
    "enter": _enter,
    "probe": lambda node, command: node.probes.begin(_text(command, "peer")),
    "say": _say,
    "exit": _exit,
    "admit": lambda node, command: node.switchboard.admit(
        _text(command, "room"), _text(command, "participant")
    ),
    "remove": lambda node, command: node.switchboard.remove(
        _text(command, "room"), _text(command, "participant")
    ),
    "consult": _consult,
    "record": _record,
    "close": lambda node, command: node.switchboard.close(_text(command, "room"), _text(command, "reason")),
    "tell": _tell,
    "stop": lambda node, _: node.stopping.set(),
}


async def run_node(
    control: socket.socket, settings: NodeSettings, *, recorder: Recorder, clock: Clock
) -> None:
    """Run a node over a control socket until it is told to stop or the other end is gone."""
    early: list[Json] = []  # commands may arrive before the node has started
    running: Node | None = None

    def receive(command: Json) -> None:
        if running is None:
            early.append(command)
            return
        try:
            running.handle(command)
        except CommandRefused as error:
            _log.warning("> command", reason=error.reason)

    end = await open_end(control, receive)
    node = Node(settings, recorder=recorder, clock=clock, emit=end.send)
    try:
        await node.start()
        running = node
        for command in early:
            receive(command)
        await _either(node, end)
    finally:
        await node.stop()
        end.close()


async def _either(node: Node, end: ControlEnd) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (node.stopping, end.closed)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
