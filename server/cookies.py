"""The six cookies: who is signed in, whose forms, which browser, its language, what was done, its check."""

from datetime import timedelta

from aiohttp import web

from server.app_keys import SETTINGS

LOGIN_COOKIE = "parloir"
FORM_COOKIE = "parloir-form"
BROWSER_COOKIE = "parloir-browser"
LANGUAGE_COOKIE = "parloir-language"
SAID_COOKIE = "parloir-said"
CHECK_COOKIE = "parloir-check"
LONG = timedelta(days=365)


def read_cookie(request: web.Request, name: str) -> str:
    """Give the value of one of our cookies, or nothing."""
    return request.cookies.get(_full_name(request, name), "")


def set_cookie(
    request: web.Request,
    response: web.StreamResponse,
    name: str,
    value: str,
    lasting: timedelta | None = None,
) -> None:
    """Set a cookie that scripts cannot read; under TLS it is Secure and bound to this host."""
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=int(lasting.total_seconds()) if lasting else None,
        path="/",
        secure=request.app[SETTINGS].is_https,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Take a cookie back."""
    response.del_cookie(
        _full_name(request, name),
        path="/",
        secure=request.app[SETTINGS].is_https,
        httponly=True,
        samesite="Lax",
    )


def _full_name(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if request.app[SETTINGS].is_https else name
