"""What the pages about cases show: the list by end of detention, one case, the posts that may be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.queries import OutcomeRow, latest_outcomes
from scheduling.actor import Actor, Role
from scheduling.availability import local_day
from scheduling.booking import Status
from scheduling.case import Case, Document, Suitability
from scheduling.next_step import NextStep
from scheduling.queries import (
    CaseBooking,
    CaseFilter,
    CasePage,
    CaseRow,
    PostRow,
    list_cases,
    posts_for_case,
    slots_for_case,
)
from server.exchange import actor, clock, language, url_for
from server.forms import Form
from server.i18n import mark
from server.views.lists import asked_choice, asked_page, list_frame, places, post_countries
from server.views.places import country_name, language_name
from server.views.transfers import other_centres

_STATES = {
    NextStep.NOTHING: "closed",
    NextStep.SUSPENDED: "suspended",
    NextStep.ASSESS: "to_request",
    NextStep.REQUEST: "to_request",
    NextStep.ANSWER: "to_answer",
    NextStep.AWAIT_ANSWER: "requested",
    NextStep.ANSWER_LATE: "requested",
    NextStep.INTERVIEW_PLANNED: "confirmed",
    NextStep.INTERVIEW_RUNNING: "in_progress",
    NextStep.AWAIT_OUTCOME: "outcome_awaited",
}
_MAY_BE_ASKED = {NextStep.REQUEST, NextStep.AWAIT_OUTCOME}  # an interview held may need another one
SLOT_SEARCH_DAYS = 28
_FILTERS = ("step", "country", "centre", "reference")
STEPS = {
    NextStep.ASSESS: mark("Say whether video suits the person"),
    NextStep.REQUEST: mark("Request a slot"),
    NextStep.ANSWER: mark("The centre has to answer"),
    NextStep.AWAIT_ANSWER: mark("The post has to answer"),
    NextStep.ANSWER_LATE: mark("The post is late with its answer"),
    NextStep.INTERVIEW_PLANNED: mark("Interview planned"),
    NextStep.INTERVIEW_RUNNING: mark("Interview under way"),
    NextStep.AWAIT_OUTCOME: mark("Interview held"),
    NextStep.SUSPENDED: mark("Sending suspended"),
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of a list of cases."""

    reference: str
    href: str
    place: str
    detention_ends_on: date
    meeting_at: datetime | None
    state: str
    outcome: str
    step_href: str


async def case_list(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/case/list.html asks for."""
    listing = await list_cases(
        session, actor(request), clock(request)(), asked_cases(request), asked_page(request)
    )
    sides = await places(request, session)
    reader = language(request)
    return {
        "cases": await case_lines(request, session, listing.rows),
        "steps": [(step.value, reader.gettext(words)) for step, words in STEPS.items()],
        "countries": [(code, country_name(code, reader)) for code in await post_countries(session)],
        "centres": sides["centres"],
        **list_frame(request, listing, _FILTERS),
    }


def asked_cases(request: web.Request) -> CaseFilter:
    """Give the narrowing that the address names."""
    asked = request.query
    return CaseFilter(
        step=asked_choice(request, "step", NextStep),
        country=asked.get("country", ""),
        centre_id=asked.get("centre", ""),
        reference=asked.get("reference", "").strip(),
    )


async def case_lines(
    request: web.Request, session: AsyncConnection, rows: Sequence[CaseRow]
) -> list[CaseLine]:
    """Cases as lists show them; a supervisor reads the centre where staff read the country."""
    booked = [row.booking.interview_id for row in rows if row.booking and row.booking.interview_id]
    found = await latest_outcomes(session, actor(request), booked)
    return [_line(request, row, found) for row in rows]


def _line(request: web.Request, row: CaseRow, found: dict[str, OutcomeRow]) -> CaseLine:
    outcome = _outcome(row, found)
    state = state_of(row, outcome)
    supervises = actor(request).role is Role.SUPERVISOR
    return CaseLine(
        reference=row.case.reference,
        href=url_for(request, "case", case_id=row.case.id),
        place=row.centre_name if supervises else country_name(row.case.country, language(request)),
        detention_ends_on=row.case.detention_ends_on,
        meeting_at=meeting_at(row),
        state=state,
        outcome=outcome,
        step_href=_step_href(request, row, state),
    )


def _outcome(row: CaseRow, found: dict[str, OutcomeRow]) -> str:
    interview_id = row.booking.interview_id if row.booking else None
    return found[interview_id].value if interview_id in found else ""


def state_of(row: CaseRow, outcome: str) -> str:
    """Say where a case stands, as one word of the pages."""
    state = _STATES[row.step]
    if state == "outcome_awaited" and outcome:
        return "concluded"
    if state == "to_request" and row.booking and row.booking.status is Status.DECLINED:
        return "declined"
    return state


def meeting_at(row: CaseRow) -> datetime | None:
    """When the planned interview begins, if there is one."""
    planned = row.booking and row.booking.status in {Status.REQUESTED, Status.CONFIRMED, Status.IN_PROGRESS}
    return row.booking.starts_at if row.booking and planned else None


def _step_href(request: web.Request, row: CaseRow, state: str) -> str:
    booking = row.booking
    if state in {"to_request", "declined"} and may_request(actor(request), row):
        return url_for(request, "choose_post", case_id=row.case.id)
    if (
        booking
        and booking.interview_id
        and state in {"confirmed", "in_progress", "outcome_awaited", "concluded"}
    ):
        return url_for(request, "interview", interview_id=booking.interview_id)
    if booking and state in {"requested", "to_answer"}:
        return url_for(request, "booking", booking_id=booking.booking_id)
    return url_for(request, "case", case_id=row.case.id)


def may_request(who: Actor, row: CaseRow) -> bool:
    """Whether this reader may ask a post about the case now; where video does not suit, in another way."""
    is_assessed = row.case.suitability is not Suitability.NOT_ASSESSED
    return who.hosts_at(row.case.centre_id) and is_assessed and row.step in _MAY_BE_ASKED


async def case_facts(request: web.Request, session: AsyncConnection, page: CasePage) -> dict[str, Any]:
    """Gather what templates/case/show.html asks for."""
    who, row = actor(request), page.row
    reader = language(request)
    held = [booking.interview_id for booking in page.bookings if booking.interview_id]
    found = await latest_outcomes(session, who, held)
    outcome = _outcome(row, found)
    hosts = who.hosts_at(row.case.centre_id)
    parts = {"case_id": row.case.id}
    cares = hosts and row.case.is_open
    return {
        "case": row.case,
        "centre": row.centre_name,
        "languages": ", ".join(language_name(code, reader) for code in row.case.languages),
        "state": state_of(row, outcome),
        "outcome": outcome,
        "meeting_at": meeting_at(row),
        "bookings": [_booking(request, booking, found) for booking in page.bookings],
        "request_href": url_for(request, "choose_post", **parts) if may_request(who, row) else "",
        "hindrances": hindrances(row),
        "suitability_action": url_for(request, "suitability", **parts) if cares else "",
        "presentation_action": url_for(request, "presentation", **parts) if cares else "",
        "prepared": Form({"presentation": row.case.presentation}),
        "presentation_set": [part.value for part in Document],
        "protection_action": url_for(request, "protection", **parts) if row.case.is_open else "",
        "leaving_action": url_for(request, "leaving", **parts) if cares else "",
        "transfer_action": url_for(request, "transfer", **parts) if cares else "",
        "details_href": url_for(request, "case_details", **parts) if cares else "",
        "reopen_action": url_for(request, "reopen", **parts) if hosts and not row.case.is_open else "",
        "beyond": [_booking(request, each, found) for each in page.bookings if _is_beyond(row, each)],
        "other_centres": await other_centres(session, row.case.centre_id) if cares else [],
    }


def _is_beyond(row: CaseRow, booking: CaseBooking) -> bool:
    """Tell whether a booking is planned for after the last day of detention, which was moved since."""
    is_planned = booking.status in {Status.REQUESTED, Status.CONFIRMED}
    last = local_day(row.case.detention_ends_on, row.centre_zone).ends_at
    return row.case.is_open and is_planned and booking.ends_at > last


def _booking(request: web.Request, booking: CaseBooking, found: dict[str, OutcomeRow]) -> dict[str, Any]:
    interview_id = booking.interview_id
    return {
        "href": url_for(request, "booking", booking_id=booking.booking_id),
        "interview_href": url_for(request, "interview", interview_id=interview_id) if interview_id else "",
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "post": booking.post_name,
        "modality": booking.modality,
        "status": "offered" if booking.awaits_centre else booking.status,
        "reason": booking.reason,
        "outcome": found[interview_id].value if interview_id in found else "",
        "back_on": found[interview_id].back_on if interview_id in found else None,
    }


def hindrances(row: CaseRow) -> list[str]:
    """What stands in the way of a request, as codes."""
    case = row.case
    return [
        code
        for code, holds in (
            ("closed", not case.is_open),
            ("suspended", case.is_open and case.protection_open),
            ("not_assessed", case.is_open and case.suitability is Suitability.NOT_ASSESSED),
            ("unsuitable", case.is_open and case.suitability is Suitability.UNSUITABLE),
        )
        if holds
    ]


async def post_cards(request: web.Request, session: AsyncConnection, case: Case) -> list[dict[str, Any]]:
    """The posts that may be asked, each with its profile and first free slot."""
    who, now = actor(request), clock(request)()
    rows = await posts_for_case(session, who, case.id)
    names = {row.post.id: row.post.name for row in rows}
    cards = []
    for row in rows:
        page = await slots_for_case(session, who, case.id, row.post.id, now, days=SLOT_SEARCH_DAYS)
        first = page.slots[0].starts_at if page and page.slots else None
        cards.append(_card(request, case, row, names, first))
    return cards


def _card(
    request: web.Request, case: Case, row: PostRow, names: dict[str, str], first_free_at: datetime | None
) -> dict[str, Any]:
    return {
        "href": url_for(request, "choose_terms", case_id=case.id, post_id=row.post.id),
        "name": row.post.name,
        "city": row.post.city,
        "country": row.post.country,
        "zone": row.post.zone,
        "route": int(row.route),
        "embassy": names.get(row.post.embassy_id or "", ""),
        "accepts_video": row.profile.accepts_video,
        "accepts_recording": row.profile.accepts_recording,
        "days_to_arrange": row.profile.days_to_arrange,
        "days_to_issue": row.profile.days_to_issue,
        "laissez_passer_days": row.profile.laissez_passer_days,
        "first_free_at": first_free_at,
        "missing": row.profile.missing_from(case.presentation),
    }
