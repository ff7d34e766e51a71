"""One media node process as the web process knows it, from its start to its end."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from server.logs import log
from webrtc.control import ControlEnd, open_end
from webrtc.ports import Json

Command = Callable[[int], Sequence[str]]
"""Gives the words that start a node which obeys the socket with this descriptor."""

STOP_SECONDS = 15.0


@dataclass(slots=True, eq=False)
class NodeRun:
    """The channel of a node, the rooms that it was given and has open, what it last said of itself."""

    number: int
    end: ControlEnd | None = None
    pid: int | None = None
    is_ready: bool = False
    is_stopping: bool = False
    rooms: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    events: dict[str, asyncio.Queue[Json | None]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    figures: Json = field(default_factory=dict)

    def send(self, order: Json) -> None:
        """Order something; what a node that is gone misses, the next reads from the database."""
        if self.end is not None:
            self.end.send(order)

    def stop(self) -> None:
        """Let the node finish every part and end, now or as soon as it can hear so."""
        self.is_stopping = True
        self.send({"do": "stop"})

    async def follow(self, command: Command, receive: Callable[[Json], None]) -> None:
        """Run the process until it closes its channel; `receive` hears what it says."""
        ours, theirs = socket.socketpair()
        with theirs:
            # A session of its own: a Ctrl-C meant for us must not end the node before its parts are finished.
            process = await asyncio.create_subprocess_exec(
                *command(theirs.fileno()), pass_fds=(theirs.fileno(),), start_new_session=True
            )
        self.pid = process.pid
        log.info("node:started", pid=process.pid)
        try:
            self.end = await open_end(ours, receive)
            if self.is_stopping:  # the order came before there was anybody to hear it
                self.stop()
            await self.end.closed.wait()
        finally:
            self.end = self.pid = None
            await _finish(process)
            log.info("node:ended", pid=process.pid, code=process.returncode)


async def _finish(process: asyncio.subprocess.Process) -> None:
    """Wait for a node that closed its channel; one that hangs is killed."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
