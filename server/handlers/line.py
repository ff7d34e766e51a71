"""The line of a browser in an interview: a WebSocket whose messages go to the media node and back."""

import asyncio
import json
from contextlib import suppress

from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web

from scheduling.admit import Entry, enter
from scheduling.errors import EarlyUnconfirmed, InterviewOver, NotForYou, PutOut, SeatOfAnother, TooEarly
from scheduling.mark_check import mark_check
from scheduling.store_consultations import running_consultation
from server.app_keys import MEDIA, TURN
from server.browser_line import Line
from server.checked_device import checked_today
from server.csrf import comes_from_here
from server.exchange import actor, clock, reading, transaction
from server.logs import log
from server.media import NodeLink
from webrtc.ports import Json

MOST_MESSAGE_BYTES = 128 * 1024
HEARTBEAT_SECONDS = 6.0  # a browser that vanished is missed after one and a half
GOING_AWAY = 1001
_CLOSED = {
    WSCloseCode.OK: "page_closed",
    WSCloseCode.GOING_AWAY: "page_closed",
    1005: "page_closed",  # a close without a code (RFC 6455 section 7.1.5)
    WSCloseCode.ABNORMAL_CLOSURE: "browser_gone",
    WSCloseCode.MESSAGE_TOO_BIG: "message_too_big",
}
MOST_DEVICE_CHARACTERS = 64
REPLACED: Json = {"type": "replaced"}
PONG: Json = {"type": "pong"}
UNREADABLE: Json = {"type": "refused", "code": "not_an_object"}


async def open_line(request: web.Request) -> web.WebSocketResponse:
    """Seat whoever is signed in, then pipe until one side goes."""
    if not comes_from_here(request):
        raise web.HTTPNotFound
    interview_id = request.match_info["interview_id"]
    node = request.app[MEDIA]
    entry = await _seat(request, interview_id)
    if isinstance(entry, Entry) and not await _is_its_device(request, node, entry):
        entry = REPLACED
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_MESSAGE_BYTES)
    await socket.prepare(request)
    if not isinstance(entry, Entry):
        log.info("line:refused", interview_id=interview_id, cause=entry["type"])
        await socket.send_json(entry)
        await socket.close()
        return socket
    await tell_turn(request, socket)
    line = await node.enter(interview_id, entry.participant.id, entry.participant.role)
    seat = {"interview_id": interview_id, "participant_id": line.participant_id, "peer_id": line.peer_id}
    log.info("line:opened", **seat)
    try:
        await pipe(socket, line, node)
    finally:
        log.info("line:closed", **seat, cause=line.cause or _cause(socket))
    return socket


async def tell_turn(request: web.Request, socket: web.WebSocketResponse) -> None:
    """Tell a browser, before all else, the relays that it may use; where there are none it hears nothing."""
    turn = request.app[TURN]
    if turn.addresses:
        with suppress(ConnectionError):
            await socket.send_json({"type": "turn", "servers": turn.servers(clock(request)())})


async def pipe(socket: web.WebSocketResponse, line: Line, node: NodeLink) -> None:
    """Carry messages both ways until one side goes."""
    writing = asyncio.create_task(_write(socket, line))
    try:
        await _read(socket, line, node)
    finally:
        node.exit(line)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing


async def _is_its_device(request: web.Request, node: NodeLink, entry: Entry) -> bool:
    """Whether this browser may take the seat: `device` names it, `back` says that nobody asked for it.

    Nobody steps into a private consultation by taking a seat from a device that is on the line.
    """
    device, by_itself = request.query.get("device", "")[:MOST_DEVICE_CHARACTERS], "back" in request.query
    seat = entry.participant
    async with reading(request) as session:
        consultation = await running_consultation(session, seat.interview_id)
    is_private = consultation is not None and seat.id in consultation.stays
    keeps = is_private and node.has_line(seat.interview_id, seat.id)
    return node.may_come_back(seat.interview_id, seat.id, device, by_itself=by_itself or keeps)


async def _seat(request: web.Request, interview_id: str) -> Entry | Json:
    """Give the seat, or the last words to who finds none; the device's check of today goes with it."""
    by, now, check = actor(request), clock(request), checked_today(request)
    try:
        async with transaction(request) as session:
            entry = await enter(session, now, by, interview_id=interview_id)
            known = entry.participant.checked_at
            if check is not None and (known is None or known < check.at):
                await mark_check(session, now, by, interview_id=interview_id, line=check.line)
            return entry
    except InterviewOver:
        return {"type": "ended", "reason": "closed"}
    except PutOut:
        return {"type": "removed"}
    except (TooEarly, EarlyUnconfirmed):
        return {"type": "early"}
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
        elif said.get("type") == "leave":
            line.because("left")
            node.say(line, said)
        elif said.get("type") == "ping":
            line.put(PONG)
        else:
            node.say(line, said)


def _cause(socket: web.WebSocketResponse) -> str:
    """Say why a line ended that nobody here ended."""
    problem = socket.exception()
    if isinstance(problem, TimeoutError):
        return "silence"
    code = problem.code if isinstance(problem, WebSocketError) else socket.close_code
    return _CLOSED.get(code or WSCloseCode.ABNORMAL_CLOSURE, "broken")


async def _write(socket: web.WebSocketResponse, line: Line) -> None:
    while (message := await line.waiting.get()) is not None:
        with suppress(ConnectionError):
            await socket.send_json(message)
    await socket.close(code=GOING_AWAY)
