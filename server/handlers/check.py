"""The equipment check, days ahead and at the door, and the line over which a browser measures its network."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from scheduling.actor import Role
from scheduling.mark_check import mark_check
from scheduling.participant import LineQuality
from server.app_keys import ATTEMPTS, MEDIA
from server.checked_device import checked_today, remember_check
from server.csrf import comes_from_here
from server.errors import TooManyAttempts
from server.exchange import actor, clock, see_other, transaction, url_for
from server.forms import read_form
from server.handlers.line import MOST_MESSAGE_BYTES, pipe, tell_turn
from server.handlers.room import view_of
from server.pages import render
from server.room_words import in_words
from webrtc.ports import Json

HEARTBEAT_SECONDS = 6.0
TOO_OFTEN: Json = {"type": "probed", "reason": "too_often"}


@dataclass(frozen=True, slots=True)
class CheckView:
    """What the page of the check is about: one interview, or this device alone when there is none.

    Nothing in it needs an account: `probe_href` leads to the line of the measurement, `back_href` to
    where the reader came from, `door_href` to the door of the interview.
    """

    probe_href: str
    is_host: bool = False
    back_href: str = ""
    door_href: str = ""
    starts_at: datetime | None = None
    checked_at: datetime | None = None


async def show_equipment(request: web.Request) -> web.Response:
    """Show the check of this device, for no interview in particular."""
    today = checked_today(request)
    view = CheckView(
        url_for(request, "probe"),
        is_host=actor(request).role is Role.CENTRE_STAFF,
        checked_at=today.at if today else None,
    )
    return render(request, "interview/check.html", view=view)


async def keep_equipment(request: web.Request) -> web.Response:
    """Note in this browser that the device was checked."""
    return remember_check(request, see_other(request, "equipment"), await _line(request))


@in_words
async def show_check(request: web.Request) -> web.Response:
    """Show the check of this device for an interview."""
    view = await view_of(request)
    if not view.has_line:
        return see_other(request, "interview", interview_id=view.interview_id)
    mine = {"interview_id": view.interview_id}
    check = CheckView(
        url_for(request, "probe"),
        is_host=view.is_host,
        back_href=url_for(request, "room" if view.is_guest else "interview", **mine),
        door_href=url_for(request, "room", **mine),
        starts_at=view.starts_at,
        checked_at=view.checked_at,
    )
    return render(request, "interview/check.html", view=check)


@in_words
async def pass_check(request: web.Request) -> web.Response:
    """Note for an interview that this device was checked; the other side and the staff see it."""
    interview_id = request.match_info["interview_id"]
    line = await _line(request)
    async with transaction(request) as session:
        await mark_check(session, clock(request), actor(request), interview_id=interview_id, line=line)
    return remember_check(request, see_other(request, "room", interview_id=interview_id), line)


async def open_probe(request: web.Request) -> web.WebSocketResponse:
    """Let whoever is signed in measure the way to the media node."""
    if not comes_from_here(request):
        raise web.HTTPNotFound
    return await probe(request, actor(request).account_id)


async def probe(request: web.Request, owner: str) -> web.WebSocketResponse:
    """Pipe one measurement; an owner has one at a time, a new one ends the former, and few in a while."""
    node = request.app[MEDIA]
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_MESSAGE_BYTES)
    await socket.prepare(request)
    try:
        await request.app[ATTEMPTS].count_probe(owner)
    except TooManyAttempts:
        with suppress(ConnectionError):
            await socket.send_json(TOO_OFTEN)
        await socket.close()
        return socket
    await tell_turn(request, socket)
    node.end_probe(owner)
    await pipe(socket, await node.probe(owner), node)
    return socket


async def _line(request: web.Request) -> LineQuality:
    """Read what the device's line carries; only the page's own script sends it."""
    try:
        return LineQuality((await read_form(request)).value("line"))
    except ValueError:
        raise web.HTTPBadRequest from None
