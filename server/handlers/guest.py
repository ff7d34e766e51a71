"""The way in of a guest: a link whose secret stays behind the `#`, the code told by telephone, an answer."""

from typing import Any

from aiohttp import web

from scheduling.guest_answer import answer_at_door
from scheduling.store_keeping import telephone_of
from server import cookies, guest_logins, identity
from server.app_keys import ATTEMPTS, LANGUAGES, SECRETS
from server.cookies import LANGUAGE_COOKIE, LOGIN_COOKIE, read_cookie, set_cookie
from server.errors import TooManyAttempts
from server.exchange import (
    actor,
    address_of,
    clock,
    done,
    language,
    login_of,
    reading,
    see_other,
    transaction,
)
from server.forms import Form, read_form
from server.guest_links import Opened, ended_for, holds_link, opened_by, try_code
from server.handlers.identity import begin
from server.logs import log
from server.notice import VERSION
from server.pages import refuse, render
from server.room_words import faulty, in_words

DOOR = "guest/door.html"
CLOSED, ENDED = 404, 410
_CLOSED: dict[str, Any] = {"telephone": "", "asks_code": False, "ended": None}


async def show_door(request: web.Request) -> web.Response:
    """Say that nothing is open here, or that it has ended; the script sends what stands behind the `#`."""
    token = read_cookie(request, LOGIN_COOKIE)
    ended = None
    if guest_logins.is_guests(token):
        async with reading(request) as session:
            ended = await guest_logins.ended_for_login(session, clock(request), token)
    return render(request, DOOR, form=Form(), **{**_CLOSED, "ended": ended})


async def open_door(request: web.Request) -> web.Response:
    """Ask for the code of a link that opens something, check it, and lead into that one interview.

    A link to an interview that has ended says so; every other that opens nothing gets the same page, whatever
    the reason.
    """
    form = await read_form(request)
    secret, login = form.value("link"), login_of(request)
    async with reading(request) as session:
        opened = await opened_by(session, clock(request), secret)
        telephone = await telephone_of(session, opened.centre_id) if opened else ""
        ended = None if opened else await ended_for(session, clock(request), holds_link(secret))
    if ended is not None:
        return render(request, DOOR, status=ENDED, form=form, **{**_CLOSED, "ended": ended})
    if opened is None:
        return await _closed(request, secret)
    if login is not None and login.actor.is_guest and login.actor.account_id == opened.participant_id:
        return see_other(request, "room", interview_id=opened.interview_id)
    if "code" in form.names and not form.is_draft:
        token = await _check(request, form, opened)
        if token is not None:
            return await _let_through(request, opened, token)
    return _ask(request, form, telephone)


@in_words
async def answer(request: web.Request) -> web.Response:
    """Note whether a guest may be recorded, as they answer on the screen before they come in."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    said = form.value("consent")
    if said not in {"yes", "no"}:
        form.fault("consent", language(request).gettext("Choose whether you agree to be recorded"))
        return faulty(request, form)
    async with transaction(request) as session:
        await answer_at_door(
            session,
            clock(request),
            actor(request),
            interview_id=interview_id,
            agrees=said == "yes",
            language=language(request).code,
            text_version=VERSION,
        )
    return done(request, "room", interview_id=interview_id)


async def _check(request: web.Request, form: Form, opened: Opened) -> str | None:
    """Give the token of a new login, or put a fault beside the code."""
    _ = language(request).gettext
    code = form.text("code", missing=_("Enter the code that the centre told you"), most_chars=20)
    if not form.is_valid:
        return None
    try:
        await request.app[ATTEMPTS].count("guest", account=opened.link_id, address=address_of(request))
    except TooManyAttempts:
        form.fault("code", _("Too many attempts. Wait a few minutes, then try again."))
        return None
    key = request.app[SECRETS].guest
    async with transaction(request) as session:
        left = await try_code(session, clock(request), key, opened.link_id, code)
        if left is None:
            return await guest_logins.begin_login(session, clock(request), opened.link_id)
    log.info("guest:refused", participant_id=opened.participant_id)
    if left:
        form.fault("code", _("This is not the code. Ask the centre which one is valid now."))
    else:
        form.fault("code", _("Too many wrong codes. Call the centre: it gives you a new one."))
    return None


async def _let_through(request: web.Request, opened: Opened, token: str) -> web.Response:
    login = login_of(request)
    async with transaction(request) as session:
        if login is not None:
            await identity.sign_out(session, clock(request), login)
        spoken = await guest_logins.language_of(session, opened.link_id)
    log.info("guest:came", participant_id=opened.participant_id, interview_id=opened.interview_id)
    response = begin(request, see_other(request, "room", interview_id=opened.interview_id), token)
    if spoken in request.app[LANGUAGES] and not read_cookie(request, LANGUAGE_COOKIE):
        set_cookie(request, response, LANGUAGE_COOKIE, spoken, cookies.LONG)
    return response


def _ask(request: web.Request, form: Form, telephone: str) -> web.Response:
    asked: dict[str, Any] = {"telephone": telephone, "asks_code": True, "ended": None}
    if form.faults or form.is_draft:
        return refuse(request, DOOR, form, **asked)
    return render(request, DOOR, form=form, **asked)


async def _closed(request: web.Request, secret: str) -> web.Response:
    try:
        await request.app[ATTEMPTS].count("guest_link", account=secret, address=address_of(request))
    except TooManyAttempts:
        raise web.HTTPTooManyRequests from None
    return render(request, DOOR, status=CLOSED, form=Form(), **_CLOSED)
