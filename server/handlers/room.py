"""The interview in the browser: its page, and what the people in it decide."""

from datetime import datetime
from typing import Any

from aiohttp import web

from recordings.capture import Run, capture, finish_recording
from recordings.end_interview import end_interview
from recordings.read_back import REASONS, ReadBackResult
from recordings.refusals import NotReadBack
from scheduling.actor import Role
from scheduling.admit import admit as let_in
from scheduling.begin_off_line import begin_off_line
from scheduling.give_notice import give_notice, record_consent
from scheduling.interview import Ending
from scheduling.open_early import open_early
from scheduling.participant import ParticipantRole
from scheduling.pause_wish import WishAnswer
from scheduling.queries import interview_page
from scheduling.trail import record_view
from server.app_keys import MEDIA
from server.checked_device import checked_today
from server.exchange import (
    actor,
    answer_json,
    clock,
    language,
    reading,
    see_other,
    transaction,
    url_for,
    wants_json,
)
from server.forms import read_form
from server.notice_shown import record_of
from server.pages import moments, page_text, render
from server.room_view import RoomView, room_view
from server.room_words import faulty, in_words
from server.said import Done, say
from server.views.bookings import person_pairs

MOST_TROUBLES = 5
NOTICE_CHANGED = {"type": "notice_changed"}


@in_words
async def show_room(request: web.Request) -> web.Response:
    """Show the door and the room; to its own script give the facts that change while it is open."""
    view = await view_of(request)
    if not view.has_line:
        return see_other(request, "interview", interview_id=view.interview_id)
    if not wants_json(request):
        beside = await _beside_the_picture(request, view)
        beside["is_elsewhere"] = request.app[MEDIA].has_line(view.interview_id, view.seat.id)
        return render(request, "interview/room.html", view=view, device=checked_today(request), **beside)
    words = page_text(request, "interview/_notice_words.html", view=view)
    facts: dict[str, Any] = {
        "notice_words": " ".join(words.split()),
        "consent": view.consent,
        "recording_ahead": view.recording_ahead,
        "running_ms": view.running_ms,
        "recording_state": view.recording_state,
        "recorded_ms": view.recorded_ms,
        "endings": view.endings_now,
        "names": dict(view.names),
        "by_telephone": moments(request).time(view.by_telephone_at) if view.by_telephone_at else "",
        "company": view.company,
        "is_early": view.is_early,
        "is_over": view.state == "ended",
    }
    when = moments(request)
    if view.may_ask_pause:
        own = [one for one in view.wishes if one.participant_id == view.seat.id]
        facts["pause"] = {"answer": own[0].answer, "time": when.time(own[0].asked_at)} if own else None
    if view.is_host:
        facts["is_locked"] = view.is_locked
        facts["notice_due"] = view.is_notice_due
        hosts = [one.id for one in view.facts.attendants if one.role == ParticipantRole.CENTRE_HOST]
        facts["host"] = next((view.names[one] for one in hosts if one in view.names), "")
        roles = {one.id: one.role for one in view.facts.attendants}
        facts["pauses"] = [
            {"participant": one.participant_id, "role": roles[one.participant_id]}
            for one in view.wishes
            if one.answer is WishAnswer.ASKED
        ]
        facts["troubles"] = [
            {"id": f"{at.isoformat()} {who}", "participant": who, "role": roles[who], "what": what}
            | {"time": when.time(at)}
            for at, what, who in view.troubles[:MOST_TROUBLES]
        ]
        facts["removed"] = [
            {
                "participant": one.id,
                "role": one.role,
                "removal": one.removal,
                "time": when.time(one.removed_at),
            }
            for one in view.removed
            if one.removed_at is not None
        ]
    return answer_json(facts)


@in_words
async def admit(request: web.Request) -> web.Response:
    """Let one waiting participant in."""
    interview_id = request.match_info["interview_id"]
    participant_id = (await read_form(request)).value("participant_id")
    async with transaction(request) as session:
        await let_in(
            session, clock(request), actor(request), interview_id=interview_id, participant_id=participant_id
        )
    node = request.app[MEDIA]
    node.admit(interview_id, participant_id)
    node.tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def open_before_hour(request: web.Request) -> web.Response:
    """Take the host's word that it is to be opened long before the planned start that they were shown."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    try:
        starts_at = datetime.fromisoformat(form.value("starts_at"))
    except ValueError:
        raise web.HTTPBadRequest from None
    if starts_at.tzinfo is None:
        raise web.HTTPBadRequest
    async with transaction(request) as session:
        await open_early(
            session, clock(request), actor(request), interview_id=interview_id, starts_at=starts_at
        )
    return done_in_room(request)


@in_words
async def begin(request: web.Request) -> web.Response:
    """Begin an interview that no line carries, with those who are there."""
    interview_id, form = request.match_info["interview_id"], await read_form(request)
    present = frozenset(form.values("present"))
    async with transaction(request) as session:
        await begin_off_line(
            session, clock(request), actor(request), interview_id=interview_id, present=present
        )
    return see_other(request, "interview", interview_id=interview_id)


@in_words
async def give(request: web.Request) -> web.Response:
    """Note that the notice was read, and what the person answered; a no ends a running recording.

    Where the post's country accepts no recording nobody is asked.
    """
    interview_id, view = request.match_info["interview_id"], await view_of(request)
    _ = language(request).gettext
    form = await read_form(request)
    spoken = form.text(
        "language", missing=_("Choose the language in which the notice was read"), most_chars=8
    )
    answer = form.value("consent")
    if view.accepts_recording and answer not in {"yes", "no"}:
        form.fault("consent", _("Choose whether the person agrees to be recorded"))
    if not form.is_valid:
        return faulty(request, form)
    by, now = actor(request), clock(request)
    agrees, number = answer == "yes", form.value(f"text-{spoken}")
    async with transaction(request) as session:
        version, sha256 = await record_of(
            session,
            spoken,
            int(number) if number.isascii() and number.isdigit() else None,
            is_recorded=view.accepts_recording,
        )
        await give_notice(
            session,
            now,
            by,
            interview_id=interview_id,
            language=spoken,
            text_version=version,
            text_sha256=sha256,
        )
        if view.accepts_recording:
            await record_consent(session, now, by, interview_id=interview_id, agrees=agrees)
        stopped = None if agrees else await finish_recording(session, now, interview_id, reason="no_consent")
    if stopped is not None:
        request.app[MEDIA].record(interview_id, Run.STOP, stopped.id)
    request.app[MEDIA].tell(interview_id, NOTICE_CHANGED)
    return done_in_room(request)


@in_words
async def record(request: web.Request) -> web.Response:
    """Start, pause, resume or stop the recording."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    run = form.choice("run", Run, missing=language(request).gettext("Choose what the recording is to do"))
    if run is None:
        return faulty(request, form)
    async with transaction(request) as session:
        recording = await capture(session, clock(request), actor(request), interview_id, run=run)
    request.app[MEDIA].record(interview_id, run, recording.id)
    return done_in_room(request)


@in_words
async def end(request: web.Request) -> web.Response:
    """End the interview for everybody; the officer goes on to the outcome, the host to its page."""
    interview_id = request.match_info["interview_id"]
    form = await read_form(request)
    ending = form.choice("ending", Ending, missing=language(request).gettext("Choose how the interview ends"))
    if ending is None:
        return faulty(request, form)
    by, unread = actor(request), form.value("unread")
    try:
        async with transaction(request) as session:
            await end_interview(
                session,
                clock(request),
                by,
                interview_id=interview_id,
                ending=ending,
                unread=ReadBackResult(unread) if unread in REASONS else None,
            )
    except NotReadBack:
        if wants_json(request):
            raise
        return say(request, see_other(request, "interview", interview_id=interview_id), Done.NOT_READ_BACK)
    request.app[MEDIA].close(interview_id, "closed")
    target = "outcome" if by.role is Role.CONSULAR_OFFICER else "interview"
    if wants_json(request):
        return answer_json({"next": url_for(request, target, interview_id=interview_id)})
    return see_other(request, target, interview_id=interview_id)


async def _beside_the_picture(request: web.Request, view: RoomView) -> dict[str, Any]:
    """Give the officer what was released of the person, and what is usually asked."""
    if view.seat.role is not ParticipantRole.CONSULAR_OFFICER:
        return {}
    async with transaction(request) as session:
        page = await interview_page(session, actor(request), view.interview_id, clock(request)())
        if page is not None and page.person:
            await record_view(
                session, clock(request), actor(request), "interview", view.interview_id, detail="room"
            )
    return {"person": person_pairs(request, page.person), "questions": page.questions} if page else {}


async def view_of(request: web.Request) -> RoomView:
    """Read what the room shows of the interview of this address; for who has no seat it does not exist."""
    async with reading(request) as session:
        return await room_view(
            session,
            actor(request),
            request.match_info["interview_id"],
            now=clock(request)(),
            locale=language(request).locale,
        )


def done_in_room(request: web.Request) -> web.Response:
    """Give the answer to an act in the room that worked."""
    if wants_json(request):
        return answer_json()
    return see_other(request, "room", interview_id=request.match_info["interview_id"])
