"""Whether a change comes from our own page: where the browser says it comes from, and a token of its own."""

import hashlib
import hmac
import secrets

from aiohttp import web

from server.app_keys import LOGIN, SECRETS, SETTINGS
from server.cookies import FORM_COOKIE, read_cookie, set_cookie

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_SEED_BYTES = 16
_NEW_SEED: web.RequestKey[str] = web.RequestKey("new_seed", str)


def csrf_token(request: web.Request) -> str:
    """Give the token of this login, or of this browser while nobody is signed in."""
    return _token(request, _subject(request) or _begin(request))


def is_own_token(request: web.Request, token: str) -> bool:
    """Whether a page of this login (or browser) carried the token."""
    subject = _subject(request)
    return bool(subject) and hmac.compare_digest(_token(request, subject).encode(), token.encode())


def comes_from_here(request: web.Request) -> bool:
    """Give what the browser says of the page that sent this; without any word of it the token decides."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    settings = request.app[SETTINGS]
    scheme = "https" if settings.is_https else "http"
    return origin in {settings.url, f"{scheme}://{request.host}"}


def keep_seed(request: web.Request, response: web.StreamResponse) -> None:
    """Give a browser that got its first form the cookie that the form's token is made of."""
    if _NEW_SEED in request:
        set_cookie(request, response, FORM_COOKIE, request[_NEW_SEED])


def _subject(request: web.Request) -> str:
    login = request.get(LOGIN)
    if login is not None:
        return f"login|{login.id}"
    seed = read_cookie(request, FORM_COOKIE)
    return f"browser|{seed}" if seed else ""


def _begin(request: web.Request) -> str:
    if _NEW_SEED not in request:
        request[_NEW_SEED] = secrets.token_urlsafe(_SEED_BYTES)
    return f"browser|{request[_NEW_SEED]}"


def _token(request: web.Request, subject: str) -> str:
    return hmac.new(request.app[SECRETS].csrf, subject.encode(), hashlib.sha256).hexdigest()
