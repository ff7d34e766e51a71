"""A centre asks a post for an interview, with up to three ranked slots that it holds from this moment on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Modality, Status, calendar_uid
from scheduling.case import DisclosedField
from scheduling.claims import AlreadyHeld, hold
from scheduling.clock import Clock
from scheduling.confirm import settle
from scheduling.deadline import arrange_by, chase_at, expires_at
from scheduling.errors import FieldRefused, NotForYou, WishesOverlap
from scheduling.guest import MOST_GUESTS, Guest, Invited, agreed_beforehand
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.place import Search, Sides, check_may_ask, place, sides_of, taken
from scheduling.request_sent import Request
from scheduling.trail import record_act, remember, tell
from scheduling.wish import MOST_WISHES, Wish, overlapping


@dataclass(frozen=True, slots=True)
class Requested:
    """A request on its way, and the booking that holds its slots."""

    request: Request
    booking: Booking
    guests: tuple[Guest, ...] = ()


async def request_interview(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    case_id: str,
    post_id: str,
    slots: Sequence[tuple[str, datetime]],
    modality: Modality = Modality.VIDEO,
    disclosed: Iterable[DisclosedField],
    interpreter_language: str | None = None,
    invited: Sequence[Invited] = (),
) -> Requested:
    """Ask a post for an interview in one of some slots (room and start, the dearest first); hold them all.

    Raises the refusal that applies; one about a slot carries the nearest alternatives.
    """
    released = frozenset(disclosed)

    async def look(sides: Sides) -> tuple[Search, list[Wish]]:
        if not actor.hosts_at(sides.case.centre_id):
            raise NotForYou("case", case_id)
        check_may_ask(sides, modality)
        _check_form(sides, released, slots)
        _check_guests(sides, invited, interpreted=interpreter_language is not None)
        search = Search(sides, clock(), interpreter_language)
        wishes = [await place(session, search, room_id, starts_at) for room_id, starts_at in slots]
        if overlapping(wishes):
            raise WishesOverlap(case_id)
        return search, wishes

    seen = await sides_of(session, case_id, post_id, locked=False)
    search, wishes = await look(seen)  # who loses here has kept nobody else from the post
    sides = await sides_of(session, case_id, post_id)
    if sides != seen or sides.post.daily_quota is not None:  # a quota has no row that says no
        search, wishes = await look(sides)
    request = _request(search, modality, released, actor, wishes)
    booking = _booking(request, wishes[0])
    guests = tuple(_guest(booking, each, sides) for each in invited)
    await _write(session, search, _Asked(request, booking, wishes, guests))
    now = search.now
    await remember(session, "booking:requested", booking, by=actor, at=now)
    await record_act(session, clock, actor, "request", noun="case", noun_id=case_id, detail=f"post={post_id}")
    await tell(session, "booking:requested", {"booking_id": booking.id, "request_id": request.id}, at=now)
    if sides.auto_confirms:
        booking = (await settle(session, clock, None, booking, wishes[0])).booking
    return Requested(request, booking, guests)


def _check_form(
    sides: Sides, released: frozenset[DisclosedField], slots: Sequence[tuple[str, datetime]]
) -> None:
    if not released:
        raise FieldRefused("disclosed", "needed")
    if not slots:
        raise FieldRefused("slot", "needed")
    if len(slots) > (1 if sides.auto_confirms else MOST_WISHES):
        raise FieldRefused("slot", "too_many")


def _check_guests(sides: Sides, invited: Sequence[Invited], *, interpreted: bool) -> None:
    names_guardian = any(each.role is ParticipantRole.GUARDIAN for each in invited)
    by_case = sides.case.is_minor and not names_guardian
    if by_case and not sides.case.guardian_name:
        raise FieldRefused("guardian", "needed")
    if len(invited) + interpreted + by_case > MOST_GUESTS:
        raise FieldRefused("invited", "too_many")


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    booking: Booking
    wishes: Sequence[Wish]
    guests: Sequence[Guest]


async def _write(session: AsyncConnection, search: Search, asked: _Asked) -> None:
    request, booking = asked.request, asked.booking
    await store.add(session, tables.requests, request)
    await store.add(session, tables.bookings, booking)
    try:
        await hold(session, booking, asked.wishes, seats=search.sides.post.seats)
    except AlreadyHeld as lost:
        await session.execute(delete(tables.bookings).where(tables.bookings.c.id == booking.id))
        await session.execute(delete(tables.requests).where(tables.requests.c.id == request.id))
        raise await taken(session, search, lost.wish) from None
    await store_wishes.add_wishes(session, booking.id, asked.wishes)
    await store_wishes.add_guests(session, asked.guests)


def _request(
    search: Search,
    modality: Modality,
    released: frozenset[DisclosedField],
    actor: Actor,
    wishes: Sequence[Wish],
) -> Request:
    sides, now = search.sides, search.now
    given_up_at = expires_at(now, max(wish.starts_at for wish in wishes))
    return Request(
        id=new_id(),
        case_id=sides.case.id,
        post_id=sides.post.id,
        route=sides.route,
        modality=modality,
        disclosed=released,
        sent_by=actor.account_id,
        sent_at=now,
        chase_at=chase_at(now, given_up_at),
        expires_at=given_up_at,
        arrange_by_on=arrange_by(now, sides.centre.zone, sides.profile.days_to_arrange),
        interpreter_language=search.interpreter_language,
    )


def _booking(request: Request, wish: Wish) -> Booking:
    booking_id = new_id()
    return Booking(
        id=booking_id,
        request_id=request.id,
        case_id=request.case_id,
        post_id=request.post_id,
        room_id=wish.room_id,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        interpreter_id=wish.interpreter_id,
        modality=request.modality,
        status=Status.REQUESTED,
        uid=calendar_uid(booking_id),
        requested_at=request.sent_at,
    )


def _guest(booking: Booking, invited: Invited, sides: Sides) -> Guest:
    return Guest(
        id=new_id(),
        booking_id=booking.id,
        role=invited.role,
        name=invited.name.strip(),
        email=invited.email.strip(),
        telephone=invited.telephone.strip(),
        language=invited.language,
        is_agreed=agreed_beforehand(invited.role, sides.profile.may_attend),
    )
