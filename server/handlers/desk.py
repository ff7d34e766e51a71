"""The first page after signing in, by role."""

from types import MappingProxyType

from aiohttp import web

from scheduling.actor import Role
from server.app_keys import SETTINGS
from server.exchange import login_of, reading, see_other
from server.pages import render
from server.views.desks import administrator_desk, centre_desk, post_desk, supervisor_desk

_DESKS = MappingProxyType(
    {
        Role.CENTRE_STAFF: ("desk/centre.html", centre_desk),
        Role.CONSULAR_OFFICER: ("desk/post.html", post_desk),
        Role.SUPERVISOR: ("desk/supervisor.html", supervisor_desk),
        Role.ADMINISTRATOR: ("desk/administrator.html", administrator_desk),
    }
)


async def show_desk(request: web.Request) -> web.Response:
    """Give the desk of whoever is signed in; everybody else signs in first."""
    login = login_of(request)
    if login is None or not login.is_complete:
        return see_other(request, "demo" if request.app[SETTINGS].demo else "sign_in")
    if login.actor.is_guest:
        return see_other(request, "room", interview_id=login.interview_id)
    template, gather = _DESKS[login.actor.role]
    async with reading(request) as session:
        facts = await gather(request, session)
    return render(request, template, **facts)
