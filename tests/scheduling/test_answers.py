"""The post's yes and no, and giving a booking up from either side."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import CancelReason, DeclineReason, Status
from scheduling.cancel import cancel
from scheduling.case import Suitability
from scheduling.confirm import confirm
from scheduling.decline import decline
from scheduling.errors import ChangedMeanwhile, FieldRefused, NotForYou, NotPossibleNow
from scheduling.open_case import assess
from scheduling.participant import ParticipantRole
from scheduling.queries import booking_page
from scheduling.request import Requested
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    a_supervisor,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    minor_at,
    officer_of,
    some_id,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
STAFF = staff_of(STEENOKKERZEEL)
OFFICER = officer_of(BRUSSELS_POST)


@pytest.fixture
async def asked(session: AsyncConnection, clock: FixedClock) -> Requested:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return await ask(session, clock, case, SLOT)


async def held(session: AsyncConnection) -> int:
    return (await session.execute(select(func.count()).select_from(tables.quanta))).scalar_one()


async def test_a_confirmed_booking_has_an_interview_with_its_seats(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    clock.advance(minutes=30)
    confirmed = await agreed(session, clock, asked.booking)
    assert confirmed.booking.status is Status.CONFIRMED
    assert confirmed.booking.answered_at == clock()
    assert {seat.role for seat in confirmed.participants} == {
        ParticipantRole.DETAINEE,
        ParticipantRole.CENTRE_HOST,
        ParticipantRole.CONSULAR_OFFICER,
    }
    assert await store.interview_of(session, asked.booking.id) == confirmed.interview


async def test_a_minors_interview_has_a_seat_for_the_guardian(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await minor_at(STEENOKKERZEEL).opened(session, clock)
    confirmed = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    seats = [seat for seat in confirmed.participants if seat.role is ParticipantRole.GUARDIAN]
    assert [seat.name for seat in seats] == ["Claire Peeters"]


STRANGERS = [officer_of(GHANA_POST), STAFF, a_supervisor(), an_administrator()]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda actor: actor.role)
async def test_only_the_post_that_was_asked_answers(
    session: AsyncConnection, clock: FixedClock, asked: Requested, stranger: Actor
) -> None:
    with pytest.raises(NotForYou):
        await confirm(session, clock, stranger, booking_id=asked.booking.id)
    reason = DeclineReason.NO_CAPACITY
    with pytest.raises(NotForYou):
        await decline(session, clock, stranger, booking_id=asked.booking.id, reason=reason)


async def test_a_booking_is_confirmed_once(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    await agreed(session, clock, asked.booking)
    with pytest.raises(NotPossibleNow):
        await agreed(session, clock, asked.booking)


async def test_a_slot_that_passed_is_not_confirmed(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    clock.set(SLOT)
    with pytest.raises(NotPossibleNow):
        await agreed(session, clock, asked.booking)


async def test_the_officer_named_belongs_to_the_post(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    other = officer_of(GHANA_POST).account_id
    with pytest.raises(FieldRefused):
        await confirm(session, clock, OFFICER, booking_id=asked.booking.id, officer_id=other)
    colleague = officer_of(BRUSSELS_POST, 2).account_id
    confirmed = await confirm(session, clock, OFFICER, booking_id=asked.booking.id, officer_id=colleague)
    assert colleague in {seat.account_id for seat in confirmed.participants}


async def test_a_declined_slot_is_free_and_its_request_over(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    booking = asked.booking
    reason = DeclineReason.WANTS_IN_PERSON
    declined = await decline(session, clock, OFFICER, booking_id=booking.id, reason=reason)
    assert (declined.status, declined.reason) == (Status.DECLINED, reason)
    assert await held(session) == 0
    assert (await store.load_request(session, booking.request_id)).ended_at == clock()


async def test_another_reason_needs_words(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    reason = DeclineReason.OTHER
    with pytest.raises(FieldRefused) as caught:
        await decline(session, clock, OFFICER, booking_id=asked.booking.id, reason=reason, remark=" ")
    assert caught.value.field == "remark"


async def test_a_centre_withdraws_what_was_not_answered_and_cancels_what_was(
    session: AsyncConnection, clock: FixedClock
) -> None:
    statuses = []
    for hour, answered in enumerate((False, True)):
        case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        booking = (await ask(session, clock, case, SLOT + timedelta(hours=hour))).booking
        if answered:
            await agreed(session, clock, booking)
        reason = CancelReason.ROOM_UNAVAILABLE
        statuses.append((await cancel(session, clock, STAFF, booking_id=booking.id, reason=reason)).status)
    assert statuses == [Status.WITHDRAWN, Status.CANCELLED]
    assert await held(session) == 0


async def test_a_cancelled_slot_can_be_had_again(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    await cancel(session, clock, STAFF, booking_id=asked.booking.id, reason=CancelReason.BY_CENTRE)
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    assert (await ask(session, clock, case, SLOT)).booking.status is Status.REQUESTED


async def test_a_post_cancels_what_it_confirmed_and_declines_what_it_did_not(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    booking_id = asked.booking.id
    with pytest.raises(NotPossibleNow):
        await cancel(session, clock, OFFICER, booking_id=booking_id, reason=CancelReason.BY_POST)
    await agreed(session, clock, asked.booking)
    with pytest.raises(FieldRefused):
        await cancel(session, clock, OFFICER, booking_id=booking_id, reason=CancelReason.BY_CENTRE)
    gone = await cancel(session, clock, OFFICER, booking_id=booking_id, reason=CancelReason.BY_POST)
    assert gone.status is Status.CANCELLED


@pytest.mark.parametrize("stranger", [staff_of(ROTTERDAM), officer_of(GHANA_POST), a_supervisor()])
async def test_strangers_cancel_nothing(
    session: AsyncConnection, clock: FixedClock, asked: Requested, stranger: Actor
) -> None:
    with pytest.raises(NotForYou):
        await cancel(session, clock, stranger, booking_id=asked.booking.id, reason=CancelReason.TECHNICAL)


async def test_what_does_not_exist_is_not_for_you(session: AsyncConnection, clock: FixedClock) -> None:
    with pytest.raises(NotForYou):
        await confirm(session, clock, OFFICER, booking_id=some_id())


async def test_a_change_over_an_older_version_is_refused(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    stale = asked.booking.moved_to(Status.DECLINED, at=clock())
    await agreed(session, clock, asked.booking)
    with pytest.raises(ChangedMeanwhile):
        await store.save(session, tables.bookings, stale)


async def test_history_holds_each_version_whole(
    session: AsyncConnection, clock: FixedClock, asked: Requested
) -> None:
    await agreed(session, clock, asked.booking)
    await cancel(session, clock, STAFF, booking_id=asked.booking.id, reason=CancelReason.TECHNICAL)
    table = tables.history
    mine = select(table).where(table.c.noun_id == asked.booking.id).order_by(table.c.version)
    rows = (await session.execute(mine)).all()
    assert [row.event for row in rows] == ["booking:requested", "booking:confirmed", "booking:cancelled"]
    assert [row.copy["status"] for row in rows] == ["requested", "confirmed", "cancelled"]
    assert all(set(row.copy) == set(tables.bookings.c.keys()) for row in rows)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "GIN"}, "country"),
        ({"family_name": "  "}, "family_name"),
        ({"born_on": datetime(2030, 1, 1, tzinfo=UTC).date()}, "born_on"),
        ({"sex": "?"}, "sex"),
        ({"detained_on": datetime(2026, 9, 25, tzinfo=UTC).date()}, "detained_on"),
    ],
)
async def test_a_case_that_cannot_be_names_its_field(
    session: AsyncConnection, clock: FixedClock, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(FieldRefused) as caught:
        await detainee_at(STEENOKKERZEEL, **changes).opened(session, clock)
    assert caught.value.field == field


async def test_somebody_under_age_is_a_minor_whatever_was_ticked(
    session: AsyncConnection, clock: FixedClock
) -> None:
    born_on = datetime(2010, 1, 1, tzinfo=UTC).date()
    case = await detainee_at(STEENOKKERZEEL, born_on=born_on).opened(session, clock)
    assert case.is_minor


async def test_an_assessment_names_who_decided(session: AsyncConnection, clock: FixedClock) -> None:
    person = detainee_at(STEENOKKERZEEL, suitability=Suitability.NOT_ASSESSED)
    case = await person.opened(session, clock)
    assert case.suitability_by is None
    found = await assess(session, clock, STAFF, case_id=case.id, suitability=Suitability.UNSUITABLE)
    assert (found.suitability_by, found.suitability_at) == (STAFF.account_id, clock())
    assert await store.load_case(session, case.id) == found
    with pytest.raises(NotForYou):
        await assess(session, clock, OFFICER, case_id=case.id, suitability=Suitability.SUITABLE)


@pytest.mark.parametrize(
    ("actor", "reason"), [(STAFF, CancelReason.BY_CENTRE), (OFFICER, CancelReason.BY_POST)]
)
async def test_what_is_past_is_not_cancelled_any_more(
    session: AsyncConnection, clock: FixedClock, asked: Requested, actor: Actor, reason: CancelReason
) -> None:
    booking = (await agreed(session, clock, asked.booking)).booking
    clock.set(booking.ends_at - timedelta(seconds=1))
    page = await booking_page(session, actor, booking.id, clock())
    assert page is not None
    assert page.may_cancel
    clock.set(booking.ends_at)
    page = await booking_page(session, actor, booking.id, clock())
    assert page is not None
    assert not page.may_cancel
    with pytest.raises(NotPossibleNow):
        await cancel(session, clock, actor, booking_id=booking.id, reason=reason)
    assert (await store.load_booking(session, booking.id)).status is Status.CONFIRMED
