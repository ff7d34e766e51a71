"""A lawyer in an interview: their seat, a line that only tests serve, and the peer that takes both."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import av
from aiohttp import web
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from sqlalchemy import insert, select

from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server.app_keys import MEDIA, READING
from server.handlers.line import _read, _write
from server.permissions import Permission
from server.rehearsal.card import Side
from server.rehearsal.track import ToneTrack
from server.routes import Route
from tests.support.guest import Guest
from tests.support.media_peer import Picture
from tests.support.web import House

PATIENCE_SECONDS = 40  # it decodes in the process that also serves and tests
GREY = 60
PATH = "/tests/line/{participant_id}"


async def _open_line(request: web.Request) -> web.WebSocketResponse:
    """Pipe as the line of an interview does, for whoever names a participant."""
    participant_id = request.match_info["participant_id"]
    async with request.app[READING].connect() as session:
        seat = (await session.execute(select(participants).where(participants.c.id == participant_id))).one()
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    if seat.removed_at is not None:
        await socket.send_json({"type": "removed"})
        await socket.close()
        return socket
    node = request.app[MEDIA]
    line = await node.enter(seat.interview_id, participant_id, seat.role)
    writing = asyncio.create_task(_write(socket, line))
    try:
        await _read(socket, line, node)
    finally:
        node.exit(line)
        await asyncio.gather(writing, return_exceptions=True)
    return socket


LINE = Route("GET", PATH, "tests_line", _open_line, Permission.PUBLIC)


class Lawyer(Guest):
    """Sends a small picture and a tone, comes back by themselves, and counts what they are shown."""

    def __init__(self, participant_id: str, http: aiohttp.ClientSession, url: str) -> None:
        begun = time.monotonic()
        super().__init__(Side.POST, lambda: time.monotonic() - begun)
        self.id = participant_id
        self._http, self._url = http, url
        self.frames = 0
        self._shown = asyncio.Event()

    async def come(self) -> None:
        self.is_over = False
        await self.enter(self._http, self._url + PATH.format(participant_id=self.id), self._url)

    async def sees(self, more: int = 5) -> None:
        """Wait for so many further pictures."""
        wanted = self.frames + more
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.frames < wanted:
                self._shown.clear()
                await self._shown.wait()

    def _tracks(self) -> tuple[MediaStreamTrack, MediaStreamTrack]:
        return ToneTrack(self.side, self._elapsed), Picture(GREY)

    async def _watch(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while isinstance(await track.recv(), av.VideoFrame):
                self.frames += 1
                self._shown.set()


@asynccontextmanager
async def lawyer_of(
    house: House, interview_id: str, role: ParticipantRole = ParticipantRole.LAWYER, name: str = "Maes"
) -> AsyncIterator[Lawyer]:
    """Give an interview a lawyer, or another guest, who has not come yet; `house` serves LINE."""
    row = {"id": new_id(), "interview_id": interview_id, "role": role, "name": name}
    async with house.transaction() as session:
        await session.execute(insert(participants).values(row))
    async with aiohttp.ClientSession() as http:
        lawyer = Lawyer(row["id"], http, house.settings.url)
        try:
            yield lawyer
        finally:
            await lawyer.leave()
