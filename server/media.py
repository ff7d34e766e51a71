"""The link to the media node: keeps it running, pipes browsers' messages, hands its events on in order."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from scheduling.identifier import new_id
from server.browser_line import Line
from server.errors import DatabaseAway
from server.logs import log
from webrtc.control import ControlEnd, open_end
from webrtc.errors import MediaError
from webrtc.ports import Json

Command = Callable[[int], Sequence[str]]

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STOP_SECONDS = 15.0
NO_ROOM = ""  # of a line that only measures the way to the node
LINE_LOST: Json = {"type": "line_lost"}
LAST_WORDS = frozenset({"replaced", "removed", "probed"})  # after these the line is over in any case
STOPPED: Json = {"type": "ended", "reason": "node_stopped"}  # the node ends, the interview does not


@dataclass(frozen=True, slots=True)
class Standing:
    """What a room's database rows say: who was let in, is apart or not recorded; what its recording does."""

    is_over: bool = False
    admitted: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    unrecorded: frozenset[str] = frozenset()
    stays: frozenset[str] | None = None  # in a private consultation; None when there is none
    recording_id: str = ""
    runs: tuple[str, ...] = ()  # the orders that bring a fresh room to the recording's state


class Journal(Protocol):
    """The database side of the node: what it reports is written down, what it must know is read."""

    async def standing(self, room_id: str) -> Standing:
        """Read what a room that opens (again) has to be told."""

    async def take(self, event: Json, /) -> None:
        """Write down one event of a room."""

    async def node_lost(self) -> None:
        """Write down that no node runs: nobody is connected, every unfinished part is interrupted."""


class NodeLink:
    """One media node as a child process; `command` gives its words for a control descriptor."""

    def __init__(self, command: Command, journal: Journal) -> None:
        self._command = command
        self._journal = journal
        self._lines: dict[str, Line] = {}
        self._events: dict[str, asyncio.Queue[Json | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened: set[str] = set()
        self._orders: Counter[str] = Counter()
        self._devices: dict[tuple[str, str], str] = {}
        self._end: ControlEnd | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._node = 0
        self._is_stopping = False
        self.figures: Json = {}
        self.pid: int | None = None
        self.ready = asyncio.Event()
        self._wanted = asyncio.Event()

    async def start(self) -> None:
        """Note what a former node left; from the first `wake` or browser on, a node is kept running."""
        await self._note_loss()
        self._keeper = asyncio.create_task(self._keep(), name="media node")

    @property
    def lines(self) -> int:
        """How many browsers are on the line."""
        return len(self._lines)

    @property
    def starts(self) -> int:
        """How many nodes were started."""
        return self._node

    def wake(self) -> None:
        """Have a node from now on, before the first browser comes."""
        self._wanted.set()

    async def stop(self) -> None:
        """Let the node finish every part, write down what it reports last, and end it."""
        self._is_stopping = True
        self._wanted.set()
        self.hang_up()
        self._send({"do": "stop"})
        if self._keeper is not None:
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await asyncio.shield(self._keeper)
            except TimeoutError:
                log.error("node:slow")
                self._keeper.cancel()
                await asyncio.gather(self._keeper, return_exceptions=True)

    def hang_up(self) -> None:
        """End every browser's line; they come back by themselves."""
        for line in self._lines.values():
            line.end("server_stopped")

    async def enter(self, room_id: str, participant_id: str, role: str) -> Line:
        """Give a browser that came its line, whose first message is the node's welcome."""
        line = Line(new_id(), room_id, participant_id, role)
        self._lines[line.peer_id] = line
        self.wake()
        await self._introduce(line)
        return line

    async def probe(self, owner: str) -> Line:
        """Give a browser a line in no room, on which the node sends back what it is sent, for a moment."""
        return await self.enter(NO_ROOM, owner, "")

    def end_probe(self, owner: str) -> None:
        """End whatever an owner measures."""
        for line in self._lines.values():
            if (line.room_id, line.participant_id) == (NO_ROOM, owner):
                line.end("replaced")

    def may_come_back(self, room_id: str, participant_id: str, device: str, *, by_itself: bool) -> bool:
        """Say whether a participant takes part on this device: the one that was opened last by hand.

        Another that only reconnects by itself does not take the seat back.
        """
        holder = self._devices.get((room_id, participant_id), device)
        if by_itself and holder != device:
            return False
        self._devices[room_id, participant_id] = device
        return True

    def has_line(self, room_id: str, participant_id: str) -> bool:
        """Whether some browser of a participant is on the line."""
        seat = room_id, participant_id
        return any((line.room_id, line.participant_id) == seat for line in self._lines.values())

    def exit(self, line: Line) -> None:
        """Forget a browser that went."""
        if self._lines.pop(line.peer_id, None) is not None:
            self._send({"do": "exit", "peer": line.peer_id})

    def say(self, line: Line, message: Json) -> None:
        """Hand a browser's message to the node."""
        self._send({"do": "say", "peer": line.peer_id, "message": message})

    def admit(self, room_id: str, participant_id: str) -> None:
        """Let a waiting participant in."""
        self._order(room_id, {"do": "admit", "participant": participant_id})

    def remove(self, room_id: str, participant_id: str) -> None:
        """Put a participant out, their line with them."""
        self._order(room_id, {"do": "remove", "participant": participant_id})

    def turn_away(self, room_id: str, participant_id: str) -> None:
        """End the lines of somebody whose link was taken back, wherever they are."""
        for line in self._lines.values():
            if (line.room_id, line.participant_id) == (room_id, participant_id):
                line.put({"type": "removed"})
                line.end("link_taken_back")

    def consult(self, room_id: str, stays: Sequence[str] | None) -> None:
        """Begin a private consultation of those who stay, or end it by None."""
        self._order(room_id, {"do": "consult", "stays": stays})

    def record(self, room_id: str, run: str, recording_id: str) -> None:
        """Start, pause, resume or stop the recording."""
        self._order(room_id, {"do": "record", "run": run, "recording": recording_id})

    def close(self, room_id: str, reason: str) -> None:
        """End a room for everybody; browsers hear it even while no node holds the room."""
        self._devices = {pair: device for pair, device in self._devices.items() if pair[0] != room_id}
        self._orders.pop(room_id, None)
        if room_id in self._opened:
            self._send({"do": "close", "room": room_id, "reason": reason})
        else:
            self._tell(room_id, {"type": "ended", "reason": reason})

    def tell(self, room_id: str, message: Json) -> None:
        """Pass a message to every admitted participant of a room."""
        self._send({"do": "tell", "room": room_id, "message": message})

    def _tell(self, room_id: str, message: Json) -> None:
        for line in self._lines.values():
            if line.room_id == room_id:
                line.put(message)

    def _order(self, room_id: str, order: Json) -> None:
        """Order what the database says already; a room that is not open yet learns it when it opens."""
        self._orders[room_id] += 1
        if room_id in self._opened:
            self._send({**order, "room": room_id})

    def _send(self, order: Json) -> None:
        # Without a node the order is dropped: the next node is told how the database says that things stand.
        if self._end is not None:
            self._end.send(order)

    async def _keep(self) -> None:
        wait = FIRST_WAIT_SECONDS
        await self._wanted.wait()
        while not self._is_stopping:
            self._node += 1
            try:
                await self._run()
            except (OSError, MediaError) as problem:
                log.error("node:failed", problem=repr(problem))
            was_ready = self.ready.is_set()
            await self._lost()
            await self._note_loss()
            if not self._is_stopping:
                wait = FIRST_WAIT_SECONDS if was_ready else min(LONGEST_WAIT_SECONDS, wait * 2)
                await asyncio.sleep(wait)

    async def _note_loss(self) -> None:
        try:
            await self._patiently(self._journal.node_lost)
        except Exception:  # noqa: BLE001 - a node that runs is worth more than one row
            log.exception("node:loss_not_noted")

    async def _run(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # A session of its own: a Ctrl-C meant for us must not end the node before its parts are finished.
            process = await asyncio.create_subprocess_exec(
                *self._command(theirs.fileno()), pass_fds=(theirs.fileno(),), start_new_session=True
            )
        self.pid = process.pid
        log.info("node:started", pid=process.pid)
        try:
            self._end = await open_end(ours, self._receive)
            if self._is_stopping:  # the order came before there was anybody to hear it
                self._send({"do": "stop"})
            await self._end.closed.wait()
        finally:
            self._end = self.pid = None
            await _finish(process)
            log.info("node:ended", pid=process.pid, code=process.returncode)

    def _receive(self, event: Json) -> None:
        match event.get("is"):
            case "ready":
                self.ready.set()
                for line in self._lines.values():
                    self._spawn(self._introduce(line))
            case "say":
                self._pass_on(event["peer"], event["message"])
            case "figures":
                self.figures = event
            case _:
                self._queue(event)

    def _pass_on(self, peer_id: str, message: Json) -> None:
        line = self._lines.get(peer_id)
        if line is None:
            return
        line.put(LINE_LOST if message == STOPPED else message)
        if message.get("type") in LAST_WORDS:
            del self._lines[peer_id]
            line.end(message["type"])
        elif message.get("type") == "ended" and message != STOPPED:
            line.because("ended")

    async def _lost(self) -> None:
        self.ready.clear()
        self._opened.clear()
        for line in self._lines.values():
            line.put(LINE_LOST)
        for events in self._events.values():
            events.put_nowait(None)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._events.clear()

    async def _introduce(self, line: Line) -> None:
        """Tell the node of a browser, once; before that, of its room."""
        node = self._node
        if not self.ready.is_set() or line.introduced_to == node:
            return
        line.introduced_to = node
        if line.room_id == NO_ROOM:
            self._send({"do": "probe", "peer": line.peer_id})
            return
        try:
            standing = await self._standing(line.room_id)
        except DatabaseAway:
            line.end("database_away")  # the browser comes back by itself, and is introduced then
            return
        if node != self._node or line.peer_id not in self._lines:
            return
        if standing.is_over:
            line.put({"type": "ended", "reason": "closed"})
            return
        if line.participant_id in standing.removed:
            self._pass_on(line.peer_id, {"type": "removed"})
            return
        self._open(line.room_id, standing)
        self._send(
            {
                "do": "enter",
                "room": line.room_id,
                "peer": line.peer_id,
                "participant": line.participant_id,
                "role": line.role,
                "admitted": line.participant_id in standing.admitted,
                "recorded": line.participant_id not in standing.unrecorded,
            }
        )

    async def _standing(self, room_id: str) -> Standing:
        """Read how a room stands; once more when something was ordered that the reading may have missed."""
        while True:
            before = self._orders[room_id]
            standing = await self._journal.standing(room_id)
            if self._orders[room_id] == before:
                return standing

    def _open(self, room_id: str, standing: Standing) -> None:
        if room_id in self._opened:
            return
        self._opened.add(room_id)
        self._send({"do": "open", "room": room_id})
        for run in standing.runs:
            self._send({"do": "record", "room": room_id, "run": run, "recording": standing.recording_id})
        if standing.stays is not None:
            self._send({"do": "consult", "room": room_id, "stays": sorted(standing.stays)})

    def _queue(self, event: Json) -> None:
        room_id = event["room"]
        if room_id not in self._events:
            self._events[room_id] = asyncio.Queue()
            self._spawn(self._write_down(room_id, self._events[room_id]))
        self._events[room_id].put_nowait(event)

    async def _write_down(self, room_id: str, events: asyncio.Queue[Json | None]) -> None:
        """Take one room's events one after the other; a failure is logged and the next one is taken."""
        while (event := await events.get()) is not None:
            try:
                await self._patiently(partial(self._journal.take, event))
            except Exception:  # noqa: BLE001 - the next event must not wait for this one
                log.exception("node:event_failed", room_id=room_id, event_kind=event["is"])
            if event["is"] == "closed":
                self._opened.discard(room_id)

    async def _patiently(self, write: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Write something down, and wait for a database that is away: what is told twice stands once."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                return await write()
            except DatabaseAway as problem:
                if self._is_stopping:
                    raise
                log.warning("node:journal_waits", why=str(problem))
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_SECONDS, wait * 2)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("node:work_failed", exc_info=problem)


async def _finish(process: asyncio.subprocess.Process) -> None:
    """Wait for a node that closed its channel; one that hangs is killed."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
