"""The one table of routes: method, path, name, handler, and the permission that it asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from itertools import groupby

from aiohttp import web

from server import guest_logins
from server.cookies import LOGIN_COOKIE, read_cookie
from server.exchange import login_of, url_for, wants_json
from server.handlers import (
    account,
    affected,
    asked,
    asking,
    attendance,
    attending,
    before,
    bookings,
    case_details,
    cases,
    check,
    days,
    demo,
    desk,
    draft,
    evidence,
    exports,
    feeds,
    guest,
    guest_access,
    health,
    host,
    hours,
    identity,
    interviews,
    language,
    line,
    mails,
    messages,
    minutes,
    notices,
    other_slot,
    outcome,
    pause,
    places,
    profiles,
    requests,
    room,
    sealed,
    stills,
    trouble,
)
from server.permissions import Permission, allows

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row. Rows of one path share its name and stand together."""

    method: str
    path: str
    name: str
    handler: Handler
    permission: Permission


ROUTES: tuple[Route, ...] = (
    Route("GET", "/", "desk", desk.show_desk, Permission.PUBLIC),
    Route("GET", "/demo", "demo", demo.show_welcome, Permission.PUBLIC),
    Route("GET", "/demo/enter/{token}", "demo_enter", demo.enter, Permission.PUBLIC),
    Route("GET", "/healthz", "health", health.show_health, Permission.PUBLIC),
    Route("GET", "/readyz", "readiness", health.show_readiness, Permission.PUBLIC),
    Route("GET", "/metrics", "metrics", health.show_metrics, Permission.PUBLIC),
    Route("GET", "/sign-in", "sign_in", identity.show_sign_in, Permission.PUBLIC),
    Route("POST", "/sign-in", "sign_in", identity.sign_in, Permission.PUBLIC),
    Route("GET", "/sign-in/code", "sign_in_code", identity.show_code, Permission.PUBLIC),
    Route("POST", "/sign-in/code", "sign_in_code", identity.enter_code, Permission.PUBLIC),
    Route("GET", "/guest", "guest", guest.show_door, Permission.PUBLIC),
    Route("POST", "/guest", "guest", guest.open_door, Permission.PUBLIC),
    Route("POST", "/sign-out", "sign_out", identity.sign_out, Permission.PUBLIC),
    Route("POST", "/language", "language", language.choose_language, Permission.PUBLIC),
    Route("GET", "/account", "account", account.show_account, Permission.SIGNED_IN),
    Route("POST", "/account/password", "account_password", account.change_password, Permission.SIGNED_IN),
    Route("POST", "/account/code", "account_code", account.confirm_code, Permission.SIGNED_IN),
    Route("POST", "/account/code/drop", "account_code_drop", account.drop_code, Permission.SIGNED_IN),
    Route("POST", "/account/logins", "account_logins", account.end_other_logins, Permission.SIGNED_IN),
    Route("POST", "/account/feed", "account_feed", feeds.make_feed, Permission.SIGNED_IN),
    Route("POST", "/account/feed/drop", "account_feed_drop", feeds.drop_feed, Permission.SIGNED_IN),
    Route("GET", "/feed/{secret}.ics", "feed", feeds.give_feed, Permission.PUBLIC),
    Route("GET", "/mails", "mails", mails.show_mails, Permission.SEE_MAILS),
    Route("POST", "/mails/{mail_id}/again", "mail_again", mails.try_again, Permission.SEE_MAILS),
    Route("POST", "/mails/{mail_id}/give-up", "mail_give_up", mails.give_up, Permission.SEE_MAILS),
    Route("GET", "/cases", "cases", cases.show_cases, Permission.READ_CASES),
    Route("GET", "/cases.csv", "cases_csv", exports.export_cases, Permission.READ_CASES),
    Route("GET", "/cases/new", "new_case", cases.show_new_case, Permission.OPEN_CASES),
    Route("POST", "/cases/new", "new_case", cases.open_new_case, Permission.OPEN_CASES),
    Route(
        "GET", "/cases/{case_id}/details", "case_details", case_details.show_details, Permission.OPEN_CASES
    ),
    Route(
        "POST", "/cases/{case_id}/details", "case_details", case_details.save_details, Permission.OPEN_CASES
    ),
    Route("POST", "/cases/{case_id}/reopen", "reopen", case_details.reopen, Permission.OPEN_CASES),
    Route("GET", "/cases/{case_id}", "case", cases.show_case, Permission.READ_CASES),
    Route(
        "POST", "/cases/{case_id}/suitability", "suitability", cases.answer_suitability, Permission.OPEN_CASES
    ),
    Route(
        "POST",
        "/cases/{case_id}/presentation",
        "presentation",
        cases.answer_presentation,
        Permission.OPEN_CASES,
    ),
    Route("POST", "/cases/{case_id}/protection", "protection", cases.answer_protection, Permission.PROTECT),
    Route("POST", "/cases/{case_id}/leaving", "leaving", cases.answer_leaving, Permission.OPEN_CASES),
    Route("POST", "/cases/{case_id}/transfer", "transfer", cases.answer_transfer, Permission.OPEN_CASES),
    Route("GET", "/cases/{case_id}/transferred", "transferred", cases.show_transfer, Permission.OPEN_CASES),
    Route("GET", "/cases/{case_id}/request", "choose_post", requests.choose_post, Permission.REQUEST),
    Route("POST", "/cases/{case_id}/request", "choose_post", requests.choose_post, Permission.REQUEST),
    Route(
        "GET",
        "/cases/{case_id}/request/{post_id}/terms",
        "choose_terms",
        asking.choose_terms,
        Permission.REQUEST,
    ),
    Route(
        "POST",
        "/cases/{case_id}/request/{post_id}/terms",
        "choose_terms",
        asking.choose_terms,
        Permission.REQUEST,
    ),
    Route(
        "GET",
        "/cases/{case_id}/request/{post_id}",
        "choose_slot",
        asking.choose_slot,
        Permission.REQUEST,
    ),
    Route(
        "POST",
        "/cases/{case_id}/request/{post_id}",
        "choose_slot",
        asking.change_slots,
        Permission.REQUEST,
    ),
    Route(
        "GET",
        "/cases/{case_id}/request/{post_id}/participants",
        "choose_guests",
        asking.choose_guests,
        Permission.REQUEST,
    ),
    Route(
        "POST",
        "/cases/{case_id}/request/{post_id}/participants",
        "choose_guests",
        asking.choose_guests,
        Permission.REQUEST,
    ),
    Route(
        "GET",
        "/cases/{case_id}/request/{post_id}/check",
        "check_request",
        asking.check_request,
        Permission.REQUEST,
    ),
    Route(
        "POST",
        "/cases/{case_id}/request/{post_id}/check",
        "check_request",
        asking.send_request,
        Permission.REQUEST,
    ),
    Route("GET", "/requests", "requests", requests.show_requests, Permission.ANSWER),
    Route("GET", "/requests/{booking_id}", "asked", asked.show_asked, Permission.REQUEST),
    Route("GET", "/bookings/affected", "affected_bookings", affected.show_affected, Permission.READ_BOOKINGS),
    Route("GET", "/bookings/{booking_id}", "booking", bookings.show_booking, Permission.READ_BOOKINGS),
    Route(
        "GET", "/bookings/{booking_id}/calendar", "calendar", bookings.give_calendar, Permission.READ_BOOKINGS
    ),
    Route("POST", "/bookings/{booking_id}/confirm", "confirm", bookings.confirm_booking, Permission.ANSWER),
    Route(
        "POST", "/bookings/{booking_id}/guests", "booking_guests", bookings.say_who_attends, Permission.ANSWER
    ),
    Route("POST", "/bookings/{booking_id}/invite", "invite", attending.invite_guest, Permission.REQUEST),
    Route(
        "POST", "/bookings/{booking_id}/guest", "booking_guest", attending.change_guest, Permission.REQUEST
    ),
    Route("POST", "/bookings/{booking_id}/decline", "decline", bookings.decline_booking, Permission.ANSWER),
    Route("POST", "/bookings/{booking_id}/cancel", "cancel", bookings.cancel_booking, Permission.CANCEL),
    Route(
        "GET",
        "/bookings/{booking_id}/other-slot",
        "other_slot",
        other_slot.show_slots,
        Permission.CANCEL,
    ),
    Route(
        "POST",
        "/bookings/{booking_id}/other-slot",
        "other_slot",
        other_slot.take_slot,
        Permission.CANCEL,
    ),
    Route("POST", "/bookings/{booking_id}/proposal", "proposal", bookings.answer_proposal, Permission.CANCEL),
    Route("GET", "/requests.csv", "requests_csv", exports.export_requests, Permission.ANSWER),
    Route("GET", "/day", "day", days.show_day, Permission.READ_BOOKINGS),
    Route("GET", "/day.csv", "day_csv", exports.export_day, Permission.READ_BOOKINGS),
    Route("GET", "/week", "week", days.show_week, Permission.READ_BOOKINGS),
    Route("GET", "/week.csv", "week_csv", exports.export_week, Permission.READ_BOOKINGS),
    Route("GET", "/interviews.csv", "interviews_csv", exports.export_interviews, Permission.READ_BOOKINGS),
    Route("GET", "/interviews", "interviews", interviews.show_interviews, Permission.READ_BOOKINGS),
    Route(
        "GET", "/interviews/{interview_id}", "interview", interviews.show_interview, Permission.READ_BOOKINGS
    ),
    Route("GET", "/interviews/{interview_id}/outcome", "outcome", outcome.show_outcome, Permission.CONCLUDE),
    Route(
        "POST", "/interviews/{interview_id}/outcome", "outcome", outcome.conclude_outcome, Permission.CONCLUDE
    ),
    Route("GET", "/interviews/{interview_id}/draft", "draft", draft.show_draft, Permission.CONCLUDE),
    Route("POST", "/interviews/{interview_id}/draft", "draft", draft.save_draft, Permission.CONCLUDE),
    Route("GET", "/interviews/{interview_id}/sealed", "sealed", sealed.show_sealed, Permission.OPEN_SEALED),
    Route("GET", "/sealed/{file_id}", "sealed_file", sealed.download, Permission.OPEN_SEALED),
    Route("GET", "/sealed/{file_id}/tail", "sealed_tail", sealed.download_tail, Permission.OPEN_SEALED),
    Route("GET", "/check", "equipment", check.show_equipment, Permission.ATTEND),
    Route("POST", "/check", "equipment", check.keep_equipment, Permission.ATTEND),
    Route("GET", "/check/line", "probe", check.open_probe, Permission.ENTER),
    Route("GET", "/interviews/{interview_id}/before", "before", before.show_before, Permission.ATTEND),
    Route("GET", "/interviews/{interview_id}/check", "check", check.show_check, Permission.ENTER),
    Route("POST", "/interviews/{interview_id}/check", "check", check.pass_check, Permission.ENTER),
    Route("GET", "/interviews/{interview_id}/room", "room", room.show_room, Permission.ENTER),
    Route("GET", "/interviews/{interview_id}/line", "line", line.open_line, Permission.ENTER),
    Route("POST", "/interviews/{interview_id}/answer", "answer", guest.answer, Permission.ANSWER_AT_DOOR),
    Route("POST", "/interviews/{interview_id}/guest-link", "guest_link", guest_access.renew, Permission.HOST),
    Route(
        "POST",
        "/interviews/{interview_id}/guest-link/revoke",
        "guest_link_revoke",
        guest_access.revoke,
        Permission.HOST,
    ),
    Route(
        "POST", "/interviews/{interview_id}/guest-code", "guest_code", guest_access.give_code, Permission.HOST
    ),
    Route("POST", "/interviews/{interview_id}/admit", "admit", room.admit, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/early", "early", room.open_before_hour, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/begin", "begin", room.begin, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/remove", "remove", host.put_out, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/host", "host", host.hand_over, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/lock", "lock", host.turn_lock, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/consultation", "consultation", host.consult, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/pause", "pause", pause.ask, Permission.ENTER),
    Route(
        "POST", "/interviews/{interview_id}/pause/decline", "pause_decline", pause.decline, Permission.HOST
    ),
    Route("POST", "/interviews/{interview_id}/notice", "notice", room.give, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/recording", "recording", room.record, Permission.ATTEND),
    Route("GET", "/interviews/{interview_id}/minutes", "minutes", minutes.list_minutes, Permission.INTERVIEW),
    Route("POST", "/interviews/{interview_id}/minutes", "minutes", minutes.add_line, Permission.INTERVIEW),
    Route(
        "POST", "/interviews/{interview_id}/read-back", "read_back", minutes.read_back, Permission.INTERVIEW
    ),
    Route(
        "GET", "/interviews/{interview_id}/evidence", "evidence", evidence.list_evidence, Permission.INTERVIEW
    ),
    Route("POST", "/interviews/{interview_id}/evidence", "evidence", evidence.add_item, Permission.INTERVIEW),
    Route("GET", "/interviews/{interview_id}/messages", "messages", messages.list_messages, Permission.ENTER),
    Route("POST", "/interviews/{interview_id}/messages", "messages", messages.add_message, Permission.ENTER),
    Route("POST", "/interviews/{interview_id}/sharpness", "sharpness", stills.sharpen, Permission.INTERVIEW),
    Route("POST", "/interviews/{interview_id}/stills", "stills", stills.ask, Permission.INTERVIEW),
    Route("GET", "/interviews/{interview_id}/stills/{still_id}", "still", stills.show, Permission.INTERVIEW),
    Route("POST", "/interviews/{interview_id}/stills/{still_id}", "still", stills.bring, Permission.ENTER),
    Route(
        "POST",
        "/interviews/{interview_id}/stills/{still_id}/drop",
        "still_drop",
        stills.drop,
        Permission.INTERVIEW,
    ),
    Route("POST", "/interviews/{interview_id}/trouble", "trouble", trouble.report, Permission.ENTER),
    Route("POST", "/interviews/{interview_id}/telephone", "telephone", trouble.turn, Permission.HOST),
    Route("POST", "/interviews/{interview_id}/end", "end", room.end, Permission.ATTEND),
    Route("POST", "/interviews/{interview_id}/attendance", "attendance", attendance.correct, Permission.HOST),
    Route("GET", "/places", "places", places.show_places, Permission.EDIT_HOURS),
    Route("GET", "/places/new/{kind}", "new_place", places.show_new, Permission.EDIT_PLACES),
    Route("POST", "/places/new/{kind}", "new_place", places.save_new, Permission.EDIT_PLACES),
    Route("GET", "/places/{place_id}", "place", places.show_place, Permission.EDIT_HOURS),
    Route("POST", "/places/{place_id}", "place", places.save_place, Permission.EDIT_HOURS),
    Route("GET", "/places/{centre_id}/rooms/new", "new_room", places.show_new, Permission.EDIT_HOURS),
    Route("POST", "/places/{centre_id}/rooms/new", "new_room", places.save_new, Permission.EDIT_HOURS),
    Route("GET", "/profiles", "profiles", profiles.find_profile, Permission.EDIT_PLACES),
    Route(
        "GET", "/profiles/{country}/{member_state}", "profile", profiles.show_profile, Permission.EDIT_PLACES
    ),
    Route(
        "POST", "/profiles/{country}/{member_state}", "profile", profiles.save_profile, Permission.EDIT_PLACES
    ),
    Route("GET", "/notices", "notice_texts", notices.find_notice, Permission.EDIT_PLACES),
    Route("GET", "/notices/{language}", "notice_text", notices.show_notice, Permission.EDIT_PLACES),
    Route("POST", "/notices/{language}", "notice_text", notices.save_notice, Permission.EDIT_PLACES),
    Route("GET", "/places/{place_id}/hours", "hours", hours.show_hours, Permission.EDIT_HOURS),
    Route("POST", "/places/{place_id}/hours", "hours", hours.save_hours, Permission.EDIT_HOURS),
    Route("POST", "/places/{place_id}/busy", "busy", hours.import_busy, Permission.EDIT_HOURS),
    Route(
        "POST",
        "/places/{place_id}/hours/preview",
        "hours_preview",
        hours.preview_hours,
        Permission.EDIT_HOURS,
    ),
)

# What somebody with a one-time password may reach before they have chosen their own.
_BEFORE_OWN_PASSWORD = frozenset({"account", "account_password", "sign_out", "language"})


def add_routes(app: web.Application, routes: tuple[Route, ...]) -> None:
    """Give the application every row, each behind its permission."""
    for path, rows in groupby(routes, key=lambda row: row.path):
        same_path = list(rows)
        resource = app.router.add_resource(path, name=same_path[0].name)
        for row in same_path:
            resource.add_route(row.method, guarded(row))


def guarded(route: Route) -> Handler:
    """Put the handler behind its permission: nobody is sent to sign in, the wrong role finds nothing."""

    @wraps(route.handler)
    async def guard(request: web.Request) -> web.StreamResponse:
        if "\0" in request.path:  # no text that we keep holds it
            raise web.HTTPNotFound
        login = login_of(request)
        is_complete = login is not None and login.is_complete
        role = login.actor.role if login and is_complete else None
        if not allows(role, route.permission):
            raise web.HTTPNotFound if role is not None else _sign_in_first(request)
        if login and role and login.must_change_password and route.name not in _BEFORE_OWN_PASSWORD:
            raise web.HTTPSeeOther(url_for(request, "account"))
        return await route.handler(request)

    return guard


def _sign_in_first(request: web.Request) -> web.HTTPException:
    if wants_json(request) or request.method != "GET":
        return web.HTTPUnauthorized()
    if guest_logins.is_guests(read_cookie(request, LOGIN_COOKIE)):
        return web.HTTPSeeOther(url_for(request, "guest"))
    return web.HTTPSeeOther(request.app.router["sign_in"].url_for().with_query(next=request.path_qs))
