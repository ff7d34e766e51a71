"""The demonstration's own pages: what it is, and a door into it for every role."""

from aiohttp import web

from server.app_keys import SETTINGS
from server.demo.links import Links
from server.exchange import clock, see_other, transaction
from server.handlers.identity import begin
from server.identity import sign_in
from server.logs import log
from server.pages import render


async def show_welcome(request: web.Request) -> web.Response:
    """Say what the demonstration is; outside one there is no such page."""
    links = _links(request)
    people = [
        {"role": door.role, "name": door.name, "organisation": door.organisation, "href": door.path}
        for door in links.shown
    ]
    settings = request.app[SETTINGS]
    return render(
        request,
        "demo/welcome.html",
        people=people,
        data_folder=str(settings.data),
        keys_folder=str(settings.keys),
        key_file=links.key_file,
    )


async def enter(request: web.Request) -> web.Response:
    """Sign in as the person whose door a link opens."""
    door = _links(request).door_of(request.match_info["token"])
    if door is None:
        raise web.HTTPNotFound
    async with transaction(request) as session:
        token = await sign_in(session, clock(request), door.account_id, asks_code=False)
    log.info("demo:entered", account_id=door.account_id)
    return begin(request, see_other(request, "desk"), token)


def _links(request: web.Request) -> Links:
    settings = request.app[SETTINGS]
    if not settings.demo:
        raise web.HTTPNotFound
    return Links.read(settings.keys)
