"""The line of a browser in an interview: a WebSocket whose messages go to the media node and back."""

import asyncio
import json
from contextlib import suppress

from aiohttp import WSMsgType, web

from scheduling.admit import Entry, enter
from scheduling.errors import InterviewOver, NotForYou, SeatOfAnother
from server.app_keys import MEDIA
from server.csrf import comes_from_here
from server.exchange import actor, clock, transaction
from server.logs import log
from server.media import Line, NodeLink
from webrtc.ports import Json

MOST_MESSAGE_BYTES = 128 * 1024
HEARTBEAT_SECONDS = 6.0  # a browser that vanished is missed after one and a half
GOING_AWAY = 1001
PONG: Json = {"type": "pong"}
UNREADABLE: Json = {"type": "refused", "code": "not_an_object"}


async def open_line(request: web.Request) -> web.WebSocketResponse:
    """Seat whoever is signed in, then pipe until one side goes."""
    if not comes_from_here(request):
        raise web.HTTPNotFound
    interview_id = request.match_info["interview_id"]
    entry = await _seat(request, interview_id)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_MESSAGE_BYTES)
    await socket.prepare(request)
    if entry is None:
        await socket.send_json({"type": "ended", "reason": "closed"})
        await socket.close()
        return socket
    node = request.app[MEDIA]
    line = await node.enter(interview_id, entry.participant.id, entry.participant.role)
    log.info("line:opened", interview_id=interview_id, participant_id=line.participant_id)
    writing = asyncio.create_task(_write(socket, line))
    try:
        await _read(socket, line, node)
    finally:
        node.exit(line)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        log.info("line:closed", interview_id=interview_id, participant_id=line.participant_id)
    return socket


async def _seat(request: web.Request, interview_id: str) -> Entry | None:
    try:
        async with transaction(request) as session:
            return await enter(session, clock(request), actor(request), interview_id=interview_id)
    except InterviewOver:
        return None
    except (NotForYou, SeatOfAnother):
        raise web.HTTPNotFound from None


async def _read(socket: web.WebSocketResponse, line: Line, node: NodeLink) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            line.put(UNREADABLE)
            continue
        try:
            said = json.loads(message.data)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            line.put(UNREADABLE)
        elif said.get("type") == "ping":
            line.put(PONG)
        else:
            node.say(line, said)


async def _write(socket: web.WebSocketResponse, line: Line) -> None:
    while (message := await line.waiting.get()) is not None:
        with suppress(ConnectionError):
            await socket.send_json(message)
    await socket.close(code=GOING_AWAY)
