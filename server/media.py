"""The link to the media nodes: keeps them running, gives each room to one, pipes the words of browsers."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from scheduling.identifier import new_id
from server.browser_line import Line
from server.errors import DatabaseAway
from server.logs import log
from server.node_run import STOP_SECONDS, Command, NodeRun
from webrtc.errors import MediaError
from webrtc.ports import Json

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
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

    async def node_lost(self, rooms: Collection[str] | None) -> None:
        """Write down that no node holds these rooms (None: any): all gone, unfinished parts interrupted."""


class NodeLink:
    """Media nodes as child processes; each of `commands` gives the words of one for a control descriptor.

    A room lives on one node: the ready one with the fewest rooms when somebody enters. When a node dies its
    rooms go to another that is ready, or wait for it to come back.
    """

    def __init__(self, commands: Sequence[Command], journal: Journal) -> None:
        self._commands = commands
        self._journal = journal
        self._lines: dict[str, Line] = {}
        self._runs: list[NodeRun] = []
        self._orders: Counter[str] = Counter()
        self._devices: dict[tuple[str, str], str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._starts = 0
        self._is_stopping = False
        self.ready = asyncio.Event()
        self._wanted = asyncio.Event()

    @property
    def nodes(self) -> list[Json]:
        """What each node last said of itself; empty for one that is not ready or has not said anything."""
        ready = {run.number: run.figures for run in self._runs if run.is_ready}
        return [ready.get(number, {}) for number in range(len(self._commands))]

    @property
    def pids(self) -> list[int]:
        """The processes of all nodes that run."""
        return [run.pid for run in self._runs if run.pid is not None]

    async def start(self) -> None:
        """Note what former nodes left; from the first `wake` or browser on, nodes are kept running."""
        await self._note_loss(None)
        self._keepers = [
            asyncio.create_task(self._keep(number, command), name="media node")
            for number, command in enumerate(self._commands)
        ]

    @property
    def lines(self) -> int:
        """How many browsers are on the line."""
        return len(self._lines)

    @property
    def starts(self) -> int:
        """How many nodes were started."""
        return self._starts

    def wake(self) -> None:
        """Have nodes from now on, before the first browser comes."""
        self._wanted.set()

    async def stop(self) -> None:
        """Let the nodes finish every part, write down what they report last, and end them."""
        self._is_stopping = True
        self._wanted.set()
        self.hang_up()
        for run in self._runs:
            run.stop()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.shield(asyncio.gather(*self._keepers))
        except TimeoutError:
            log.error("node:slow")
            for keeper in self._keepers:
                keeper.cancel()
            await asyncio.gather(*self._keepers, return_exceptions=True)

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
        if self._lines.pop(line.peer_id, None) is not None and line.told is not None:
            line.told.send({"do": "exit", "peer": line.peer_id})

    def say(self, line: Line, message: Json) -> None:
        """Hand a browser's message to the node."""
        if line.told is not None:
            line.told.send({"do": "say", "peer": line.peer_id, "message": message})

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
        run = self._holder_of(room_id)
        if run is not None:
            run.send({"do": "close", "room": room_id, "reason": reason})
        else:
            self._tell(room_id, {"type": "ended", "reason": reason})

    def tell(self, room_id: str, message: Json) -> None:
        """Pass a message to every admitted participant of a room."""
        run = self._holder_of(room_id)
        if run is not None:
            run.send({"do": "tell", "room": room_id, "message": message})

    def _tell(self, room_id: str, message: Json) -> None:
        for line in self._lines.values():
            if line.room_id == room_id:
                line.put(message)

    def _order(self, room_id: str, order: Json) -> None:
        """Order what the database says already; a room that is not open yet learns it when it opens."""
        self._orders[room_id] += 1
        run = self._holder_of(room_id)
        if run is not None:
            run.send({**order, "room": room_id})

    def _holder_of(self, room_id: str) -> NodeRun | None:
        """Give the node on which a room is open."""
        return next((run for run in self._runs if room_id in run.opened), None)

    def _node_for(self, room_id: str) -> NodeRun | None:
        """Give a room to the ready node with the fewest, unless it has one; None while none is ready."""
        holder = next((run for run in self._runs if room_id in run.rooms), None)
        ready = [run for run in self._runs if run.is_ready]
        if holder is None and ready:
            holder = min(ready, key=lambda run: len(run.rooms))
            if room_id != NO_ROOM:
                holder.rooms.add(room_id)
        return holder if holder is not None and holder.is_ready else None

    async def _keep(self, number: int, command: Command) -> None:
        wait = FIRST_WAIT_SECONDS
        await self._wanted.wait()
        while not self._is_stopping:
            run = NodeRun(number)
            self._runs.append(run)
            self._starts += 1
            try:
                await run.follow(command, partial(self._receive, run))
            except (OSError, MediaError) as problem:
                log.error("node:failed", problem=repr(problem))
            was_ready = run.is_ready
            await self._lost(run)
            if not self._is_stopping:
                wait = FIRST_WAIT_SECONDS if was_ready else min(LONGEST_WAIT_SECONDS, wait * 2)
                await asyncio.sleep(wait)

    async def _note_loss(self, rooms: Collection[str] | None) -> None:
        try:
            await self._patiently(partial(self._journal.node_lost, rooms))
        except Exception:  # noqa: BLE001 - a node that runs is worth more than one row
            log.exception("node:loss_not_noted")

    def _receive(self, run: NodeRun, event: Json) -> None:
        match event.get("is"):
            case "ready":
                run.is_ready = True
                self.ready.set()
                self._introduce_everybody()
            case "say":
                self._pass_on(event["peer"], event["message"])
            case "figures":
                run.figures = event
            case _:
                self._queue(run, event)

    def _introduce_everybody(self) -> None:
        for line in self._lines.values():
            self._spawn(self._introduce(line))

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

    async def _lost(self, run: NodeRun) -> None:
        """Tell those on a node that it is gone, note it, and take its rooms to another."""
        run.is_ready = False  # and keeps its rooms until the loss is written down: nobody reads half of it
        run.opened.clear()
        if not any(other.is_ready for other in self._runs):
            self.ready.clear()
        for line in self._lines.values():
            if line.told is run or line.told is None:
                line.told = None
                line.put(LINE_LOST)
        for events in run.events.values():
            events.put_nowait(None)
        await asyncio.gather(*run.tasks, return_exceptions=True)
        await self._note_loss(run.rooms)
        self._runs.remove(run)
        self._introduce_everybody()

    async def _introduce(self, line: Line) -> None:
        """Tell a node of a browser, once; before that, of its room."""
        run = self._node_for(line.room_id) if line.told is None else None
        if run is None:
            return
        line.told = run
        if line.room_id == NO_ROOM:
            run.send({"do": "probe", "peer": line.peer_id})
            return
        try:
            standing = await self._standing(line.room_id)
        except DatabaseAway:
            line.end("database_away")  # the browser comes back by itself, and is introduced then
            return
        if line.told is not run or line.peer_id not in self._lines:
            return
        if standing.is_over:
            run.rooms.discard(line.room_id)
            line.put({"type": "ended", "reason": "closed"})
            return
        if line.participant_id in standing.removed:
            self._pass_on(line.peer_id, {"type": "removed"})
            return
        self._open(run, line.room_id, standing)
        run.send(
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

    def _open(self, run: NodeRun, room_id: str, standing: Standing) -> None:
        if room_id in run.opened:
            return
        run.opened.add(room_id)
        run.send({"do": "open", "room": room_id})
        for order in standing.runs:
            run.send({"do": "record", "room": room_id, "run": order, "recording": standing.recording_id})
        if standing.stays is not None:
            run.send({"do": "consult", "room": room_id, "stays": sorted(standing.stays)})

    def _queue(self, run: NodeRun, event: Json) -> None:
        room_id = event["room"]
        if room_id not in run.events:
            run.events[room_id] = asyncio.Queue()
            task = self._spawn(self._write_down(run, run.events[room_id]))
            run.tasks.add(task)
            task.add_done_callback(run.tasks.discard)
        run.events[room_id].put_nowait(event)

    async def _write_down(self, run: NodeRun, events: asyncio.Queue[Json | None]) -> None:
        """Take one room's events one after the other; a failure is logged and the next one is taken."""
        while (event := await events.get()) is not None:
            try:
                await self._patiently(partial(self._journal.take, event))
            except Exception:  # noqa: BLE001 - the next event must not wait for this one
                log.exception("node:event_failed", room_id=event["room"], event_kind=event["is"])
            if event["is"] == "closed":
                run.opened.discard(event["room"])
                run.rooms.discard(event["room"])

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

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("node:work_failed", exc_info=problem)
