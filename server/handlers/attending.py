"""Who attends an agreed interview, as its centre changes it: a guest more, one taken off, one again."""

from enum import StrEnum

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.change_guests import invite, invite_again
from scheduling.errors import FieldRefused
from scheduling.guest import Invited
from scheduling.participant import Participant, ParticipantRole
from server.app_keys import MEDIA
from server.exchange import actor, clock, language
from server.forms import Form, read_form
from server.guest_links import take_off_with_link
from server.handlers.asking import check_guest
from server.handlers.bookings import carry_out
from server.said import Done
from server.views.attending import MAY_BE_INVITED


class Change(StrEnum):
    """What the centre changes about one guest."""

    TAKE_OFF = "take_off"
    INVITE_AGAIN = "invite_again"


async def invite_guest(request: web.Request) -> web.Response:
    """Invite one guest more to an interview that is agreed; everybody concerned is told."""
    form = await read_form(request)
    check_guest(request, form, 1, is_needed=True)

    async def act(session: AsyncConnection) -> Done:
        guest = await invite(
            session,
            clock(request),
            actor(request),
            booking_id=request.match_info["booking_id"],
            invited=_invited(form, language(request).code),
        )
        return _told(is_agreed=guest.attends)

    return await carry_out(request, form, act, beside="attending")


async def change_guest(request: web.Request) -> web.Response:
    """Take a guest off, whose line is cut at once, or invite them again."""
    form = await read_form(request)
    change = form.choice("change", Change, missing=language(request).gettext("Choose one of the answers"))
    ids = {"booking_id": request.match_info["booking_id"], "guest_id": form.value("guest_id")}
    gone: Participant | None = None

    async def act(session: AsyncConnection) -> Done:
        nonlocal gone
        if change is Change.TAKE_OFF:
            gone = await take_off_with_link(session, clock(request), actor(request), **ids)
            return Done.GUEST_TAKEN_OFF
        guest = await invite_again(session, clock(request), actor(request), **ids)
        return _told(is_agreed=guest.attends)

    answer = await carry_out(request, form, act, beside="attending")
    if gone is not None:
        request.app[MEDIA].turn_away(gone.interview_id, gone.id)
    return answer


def _told(*, is_agreed: bool) -> Done:
    return Done.GUEST_INVITED if is_agreed else Done.GUEST_ASKED


def _invited(form: Form, spoken: str) -> Invited:
    role = form.value("role_1")
    if role not in {*MAY_BE_INVITED}:
        raise FieldRefused("role_1", "unknown")
    return Invited(
        role=ParticipantRole(role),
        name=form.value("name_1"),
        email=form.value("email_1"),
        telephone=form.value("telephone_1"),
        language=form.value("language_1") or spoken,
    )
