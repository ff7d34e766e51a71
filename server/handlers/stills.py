"""Pictures of shown documents: sharper ones while they are shown, and stills at full resolution."""

from enum import StrEnum

from aiohttp import web

from recordings.evidence import check_picture
from recordings.refusals import ConsultationRuns
from recordings.stills import ask_still, bring_still, drop_still, look_at_still
from recordings.store_facts import hold
from recordings.working_copy import MasterSecret
from server.app_keys import MEDIA, SECRETS
from server.exchange import actor, answer_json, clock, language, reading, transaction
from server.forms import read_form
from server.handlers.room import done_in_room
from server.room_view import seat_for
from server.room_words import faulty, in_words


class Sharpness(StrEnum):
    """What a picture is to be good for."""

    DOCUMENT = "document"
    USUAL = "usual"


@in_words
async def ask(request: web.Request) -> web.Response:
    """Ask a sender for a still; their browser is told and brings it."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    who = form.value("participant_id")
    async with transaction(request) as session:
        await hold(session, interview_id)
        still_id = await ask_still(
            session, clock(request), actor(request), interview_id=interview_id, participant_id=who
        )
    request.app[MEDIA].tell(interview_id, {"type": "still_wanted", "participant": who, "still": still_id})
    return answer_json({"still": still_id})


@in_words
async def bring(request: web.Request) -> web.Response:
    """Take the picture from the browser that was asked."""
    interview_id, still_id = request.match_info["interview_id"], request.match_info["still_id"]
    upload = (await read_form(request)).upload("file")
    async with transaction(request) as session:
        await hold(session, interview_id)
        facts, seat, _ = await seat_for(session, actor(request), interview_id)
        await bring_still(
            session,
            clock(request),
            actor(request),
            MasterSecret(request.app[SECRETS].working_copy),
            facts=facts,
            seat=seat,
            still_id=still_id,
            picture=upload.content if upload else b"",
        )
    request.app[MEDIA].tell(interview_id, {"type": "still_brought", "still": still_id})
    return done_in_room(request)


@in_words
async def show(request: web.Request) -> web.Response:
    """Show the picture to the officer who may keep it."""
    async with reading(request) as session:
        picture = await look_at_still(
            session,
            actor(request),
            MasterSecret(request.app[SECRETS].working_copy),
            interview_id=request.match_info["interview_id"],
            still_id=request.match_info["still_id"],
        )
    media_type = check_picture(picture).media_type
    return web.Response(body=picture, content_type=media_type, headers={"Cache-Control": "no-store"})


@in_words
async def drop(request: web.Request) -> web.Response:
    """Forget a picture that is not kept."""
    async with transaction(request) as session:
        await drop_still(
            session,
            actor(request),
            interview_id=request.match_info["interview_id"],
            still_id=request.match_info["still_id"],
        )
    return done_in_room(request)


@in_words
async def sharpen(request: web.Request) -> web.Response:
    """Ask a sender's browser for more pixels and fewer frames, or the usual picture; nothing is kept."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    sharpness = form.choice(
        "sharpness", Sharpness, missing=language(request).gettext("Choose what is to happen")
    )
    if sharpness is None:
        return faulty(request, form)
    async with reading(request) as session:
        facts, seat, _ = await seat_for(session, actor(request), interview_id)
    if not seat.is_admitted or not facts.is_running:
        raise web.HTTPNotFound
    if facts.consultation is not None:
        raise ConsultationRuns(interview_id)
    told = {
        "type": "sharpness",
        "participant": form.value("participant_id"),
        "sharp": sharpness is Sharpness.DOCUMENT,
    }
    request.app[MEDIA].tell(interview_id, told)
    return done_in_room(request)
