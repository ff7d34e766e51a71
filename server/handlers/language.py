"""Switching the language of the screens."""

from aiohttp import web

from server import cookies, identity
from server.app_keys import LANGUAGES
from server.cookies import LANGUAGE_COOKIE, set_cookie
from server.exchange import is_local_path, login_of, transaction
from server.forms import SPEAK, read_form


async def choose_language(request: web.Request) -> web.Response:
    """Remember the language for this browser and account, and come back to the same page."""
    form = await read_form(request)
    code, path = form.value(SPEAK) or form.value("language"), form.value("next")
    kept = request.query.get("keep", "")
    if is_local_path(kept):  # a form under way: the browser sends all of it on, so that nothing typed is lost
        response = web.Response(status=307, headers={"Location": kept})
    else:
        response = web.Response(status=303, headers={"Location": path if is_local_path(path) else "/"})
    if code in request.app[LANGUAGES]:
        set_cookie(request, response, LANGUAGE_COOKIE, code, cookies.LONG)
        login = login_of(request)
        if login is not None and not login.actor.is_guest:
            async with transaction(request) as session:
                await identity.choose_language(session, login.actor.account_id, code)
    return response
