"""The administrator's list of mails that have not left: try one again, or put it away."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.trail import record_act
from server.app_keys import SETTINGS
from server.exchange import actor, clock, done, reading, transaction
from server.mails import queries
from server.pages import render
from server.said import Done, say


async def show_mails(request: web.Request) -> web.Response:
    """Show what was given up, what waits and what is not needed any more; never what a mail says."""
    async with reading(request) as session:
        rows = await queries.unsent(session)
        untold = await queries.untold(session)
    server = request.app[SETTINGS].smtp
    return render(
        request,
        "mails/list.html",
        dead=[row for row in rows if row.state == "dead"],
        waiting=[row for row in rows if row.state in {"waiting", "sending"}],
        overtaken=[row for row in rows if row.state == "overtaken"],
        untold=untold,
        server=f"{server.host}:{server.port}" if server else "",
    )


async def try_again(request: web.Request) -> web.Response:
    """Let a mail be sent at once."""
    async with transaction(request) as session:
        is_there = await queries.try_again(session, _id(request), clock(request)())
        await _note(request, session, "try_again", is_there=is_there)
    return say(request, done(request, "mails"), Done.MAIL_RETRIED)


async def give_up(request: web.Request) -> web.Response:
    """Forget a mail that could not be sent."""
    async with transaction(request) as session:
        is_there = await queries.give_up(session, _id(request))
        await _note(request, session, "give_up", is_there=is_there)
    return say(request, done(request, "mails"), Done.MAIL_GIVEN_UP)


async def _note(request: web.Request, session: AsyncConnection, act: str, *, is_there: bool) -> None:
    if not is_there:
        raise web.HTTPNotFound
    await record_act(session, clock(request), actor(request), act, noun="mail", noun_id=_id(request))


def _id(request: web.Request) -> str:
    return request.match_info["mail_id"]
