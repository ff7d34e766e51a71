"""Signing in and out: password, code, end of a login."""

from aiohttp import web

from server import cookies, identity
from server.app_keys import ATTEMPTS, LOGIN, PASSWORDS, SECRETS
from server.cookies import BROWSER_COOKIE, LOGIN_COOKIE, drop_cookie, read_cookie, set_cookie
from server.errors import SignInRefused, TooManyAttempts
from server.exchange import (
    address_of,
    clock,
    is_local_path,
    language,
    login_of,
    reading,
    see_other,
    transaction,
    url_for,
)
from server.forms import Form, read_form
from server.logs import log
from server.pages import refuse, render

SIGN_IN = "identity/sign_in.html"
CODE = "identity/code.html"


async def show_sign_in(request: web.Request) -> web.Response:
    """Give the sign-in form; somebody already signed in goes to their desk."""
    login = login_of(request)
    if login is not None and login.is_complete:
        return see_other(request, "desk")
    return render(request, SIGN_IN, form=Form({"next": [_next(request.query.get("next", ""))]}))


async def sign_in(request: web.Request) -> web.Response:
    """Check address and password, then open the desk or ask for a code."""
    _ = language(request).gettext
    form = await read_form(request)
    email = form.text("email", missing=_("Enter your work email address"), most_chars=254)
    password = form.value("password")
    if not password:
        form.fault("password", _("Enter your password"))
    if not form.is_valid:
        return refuse(request, SIGN_IN, form)
    try:
        proof = await _check(request, email, password)
    except SignInRefused:
        log.info("identity:refused")
        form.fault("email", _("This address and this password do not go together. Check both."))
        return refuse(request, SIGN_IN, form)
    except TooManyAttempts as refusal:
        return _wait(request, SIGN_IN, form, "email", refusal)
    async with transaction(request) as session:
        token = await identity.sign_in(session, clock(request), proof.account_id, asks_code=proof.asks_code)
    log.info("identity:password_accepted", account_id=proof.account_id)
    target = "sign_in_code" if proof.asks_code else ""
    return _signed_in(
        request, token, url_for(request, target) if target else _next(form.value("next")), email
    )


async def show_code(request: web.Request) -> web.Response:
    """Give the form that asks for the code."""
    login = login_of(request)
    if login is None or login.is_complete:
        return see_other(request, "desk")
    return render(request, CODE, form=Form())


async def enter_code(request: web.Request) -> web.Response:
    """Check the code and open the desk."""
    _ = language(request).gettext
    login, form = login_of(request), await read_form(request)
    if login is None or login.is_complete:
        return see_other(request, "desk")
    code = form.text("code", missing=_("Enter the code of your authenticator"), most_chars=20)
    if not form.is_valid:
        return refuse(request, CODE, form)
    try:
        await _count(request, "code", login.email)
        async with transaction(request) as session:
            token = await identity.enter_code(session, clock(request), request.app[SECRETS].totp, login, code)
    except SignInRefused:
        form.fault("code", _("This code is not valid any more. Enter the one shown now."))
        return refuse(request, CODE, form)
    except TooManyAttempts as refusal:
        return _wait(request, CODE, form, "code", refusal)
    log.info("identity:code_accepted", account_id=login.actor.account_id)
    return _signed_in(request, token, url_for(request, "desk"), login.email)


async def sign_out(request: web.Request) -> web.Response:
    """End this login."""
    login = request.get(LOGIN)
    is_guest = login is not None and login.actor.is_guest
    response = see_other(request, "guest" if is_guest else "sign_in")
    if login is not None:
        async with transaction(request) as session:
            await identity.sign_out(session, clock(request), login)
    drop_cookie(request, response, LOGIN_COOKIE)
    return response


def begin(request: web.Request, response: web.Response, token: str) -> web.Response:
    """Put a login's token into the browser."""
    set_cookie(request, response, LOGIN_COOKIE, token)
    return response


async def _check(request: web.Request, email: str, password: str) -> identity.Proof:
    await _count(request, "password", email)
    async with reading(request) as session:
        proof = await identity.find_proof(session, email)
    return await identity.check_password(request.app[PASSWORDS], proof, password)


async def _count(request: web.Request, kind: str, email: str) -> None:
    mark = read_cookie(request, BROWSER_COOKIE)
    await request.app[ATTEMPTS].count(kind, account=email, address=address_of(request), mark=mark)


def _signed_in(request: web.Request, token: str, path: str, email: str) -> web.Response:
    response = begin(request, web.Response(status=303, headers={"Location": path}), token)
    mark = request.app[ATTEMPTS].mark_for(email)
    set_cookie(request, response, BROWSER_COOKIE, mark, cookies.LONG)
    return response


def _wait(
    request: web.Request, template: str, form: Form, field: str, refusal: TooManyAttempts
) -> web.Response:
    log.warning("identity:too_many_attempts")
    minutes = max(1, round(refusal.retry_after_seconds / 60))
    words = language(request).ngettext(
        "Too many attempts. Wait %(n)s minute, then try again.",
        "Too many attempts. Wait %(n)s minutes, then try again.",
        minutes,
    )
    form.fault(field, words)
    response = refuse(request, template, form)
    response.set_status(429)
    response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return response


def _next(path: str) -> str:
    return path if is_local_path(path) else "/"
