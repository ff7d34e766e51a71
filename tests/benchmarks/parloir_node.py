"""Parloir's own media node as it runs in production, driven over its control channel."""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from recordings.age_keys import new_identity
from recordings.keyring import Duty, KeyHolder, format_keyring
from server.settings import RECORDINGS, node_command, read_settings
from webrtc.control import ControlEnd, open_end
from webrtc.ports import Json


class ParloirNode:
    """A running node; `exchange` puts callers two by two into rooms, already admitted."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.control: ControlEnd | None = None
        self._answers: dict[str, asyncio.Future[str]] = {}
        self._callers = 0
        self.ready = asyncio.Event()

    def receive(self, event: Json) -> None:
        """Take what the node reports."""
        if event["is"] == "ready":
            self.ready.set()
        message = event.get("message", {})
        if message.get("type") == "answer":
            self._answers.pop(event["peer"]).set_result(message["sdp"])

    async def exchange(self, offer: str) -> str:
        """Enter the next place of the next room and offer."""
        room, peer = f"room{self._callers // 2}", f"peer{self._callers}"
        role = ("detainee", "consular_officer")[self._callers % 2]
        self._callers += 1
        answer = self._answers[peer] = asyncio.get_running_loop().create_future()
        self._tell(do="open", room=room)
        self._tell(do="enter", room=room, peer=peer, participant=peer, role=role, admitted=True)
        self._tell(do="say", peer=peer, message={"type": "offer", "sdp": offer})
        return str(await answer)

    def record(self, rooms: int, run: str) -> None:
        """Start or stop the recording of every room."""
        for number in range(rooms):
            self._tell(do="record", room=f"room{number}", run=run, recording=f"recording{number}")

    def _tell(self, **order: object) -> None:
        assert self.control is not None
        self.control.send(dict(order))


def _keys(folder: Path) -> None:
    holders = [
        KeyHolder(duty, duty.value, new_identity().recipient()) for duty in (Duty.SUPERVISOR, Duty.RECOVERY)
    ]
    folder.mkdir(mode=0o700)
    (folder / "recipients.txt").write_text(format_keyring(holders))
    (folder / "recipients.txt").chmod(0o644)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[ParloirNode]:
    """Start `parloir media` on a throw-away folder."""
    with tempfile.TemporaryDirectory(prefix="parloir-node-") as name:
        data, keys = Path(name, "data"), Path(name, "keys")
        (data / RECORDINGS).mkdir(parents=True)
        _keys(keys)
        settings = read_settings({}, {"data": str(data), "keys": str(keys), "media": "127.0.0.1:0"})
        ours, theirs = socket.socketpair()
        log = asyncio.subprocess.DEVNULL
        server = await asyncio.create_subprocess_exec(
            *node_command(settings, theirs.fileno()), pass_fds=[theirs.fileno()], stdout=log, stderr=log
        )
        theirs.close()
        node = ParloirNode(server.pid)
        node.control = await open_end(ours, node.receive)
        try:
            async with asyncio.timeout(15):
                await node.ready.wait()
            yield node
        finally:
            node.control.send({"do": "stop"})
            async with asyncio.timeout(30):
                await server.wait()
