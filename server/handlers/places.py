"""Organisations, their rooms and interpreters: what the reader keeps, with the way to its hours."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_keeping, store_notices, store_places
from scheduling.actor import Role
from scheduling.errors import FieldRefused
from scheduling.focal_point import MOST_FOCAL_POINTS
from scheduling.keep_centre import keep_authority, keep_centre
from scheduling.keep_hours import place_for
from scheduling.keep_interpreter import keep_interpreter
from scheduling.keep_post import keep_post
from scheduling.keep_room import keep_room
from scheduling.owner import Owner, OwnerKind
from scheduling.queries_of_affected import bookings_hit, hits_of_owner
from scheduling.queries_of_places import Places, places_of
from scheduling.store_owners import lock_owner
from server.exchange import actor, clock, done, language, see_other, transaction
from server.forms import Form, read_form
from server.i18n import mark
from server.pages import refuse, render
from server.said import Done, say
from server.views.meanwhile import OvertakenError, check_shown, digest
from server.views.notices import written_languages
from server.views.place_form import (
    PlaceReader,
    Values,
    centre_values,
    interpreter_values,
    officers_values,
    post_values,
    room_values,
    site_values,
)
from server.views.places import countries, country_name, language_name, languages, member_states
from server.views.stands import meanwhile

_NEW = {kind.value: kind for kind in (OwnerKind.POST, OwnerKind.CENTRE, OwnerKind.INTERPRETER)}
_SAVED = {
    OwnerKind.POST: Done.POST_SAVED,
    OwnerKind.CENTRE: Done.CENTRE_SAVED,
    OwnerKind.ROOM: Done.ROOM_SAVED,
    OwnerKind.INTERPRETER: Done.INTERPRETER_SAVED,
    OwnerKind.AUTHORITY: Done.AUTHORITY_SAVED,
}
_REFUSED = {
    ("name", "taken"): mark("Another room of this centre has this name: choose another one"),
    ("embassy_id", "not_its_own"): mark("Choose the embassy of the same country, for a desk in its capital"),
}


async def show_places(request: web.Request) -> web.Response:
    """Everything that the reader may edit: an administrator all, the others what is their own."""
    async with transaction(request) as session:
        kept = await places_of(session, actor(request))
        texts = await store_notices.newest_texts(session)
    reader = language(request)
    return render(
        request,
        "place/list.html",
        kept=kept,
        countries=countries(reader),
        member_states=member_states(reader),
        country=lambda code: country_name(code, reader),
        spoken=lambda codes: ", ".join(language_name(code, reader) for code in codes),
        **written_languages(request, texts),
    )


async def show_place(request: web.Request) -> web.Response:
    """The form of what is kept; the staff of a centre keep its hours only."""
    async with transaction(request) as session:
        owner = await place_for(session, actor(request), request.match_info["place_id"])
        if owner.kind is OwnerKind.CENTRE and actor(request).role is not Role.ADMINISTRATOR:
            return see_other(request, "hours", place_id=owner.id)
        facts = await _facts(request, session, owner)
        values = await _values(request, session, owner)
    return render(request, "place/edit.html", form=Form(values), **facts, shown=digest(values), stands=())


async def save_place(request: web.Request) -> web.Response:
    """Write the facts of what is kept."""
    async with transaction(request) as session:
        owner = await place_for(session, actor(request), request.match_info["place_id"])
    if owner.kind is OwnerKind.CENTRE and actor(request).role is not Role.ADMINISTRATOR:
        raise web.HTTPNotFound
    return await _save(request, owner)


async def show_new(request: web.Request) -> web.Response:
    """The empty form of a new post, centre or interpreter, or of a new room of a centre."""
    owner = await _new_owner(request)
    async with transaction(request) as session:
        facts = await _facts(request, session, owner)
    form = Form({"is_active": ["yes"], "zone": ["Europe/Brussels"], "language": ["fr"]})
    return render(request, "place/edit.html", form=form, **facts, shown="", stands=())


async def save_new(request: web.Request) -> web.Response:
    """Add a post, a centre, an interpreter or a room."""
    return await _save(request, await _new_owner(request))


async def _new_owner(request: web.Request) -> Owner:
    centre_id = request.match_info.get("centre_id")
    if centre_id is not None:
        async with transaction(request) as session:
            centre = await place_for(session, actor(request), centre_id)
        if centre.kind is not OwnerKind.CENTRE:
            raise web.HTTPNotFound
        return Owner(id="", kind=OwnerKind.ROOM, name="", zone=centre.zone, organisation_id=centre.id)
    kind = _NEW.get(request.match_info["kind"])
    if kind is None:
        raise web.HTTPNotFound
    return Owner(id="", kind=kind, name="", zone="")


async def _save(request: web.Request, owner: Owner) -> web.Response:
    form = await read_form(request)
    reader = PlaceReader(form, language(request))
    overtaken: OvertakenError | None = None
    try:
        async with transaction(request) as session:
            now = clock(request)()
            before = await hits_of_owner(session, owner, now)
            saved_id = await _write(request, session, owner, reader)
            after = await hits_of_owner(session, owner, now)
        if owner.id or not owner.has_weekly_hours:
            return say(request, done(request, "places"), _SAVED[owner.kind], bookings_hit(after, before))
        return say(request, done(request, "hours", place_id=saved_id), Done.PLACE_ADDED)
    except FieldRefused as refusal:
        form.fault(
            refusal.field,
            language(request).gettext(_REFUSED.get((refusal.field, refusal.rule), mark("Check this answer"))),
        )
    except OvertakenError as refusal:
        overtaken = refusal
    async with transaction(request) as session:
        facts = await _facts(request, session, owner)
    facts |= meanwhile(request, form, overtaken, dict(facts["embassies"]))
    return refuse(request, "place/edit.html", form, **facts)


async def _write(request: web.Request, session: AsyncConnection, owner: Owner, reader: PlaceReader) -> str:
    """Read the form and write what it says; a fault of the form stops it before anything is written."""
    who = actor(request)
    if owner.kind is OwnerKind.POST:
        if who.role is Role.ADMINISTRATOR:
            post, contacts = reader.post(owner.id)
        else:
            post, contacts = reader.officers_part(await store_places.load_post(session, owner.id))
        await _may_write(request, session, owner, reader.form)
        return (await keep_post(session, clock(request), who, post=post, focal_points=contacts)).id
    if owner.kind is OwnerKind.ROOM:
        room = reader.room(owner.id, owner.organisation_id)
        await _may_write(request, session, owner, reader.form)
        return (await keep_room(session, clock(request), who, room=room)).id
    if owner.kind is OwnerKind.INTERPRETER:
        interpreter = reader.interpreter(owner.id)
        await _may_write(request, session, owner, reader.form)
        return (await keep_interpreter(session, clock(request), who, interpreter=interpreter)).id
    if owner.kind is OwnerKind.CENTRE:
        centre, contacts = reader.centre(owner.id)
        await _may_write(request, session, owner, reader.form)
        kept = await keep_centre(session, clock(request), who, centre=centre, focal_points=contacts)
        return kept.id
    authority = reader.authority(owner.id)
    await _may_write(request, session, owner, reader.form)
    await keep_authority(session, clock(request), who, authority=authority)
    return owner.id


async def _may_write(request: web.Request, session: AsyncConnection, owner: Owner, form: Form) -> None:
    if not form.is_valid:
        raise FieldRefused(next(iter(form.faults), ""), "unreadable")
    if owner.id:
        await lock_owner(session, owner)
        check_shown(form, await _values(request, session, owner))


async def _values(request: web.Request, session: AsyncConnection, owner: Owner) -> Values:
    if owner.kind is OwnerKind.POST:
        contacts = await store_keeping.focal_points_of(session, owner.id)
        values = post_values(await store_places.load_post(session, owner.id), contacts)
        return values if actor(request).role is Role.ADMINISTRATOR else officers_values(values)
    if owner.kind is OwnerKind.ROOM:
        return room_values(await store_places.load_room(session, owner.id))
    if owner.kind is OwnerKind.INTERPRETER:
        return interpreter_values(await store_places.load_interpreter(session, owner.id))
    if owner.kind is OwnerKind.CENTRE:
        contacts = await store_keeping.focal_points_of(session, owner.id)
        return centre_values(await store_places.load_centre(session, owner.id), contacts)
    return site_values(await store_places.load_authority(session, owner.id))


async def _facts(request: web.Request, session: AsyncConnection, owner: Owner) -> dict[str, Any]:
    reader = language(request)
    kept: Places = await places_of(session, actor(request))
    routes = next((each.routes for each in kept.posts if each.post.id == owner.id), ())
    embassies = [
        (each.post.id, f"{each.post.name}, {each.post.city}")
        for each in kept.posts
        if each.post.id != owner.id
    ]
    return {
        "owner": owner,
        "edits_all": actor(request).role is Role.ADMINISTRATOR,
        "countries": countries(reader),
        "member_states": member_states(reader),
        "languages": languages(reader),
        "embassies": embassies,
        "routes": [(country_name(state, reader), route) for state, route in routes],
        "contacts": MOST_FOCAL_POINTS,
    }
