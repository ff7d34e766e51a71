"""One's own account: password, code, and the browsers in which one is signed in."""

from typing import Any

from aiohttp import web

from server import feeds, identity, logins
from server.app_keys import ATTEMPTS, LOGIN, PASSWORDS, SECRETS
from server.errors import SignInRefused, TooManyAttempts
from server.exchange import address_of, clock, language, see_other, transaction
from server.forms import Form, read_form
from server.handlers.identity import begin
from server.logins import Login
from server.one_time_code import enrolment_uri
from server.pages import refuse, render
from server.passwords import LEAST_CHARS, MOST_CHARS
from server.said import Done, say

ACCOUNT = "identity/account.html"
_GROUP = 4


async def show_account(request: web.Request) -> web.Response:
    """Who one is here, and how one signs in."""
    return render(request, ACCOUNT, form=Form(), **await account_facts(request, offers_anew=True))


async def change_password(request: web.Request) -> web.Response:
    """Replace the password; every login ends, this browser gets a new one."""
    login, form = request[LOGIN], await read_form(request)
    _check_new_password(request, form)
    if form.is_valid and not await _knows_password(request, login, form):
        form.fault("current_password", language(request).gettext("This is not your present password"))
    if not form.is_valid:
        return refuse(request, ACCOUNT, form, **await account_facts(request))
    hashed = await request.app[PASSWORDS].hash(form.value("new_password"))
    account_id = login.actor.account_id
    async with transaction(request) as session:
        await identity.set_password(session, clock(request), account_id, hashed, is_one_time=False)
        token = await logins.begin_login(session, clock(request), account_id, is_complete=True)
    changed = say(request, see_other(request, "account"), Done.PASSWORD_CHANGED)
    return begin(request, changed, token)


async def confirm_code(request: web.Request) -> web.Response:
    """Ask for a code at every sign-in from now on."""
    return await _with_code(request, identity.confirm_code, Done.CODE_ASKED)


async def drop_code(request: web.Request) -> web.Response:
    """Stop asking for a code."""
    return await _with_code(request, identity.drop_code, Done.CODE_DROPPED)


async def end_other_logins(request: web.Request) -> web.Response:
    """Sign out everywhere but here."""
    login = request[LOGIN]
    async with transaction(request) as session:
        await logins.revoke_all(session, login.actor.account_id, except_login_id=login.id)
    return say(request, see_other(request, "account"), Done.LOGINS_ENDED)


async def _with_code(request: web.Request, verb: identity.CodeVerb, what: Done) -> web.Response:
    _ = language(request).gettext
    login, form = request[LOGIN], await read_form(request)
    code = form.text("code", missing=_("Enter the code of your authenticator"), most_chars=20)
    if form.is_valid:
        try:
            await request.app[ATTEMPTS].count("code", account=login.email, address=address_of(request))
            async with transaction(request) as session:
                key = request.app[SECRETS].totp
                await verb(session, clock(request), key, login.actor.account_id, code)
            return say(request, see_other(request, "account"), what)
        except (SignInRefused, TooManyAttempts):
            form.fault("code", _("This code is not valid any more. Enter the one shown now."))
    return refuse(request, ACCOUNT, form, **await account_facts(request))


def _check_new_password(request: web.Request, form: Form) -> None:
    _ = language(request).gettext
    new = form.value("new_password")
    if not form.value("current_password"):
        form.fault("current_password", _("Enter your present password"))
    if len(new) < LEAST_CHARS:
        form.fault("new_password", _("Choose at least %(n)s characters", n=LEAST_CHARS))
    if len(new) > MOST_CHARS:
        form.fault("new_password", _("Choose at most %(n)s characters", n=MOST_CHARS))
    if new == form.value("current_password"):
        form.fault("new_password", _("Choose another password than the present one"))


async def _knows_password(request: web.Request, login: Login, form: Form) -> bool:
    try:
        await request.app[ATTEMPTS].count("password", account=login.email, address=address_of(request))
        async with transaction(request) as session:
            proof = await identity.find_proof(session, login.email)
        await identity.check_password(request.app[PASSWORDS], proof, form.value("current_password"))
    except (SignInRefused, TooManyAttempts):
        return False
    return True


async def account_facts(request: web.Request, *, offers_anew: bool = False) -> dict[str, Any]:
    """Gather what templates/identity/account.html asks for."""
    login = request[LOGIN]
    account_id = login.actor.account_id
    async with transaction(request) as session:
        asks_code = await identity.has_code(session, account_id)
        key = request.app[SECRETS].totp
        fed_since = await feeds.fed_since(session, account_id)
        secret = "" if asks_code else await identity.offer_code(session, key, account_id, is_new=offers_anew)
    return {
        "login": login,
        "asks_code": asks_code,
        "secret": " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
        "enrolment_uri": enrolment_uri(secret, login.email) if secret else "",
        "least_chars": LEAST_CHARS,
        "feed_address": "",
        "fed_since": fed_since,
    }
