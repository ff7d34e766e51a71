"""Rendering: one template with the request's language, login and addresses, as one answer."""

from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.hdrs import METH_GET
from markupsafe import Markup

from server.app_keys import CLOCK, LANGUAGES, SETTINGS, TEMPLATES
from server.csrf import csrf_token
from server.exchange import is_local_path, language, login_of, problem, url_for, wants_json
from server.forms import Form
from server.i18n import Language
from server.moments import Moments
from server.said import line_for, take_line
from server.templating import static_url

NOBODYS_ZONE = "Europe/Brussels"


def render(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Make the page of a template and these values."""
    shows_line = request.method == METH_GET and status == HTTPStatus.OK
    line = line_for(request) if shows_line else None
    text = page_text(request, template, done=line, **values)
    response = web.Response(text=text, status=status, content_type="text/html")
    if shows_line:
        take_line(request, response)
    return response


def page_text(request: web.Request, template: str, **values: Any) -> str:
    """Give the text alone of a template, or of a part of a page that a module asked for."""
    form = values.get("form")
    fields = {"values": form.typed, "errors": form.faults} if isinstance(form, Form) else {}
    context = {**_context(request), **fields, **values}
    return request.app[TEMPLATES].template(template).render(context)


def words_of(request: web.Request) -> Any:
    """Give the words of codes as pages write them for this reader: `words_of(request).status(code)`."""
    return request.app[TEMPLATES].template("_words.html").make_module(_context(request))


def refuse(request: web.Request, template: str, form: Form, **values: Any) -> web.Response:
    """422: the same form with its faults and all that was typed, or problem JSON for a module.

    A form that came for another language has no faults yet: it is shown as it was typed.
    """
    if form.is_draft:
        form.faults.clear()
        return render(request, template, form=form, **values)
    if wants_json(request):
        _ = language(request).gettext
        return problem(422, _("Check what you typed"), form.faults)
    return render(request, template, status=422, form=form, **values)


def moments(request: web.Request) -> Moments:
    """Dates and hours as this reader writes them."""
    login = login_of(request)
    return Moments(language(request).locale, login.zone if login else NOBODYS_ZONE)


def _context(request: web.Request) -> dict[str, Any]:
    reader = language(request)
    login = login_of(request)
    is_complete = login is not None and login.is_complete
    when = moments(request)
    now = request.app[CLOCK]()
    return {
        **_words(reader),
        "lang": reader.code,
        "other_language": request.app[LANGUAGES].other_than(reader),
        "csrf_token": csrf_token(request),
        "actor": login.actor if login and is_complete and not login.actor.is_guest else None,
        "who": login.organisation if login and is_complete else "",
        "zone": f"{when.city()} ({when.zone_name(now).rpartition(', ')[2]})" if is_complete else "",
        "is_demo": request.app[SETTINGS].demo,
        "path": request.path,
        "here": request.path_qs if request.method == "GET" else _came_from(request),
        "now": now,
        "moments": when,
        "url_for": partial(url_for, request),
        "static": static_url,
    }


def _came_from(request: web.Request) -> str:
    """Return the page whose form was sent, since its own address may take nothing but the form."""
    referer, origin = request.headers.get("Referer", ""), request.app[SETTINGS].origin
    path = referer.removeprefix(origin) if referer.startswith(f"{origin}/") else "/"
    return path if is_local_path(path) else "/"


def _words(reader: Language) -> dict[str, Any]:
    def gettext(message: str, **variables: object) -> Markup:
        return Markup(reader.gettext(message)) % variables  # noqa: S704 - our own words; variables are escaped

    def ngettext(singular: str, plural: str, n: int, **variables: object) -> Markup:
        text = reader.translations.ngettext(singular, plural, n)
        return Markup(text) % {"n": n, **variables}  # noqa: S704 - our own words; variables are escaped

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}
