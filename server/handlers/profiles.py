"""Country profiles: what was agreed with a country, for one member state each."""

from typing import Any

from aiohttp import web

from recordings.evidence import DEFAULT_CLASSES, EvidenceClass, EvidenceKind
from scheduling import store_keeping, store_places
from scheduling.case import Document
from scheduling.errors import FieldRefused
from scheduling.keep_profile import keep_profile
from server.exchange import actor, clock, done, language, see_other, transaction
from server.forms import Form, read_form
from server.i18n import mark
from server.pages import refuse, render
from server.said import Done, say
from server.views.meanwhile import OvertakenError, check_shown, digest
from server.views.place_form import GUESTS, PlaceReader, profile_values
from server.views.places import is_country
from server.views.stands import meanwhile

_RANGE = mark("Write a number of days from 1 to 3650, or nothing")


async def find_profile(request: web.Request) -> web.Response:
    """Go to the profile of the two countries that were chosen."""
    chosen = {name: request.query.get(name, "") for name in ("country", "member_state")}
    if not all(is_country(code, language(request)) for code in chosen.values()):
        raise web.HTTPNotFound
    return see_other(request, "profile", **chosen)


async def show_profile(request: web.Request) -> web.Response:
    """The profile as it stands; without one, the one that promises nothing."""
    country, state = _key(request)
    async with transaction(request) as session:
        profile = await store_places.load_profile(session, country, state)
    values = profile_values(profile)
    facts = {**_facts(request), "shown": digest(values), "stands": ()}
    return render(request, "place/profile.html", form=Form(values), **facts)


async def save_profile(request: web.Request) -> web.Response:
    """Write the profile."""
    form = await read_form(request)
    profile = PlaceReader(form, language(request)).profile(*_key(request))
    overtaken: OvertakenError | None = None
    if form.is_valid:
        try:
            async with transaction(request) as session:
                await store_keeping.lock_profile(session, profile.country, profile.member_state)
                check_shown(form, profile_values(await store_places.load_profile(session, *_key(request))))
                await keep_profile(session, clock(request), actor(request), profile=profile)
            return say(request, done(request, "places"), Done.PROFILE_SAVED)
        except FieldRefused as refusal:
            form.fault(refusal.field, language(request).gettext(_RANGE))
        except OvertakenError as refusal:
            overtaken = refusal
    facts = {**_facts(request), **meanwhile(request, form, overtaken)}
    return refuse(request, "place/profile.html", form, **facts)


def _key(request: web.Request) -> tuple[str, str]:
    country, state = request.match_info["country"], request.match_info["member_state"]
    if not (is_country(country, language(request)) and is_country(state, language(request))):
        raise web.HTTPNotFound
    return country, state


def _facts(request: web.Request) -> dict[str, Any]:
    country, state = _key(request)
    return {
        "country_code": country,
        "state_code": state,
        "documents": list(Document),
        "guests": GUESTS,
        "kinds": [(kind, DEFAULT_CLASSES[kind]) for kind in EvidenceKind],
        "classes": list(EvidenceClass),
    }
