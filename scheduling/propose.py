"""Another slot: one side offers and holds it, the other accepts or refuses; what stands stays till then."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.claims import AlreadyHeld, hold
from scheduling.clock import Clock
from scheduling.confirm import hold_again, settle
from scheduling.errors import NotForYou, NothingProposed, NotPossibleNow, StandsAlready
from scheduling.history import plain
from scheduling.move import place_in
from scheduling.place import Search, place, sides_of, taken
from scheduling.store_places import load_room
from scheduling.trail import record_act, remember, tell
from scheduling.wish import Proposal, Side, Wish


async def side_of(session: AsyncConnection, actor: Actor, booking: Booking) -> Side:
    """Return for which side of a booking the actor speaks; for others it does not exist."""
    if actor.answers_for(booking.post_id):
        return Side.POST
    room = await load_room(session, booking.room_id)
    if actor.hosts_at(room.centre_id):
        return Side.CENTRE
    raise NotForYou("booking", booking.id)


async def propose(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    room_id: str,
    starts_at: datetime,
    remark: str = "",
) -> Proposal:
    """Offer another slot for a request or a booking that stands; a former proposal gives way.

    A post answers a request so; a centre that wants other slots for its request withdraws it instead.
    """
    booking = await store.load_booking(session, booking_id)
    side = await side_of(session, actor, booking)
    now = clock()
    _check_may_propose(booking, side, now)
    is_wish = booking.status is Status.REQUESTED
    if starts_at in {wish.starts_at for wish in await standing_wishes(session, booking)}:
        raise StandsAlready(booking.id, is_wish=is_wish)
    language = (await store.load_request(session, booking.request_id)).interpreter_language
    search = Search(await sides_of(session, booking.case_id, booking.post_id), now, language, booking.id)
    wish = await place(session, search, room_id, starts_at)
    await _hold_beside(session, search, booking, wish)
    proposal = Proposal(
        booking_id=booking.id,
        side=side,
        **wish._asdict(),
        made_by=actor.account_id,
        made_at=now,
        remark=remark.strip(),
    )
    await store_wishes.keep_proposal(session, proposal)
    await _remember(session, clock, actor, booking, proposal, event="booking:proposed")
    await record_act(session, clock, actor, "propose", noun="booking", noun_id=booking.id)
    await tell(session, "booking:proposed", {"booking_id": booking.id, "side": side}, at=now)
    return proposal


async def accept_proposal(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str
) -> Booking:
    """Accept what the other side proposed: a request is confirmed there, a standing booking moves there."""
    booking, proposal = await _of_other_side(session, clock, actor, booking_id)
    if proposal.starts_at <= clock():
        raise NotPossibleNow("booking", "past", Status.CONFIRMED)
    if booking.status is Status.REQUESTED:
        return (await settle(session, clock, actor, booking, proposal.wish)).booking
    return await place_in(session, clock, actor, booking, proposal.wish)


async def refuse_proposal(
    session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str
) -> Booking:
    """Refuse what the other side proposed; what stands goes on standing, a request goes on waiting."""
    booking, proposal = await _of_other_side(session, clock, actor, booking_id)
    return await _drop(session, clock, actor, booking, proposal, event="booking:proposal_refused")


async def take_back(session: AsyncConnection, clock: Clock, actor: Actor, *, booking_id: str) -> Booking:
    """Take the actor's own side's proposal back."""
    booking = await store.load_booking(session, booking_id)
    side = await side_of(session, actor, booking)
    proposal = await store_wishes.proposal_of(session, booking_id)
    if proposal is None or proposal.side is not side:
        raise NothingProposed(booking_id)
    _check_open(booking, clock(), "answered")
    return await _drop(session, clock, actor, booking, proposal, event="booking:proposal_dropped")


def _check_may_propose(booking: Booking, side: Side, now: datetime) -> None:
    _check_open(booking, now, "proposed")
    if booking.status is Status.REQUESTED and side is Side.CENTRE:
        raise NotPossibleNow("booking", booking.status, "proposed")


def _check_open(booking: Booking, now: datetime, wanted: str) -> None:
    if booking.takes_another_slot(now):
        return
    is_past = booking.status is Status.CONFIRMED
    raise NotPossibleNow("booking", "past" if is_past else booking.status, wanted)


async def _of_other_side(
    session: AsyncConnection, clock: Clock, actor: Actor, booking_id: str
) -> tuple[Booking, Proposal]:
    booking = await store.load_booking(session, booking_id)
    side = await side_of(session, actor, booking)
    proposal = await store_wishes.proposal_of(session, booking_id)
    if proposal is None or proposal.side is side:
        raise NothingProposed(booking_id)
    _check_open(booking, clock(), "answered")
    return booking, proposal


async def _drop(
    session: AsyncConnection, clock: Clock, actor: Actor, booking: Booking, proposal: Proposal, *, event: str
) -> Booking:
    await store_wishes.drop_proposal(session, booking.id)
    await hold_again(session, booking, await standing_wishes(session, booking))
    after = await _remember(session, clock, actor, booking, proposal, event=event)
    await record_act(session, clock, actor, event.partition(":")[2], noun="booking", noun_id=booking.id)
    await tell(session, event, {"booking_id": booking.id, "side": proposal.side}, at=clock())
    return after


async def _remember(
    session: AsyncConnection, clock: Clock, actor: Actor, booking: Booking, proposal: Proposal, *, event: str
) -> Booking:
    """Write a step of a proposal as a version of its booking, which stands as it stood."""
    after = replace(booking, version=booking.version + 1)
    await store.save(session, tables.bookings, after)
    await remember(session, event, after, by=actor, at=clock(), beside={"proposal": plain(proposal)})
    return after


async def standing_wishes(session: AsyncConnection, booking: Booking) -> list[Wish]:
    """Return what a booking holds by itself: all wishes while it is asked for, else the slot it stands in."""
    if booking.status is Status.REQUESTED:
        return list((await store_wishes.wishes_of(session, booking.id)).values())
    return [booking.placed]


async def _hold_beside(session: AsyncConnection, search: Search, booking: Booking, wish: Wish) -> None:
    try:
        wishes = await standing_wishes(session, booking)
        await hold(session, booking, [*wishes, wish], seats=search.sides.post.seats)
    except AlreadyHeld:
        raise await taken(session, search, wish) from None
