"""A centre asks a post for an interview in a slot that it holds from this moment on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import store, store_places, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Modality, Status, calendar_uid
from scheduling.case import Case, DisclosedField, Suitability
from scheduling.claims import AlreadyHeld, claim
from scheduling.clock import Clock
from scheduling.confirm import settle
from scheduling.deadline import arrange_by
from scheduling.errors import FieldRefused, NotAccredited, NotForYou, NotSuitable, SlotTaken, VideoDeclined
from scheduling.find_slots import offer_for
from scheduling.identifier import new_id
from scheduling.offer import Offer, window_around
from scheduling.post import Post, Route, route_between
from scheduling.profile import CountryProfile
from scheduling.protection import check_may_send
from scheduling.request_sent import Request
from scheduling.site import Centre
from scheduling.slot import Slot
from scheduling.store_places import load_centre, load_post, load_profile
from scheduling.trail import record_act, remember, tell

_NEARBY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Requested:
    """A request on its way, and the booking that holds its slot."""

    request: Request
    booking: Booking


@dataclass(frozen=True, slots=True)
class _Sides:
    case: Case
    centre: Centre
    post: Post
    route: Route
    profile: CountryProfile


async def request_interview(
    session: AsyncSession,
    clock: Clock,
    actor: Actor,
    *,
    case_id: str,
    post_id: str,
    room_id: str,
    starts_at: datetime,
    modality: Modality = Modality.VIDEO,
    disclosed: Iterable[DisclosedField],
) -> Requested:
    """Ask a post for an interview and hold room, post seat and person for it.

    Raises the refusal that applies; one about the slot carries the nearest alternatives.
    """
    sides = await _sides(session, actor, case_id, post_id, modality)
    released = frozenset(disclosed)
    if not released:
        raise FieldRefused("disclosed", "needed")
    now = clock()
    slot = Slot(room_id, starts_at, starts_at + sides.post.length)
    await _check_slot(session, sides, slot, now)
    request = _request(sides, modality, released, actor, now)
    booking = _booking(request, slot, now)
    try:
        async with session.begin_nested():
            await store.add(session, tables.requests, request)
            await store.add(session, tables.bookings, booking)
            await claim(session, booking, seats=sides.post.seats)
    except AlreadyHeld:
        offer = await _offer(session, sides, slot, now)
        raise SlotTaken(room_id, starts_at, alternatives=offer.nearest_to(starts_at)) from None
    await remember(session, "booking:requested", booking, by=actor, at=now)
    await record_act(session, clock, actor, "request", noun="case", noun_id=case_id, detail=f"post={post_id}")
    await tell(session, "booking:requested", {"booking_id": booking.id, "request_id": request.id}, at=now)
    if sides.post.auto_confirms:
        booking = (await settle(session, clock, None, booking, officer_id=None)).booking
    return Requested(request, booking)


async def _sides(
    session: AsyncSession, actor: Actor, case_id: str, post_id: str, modality: Modality
) -> _Sides:
    case = await store.load_case(session, case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("case", case_id)
    check_may_send(case)
    centre = await load_centre(session, case.centre_id)
    post = await load_post(session, post_id)
    route = route_between(centre.country, post)
    if route is None or post.country != case.country:
        raise NotAccredited(post_id, centre.id)
    profile = await load_profile(session, case.country, centre.country)
    if modality is Modality.VIDEO and not profile.accepts_video:
        raise VideoDeclined(case.country)
    if modality is Modality.VIDEO and case.suitability is not Suitability.SUITABLE:
        raise NotSuitable(case.id, case.suitability)
    return _Sides(case, centre, post, route, profile)


async def _check_slot(session: AsyncSession, sides: _Sides, slot: Slot, now: datetime) -> None:
    room = await store_places.load_room(session, slot.room_id)
    if room.centre_id != sides.centre.id:
        raise NotForYou("room", slot.room_id)
    offer = await _offer(session, sides, slot, now)
    refusal = offer.refusal_of(slot)
    if refusal is not None:
        refusal.alternatives = offer.nearest_to(slot.starts_at)
        raise refusal


async def _offer(session: AsyncSession, sides: _Sides, slot: Slot, now: datetime) -> Offer:
    window = window_around(slot.starts_at, days=_NEARBY_DAYS)
    return await offer_for(
        session, case=sides.case, centre=sides.centre, post=sides.post, window=window, now=now
    )


def _request(
    sides: _Sides, modality: Modality, released: frozenset[DisclosedField], actor: Actor, now: datetime
) -> Request:
    return Request(
        id=new_id(),
        case_id=sides.case.id,
        post_id=sides.post.id,
        route=sides.route,
        modality=modality,
        disclosed=released,
        sent_by=actor.account_id,
        sent_at=now,
        arrange_by_on=arrange_by(now, sides.centre.zone, sides.profile.days_to_arrange),
    )


def _booking(request: Request, slot: Slot, now: datetime) -> Booking:
    booking_id = new_id()
    return Booking(
        id=booking_id,
        request_id=request.id,
        case_id=request.case_id,
        post_id=request.post_id,
        room_id=slot.room_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        modality=request.modality,
        status=Status.REQUESTED,
        uid=calendar_uid(booking_id),
        requested_at=now,
    )
