"""What every request passes: errors become pages, the login is found, changes come from our own pages."""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.hdrs import METH_POST
from sqlalchemy.exc import TimeoutError as PoolExhausted

from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from server import guest_logins, logins
from server.app_keys import CLOCK, LOGIN
from server.cookies import LOGIN_COOKIE, read_cookie
from server.csrf import FIELD, HEADER, comes_from_here, is_own_token, keep_seed
from server.errors import DatabaseAway, GaveWay, NotText
from server.exchange import language, problem, reading, transaction, wants_json
from server.forms import MOST_BYTES, MOST_BYTES_SIGNED_OUT, read_form
from server.i18n import mark
from server.logs import log
from server.pages import render

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TITLES = {
    400: mark("This request cannot be read"),
    401: mark("Sign in to continue"),
    403: mark("This page has expired"),
    404: mark("There is nothing at this address"),
    405: mark("This cannot be done at this address"),
    413: mark("This file is too large"),
    429: mark("Too many attempts"),
    500: mark("Something went wrong on our side"),
    503: mark("The database cannot be reached"),
}
_ADVICE = {
    400: mark("Go back and try again."),
    401: mark("You were signed out."),
    403: mark("Go back, reload the page and send the form again. What you sent was not kept."),
    404: mark("The address may be mistyped, or the page is not for your account."),
    405: mark("Go back to the page that you came from."),
    413: mark("Choose a file of at most 32 MB."),
    429: mark("Wait a few minutes, then try again."),
    500: mark("Try again in a moment. If it happens again, give this reference to your administrator."),
    503: mark("Nothing was lost. Try again in a moment."),
}
_TOO_LARGE_AT = {
    "busy": mark("A calendar file holds 1 MB at most: export the coming year alone. Nothing was imported."),
}
_LOOK_FIRST = mark("Nothing was lost. In a moment, look whether your change is there; if not, send it again.")
RETRY_AFTER_SECONDS = 5
TRIES = 3
_IN_PART = frozenset({"Range", "If-Modified-Since", "If-None-Match"})
"""Headers of requests that may be answered without the whole file, which is then not compressed."""


class FormExpired(web.HTTPForbidden):
    """A form of another login, browser or site; the only refusal that a reader sees as 403."""


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals and failures into pages in the reader's language, or into problem JSON."""
    began = time.perf_counter()
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        if refusal.status < 400:  # noqa: PLR2004 - redirections pass
            raise
        is_hidden = refusal.status == web.HTTPForbidden.status_code and not isinstance(refusal, FormExpired)
        response = _refusal(request, web.HTTPNotFound.status_code if is_hidden else refusal.status)
        if "Allow" in refusal.headers:
            response.headers["Allow"] = refusal.headers["Allow"]
    except NotForYou:
        response = _refusal(request, web.HTTPNotFound.status_code)
    except NotText:
        response = _refusal(request, web.HTTPBadRequest.status_code)
    except (DatabaseAway, PoolExhausted) as problem:
        log.warning("request:no_database", route=_route(request), why=str(problem))
        response = _refusal(request, web.HTTPServiceUnavailable.status_code)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    except Exception:  # noqa: BLE001 - whatever it is, the reader gets a page and the log a reference
        failure_id = new_id()
        log.exception("request:failed", failure_id=failure_id, route=_route(request))
        response = _refusal(request, 500, failure_id)
    keep_seed(request, response)
    took_ms = round((time.perf_counter() - began) * 1000)
    log.info("request:answered", route=_route(request), status=response.status, took_ms=took_ms)
    return response


@web.middleware
async def persistence(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Begin again, from the start of the handler, what the database undid for the sake of another writer."""
    for _ in range(TRIES - 1):
        try:
            return await handler(request)
        except GaveWay as problem:
            log.info("request:again", route=_route(request), why=str(problem))
    return await handler(request)


@web.middleware
async def login(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find who is signed in, and note that they are still here."""
    token = read_cookie(request, LOGIN_COOKIE)
    if token and not request.path.startswith("/static/"):
        clock = request.app[CLOCK]
        kept_in = guest_logins if guest_logins.is_guests(token) else logins
        async with reading(request) as session:
            found = await kept_in.find_login(session, clock, token)
        if found is not None:
            request[LOGIN] = found
            if clock() - found.seen_at >= logins.TOUCH_EVERY:
                async with transaction(request) as session:
                    await logins.touch(session, clock, found)
    return await handler(request)


@web.middleware
async def own_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a change that another site caused, or whose form is of another login."""
    if request.method not in SAFE_METHODS and request.match_info.http_exception is None:
        if not comes_from_here(request):
            raise FormExpired
        token = request.headers.get(HEADER, "")
        signed_in = LOGIN in request
        form = await read_form(request, most_bytes=MOST_BYTES if signed_in else MOST_BYTES_SIGNED_OUT)
        if not is_own_token(request, token or form.value(FIELD)):
            raise FormExpired
    return await handler(request)


def _refusal(request: web.Request, status: int, failure_id: str = "") -> web.Response:
    status = status if status in _TITLES else 400
    _ = language(request).gettext
    is_change = request.method not in SAFE_METHODS
    unsure = is_change and status == web.HTTPServiceUnavailable.status_code
    said = _LOOK_FIRST if unsure else _ADVICE[status]
    if status == web.HTTPRequestEntityTooLarge.status_code:
        said = _TOO_LARGE_AT.get(_route(request), said)
    title, advice = _(_TITLES[status]), _(said)
    if wants_json(request):
        return problem(status, title, {"failure_id": failure_id} if failure_id else None, detail=advice)
    return render(
        request,
        "error/error.html",
        status=status,
        title=title,
        advice=advice,
        failure_id=failure_id,
        here="/" if request.method == METH_POST else request.path_qs,
    )


def _route(request: web.Request) -> str:
    return request.match_info.route.resource.name or "" if request.match_info.route.resource else ""


@web.middleware
async def smaller_files(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress style sheets and scripts on their way, once for each browser, which keeps them.

    Pages are not compressed: they hold secrets beside what a stranger may choose.
    """
    response = await handler(request)
    is_text = request.path.startswith("/static/") and request.path.endswith((".css", ".js", ".svg"))
    if is_text and _IN_PART.isdisjoint(name.title() for name in request.headers):
        response.enable_compression()
        response.headers["Vary"] = "Accept-Encoding"
    return response
