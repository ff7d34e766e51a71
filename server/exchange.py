"""What a handler asks of its request, and the short answers that it gives."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.clock import Clock
from server.app_keys import CLOCK, LANGUAGES, LOGIN, READING, SETTINGS, WRITING
from server.cookies import LANGUAGE_COOKIE, read_cookie
from server.i18n import Language
from server.logins import Login

_LANGUAGE: web.RequestKey[Language] = web.RequestKey("language", Language)
PROBLEM_TYPE = "application/problem+json"


def login_of(request: web.Request) -> Login | None:
    """Give the login of this request, complete or still without its code."""
    return request.get(LOGIN)


def actor(request: web.Request) -> Actor:
    """Who acts. Only behind a permission other than PUBLIC."""
    login = login_of(request)
    if login is None or not login.is_complete:
        raise web.HTTPUnauthorized
    return login.actor


def clock(request: web.Request) -> Clock:
    """Give the clock that verbs get."""
    return request.app[CLOCK]


def transaction(request: web.Request) -> AbstractAsyncContextManager[AsyncConnection]:
    """Give a connection that holds the writer's lock, commits at the end and rolls back on any error."""
    return request.app[WRITING].begin()


def reading(request: web.Request) -> AbstractAsyncContextManager[AsyncConnection]:
    """Give a connection for reading; it never commits."""
    return request.app[READING].connect()


def language(request: web.Request) -> Language:
    """Give the reader's language: of their account, of this browser, or of their Accept-Language."""
    if _LANGUAGE not in request:
        login = login_of(request)
        request[_LANGUAGE] = request.app[LANGUAGES].choose(
            login.language if login else None,
            read_cookie(request, LANGUAGE_COOKIE),
            accepted=request.headers.get("Accept-Language"),
        )
    return request[_LANGUAGE]


def wants_json(request: web.Request) -> bool:
    """Whether a module of a page (or a machine) asks, rather than a reader."""
    return "application/json" in request.headers.get("Accept", "")


def url_for(request: web.Request, name: str, **parts: str) -> str:
    """Give the path of a route by its name."""
    return str(request.app.router[name].url_for(**parts))


def see_other(request: web.Request, name: str, **parts: str) -> web.Response:
    """Give the answer to a form that worked: 303 to the page of a route."""
    return web.Response(status=303, headers={"Location": url_for(request, name, **parts)})


def done(request: web.Request, name: str, **parts: str) -> web.Response:
    """Give the answer to a change that worked: 303 to its page, or JSON that names the page."""
    if wants_json(request):
        return answer_json({"next": url_for(request, name, **parts)})
    return see_other(request, name, **parts)


def answer_json(values: Mapping[str, Any] | None = None, *, status: int = 200) -> web.Response:
    """JSON of plain values; without any, `{"ok": true}`."""
    return web.json_response({"ok": True, **(values or {})}, status=status)


def problem(
    status: int, title: str, errors: Mapping[str, str] | None = None, *, detail: str = ""
) -> web.Response:
    """Problem JSON (RFC 9457) with what to do in `detail`, and a message a field."""
    body = {"type": "about:blank", "status": status, "title": title, "errors": dict(errors or {})}
    if detail:
        body["detail"] = detail
    return web.json_response(body, status=status, content_type=PROBLEM_TYPE)


def address_of(request: web.Request) -> str:
    """Give the address that asks: the peer's, or what the trusted proxy says of it."""
    peer = request.remote or ""
    if peer and peer == request.app[SETTINGS].proxy:
        return request.headers.get("X-Forwarded-For", peer).rpartition(",")[2].strip()
    return peer


def is_local_path(path: str) -> bool:
    """Whether a path stays on this site, so that it may be redirected to."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
