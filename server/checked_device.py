"""Which device was checked and when: a cookie of the browser, so that no device is checked twice a day.

What it says is this browser's own word about itself, as the check is; it opens nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from scheduling.availability import day_in
from scheduling.participant import LineQuality
from server.cookies import CHECK_COOKIE, read_cookie, set_cookie
from server.exchange import clock, login_of
from server.pages import NOBODYS_ZONE

LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeviceCheck:
    """A check that this browser made."""

    at: datetime
    line: LineQuality

    @property
    def suffices(self) -> bool:
        """Whether the device needs no other check before it enters."""
        return self.line is not LineQuality.WEAK


def remember_check(request: web.Request, response: web.Response, line: LineQuality) -> web.Response:
    """Let this browser keep that it was checked just now."""
    set_cookie(request, response, CHECK_COOKIE, f"{line}.{int(clock(request)().timestamp())}", LASTS)
    return response


def checked_today(request: web.Request) -> DeviceCheck | None:
    """Give the check that this browser made today, in the reader's zone."""
    name, _, seconds = read_cookie(request, CHECK_COOKIE).partition(".")
    try:
        made = DeviceCheck(datetime.fromtimestamp(int(seconds), UTC), LineQuality(name))
    except (ValueError, OverflowError, OSError):
        return None
    login, now = login_of(request), clock(request)()
    zone = login.zone if login else NOBODYS_ZONE
    is_today = made.at <= now and day_in(made.at, zone) == day_in(now, zone)
    return made if is_today else None
