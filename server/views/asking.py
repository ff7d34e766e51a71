"""What the steps of a request show: how, with whom, and the last look before it leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places
from scheduling.booking import Modality
from scheduling.guest import agreed_beforehand
from scheduling.offer import Offer
from scheduling.participant import ParticipantRole
from scheduling.place import modality_refused
from scheduling.queries import CaseRow, PostRow, SlotsPage, slots_for_case
from scheduling.slot import Interval
from scheduling.wish import MOST_WISHES
from server.app_keys import LANGUAGES
from server.exchange import actor, clock, language, url_for
from server.forms import Form
from server.refusals import sentence
from server.views.draft import GUEST_PARTS, GUEST_ROLES, Draft
from server.views.places import language_name
from server.views.slots import disclosable, usual_disclosure


@dataclass(frozen=True, slots=True)
class Asking:
    """A case, the post to be asked, and what was chosen so far."""

    row: CaseRow
    way: PostRow
    draft: Draft


def most_wishes(page: SlotsPage | PostRow) -> int:
    """Return how many slots may be wished: one where nobody chooses among them."""
    return 1 if page.post.auto_confirms or page.profile.auto_confirms else MOST_WISHES


async def terms_facts(request: web.Request, session: AsyncConnection, asking: Asking) -> dict[str, Any]:
    """Gather what templates/request/terms.html asks for."""
    reader, case = language(request), asking.row.case
    centre = await store_places.load_centre(session, case.centre_id)
    spoken = {
        code
        for each in await store_places.interpreters_of(session, centre.country)
        for code in each.languages
    }
    refused = {each: modality_refused(case, asking.way.profile, each) for each in Modality}
    chosen = asking.draft.modality or Modality.VIDEO
    return {
        **_facts(request, asking),
        "shown": Form(
            {**_chosen(asking.draft), "modality": [Modality.IN_PERSON if refused[chosen] else chosen]}
        ),
        "refused": {each: sentence(refusal, reader) for each, refusal in refused.items() if refusal},
        "hidden": asking.draft.hidden("modality", "interpreter"),
        "action": asking.draft.action(request, "choose_slot"),
        "back_action": url_for(request, "choose_post", case_id=case.id),
        "spoken": sorted((code, language_name(code, reader)) for code in spoken),
        "person_speaks": ", ".join(language_name(code, reader) for code in case.languages),
    }


async def free_interpreters(
    request: web.Request, session: AsyncConnection, page: SlotsPage, draft: Draft
) -> dict[str, list[str]]:
    """Return by wish the names of the interpreters who are free then, in whatever week it lies."""
    if draft.interpreter is None or not draft.slots:
        return {}
    centre = await store_places.load_centre(session, page.offer.centre_id)
    working = await store_places.interpreters_of(session, centre.country)
    found: dict[str, list[str]] = {}
    for value, (_, starts_at) in zip(draft.slots, draft.wishes, strict=True):
        wish = Interval(starts_at, starts_at + page.post.length)
        offer = page.offer
        if not (offer.window.starts_at <= wish.starts_at and wish.ends_at <= offer.window.ends_at):
            offer = await _offer_on(request, session, page, starts_at, draft)
        there = [
            each for each in offer.interpreters or () if offer.grid.has(offer.free_interpreter(each), wish)
        ]
        found[value] = [each.name for each in working if each.id in there]
    return found


async def _offer_on(
    request: web.Request, session: AsyncConnection, page: SlotsPage, starts_at: datetime, draft: Draft
) -> Offer:
    found = await slots_for_case(
        session,
        actor(request),
        page.offer.case_id,
        page.post.id,
        clock(request)(),
        from_at=starts_at,
        days=1,
        interpreter_language=draft.interpreter,
    )
    return found.offer if found else page.offer


def guest_facts(request: web.Request, asking: Asking) -> dict[str, Any]:
    """Gather what templates/request/guests.html asks for."""
    draft, case = asking.draft, asking.row.case
    values = _chosen(draft)
    if case.is_minor and not draft.names_somebody:
        values |= {"role_1": [ParticipantRole.GUARDIAN], "name_1": [case.guardian_name]}
    shown = [f"{part}_{n}" for n in draft.seats for part in GUEST_PARTS]
    usual = {f"language_{n}": [language(request).code] for n in draft.seats}
    return {
        **_facts(request, asking),
        "shown": Form({**usual, **values}),
        "hidden": draft.hidden(*shown),
        "action": draft.action(request, "choose_guests"),
        "back_action": draft.action(request, "choose_slot"),
        "seats": list(draft.seats),
        "roles": [(role, _is_agreed(asking, role)) for role in GUEST_ROLES],
        "languages": [(each.code, each.name) for each in request.app[LANGUAGES].values()],
    }


def check_facts(request: web.Request, asking: Asking) -> dict[str, Any]:
    """Gather what templates/request/check.html asks for."""
    draft, case = asking.draft, asking.row.case
    values = _chosen(draft)
    invited = draft.invited(language(request).code)
    return {
        **_facts(request, asking),
        "shown": Form({"disclosed": usual_disclosure(case), **values}),
        "hidden": draft.hidden("disclosed"),
        "action": draft.action(request, "check_request"),
        "back_action": draft.action(request, "choose_guests"),
        "change": {
            name: draft.action(request, name) for name in ("choose_terms", "choose_slot", "choose_guests")
        },
        "modality": draft.modality,
        "wishes": [(starts_at, starts_at + asking.way.post.length) for _, starts_at in draft.wishes],
        "guests": [(each.role, each.name, _is_agreed(asking, each.role)) for each in invited],
        "disclosed": disclosable(case),
        "days_to_arrange": asking.way.profile.days_to_arrange,
    }


def _facts(request: web.Request, asking: Asking) -> dict[str, Any]:
    draft, reader = asking.draft, language(request)
    return {
        "case": asking.row.case,
        "post": asking.way.post,
        "route": int(asking.way.route),
        "here_zone": asking.row.centre_zone,
        "interpreter": language_name(draft.interpreter, reader) if draft.interpreter else "",
    }


def _chosen(draft: Draft) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in draft.values.items() if texts}


def _is_agreed(asking: Asking, role: ParticipantRole) -> bool:
    return agreed_beforehand(role, asking.way.profile.may_attend) is True
