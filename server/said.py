"""What a form did, said once on top of the next page: a code and its figures, in a cookie taken back."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from aiohttp import web

from server.cookies import SAID_COOKIE, drop_cookie, read_cookie, set_cookie
from server.exchange import actor, language, url_for
from server.i18n import mark
from server.permissions import Permission, allows

_LASTING = timedelta(minutes=1)
_WRITTEN = re.compile(r"([a-z_]+)((?:\.[0-9]{1,6})*)")


class Done(StrEnum):
    """What was done."""

    CASE_OPENED = "case_opened"
    CASE_CHANGED = "case_changed"
    CASE_REOPENED = "case_reopened"
    ASSESSED = "assessed"
    PREPARED = "prepared"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    CASE_CLOSED = "case_closed"
    CONFIRMED = "confirmed"
    GUESTS_DECIDED = "guests_decided"
    GUEST_INVITED = "guest_invited"
    GUEST_ASKED = "guest_asked"
    GUEST_TAKEN_OFF = "guest_taken_off"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    PROPOSED = "proposed"
    MOVED = "moved"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    PLACE_ADDED = "place_added"
    POST_SAVED = "post_saved"
    CENTRE_SAVED = "centre_saved"
    ROOM_SAVED = "room_saved"
    INTERPRETER_SAVED = "interpreter_saved"
    AUTHORITY_SAVED = "authority_saved"
    PROFILE_SAVED = "profile_saved"
    NOTICE_SAVED = "notice_saved"
    HOURS_SAVED = "hours_saved"
    BUSY_IMPORTED = "busy_imported"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a code, not a secret
    CODE_ASKED = "code_asked"
    CODE_DROPPED = "code_dropped"
    LOGINS_ENDED = "logins_ended"
    FEED_ENDED = "feed_ended"
    MAIL_RETRIED = "mail_retried"
    MAIL_GIVEN_UP = "mail_given_up"
    SIGNED = "signed"
    LINK_SENT = "link_sent"
    LINK_REVOKED = "link_revoked"
    GUARDIAN_STAYS = "guardian_stays"
    ATTENDANCE_CORRECTED = "attendance_corrected"
    ATTENDANCE_STANDS = "attendance_stands"
    NOT_READ_BACK = "not_read_back"


_WORDS = {
    Done.CASE_OPENED: mark("The case is open."),
    Done.CASE_CHANGED: mark("The details are saved."),
    Done.CASE_REOPENED: mark("The case is open again; what was given up stays given up."),
    Done.ASSESSED: mark("Your answer about video is recorded."),
    Done.PREPARED: mark("What is ready for the post is recorded."),
    Done.SUSPENDED: mark("Sending is suspended, and what was planned has been given up."),
    Done.LIFTED: mark("The claim is closed: requests can be sent again."),
    Done.CASE_CLOSED: mark("The case is closed, and what was planned has been given up."),
    Done.CONFIRMED: mark("The interview is confirmed; everybody who takes part is told."),
    Done.GUESTS_DECIDED: mark("Who attends is settled; everybody who takes part is told."),
    Done.GUEST_INVITED: mark("The guest is invited; everybody who takes part is told."),
    Done.GUEST_ASKED: mark("The post is asked; the guest is invited once it agrees."),
    Done.GUEST_TAKEN_OFF: mark("The guest does not attend any more; whoever was told is told."),
    Done.DECLINED: mark("The request is declined; the centre is told."),
    Done.WITHDRAWN: mark("The request is withdrawn; the post is told."),
    Done.CANCELLED: mark("The interview is cancelled; everybody who takes part is told."),
    Done.PROPOSED: mark("The slot is proposed; the other side has to answer."),
    Done.MOVED: mark("The interview has moved; everybody who takes part is told."),
    Done.ACCEPTED: mark("The proposed slot is accepted; everybody who takes part is told."),
    Done.REFUSED: mark("The proposed slot is refused; the other side is told."),
    Done.TAKEN_BACK: mark("Your proposal is taken back; the other side is told."),
    Done.PLACE_ADDED: mark("Added. Now give the hours: until then nothing can be booked."),
    Done.POST_SAVED: mark("The post is saved."),
    Done.CENTRE_SAVED: mark("The centre is saved."),
    Done.ROOM_SAVED: mark("The room is saved."),
    Done.INTERPRETER_SAVED: mark("The interpreter is saved."),
    Done.AUTHORITY_SAVED: mark("The authority is saved."),
    Done.PROFILE_SAVED: mark("The country profile is saved."),
    Done.NOTICE_SAVED: mark("The notice counts from now on."),
    Done.HOURS_SAVED: mark("Saved. New slots follow these hours at once."),
    Done.PASSWORD_CHANGED: mark("Your password is changed; you are signed out everywhere else."),
    Done.CODE_ASKED: mark("From now on a code is asked for when you sign in."),
    Done.CODE_DROPPED: mark("No code is asked for any more when you sign in."),
    Done.LOGINS_ENDED: mark("You are signed out everywhere else."),
    Done.FEED_ENDED: mark("The calendar address works no more."),
    Done.MAIL_RETRIED: mark("The mail is tried again at once."),
    Done.MAIL_GIVEN_UP: mark("The mail is put away."),
    Done.SIGNED: mark("Your conclusion is signed."),
    Done.LINK_SENT: mark("A new link goes to the guest; tell them a new code by telephone."),
    Done.GUARDIAN_STAYS: mark("A minor is not heard without the guardian. End the interview instead."),
    Done.ATTENDANCE_CORRECTED: mark("The attendance is corrected; what the line told stays beside it."),
    Done.ATTENDANCE_STANDS: mark("The outcome is signed: the attendance stands as it is sealed."),
    Done.NOT_READ_BACK: mark(
        "The interview goes on: read the minutes back to the person, or say why they are not."
    ),
    Done.LINK_REVOKED: mark("The guest’s link opens nothing any more."),  # noqa: RUF001 - typography
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line as a page shows it; with `href`, where to look next."""

    title: str
    text: str = ""
    href: str = ""
    link: str = ""

    @property
    def is_calm(self) -> bool:
        """Whether nothing is left to look after."""
        return not self.text


def say(request: web.Request, response: web.Response, what: Done, *figures: int) -> web.Response:
    """Let the page to which this answer leads say what was done."""
    text = ".".join((what, *map(str, figures)))
    set_cookie(request, response, SAID_COOKIE, text, _LASTING)
    return response


def take_line(request: web.Request, response: web.StreamResponse) -> None:
    """Take the line back with the answer that shows it."""
    if read_cookie(request, SAID_COOKIE):
        drop_cookie(request, response, SAID_COOKIE)


def line_for(request: web.Request) -> Line | None:
    """Give the line that this page shows, if a form has just been sent."""
    found = _WRITTEN.fullmatch(read_cookie(request, SAID_COOKIE))
    if found is None or found[1] not in set(Done):
        return None
    what, figures = Done(found[1]), tuple(map(int, found[2].split(".")[1:]))
    if what is Done.BUSY_IMPORTED:
        return _imported(request, *figures) if len(figures) == len(("imported", "unread", "hit")) else None
    if any(figures):
        return _hit(request, figures[0])
    return Line(title=language(request).gettext(_WORDS[what]))


def _hit(request: web.Request, n: int) -> Line:
    reader = language(request)
    return Line(
        title=reader.ngettext(
            "Saved. %(n)s interview cannot be held as planned any more.",
            "Saved. %(n)s interviews cannot be held as planned any more.",
            n,
        ),
        **_way_to_them(request),
    )


def _way_to_them(request: web.Request) -> dict[str, str]:
    reader = language(request)
    if not allows(actor(request).role, Permission.READ_BOOKINGS):
        text = reader.gettext(
            "They stay as they are: the centres and posts concerned find them on their first page, "
            "and move or cancel them."
        )
        return {"text": text}
    return {
        "text": reader.gettext("They stay as they are until you move or cancel them."),
        "href": url_for(request, "affected_bookings"),
        "link": reader.gettext("See the interviews concerned"),
    }


def _imported(request: web.Request, n: int, unread: int, hit: int) -> Line:
    reader = language(request)
    words = []
    if unread:
        words.append(
            reader.ngettext("%(n)s event could not be read.", "%(n)s events could not be read.", unread)
        )
    way = _way_to_them(request) if hit else {"text": ""}
    if hit:
        words.append(reader.ngettext("%(n)s interview lies in them.", "%(n)s interviews lie in them.", hit))
    title = reader.ngettext("%(n)s busy time was imported.", "%(n)s busy times were imported.", n)
    return Line(title=title, **{**way, "text": " ".join([*words, way["text"]]).strip()})
