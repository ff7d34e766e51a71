"""What a centre may ask, and what refuses it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scheduling import tables
from scheduling.actor import Actor
from scheduling.booking import Modality, Status
from scheduling.case import USUAL_DISCLOSURE, CaseStatus, Suitability
from scheduling.claims import AlreadyHeld, hold
from scheduling.errors import (
    AfterDetention,
    CaseClosed,
    ClosedThen,
    FieldRefused,
    NotAccredited,
    NotForYou,
    NotSuitable,
    OutsideHours,
    QuotaReached,
    SendingSuspended,
    SlotTaken,
    TooSoon,
    VideoDeclined,
)
from scheduling.offer import Closure
from scheduling.open_case import open_case
from scheduling.post import Route
from scheduling.request import request_interview
from scheduling.slot import Interval
from scheduling.stop import close_case, stop
from scheduling.store import load_booking
from scheduling.store_hours import add_closure
from scheduling.store_places import load_profile
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    CONAKRY_POST,
    GAMBIA_POST,
    GHANA_POST,
    KAMER_1,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    a_supervisor,
    ask,
    detainee_at,
    officer_of,
    some_id,
    staff_of,
)

WEDNESDAY_10 = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)  # 10:00 in Brussels


async def test_a_request_holds_room_post_seat_and_person(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10)
    assert asked.booking.status is Status.REQUESTED
    assert asked.request.route is Route.SAME_STATE
    assert asked.request.arrange_by_on == date(2026, 9, 28)
    held = select(tables.quanta.c.resource, func.count()).group_by(tables.quanta.c.resource)
    assert {row.resource: row[1] for row in await session.execute(held)} == {
        f"room:{VISIO_1.id}": 12,
        f"case:{case.id}": 12,
        f"post:{BRUSSELS_POST.id}/0": 12,
    }


async def test_a_request_leaves_history_outbox_and_audit(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10)
    history = (await session.execute(select(tables.history.c.event, tables.history.c.copy))).all()
    assert [row.event for row in history] == ["case:opened", "booking:requested"]
    assert history[1].copy["starts_at"] == WEDNESDAY_10.isoformat()
    outbox = (await session.execute(select(tables.outbox).order_by(tables.outbox.c.position))).all()
    assert [row.event for row in outbox] == ["case:opened", "booking:requested"]
    assert outbox[1].payload == {"booking_id": asked.booking.id, "request_id": asked.request.id}
    assert [row.act for row in await session.execute(select(tables.audit.c.act))] == ["open", "request"]


async def test_a_stored_booking_reads_back_as_it_was(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10)
    assert await load_booking(session, asked.booking.id) == asked.booking


async def test_no_request_is_sent_while_a_protection_claim_is_open(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await stop(session, clock, staff_of(STEENOKKERZEEL), case_id=case.id)
    with pytest.raises(SendingSuspended):
        await ask(session, clock, case, WEDNESDAY_10)


async def test_no_request_is_sent_for_somebody_who_left(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    staff = staff_of(STEENOKKERZEEL)
    await close_case(session, clock, staff, case_id=case.id, status=CaseStatus.RELEASED)
    with pytest.raises(CaseClosed):
        await ask(session, clock, case, WEDNESDAY_10)


@pytest.mark.parametrize("suitability", [Suitability.NOT_ASSESSED, Suitability.UNSUITABLE])
async def test_video_is_not_asked_for_whom_it_was_not_found_suitable(
    session: AsyncConnection, clock: FixedClock, suitability: Suitability
) -> None:
    case = await detainee_at(STEENOKKERZEEL, suitability=suitability).opened(session, clock)
    with pytest.raises(NotSuitable):
        await ask(session, clock, case, WEDNESDAY_10)


async def test_whom_video_does_not_suit_may_be_heard_in_person(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL, suitability=Suitability.UNSUITABLE).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10, modality=Modality.IN_PERSON)
    assert asked.booking.modality is Modality.IN_PERSON


@pytest.mark.parametrize("modality", list(Modality))
async def test_nothing_is_asked_before_somebody_has_said_whether_video_suits(
    session: AsyncConnection, clock: FixedClock, modality: Modality
) -> None:
    case = await detainee_at(STEENOKKERZEEL, suitability=Suitability.NOT_ASSESSED).opened(session, clock)
    with pytest.raises(NotSuitable):
        await ask(session, clock, case, WEDNESDAY_10, modality=modality)


async def test_the_choice_of_video_belongs_to_the_country(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL, country="GH").opened(session, clock)
    with pytest.raises(VideoDeclined):
        await ask(session, clock, case, WEDNESDAY_10, post=GHANA_POST)


async def test_a_post_of_another_country_is_never_asked(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(NotAccredited):
        await ask(session, clock, case, WEDNESDAY_10, post=GAMBIA_POST)


async def test_a_post_in_another_state_is_asked_when_accredited(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(ROTTERDAM).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10, room=KAMER_1)
    assert asked.request.route is Route.OTHER_STATE


async def test_the_capital_is_asked_through_its_embassy(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10 + timedelta(hours=1), post=CONAKRY_POST)
    assert asked.request.route is Route.CAPITAL


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(datetime(2026, 9, 23, 6, 0, tzinfo=UTC), id="before the post opens"),
        pytest.param(datetime(2026, 9, 23, 13, 30, tzinfo=UTC), id="ends after the post closes"),
        pytest.param(datetime(2026, 9, 26, 8, 0, tzinfo=UTC), id="on a Saturday"),
        pytest.param(datetime(2026, 9, 23, 8, 2, tzinfo=UTC), id="off the five minutes"),
    ],
)
async def test_a_slot_outside_hours_is_refused_with_alternatives(
    session: AsyncConnection, clock: FixedClock, starts_at: datetime
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(OutsideHours) as caught:
        await ask(session, clock, case, starts_at)
    assert len(caught.value.alternatives) == 3


async def test_a_post_wants_its_notice(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(TooSoon) as caught:
        await ask(session, clock, case, clock() + timedelta(hours=2))
    assert caught.value.earliest_at == clock() + timedelta(days=1)
    assert all(slot.starts_at >= caught.value.earliest_at for slot in caught.value.alternatives)


async def test_no_slot_is_had_after_the_day_detention_must_end(
    session: AsyncConnection, clock: FixedClock
) -> None:
    person = detainee_at(STEENOKKERZEEL, detention_ends_on=date(2026, 9, 22))
    case = await person.opened(session, clock)
    with pytest.raises(AfterDetention) as caught:
        await ask(session, clock, case, WEDNESDAY_10)
    assert all(slot.ends_at.date() <= date(2026, 9, 22) for slot in caught.value.alternatives)


@pytest.mark.parametrize("owner_id", [BRUSSELS_POST.id, STEENOKKERZEEL.id, VISIO_1.id])
async def test_a_closure_of_either_side_refuses_with_its_reason(
    session: AsyncConnection, clock: FixedClock, owner_id: str
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    closed = Interval(WEDNESDAY_10 - timedelta(hours=1), WEDNESDAY_10 + timedelta(minutes=5))
    await add_closure(session, Closure(owner_id, closed, "Jour férié en Guinée"))
    with pytest.raises(ClosedThen) as caught:
        await ask(session, clock, case, WEDNESDAY_10)
    assert caught.value.reason == "Jour férié en Guinée"


async def test_a_closure_of_one_room_leaves_the_other_open(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    closed = Interval(WEDNESDAY_10, WEDNESDAY_10 + timedelta(hours=1))
    await add_closure(session, Closure(VISIO_1.id, closed, "Travaux"))
    asked = await ask(session, clock, case, WEDNESDAY_10, room=VISIO_2)
    assert asked.booking.room_id == VISIO_2.id


async def test_a_post_holds_no_more_interviews_a_day_than_its_quota(
    session: AsyncConnection, clock: FixedClock
) -> None:
    for hour in range(4):
        other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        await ask(session, clock, other, WEDNESDAY_10 + timedelta(hours=hour))
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(QuotaReached) as caught:
        await ask(session, clock, case, WEDNESDAY_10 + timedelta(hours=4))
    assert caught.value.quota == 4
    assert WEDNESDAY_10.date() not in {slot.starts_at.date() for slot in caught.value.alternatives}


async def test_a_taken_seat_of_the_post_refuses_another_room(
    session: AsyncConnection, clock: FixedClock
) -> None:
    first = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    second = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, first, WEDNESDAY_10)
    with pytest.raises(SlotTaken) as caught:
        await ask(session, clock, second, WEDNESDAY_10 + timedelta(minutes=30), room=VISIO_2)
    assert len(caught.value.alternatives) == 3


async def test_a_person_is_not_interviewed_twice_at_the_same_time(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, case, WEDNESDAY_10 + timedelta(hours=1))
    with pytest.raises(SlotTaken):
        await ask(session, clock, case, WEDNESDAY_10 + timedelta(hours=1), post=CONAKRY_POST, room=VISIO_2)


async def test_a_post_with_two_seats_interviews_two_people_and_not_three(
    session: AsyncConnection, clock: FixedClock
) -> None:
    people = [await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock) for _ in range(3)]
    await ask(session, clock, people[0], WEDNESDAY_10, post=GAMBIA_POST, room=VISIO_1)
    await ask(session, clock, people[1], WEDNESDAY_10, post=GAMBIA_POST, room=VISIO_2)
    with pytest.raises(SlotTaken):
        await ask(session, clock, people[2], WEDNESDAY_10, post=GAMBIA_POST, room=VISIO_1)


async def test_a_post_that_confirms_by_itself_answers_at_once(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL, country="GM").opened(session, clock)
    asked = await ask(session, clock, case, WEDNESDAY_10, post=GAMBIA_POST)
    assert asked.booking.status is Status.CONFIRMED


async def test_a_request_releases_at_least_one_field(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(FieldRefused) as caught:
        await ask(session, clock, case, WEDNESDAY_10, disclosed=())
    assert caught.value.field == "disclosed"


@pytest.mark.parametrize("stranger", [staff_of(ROTTERDAM), officer_of(BRUSSELS_POST)])
async def test_only_the_centre_of_the_case_asks(
    session: AsyncConnection, clock: FixedClock, stranger: Actor
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(NotForYou):
        await request_interview(
            session,
            clock,
            stranger,
            case_id=case.id,
            post_id=BRUSSELS_POST.id,
            slots=[(VISIO_1.id, WEDNESDAY_10)],
            disclosed=(),
        )


async def test_a_room_that_does_not_exist_is_not_had(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(NotForYou):
        await ask(session, clock, case, WEDNESDAY_10, room=replace(VISIO_1, id=some_id()))
    with pytest.raises(NotForYou):
        await ask(session, clock, case, WEDNESDAY_10, post=replace(BRUSSELS_POST, id=some_id()))


async def test_where_nothing_was_agreed_nothing_is_promised_or_refused(session: AsyncConnection) -> None:
    profile = await load_profile(session, "SN", "BE")
    assert (profile.accepts_video, profile.days_to_arrange) == (True, None)


async def test_only_a_centre_opens_cases(session: AsyncConnection, clock: FixedClock) -> None:
    values = detainee_at(STEENOKKERZEEL).values
    with pytest.raises(NotForYou):
        await open_case(session, clock, a_supervisor(), **values)


async def test_a_room_of_another_centre_does_not_exist(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    with pytest.raises(NotForYou):
        await request_interview(
            session,
            clock,
            staff_of(STEENOKKERZEEL),
            case_id=case.id,
            post_id=BRUSSELS_POST.id,
            slots=[(KAMER_1.id, WEDNESDAY_10)],
            disclosed=USUAL_DISCLOSURE,
        )


async def test_of_two_bookings_of_one_slot_exactly_one_wins(engine: AsyncEngine, clock: FixedClock) -> None:
    async with engine.begin() as session:
        people = [await detainee_at(STEENOKKERZEEL).opened(session, clock) for _ in range(2)]

    async def one(index: int) -> str:
        async with engine.begin() as session:
            return (await ask(session, clock, people[index], WEDNESDAY_10)).booking.id

    results = await asyncio.gather(one(0), one(1), return_exceptions=True)
    lost = [result for result in results if isinstance(result, SlotTaken)]
    assert len(lost) == 1
    assert lost[0].alternatives
    async with engine.connect() as session:
        assert (await session.execute(select(func.count()).select_from(tables.bookings))).scalar_one() == 1


async def test_the_database_refuses_a_double_booking_that_nobody_saw(
    session: AsyncConnection, clock: FixedClock
) -> None:
    first = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    second = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    standing = (await ask(session, clock, first, WEDNESDAY_10)).booking
    elsewhere = (await ask(session, clock, second, WEDNESDAY_10 + timedelta(hours=2))).booking
    with pytest.raises(AlreadyHeld):
        await hold(session, elsewhere, [standing.placed], seats=1)


async def test_a_slot_lost_in_the_last_moment_leaves_nothing_behind(
    session: AsyncConnection, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    second = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, first, WEDNESDAY_10)
    monkeypatch.setattr("scheduling.offer.Offer.refusal_of", lambda _offer, _slot: None)  # it looked free
    with pytest.raises(SlotTaken) as caught:
        await ask(session, clock, second, WEDNESDAY_10)
    assert caught.value.alternatives
    for table in (tables.requests, tables.bookings):
        assert (await session.execute(select(func.count()).select_from(table))).scalar_one() == 1


async def test_alternatives_lie_farther_away_when_too_little_is_free_nearby(
    session: AsyncConnection, clock: FixedClock
) -> None:
    first = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    second = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    wanted = WEDNESDAY_10 + timedelta(weeks=1)
    week = Interval(wanted - timedelta(days=3), wanted + timedelta(days=3))
    monday = Interval(week.ends_at, week.ends_at + timedelta(days=3))
    await add_closure(session, Closure(BRUSSELS_POST.id, week))
    await add_closure(session, Closure(STEENOKKERZEEL.id, monday))
    with pytest.raises(ClosedThen) as caught:
        await ask(session, clock, first, wanted)
    nearest = caught.value.alternatives
    assert len(nearest) == 3
    assert all(slot.ends_at <= week.starts_at or slot.starts_at >= monday.ends_at for slot in nearest)
    room = next(each for each in (VISIO_1, VISIO_2) if each.id == nearest[0].room_id)
    await ask(session, clock, second, nearest[0].starts_at, room=room)
    with pytest.raises(ClosedThen) as caught:
        await ask(session, clock, first, wanted)
    assert len(caught.value.alternatives) == 3
    assert nearest[0] not in caught.value.alternatives
