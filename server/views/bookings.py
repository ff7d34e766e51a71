"""What the pages about bookings show, to either side: lists of requests, one booking with its history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Role
from scheduling.booking import CENTRE_REASONS, POST_REASONS, CancelReason, DeclineReason, Status
from scheduling.case import DisclosedField
from scheduling.deadline import Deadline
from scheduling.queries import (
    AnsweredFilter,
    BookingPage,
    BookingRow,
    RequestRow,
)
from server.exchange import actor, clock, language, url_for
from server.i18n import mark
from server.pages import moments
from server.views.answers import answer_facts
from server.views.history import history_lines
from server.views.lists import asked_choice
from server.views.other_slots import may_have_another
from server.views.places import language_name

_SIDES = {Role.CENTRE_STAFF: "centre", Role.CONSULAR_OFFICER: "post", Role.SUPERVISOR: "supervisor"}
_LABELS = {
    DisclosedField.FAMILY_NAME: mark("Family name"),
    DisclosedField.GIVEN_NAMES: mark("Given names"),
    DisclosedField.BORN_ON: mark("Date of birth"),
    DisclosedField.BIRTH_PLACE: mark("Place of birth"),
    DisclosedField.SEX: mark("Sex"),
    DisclosedField.LANGUAGES: mark("Languages"),
    DisclosedField.DOCUMENTS: mark("Documents held"),
}
_SEX = {"F": mark("Woman"), "M": mark("Man"), "X": mark("Other")}


def booking_line(request: web.Request, row: BookingRow) -> dict[str, Any]:
    """One booking in a list."""
    return {
        "href": url_for(request, "booking", booking_id=row.booking_id),
        "reference": row.reference,
        "centre": row.centre_name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "centre_zone": row.centre_zone,
        "modality": row.modality,
        "status": row.status,
        "answer_by_on": None,
        "answer_by_at": None,
        "late_days": 0,
        "instead_of": None,
    }


def request_lines(request: web.Request, rows: Sequence[RequestRow]) -> list[dict[str, Any]]:
    """Requests that wait for their answer."""
    return [
        {
            **booking_line(request, row.booking),
            **_answer_by(request, row.deadline, row.expires_at),
            "late_days": row.deadline.days_late if row.deadline and not row.proposed_at else 0,
            "status": "offered" if row.proposed_at else row.booking.status,
        }
        for row in rows
    ]


def _answer_by(request: web.Request, deadline: Deadline | None, expires_at: datetime) -> dict[str, Any]:
    """Give the last day for an answer: that of the profile, or the day and hour at which the request ends."""
    ends_on = moments(request).local(expires_at).date()
    if deadline and deadline.on < ends_on:
        return {"answer_by_on": deadline.on, "answer_by_at": None}
    return {"answer_by_on": ends_on, "answer_by_at": expires_at}


def asked_answers(request: web.Request) -> AnsweredFilter:
    """Give the narrowing that the address names."""
    reference = request.query.get("reference", "").strip()
    return AnsweredFilter(status=asked_choice(request, "status", Status), reference=reference)


def awaited_lines(request: web.Request, rows: Sequence[RequestRow]) -> list[dict[str, Any]]:
    """Answers that a centre or a supervisor waits for; the centre's, once the post proposes another slot."""
    _ = language(request).gettext
    asked, proposed = _("Slot requested"), _("Another slot proposed")
    return [
        {
            "who": row.booking.centre_name if row.proposed_at else row.booking.post_name,
            "what": proposed if row.proposed_at else asked,
            "reference": row.booking.reference,
            "since_at": row.proposed_at or row.sent_at,
            "late_days": row.deadline.days_late if row.deadline and not row.proposed_at else 0,
            "href": url_for(request, "booking", booking_id=row.booking.booking_id),
        }
        for row in rows
    ]


async def booking_facts(request: web.Request, session: AsyncConnection, page: BookingPage) -> dict[str, Any]:
    """Gather what templates/booking/show.html asks for."""
    row, side = page.booking, _SIDES[actor(request).role]
    answers = {"booking_id": row.booking_id}
    may_withdraw = page.may_cancel and not page.may_answer
    ends_on = moments(request).local(page.expires_at).date()
    return {
        "booking": _Booking(page),
        "reference": row.reference,
        "side": side,
        "centre": row.centre_name,
        "room": row.room_name,
        "post": row.post_name,
        "centre_zone": row.centre_zone,
        "post_zone": row.post_zone,
        "route": int(page.route),
        "person": person_pairs(request, {name: page.person.get(name) for name in page.disclosed}),
        "case_href": url_for(request, "case", case_id=page.case_id) if page.case_id else "",
        "interview_href": _interview_href(request, row),
        "interpreted": language_name(page.interpreter_language, language(request))
        if page.interpreter_language
        else "",
        "interpreter": page.interpreter,
        "calendar_href": url_for(request, "calendar", **answers) if row.status is Status.CONFIRMED else "",
        "history": await history_lines(request, session, row, side),
        "answer_by_on": page.deadline.on
        if row.status is Status.REQUESTED and page.deadline and page.deadline.on < ends_on
        else None,
        "confirm_action": url_for(request, "confirm", **answers) if page.may_answer else "",
        "decline_action": url_for(request, "decline", **answers) if page.may_answer else "",
        "cancel_action": url_for(request, "cancel", **answers) if may_withdraw else "",
        "other_slot_href": url_for(request, "other_slot", **answers)
        if may_have_another(page, side, clock(request)())
        else "",
        "decline_reasons": list(DeclineReason),
        "cancel_reasons": _cancel_reasons(side),
        **await answer_facts(request, session, page, side),
    }


class _Booking:
    """The booking with the words that the template asks of it."""

    def __init__(self, page: BookingPage) -> None:
        row = page.booking
        self.starts_at, self.ends_at = row.starts_at, row.ends_at
        self.status, self.modality = row.status, row.modality
        self.reason, self.remark = page.reason, page.remark


def _interview_href(request: web.Request, row: BookingRow) -> str:
    return url_for(request, "interview", interview_id=row.interview_id) if row.interview_id else ""


def _cancel_reasons(side: str) -> list[CancelReason]:
    allowed = POST_REASONS if side == "post" else CENTRE_REASONS
    return [reason for reason in CancelReason if reason in allowed]


def person_pairs(request: web.Request, person: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write what may be read of the person as label and words, in the order of the form."""
    gettext = language(request).gettext
    written = [(_LABELS[each], _written(request, each, person.get(each))) for each in DisclosedField]
    return [(gettext(label), words) for label, words in written if words]


def _written(request: web.Request, name: DisclosedField, value: Any) -> str:
    reader = language(request)
    if not value:
        return ""
    if name is DisclosedField.BORN_ON:
        return moments(request).date(value)
    if name is DisclosedField.LANGUAGES:
        return ", ".join(language_name(code, reader) for code in value)
    if name is DisclosedField.SEX:
        return reader.gettext(_SEX[value])
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)
