"""Placing a booking: who is concerned, whether the post may be asked, and whether a slot can be had."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_places
from scheduling.booking import Modality
from scheduling.case import Case, Suitability
from scheduling.errors import NotAccredited, NotForYou, NotSuitable, SlotRefused, SlotTaken, VideoDeclined
from scheduling.find_slots import offer_for, widened
from scheduling.offer import ALTERNATIVES, Offer, window_around
from scheduling.post import Post, Route, route_between
from scheduling.profile import CountryProfile
from scheduling.protection import check_may_send
from scheduling.site import Centre
from scheduling.slot import Interval, Slot
from scheduling.wish import Wish

_NEARBY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sides:
    """A case and a post that answers for it, with everything that was agreed between them."""

    case: Case
    centre: Centre
    post: Post
    route: Route
    profile: CountryProfile

    @property
    def auto_confirms(self) -> bool:
        """Whether a free slot stands at once, by the post's own word or by what its country agreed."""
        return self.post.auto_confirms or self.profile.auto_confirms


async def sides_of(session: AsyncConnection, case_id: str, post_id: str, *, locked: bool = True) -> Sides:
    """Return both sides; the case and the post are locked unless they are only to be looked at."""
    case, centre, post, profile = await store_places.load_sides(session, case_id, post_id, locked=locked)
    route = route_between(centre.country, post)
    if route is None or post.country != case.country:
        raise NotAccredited(post_id, centre.id)
    return Sides(case, centre, post, route, profile)


def check_may_ask(sides: Sides, modality: Modality) -> None:
    """Refuse to ask about a person who may not be sent to a post, or in a way that does not suit."""
    check_may_send(sides.case)
    refusal = modality_refused(sides.case, sides.profile, modality)
    if refusal is not None:
        raise refusal


def modality_refused(
    case: Case, profile: CountryProfile, modality: Modality
) -> VideoDeclined | NotSuitable | None:
    """Return why a person cannot be heard in this way; None when a post may be asked for it."""
    by_video, found = modality is Modality.VIDEO, case.suitability
    if by_video and not profile.accepts_video:
        return VideoDeclined(case.country)
    if found is not Suitability.SUITABLE and (by_video or found is Suitability.NOT_ASSESSED):
        return NotSuitable(case.id, found)
    return None


@dataclass(frozen=True, slots=True)
class Search:
    """What a slot is looked for: both sides, now, the language interpreted, the booking that gives way."""

    sides: Sides
    now: datetime
    interpreter_language: str | None = None
    but: str | None = None

    async def offer(
        self, session: AsyncConnection, window: Interval, widest: Interval | None = None
    ) -> Offer:
        """Return what both sides can offer within a window, which can be widened later."""
        return await offer_for(
            session,
            case=self.sides.case,
            centre=self.sides.centre,
            post=self.sides.post,
            window=window,
            now=self.now,
            interpreter_language=self.interpreter_language,
            but=self.but,
            widest=widest,
        )

    async def near(self, session: AsyncConnection, wanted: datetime) -> Offer:
        """Return what both sides can offer about a moment, which can be widened to all that is nearby."""
        return await self.offer(session, window_around(wanted, days=1), _nearby(wanted))

    async def alternatives(self, session: AsyncConnection, near: Offer, wanted: datetime) -> tuple[Slot, ...]:
        """Return the nearest slots that can be had instead, from further away when too few are near."""
        found = near.nearest_to(wanted)
        if len(found) == ALTERNATIVES:
            return found
        return (await widened(session, near, _nearby(wanted), but=self.but)).nearest_to(wanted)


def _nearby(wanted: datetime) -> Interval:
    return window_around(wanted, days=_NEARBY_DAYS)


async def place(session: AsyncConnection, search: Search, room_id: str, starts_at: datetime) -> Wish:
    """Return a slot that can be had, with its interpreter; else raise why not, with the nearest that can."""
    slot = Slot(room_id, starts_at, starts_at + search.sides.post.length)
    offer = await search.near(session, starts_at)
    if room_id not in offer.room_hours:
        await _check_room(session, search.sides.centre, room_id)
    refusal = offer.refusal_of(slot)
    if refusal is not None:
        refusal.alternatives = await search.alternatives(session, offer, starts_at)
        raise refusal
    return offer.wish_for(slot)


async def _check_room(session: AsyncConnection, centre: Centre, room_id: str) -> None:
    """Refuse a room that is not the centre's; one that is out of use has no hours."""
    if (await store_places.load_room(session, room_id)).centre_id != centre.id:
        raise NotForYou("room", room_id)


async def taken(session: AsyncConnection, search: Search, wish: Wish) -> SlotRefused:
    """Return the refusal of a slot that somebody else took a moment before."""
    offer = await search.near(session, wish.starts_at)
    nearest = await search.alternatives(session, offer, wish.starts_at)
    return SlotTaken(wish.room_id, wish.starts_at, alternatives=nearest)
