"""Moving a booking: one identity, a growing sequence, and not a word when nothing changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking
from scheduling.confirm import confirm
from scheduling.errors import NotForYou, NotPossibleNow, SlotTaken, StandsAlready, TooSoon
from scheduling.move import move
from scheduling.participant import ParticipantRole
from tests.support.agreements import PULAR, an_interpreter, ask_ranked, held, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GAMBIA_POST,
    KAMER_1,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)
STAFF = staff_of(STEENOKKERZEEL)


@pytest.fixture
async def open_booking(session: AsyncConnection, clock: FixedClock) -> Booking:
    """A booking at a post that lets a free slot stand at once."""
    case = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    return (await ask(session, clock, case, FIRST, post=GAMBIA_POST)).booking


@pytest.fixture
async def answered(session: AsyncConnection, clock: FixedClock) -> Booking:
    """A booking that its post confirmed."""
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await agreed(session, clock, (await ask(session, clock, case, FIRST)).booking)).booking


async def test_a_booking_at_an_open_post_moves_and_keeps_its_identity(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking
) -> None:
    moved = await move(session, clock, STAFF, booking_id=open_booking.id, room_id=VISIO_2.id, starts_at=LATER)
    assert moved is not None
    assert (moved.room_id, moved.starts_at, moved.uid) == (VISIO_2.id, LATER, open_booking.uid)
    assert moved.sequence == open_booking.sequence + 1
    assert moved.ends_at - moved.starts_at == GAMBIA_POST.length
    assert await held(session, f"room:{VISIO_1.id}") == 0
    assert await store.load_booking(session, moved.id) == moved


async def test_a_move_to_where_it_stands_is_refused_and_tells_nobody(
    session: AsyncConnection, clock: FixedClock, answered: Booking
) -> None:
    with pytest.raises(StandsAlready):
        await move(session, clock, STAFF, booking_id=answered.id, room_id=VISIO_1.id, starts_at=FIRST)
    assert await told(session, "booking:moved") == []
    assert await store.load_booking(session, answered.id) == answered


async def test_another_room_at_the_same_hour_needs_no_word_of_the_post(
    session: AsyncConnection, clock: FixedClock, answered: Booking
) -> None:
    moved = await move(session, clock, STAFF, booking_id=answered.id, room_id=VISIO_2.id, starts_at=FIRST)
    assert moved is not None
    assert moved.room_id == VISIO_2.id


async def test_another_hour_needs_the_post_that_answers_itself(
    session: AsyncConnection, clock: FixedClock, answered: Booking
) -> None:
    assert (
        await move(session, clock, STAFF, booking_id=answered.id, room_id=VISIO_1.id, starts_at=LATER) is None
    )
    assert (await store.load_booking(session, answered.id)).starts_at == FIRST


async def test_a_past_booking_is_not_moved(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking
) -> None:
    clock.set(FIRST)
    with pytest.raises(NotPossibleNow):
        await move(session, clock, STAFF, booking_id=open_booking.id, room_id=VISIO_1.id, starts_at=LATER)


async def test_a_request_is_not_moved(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, FIRST)
    with pytest.raises(NotPossibleNow):
        await move(session, clock, STAFF, booking_id=asked.booking.id, room_id=VISIO_2.id, starts_at=FIRST)


async def test_a_move_asks_for_the_same_free_slot_as_a_request(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking
) -> None:
    other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, other, LATER, room=VISIO_2)
    with pytest.raises(SlotTaken) as caught:
        await move(session, clock, STAFF, booking_id=open_booking.id, room_id=VISIO_2.id, starts_at=LATER)
    assert caught.value.alternatives
    soon = clock() + timedelta(minutes=30)
    with pytest.raises(TooSoon):
        await move(session, clock, STAFF, booking_id=open_booking.id, room_id=VISIO_1.id, starts_at=soon)


async def test_a_booking_moves_to_a_room_of_its_own_centre_only(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking
) -> None:
    with pytest.raises(NotForYou):
        await move(session, clock, STAFF, booking_id=open_booking.id, room_id=KAMER_1.id, starts_at=LATER)


@pytest.mark.parametrize(
    "stranger", [officer_of(GAMBIA_POST), a_supervisor()], ids=lambda actor: str(actor.role)
)
async def test_only_the_centre_moves(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking, stranger: Actor
) -> None:
    with pytest.raises(NotForYou):
        await move(session, clock, stranger, booking_id=open_booking.id, room_id=VISIO_1.id, starts_at=LATER)


async def test_the_interpreter_who_is_free_takes_the_seat_over(
    session: AsyncConnection, clock: FixedClock
) -> None:
    morning = await an_interpreter(session, "Binta", opens=8, closes=12)
    afternoon = await an_interpreter(session, "Oumou", opens=12, closes=18)
    case = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    asked = await ask_ranked(session, clock, case, FIRST, post=GAMBIA_POST, interpreter_language=PULAR)
    assert asked.booking.interpreter_id == morning.id
    await move(
        session,
        clock,
        STAFF,
        booking_id=asked.booking.id,
        room_id=VISIO_1.id,
        starts_at=FIRST + timedelta(hours=3),
    )
    interview = await store.interview_of(session, asked.booking.id)
    assert interview is not None
    seats = await store.participants_of(session, interview.id)
    assert [seat.interpreter_id for seat in seats if seat.role is ParticipantRole.INTERPRETER] == [
        afternoon.id
    ]


async def test_history_keeps_every_place_a_booking_stood_in(
    session: AsyncConnection, clock: FixedClock, open_booking: Booking
) -> None:
    await move(session, clock, STAFF, booking_id=open_booking.id, room_id=VISIO_2.id, starts_at=LATER)
    h = tables.history
    statement = select(h.c.event, h.c.copy).where(h.c.noun_id == open_booking.id).order_by(h.c.version)
    steps = [(row.event, row.copy["room_id"]) for row in (await session.execute(statement)).all()]
    assert steps == [
        ("booking:requested", VISIO_1.id),
        ("booking:confirmed", VISIO_1.id),
        ("booking:moved", VISIO_2.id),
    ]


async def test_a_confirmed_booking_of_an_answering_post_tells_its_interview(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, FIRST)
    confirmed = await confirm(session, clock, officer_of(BRUSSELS_POST), booking_id=asked.booking.id)
    assert (await told(session, "booking:confirmed"))[0]["interview_id"] == confirmed.interview.id
