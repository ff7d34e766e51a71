"""A participant who comes back by themselves, as the script of the room page does."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import aiohttp
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from server.rehearsal.card import Side
from server.rehearsal.errors import NotHeard
from server.rehearsal.peer import Message, Peer
from server.rehearsal.track import Elapsed

FIRST_WAIT_SECONDS = 0.3
LONGEST_WAIT_SECONDS = 3.0
LAST_WORDS = frozenset({"replaced", "removed", "ended"})


class Guest(Peer):
    """A peer that keeps its line and makes a new connection at each welcome, until it hears a last word.

    `change` forges the text of its offers.
    """

    def __init__(self, side: Side, elapsed: Elapsed, *, change: Callable[[str], str] = str) -> None:
        super().__init__(side, elapsed)
        self._change = change
        self.is_over = False
        self.lines = 0
        self._keeper: asyncio.Task[None] | None = None

    async def enter(self, http: aiohttp.ClientSession, line: str, origin: str) -> None:
        """Open the line, keep it from now on, and wait until the first offer is answered."""
        mark = self.mark()
        self._keeper = asyncio.create_task(self._keep_line(http, line, origin))
        await self.hears("answer", since=mark)

    def mark(self) -> int:
        """Where the messages of the future begin."""
        return len(self.messages)

    async def hears(
        self,
        kind: str,
        holds: Callable[[Message], bool] = lambda _: True,
        *,
        since: int = 0,
        seconds: float = 15.0,
    ) -> Message:
        """Wait for the first such message at or after a mark."""

        def find() -> Message | None:
            found = self.messages[since:]
            return next((one for one in found if one["type"] == kind and holds(one)), None)

        found = await self._wait(find, seconds)
        if found is None:
            raise NotHeard(self.side.name.lower(), f"the message {kind!r}", seconds)
        return found

    def kinds(self, since: int = 0) -> list[str]:
        """The types of the messages since a mark."""
        return [message["type"] for message in self.messages[since:]]

    async def sees_card_after(self, other: Side, at: float, *, seconds: float = 15.0) -> float:
        """Wait for a card that the other side drew after a moment; returns when it was decoded."""
        async with asyncio.timeout(seconds):
            while True:
                for seen in tuple(self.seen):
                    if seen.reading.side is other and seen.reading.elapsed_ms > at * 1000:
                        return seen.at
                await asyncio.sleep(0.05)

    async def say(self, message: Message) -> None:
        """Send any message on the line."""
        assert self._line is not None
        await self._line.send_json(message)

    def vanish(self) -> None:
        """Go as a machine that lost its power: no packet comes, and nobody reads or closes the line."""
        for protocol in self._transport.transport._connection._protocols:
            protocol.transport.abort()
        assert self._line is not None
        connection = self._line._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.pause_reading()

    def count_media(self) -> list[int]:
        """Return a list that gets the size of every media packet that arrives from now on."""
        sizes: list[int] = []
        transport = self._transport
        take = transport._handle_rtp_data

        async def counting(data: bytes, arrival_time_ms: int) -> None:
            sizes.append(len(data))
            await take(data, arrival_time_ms)

        transport._handle_rtp_data = counting
        return sizes

    @property
    def ufrag(self) -> str:
        """The user fragment that the node gave this connection."""
        found = re.search(r"a=ice-ufrag:(\S+)", self._connection.remoteDescription.sdp)
        assert found is not None
        return found[1]

    @property
    def _transport(self) -> Any:
        return self._connection.getTransceivers()[0].sender.transport

    async def leave(self) -> None:
        """Say goodbye and close everything; may be called in any state."""
        self.is_over = True
        await _stopped(self._keeper)
        await super().leave()

    async def _keep_line(self, http: aiohttp.ClientSession, line: str, origin: str) -> None:
        wait = FIRST_WAIT_SECONDS
        while not self.is_over:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with http.ws_connect(line, headers={"Origin": origin}) as socket:
                    self._line = socket
                    self.lines += 1
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            heard = json.loads(message.data)
                            wait = FIRST_WAIT_SECONDS if heard["type"] == "welcome" else wait
                            await self._take(heard)
                    await self._note({"type": "closed", "code": socket.close_code})
            await self._connection.close()
            if not self.is_over:
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT_SECONDS, wait * 2)

    async def _take(self, heard: Message) -> None:
        self.is_over = self.is_over or heard["type"] in LAST_WORDS
        if heard["type"] == "welcome":
            await self._note(heard)
            await self._begin_again()
            return
        if heard["type"] == "answer":
            await self._connection.setRemoteDescription(RTCSessionDescription(heard["sdp"], "answer"))
        elif heard["type"] == "line_lost":
            await self._connection.close()
        await self._note(heard)

    async def _begin_again(self) -> None:
        await self._connection.close()
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._connection.on("track", self._on_track)
        await self._connection.setLocalDescription(await self._offer())
        await self.say({"type": "offer", "sdp": self._change(self._connection.localDescription.sdp)})

    async def _note(self, message: Message) -> None:
        self.messages.append(message)
        await self._tell()


async def _stopped(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
