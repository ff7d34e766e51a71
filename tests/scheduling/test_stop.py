"""The protection stop: everything ends, and nothing that a post can reach tells why."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scheduling import store, tables
from scheduling.admit import admit, enter
from scheduling.booking import Booking, CancelReason, Status
from scheduling.cancel import cancel
from scheduling.case import CaseStatus
from scheduling.close_interview import close_interview
from scheduling.confirm import confirm
from scheduling.errors import FieldRefused, InterviewOver, NotForYou, NotPossibleNow
from scheduling.interview import Ending
from scheduling.listing import Slice
from scheduling.queries import (
    CaseFilter,
    booking_page,
    case_page,
    interview_page,
    interviews_of,
    list_cases,
    posts_for_case,
    requests_to_answer,
    slots_for_case,
)
from scheduling.stop import close_case, lift, stop
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    meant_early,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST = staff_of(STEENOKKERZEEL)
OFFICER = officer_of(BRUSSELS_POST)


async def booked(session: AsyncConnection, clock: FixedClock, *, confirmed: bool, hour: int = 0) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, SLOT + timedelta(hours=hour))).booking
    return (await agreed(session, clock, booking)).booking if confirmed else booking


async def running(session: AsyncConnection, clock: FixedClock) -> tuple[Booking, str]:
    booking = await booked(session, clock, confirmed=True)
    interview = await store.interview_of(session, booking.id)
    assert interview is not None
    await meant_early(session, clock, HOST, interview.id)
    await enter(session, clock, HOST, interview_id=interview.id)
    officer = await enter(session, clock, OFFICER, interview_id=interview.id)
    participant_id = officer.participant.id
    await admit(session, clock, HOST, interview_id=interview.id, participant_id=participant_id)
    return await store.load_booking(session, booking.id), interview.id


@pytest.mark.parametrize(
    ("confirmed", "status"), [(False, Status.WITHDRAWN), (True, Status.CANCELLED)], ids=["asked", "agreed"]
)
async def test_a_stop_leaves_every_booking_and_frees_its_slot(
    session: AsyncConnection, clock: FixedClock, confirmed: bool, status: Status
) -> None:
    booking = await booked(session, clock, confirmed=confirmed)
    stopped = await stop(session, clock, HOST, case_id=booking.case_id)
    assert [left.status for left in stopped.left] == [status]
    assert [left.reason for left in stopped.left] == [CancelReason.BY_CENTRE]
    assert (await session.execute(select(func.count()).select_from(tables.quanta))).scalar_one() == 0
    assert (await store.load_request(session, booking.request_id)).ended_at == clock()


async def test_a_stop_ends_a_running_interview(session: AsyncConnection, clock: FixedClock) -> None:
    booking, interview_id = await running(session, clock)
    stopped = await stop(session, clock, HOST, case_id=booking.case_id)
    assert stopped.interviews_to_close == (interview_id,)
    assert (await store.load_interview(session, interview_id)).ending is Ending.PROTECTION_STOP
    with pytest.raises(InterviewOver):
        await enter(session, clock, OFFICER, interview_id=interview_id)


async def test_a_stop_is_made_once_and_lifted_without_reviving_anything(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking = await booked(session, clock, confirmed=True)
    await stop(session, clock, a_supervisor(), case_id=booking.case_id)
    assert (await stop(session, clock, HOST, case_id=booking.case_id)).left == ()
    case = await lift(session, clock, HOST, case_id=booking.case_id)
    assert not case.protection_open
    assert await lift(session, clock, HOST, case_id=booking.case_id) == case
    assert (await store.load_booking(session, booking.id)).status is Status.CANCELLED


@pytest.mark.parametrize("stranger", [OFFICER, staff_of(ROTTERDAM)], ids=["post", "another centre"])
async def test_only_the_own_side_stops_and_lifts(
    session: AsyncConnection, clock: FixedClock, stranger: Any
) -> None:
    booking = await booked(session, clock, confirmed=False)
    for verb in (stop, lift):
        with pytest.raises(NotForYou):
            await verb(session, clock, stranger, case_id=booking.case_id)
    with pytest.raises(NotForYou):
        await close_case(session, clock, stranger, case_id=booking.case_id, status=CaseStatus.RELEASED)


async def test_a_claim_that_slipped_in_refuses_the_posts_answer_in_neutral_words(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking = await booked(session, clock, confirmed=False)
    where = tables.cases.c.id == booking.case_id
    await session.execute(tables.cases.update().where(where).values(protection_open=True))
    with pytest.raises(NotPossibleNow) as caught:
        await confirm(session, clock, OFFICER, booking_id=booking.id)
    assert caught.value.status == Status.WITHDRAWN


async def seen_by_the_post(session: AsyncConnection, booking_id: str, now: datetime) -> list[Any]:
    interview = await store.interview_of(session, booking_id)
    page = None if interview is None else await interview_page(session, OFFICER, interview.id, now)
    return [await booking_page(session, OFFICER, booking_id, now), page]


def without_identity(page: Any) -> str:
    """Return a page as text with every identifier, reference and hour of its own blotted out."""
    text = repr(page)
    row = page.row.booking if hasattr(page, "row") else page.booking
    own = [row.booking_id, row.interview_id, row.reference, repr(row.starts_at), repr(row.ends_at)]
    own += [seat.participant_id for seat in getattr(page, "participants", ())]
    own += [repr(page.expires_at)] if hasattr(page, "expires_at") else []  # it hangs on the hour
    for value in filter(None, own):
        text = text.replace(value, "…")
    return text


@pytest.mark.parametrize("confirmed", [False, True], ids=["asked", "agreed"])
async def test_a_stopped_booking_looks_to_the_post_like_any_that_the_centre_gave_up(
    session: AsyncConnection, clock: FixedClock, confirmed: bool
) -> None:
    stopped = await booked(session, clock, confirmed=confirmed)
    given_up = await booked(session, clock, confirmed=confirmed, hour=1)
    await stop(session, clock, HOST, case_id=stopped.case_id)
    await cancel(session, clock, HOST, booking_id=given_up.id, reason=CancelReason.BY_CENTRE)
    left = await seen_by_the_post(session, stopped.id, clock())
    right = await seen_by_the_post(session, given_up.id, clock())
    for one, other in zip(left, right, strict=True):
        if one is not None:
            assert without_identity(one) == without_identity(other)


async def test_a_stopped_interview_reads_to_the_post_as_ended_by_the_centre(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking, interview_id = await running(session, clock)
    await stop(session, clock, HOST, case_id=booking.case_id)
    for actor, ending in ((OFFICER, Ending.ENDED_BY_CENTRE), (HOST, Ending.PROTECTION_STOP)):
        page = await interview_page(session, actor, interview_id, clock())
        assert page is not None
        assert page.row.ending is ending
        listed = await interviews_of(session, actor, clock())
        rows = (*listed.today, *listed.past)
        assert [row.ending for row in rows] == [ending]


async def events_of(session: AsyncConnection) -> list[tuple[str, list[str]]]:
    rows = await session.execute(select(tables.outbox).order_by(tables.outbox.c.position))
    return [(row.event, sorted(row.payload)) for row in rows]


async def test_the_outbox_of_a_stop_is_that_of_an_ordinary_end(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking = await booked(session, clock, confirmed=True)
    before = len(await events_of(session))
    await stop(session, clock, HOST, case_id=booking.case_id)
    assert (await events_of(session))[before:] == [("booking:cancelled", ["booking_id", "sequence"])]


@pytest.fixture
async def statements(engine: AsyncEngine) -> AsyncIterator[list[str]]:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine.sync_engine, "before_cursor_execute", note)


async def test_no_query_for_a_post_reads_the_protection_claim(
    session: AsyncConnection, clock: FixedClock, statements: list[str]
) -> None:
    booking, interview_id = await running(session, clock)
    statements.clear()
    now = clock()
    await list_cases(session, OFFICER, now, CaseFilter(), Slice())
    await requests_to_answer(session, OFFICER, now)
    await booking_page(session, OFFICER, booking.id, now)
    await interviews_of(session, OFFICER, now)
    await interview_page(session, OFFICER, interview_id, now)
    read = [text for text in statements if "protection" in text]
    assert len(statements) > 5
    assert read == []


async def test_a_post_reads_no_case_at_all(session: AsyncConnection, clock: FixedClock) -> None:
    booking = await booked(session, clock, confirmed=False)
    now = clock()
    assert (await list_cases(session, OFFICER, now, CaseFilter(), Slice())).rows == ()
    assert await case_page(session, OFFICER, booking.case_id, now) is None
    assert await posts_for_case(session, OFFICER, booking.case_id) == []
    assert await slots_for_case(session, OFFICER, booking.case_id, BRUSSELS_POST.id, now) is None


async def test_release_gives_up_what_was_planned(session: AsyncConnection, clock: FixedClock) -> None:
    booking = await booked(session, clock, confirmed=True)
    with pytest.raises(FieldRefused):
        await close_case(session, clock, HOST, case_id=booking.case_id, status=CaseStatus.OPEN)
    gone = await close_case(session, clock, HOST, case_id=booking.case_id, status=CaseStatus.RELEASED)
    assert [left.status for left in gone.left] == [Status.CANCELLED]
    with pytest.raises(NotPossibleNow):
        await close_case(session, clock, HOST, case_id=booking.case_id, status=CaseStatus.RETURNED)


async def test_a_stop_after_the_interview_closes_what_was_disclosed(
    session: AsyncConnection, clock: FixedClock
) -> None:
    booking, interview_id = await running(session, clock)
    await close_interview(session, clock, HOST, interview_id=interview_id, ending=Ending.NORMAL)
    page = await interview_page(session, OFFICER, interview_id, clock())
    assert page is not None
    assert page.person["family_name"] == "Diallo"
    await stop(session, clock, HOST, case_id=booking.case_id)
    page = await interview_page(session, OFFICER, interview_id, clock())
    assert page is not None
    assert page.person == {}
