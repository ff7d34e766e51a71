"""A person at another centre: interviews move along where a room is free, the rest is given up and told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.admit import admit, enter
from scheduling.booking import Booking, CancelReason, Status
from scheduling.case import Case, CaseStatus
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.queries import booking_page, case_page
from scheduling.stop import close_case
from scheduling.transfer import transfer_case
from tests.support.agreements import held, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    CONAKRY_POST,
    GAMBIA_POST,
    KAMER_1,
    ROTTERDAM,
    STEENOKKERZEEL,
    agreed,
    ask,
    detainee_at,
    meant_early,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
STAFF, NEW_STAFF, OFFICER = staff_of(STEENOKKERZEEL), staff_of(ROTTERDAM), officer_of(BRUSSELS_POST)


@pytest.fixture
async def case(session: AsyncConnection, clock: FixedClock) -> Case:
    return await detainee_at(STEENOKKERZEEL).opened(session, clock)


async def standing(session: AsyncConnection, clock: FixedClock, case: Case) -> Booking:
    return (await agreed(session, clock, (await ask(session, clock, case, FIRST)).booking)).booking


async def test_an_interview_moves_along_at_the_same_hour(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    booking = await standing(session, clock, case)
    done = await transfer_case(
        session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True
    )
    (moved,) = done.moved
    assert (moved.room_id, moved.starts_at, moved.uid) == (KAMER_1.id, FIRST, booking.uid)
    assert (moved.sequence, moved.status) == (booking.sequence + 1, Status.CONFIRMED)
    assert done.left == ()
    assert [each["sequence"] for each in await told(session, "booking:moved")] == [moved.sequence]


async def test_everything_is_given_up_when_nothing_shall_move_along(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    await standing(session, clock, case)
    done = await transfer_case(
        session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=False
    )
    assert [(left.status, left.reason) for left in done.left] == [(Status.CANCELLED, CancelReason.BY_CENTRE)]
    assert await held(session) == 0


async def test_what_finds_no_room_is_given_up(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    hour = FIRST + timedelta(hours=2)
    other = await detainee_at(ROTTERDAM).opened(session, clock)
    await ask(session, clock, other, hour, room=KAMER_1, post=CONAKRY_POST)
    await agreed(session, clock, (await ask(session, clock, case, hour)).booking)
    done = await transfer_case(
        session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True
    )
    assert done.moved == ()
    assert [left.status for left in done.left] == [Status.CANCELLED]


async def test_a_request_not_answered_yet_is_withdrawn(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    await ask(session, clock, case, FIRST)
    done = await transfer_case(
        session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True
    )
    assert [left.status for left in done.left] == [Status.WITHDRAWN]


async def test_a_post_that_does_not_cover_the_new_state_keeps_no_interview(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    await ask(session, clock, case, FIRST, post=GAMBIA_POST)
    done = await transfer_case(
        session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True
    )
    assert [left.status for left in done.left] == [Status.CANCELLED]


async def test_the_case_belongs_to_the_new_centre_and_to_it_alone(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    booking = await standing(session, clock, case)
    await transfer_case(session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True)
    assert await case_page(session, STAFF, case.id, clock()) is None
    assert await booking_page(session, STAFF, booking.id, clock()) is None
    page = await case_page(session, NEW_STAFF, case.id, clock())
    assert page is not None
    assert page.row.case.status is CaseStatus.OPEN
    assert await booking_page(session, NEW_STAFF, booking.id, clock()) is not None


async def test_nobody_is_transferred_out_of_a_running_interview(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    booking = await standing(session, clock, case)
    interview = await store.interview_of(session, booking.id)
    assert interview is not None
    await meant_early(session, clock, STAFF, interview.id)
    await enter(session, clock, STAFF, interview_id=interview.id)
    entry = await enter(session, clock, OFFICER, interview_id=interview.id)
    await admit(session, clock, STAFF, interview_id=interview.id, participant_id=entry.participant.id)
    with pytest.raises(NotPossibleNow):
        await transfer_case(session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True)


async def test_only_the_persons_centre_transfers_them_and_to_another_one(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    for stranger in (NEW_STAFF, OFFICER):
        with pytest.raises(NotForYou):
            await transfer_case(
                session, clock, stranger, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True
            )
    with pytest.raises(FieldRefused):
        await transfer_case(
            session, clock, STAFF, case_id=case.id, centre_id=STEENOKKERZEEL.id, keep_times=True
        )
    with pytest.raises(NotForYou):
        await transfer_case(
            session, clock, STAFF, case_id=case.id, centre_id=BRUSSELS_POST.id, keep_times=True
        )


async def test_who_has_left_is_not_transferred(
    session: AsyncConnection, clock: FixedClock, case: Case
) -> None:
    await close_case(session, clock, STAFF, case_id=case.id, status=CaseStatus.RELEASED)
    with pytest.raises(NotPossibleNow):
        await transfer_case(session, clock, STAFF, case_id=case.id, centre_id=ROTTERDAM.id, keep_times=True)
