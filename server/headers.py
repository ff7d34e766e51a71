"""The headers of every answer: what a page may load, say and show elsewhere is nothing by default."""

from aiohttp import web

from server.app_keys import SETTINGS

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
POLICY = "; ".join(_DIRECTIVES)
_FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), speaker-selection=(self), autoplay=(self), fullscreen=(self), "
        "display-capture=(), geolocation=(), usb=(), payment=(), midi=(), serial=(), hid=()"
    ),
}
_TRANSPORT = "max-age=31536000"
FRESH = "no-store"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete the headers of an answer just before it leaves."""
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    if request.app[SETTINGS].is_https:
        response.headers.setdefault("Strict-Transport-Security", _TRANSPORT)
    response.headers.setdefault("Cache-Control", _caching(request, response))
    response.headers.popall("Server", None)


def _caching(request: web.Request, response: web.StreamResponse) -> str:
    is_file = request.path.startswith("/static/") and response.status in {200, 206, 304}
    if not is_file:
        return FRESH
    return FOREVER if "v" in request.query else ASK_AGAIN
