"""Requests and bookings of the demonstration: waiting, late, confirmed on each route, declined, moving."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.booking import Booking, DeclineReason
from scheduling.case import USUAL_DISCLOSURE
from scheduling.confirm import Confirmed, confirm
from scheduling.decline import decline
from scheduling.find_slots import offer_for
from scheduling.propose import propose
from scheduling.request import request_interview
from scheduling.slot import Interval, Slot
from scheduling.store_places import load_centre, load_post
from server.demo.moment import ToldClock
from server.demo.seed import World

_SEARCHED = timedelta(days=21)


async def seed_bookings(session: AsyncConnection, seeded: World, now: datetime) -> None:
    """Insert what is to come and what waits for an answer."""
    coming = (
        ("today", "conakry", timedelta(hours=3), timedelta(days=4)),
        ("route-two", "banjul", timedelta(days=2), timedelta(days=3)),
        ("capital", "kinshasa", timedelta(days=3), timedelta(days=6)),
    )
    for key, post, ahead, asked_before in coming:
        booking = await ask(session, seeded, key, post, from_at=now + ahead, asked_at=now - asked_before)
        await answer(session, seeded, booking, post, at=now - asked_before / 2)
    staff = seeded.staff_of("steenokkerzeel")
    await offer(session, seeded, booking, "capital", "kinshasa", by=staff, at=now - timedelta(hours=5))
    await ask(
        session,
        seeded,
        "waiting",
        "conakry",
        from_at=now + timedelta(days=4),
        asked_at=now - timedelta(hours=20),
    )
    await ask(
        session, seeded, "late", "banjul", from_at=now + timedelta(days=5), asked_at=now - timedelta(days=10)
    )
    minor = await ask(
        session,
        seeded,
        "minor",
        "conakry",
        from_at=now + timedelta(days=6),
        asked_at=now - timedelta(days=2),
    )
    officer = seeded.officer_of("conakry")
    await offer(session, seeded, minor, "minor", "conakry", by=officer, at=now - timedelta(days=1))
    turned_down = await ask(
        session,
        seeded,
        "declined",
        "conakry",
        from_at=now + timedelta(days=3),
        asked_at=now - timedelta(days=5),
    )
    await decline(
        session,
        ToldClock(now - timedelta(days=4)),
        seeded.officer_of("conakry"),
        booking_id=turned_down.id,
        reason=DeclineReason.DOCUMENTS_MISSING,
        remark="Il manque la photographie récente.",
    )


async def ask(
    session: AsyncConnection, seeded: World, key: str, post: str, *, from_at: datetime, asked_at: datetime
) -> Booking:
    """Request the first slot from a moment on, as the centre would have on the day it asked."""
    case = seeded.cases[key]
    slot = await first_slot(session, seeded, key, post, from_at=from_at, asked_at=asked_at)
    staff = next(one for one in seeded.actors.values() if one.hosts_at(case.centre_id))
    requested = await request_interview(
        session,
        ToldClock(asked_at),
        staff,
        case_id=case.id,
        post_id=seeded.ids[post],
        slots=[(slot.room_id, slot.starts_at)],
        disclosed=USUAL_DISCLOSURE,
    )
    return requested.booking


async def answer(
    session: AsyncConnection, seeded: World, booking: Booking, post: str, *, at: datetime
) -> Confirmed:
    """Let the post say yes."""
    return await confirm(session, ToldClock(at), seeded.officer_of(post), booking_id=booking.id)


async def offer(
    session: AsyncConnection, seeded: World, booking: Booking, key: str, post: str, *, by: Actor, at: datetime
) -> None:
    """Let one side propose the first free slot of the days after a booking; the other has to answer."""
    next_day = booking.starts_at + timedelta(days=1)
    slot = await first_slot(session, seeded, key, post, from_at=next_day, asked_at=at)
    await propose(
        session,
        ToldClock(at),
        by,
        booking_id=booking.id,
        room_id=slot.room_id,
        starts_at=slot.starts_at,
        remark="Ce jour-là, l’interprète est présent.",  # noqa: RUF001 - typography
    )


async def first_slot(
    session: AsyncConnection, seeded: World, key: str, post: str, *, from_at: datetime, asked_at: datetime
) -> Slot:
    """Give the first slot that a post and the case's centre have free, not in the room of rehearsals."""
    case = seeded.cases[key]
    offer = await offer_for(
        session,
        case=case,
        centre=await load_centre(session, case.centre_id),
        post=await load_post(session, seeded.ids[post]),
        window=Interval(from_at, from_at + _SEARCHED),
        now=asked_at,
    )
    return next(slot for slot in offer.slots() if slot.room_id != seeded.ids["rehearsal-room"])
