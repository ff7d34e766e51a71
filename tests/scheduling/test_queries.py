"""What each screen shows, and to whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.admit import enter
from scheduling.booking import CancelReason
from scheduling.cancel import cancel
from scheduling.case import DisclosedField, Suitability
from scheduling.find_slots import offer_for
from scheduling.listing import Slice
from scheduling.mark_check import mark_check
from scheduling.next_step import NextStep
from scheduling.offer import window_around
from scheduling.participant import LineQuality, ParticipantRole
from scheduling.post import Route
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
from scheduling.stop import stop
from scheduling.trail import record_view
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    CONAKRY_POST,
    GHANA_POST,
    KAMER_1,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    a_supervisor,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    meant_early,
    minor_at,
    officer_of,
    some_id,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST = staff_of(STEENOKKERZEEL)
OFFICER = officer_of(BRUSSELS_POST)


async def test_the_list_is_ordered_by_the_day_detention_must_end(
    session: AsyncConnection, clock: FixedClock
) -> None:
    ends = [date(2027, 1, 5), date(2026, 10, 1), date(2026, 12, 24)]
    for end in ends:
        await detainee_at(STEENOKKERZEEL, detention_ends_on=end).opened(session, clock)
    rows = (await list_cases(session, HOST, clock(), CaseFilter(), Slice())).rows
    assert [row.deadline.on for row in rows] == sorted(ends)
    assert rows[0].deadline.days_left == 10
    assert rows[0].deadline.is_short


async def test_the_list_says_what_is_next_for_each(session: AsyncConnection, clock: FixedClock) -> None:
    end = date(2027, 1, 1)
    people = [
        detainee_at(STEENOKKERZEEL, detention_ends_on=end + timedelta(days=number)) for number in range(5)
    ]
    people[0] = people[0].with_(suitability=Suitability.NOT_ASSESSED)
    cases = [await person.opened(session, clock) for person in people]
    await ask(session, clock, cases[2], SLOT)
    await agreed(session, clock, (await ask(session, clock, cases[3], SLOT + timedelta(hours=1))).booking)
    await stop(session, clock, HOST, case_id=cases[4].id)
    rows = (await list_cases(session, HOST, clock(), CaseFilter(), Slice())).rows
    assert [row.step for row in rows] == [
        NextStep.ASSESS,
        NextStep.REQUEST,
        NextStep.AWAIT_ANSWER,
        NextStep.INTERVIEW_PLANNED,
        NextStep.SUSPENDED,
    ]
    assert rows[3].booking is not None
    assert rows[3].booking.interview_id is not None
    clock.advance(days=8)
    assert ((await list_cases(session, HOST, clock(), CaseFilter(), Slice())).rows)[
        2
    ].step is NextStep.ANSWER_LATE


@pytest.mark.parametrize(
    ("actor", "number"),
    [
        (HOST, 1),
        (staff_of(ROTTERDAM), 0),
        (a_supervisor(), 1),
        (an_administrator(), 0),
        (OFFICER, 0),
    ],
    ids=["own centre", "another centre", "supervisor", "administrator", "officer"],
)
async def test_a_case_exists_for_its_centre_and_for_supervisors(
    session: AsyncConnection, clock: FixedClock, actor: Actor, number: int
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    assert len((await list_cases(session, actor, clock(), CaseFilter(), Slice())).rows) == number
    assert (await case_page(session, actor, case.id, clock()) is not None) is bool(number)


@pytest.mark.parametrize(
    ("actor", "number"),
    [
        (HOST, 1),
        (staff_of(ROTTERDAM), 0),
        (a_supervisor(), 1),
        (an_administrator(), 0),
        (OFFICER, 1),
        (officer_of(GHANA_POST), 0),
        (officer_of(CONAKRY_POST), 0),
    ],
)
async def test_a_booking_exists_for_its_two_sides_and_for_supervisors(
    session: AsyncConnection, clock: FixedClock, actor: Actor, number: int
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, SLOT)).booking
    assert len(await requests_to_answer(session, actor, clock())) == number
    assert (await booking_page(session, actor, booking.id, clock()) is not None) is bool(number)
    interview_id = (await agreed(session, clock, booking)).interview.id
    assert (await interview_page(session, actor, interview_id, clock()) is not None) is bool(number)
    assert len((await interviews_of(session, actor, clock())).coming) == number
    assert await requests_to_answer(session, actor, clock()) == []


async def test_a_post_reads_the_released_fields_and_no_other(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    released = (DisclosedField.GIVEN_NAMES, DisclosedField.LANGUAGES)
    booking = (await ask(session, clock, case, SLOT, disclosed=released)).booking
    page = await booking_page(session, OFFICER, booking.id, clock())
    assert page is not None
    assert dict(page.person) == {"given_names": "Mamadou Alpha", "languages": ["ff", "fr"]}
    assert page.case_id is None
    assert "Diallo" not in repr(page)
    own = await booking_page(session, HOST, booking.id, clock())
    assert own is not None
    assert own.person["family_name"] == "Diallo"


async def test_disclosure_ends_with_the_request(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, SLOT)).booking
    await cancel(session, clock, HOST, booking_id=booking.id, reason=CancelReason.BY_CENTRE)
    page = await booking_page(session, OFFICER, booking.id, clock())
    assert page is not None
    assert page.person == {}


async def test_a_page_says_what_the_reader_may_do(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, SLOT)).booking
    rights = {}
    for name, actor in (("host", HOST), ("officer", OFFICER), ("supervisor", a_supervisor())):
        page = await booking_page(session, actor, booking.id, clock())
        assert page is not None
        rights[name] = (page.may_answer, page.may_cancel)
    assert rights == {"host": (False, True), "officer": (True, False), "supervisor": (False, False)}


async def test_requests_past_their_day_come_first(session: AsyncConnection, clock: FixedClock) -> None:
    belgian = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, belgian, SLOT)
    clock.advance(days=1)
    dutch = await detainee_at(ROTTERDAM).opened(session, clock)
    await ask(session, clock, dutch, SLOT + timedelta(days=1), room=KAMER_1)
    rows = await requests_to_answer(session, OFFICER, clock())
    assert [row.route for row in rows] == [Route.SAME_STATE, Route.OTHER_STATE]
    assert [row.deadline.days_left for row in rows if row.deadline] == [6, 7]


async def test_interviews_are_of_today_coming_or_past(session: AsyncConnection, clock: FixedClock) -> None:
    bookings = []
    for days in range(3):
        case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        asked = await ask(session, clock, case, SLOT + timedelta(days=days))
        bookings.append((await agreed(session, clock, asked.booking)).booking)
    gone = bookings[2].id
    await cancel(session, clock, HOST, booking_id=gone, reason=CancelReason.TECHNICAL)
    clock.set(SLOT + timedelta(hours=-3))
    lists = await interviews_of(session, HOST, clock())
    assert [row.booking.booking_id for row in lists.today] == [bookings[0].id]
    assert [row.booking.booking_id for row in lists.coming] == [bookings[1].id]
    assert [row.booking.booking_id for row in lists.past] == [gone]


async def test_an_interview_page_shows_the_seats_in_order_and_the_readers_own(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    interview = (await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)).interview
    await mark_check(session, clock, OFFICER, interview_id=interview.id, line=LineQuality.GOOD)
    await meant_early(session, clock, HOST, interview.id)
    await enter(session, clock, HOST, interview_id=interview.id)
    for actor, role, host_name in (
        (HOST, ParticipantRole.DETAINEE, HOST.name),
        (OFFICER, ParticipantRole.CONSULAR_OFFICER, ""),
    ):
        page = await interview_page(session, actor, interview.id, clock())
        assert page is not None
        assert page.seat is not None
        assert page.seat.role is role
        assert page.participants[0].role is ParticipantRole.DETAINEE
        assert {seat.name for seat in page.participants if seat.role is ParticipantRole.CENTRE_HOST} == {
            host_name
        }
        officer = page.participants[-1]
        assert officer.is_checked_today
        assert page.may_host is (actor is HOST)


async def test_the_own_side_sees_that_the_guardian_is_missing(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await minor_at(STEENOKKERZEEL).opened(session, clock)
    interview = (await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)).interview
    for actor, missing in ((HOST, True), (a_supervisor(), True), (OFFICER, False)):
        page = await interview_page(session, actor, interview.id, clock())
        assert page is not None
        assert page.lacks_guardian is missing


async def test_the_posts_of_a_case_come_by_route(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    rows = await posts_for_case(session, HOST, case.id)
    assert [(row.post.id, row.route) for row in rows] == [
        (BRUSSELS_POST.id, Route.SAME_STATE),
        (CONAKRY_POST.id, Route.CAPITAL),
    ]
    assert rows[0].profile.days_to_arrange == 7


async def test_every_slot_that_is_shown_can_be_booked(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    busy = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, busy, SLOT)
    page = await slots_for_case(session, HOST, case.id, BRUSSELS_POST.id, clock(), days=7)
    assert page is not None
    assert page.room_names[VISIO_1.id] == "Visio 1"
    assert SLOT not in {slot.starts_at for slot in page.slots}
    offer = await offer_for(
        session,
        case=case,
        centre=STEENOKKERZEEL,
        post=BRUSSELS_POST,
        window=window_around(SLOT, days=14),
        now=clock(),
    )
    assert page.slots
    assert {offer.refusal_of(slot) for slot in page.slots} == {None}


async def test_slots_of_a_post_that_cannot_be_asked_do_not_exist(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    assert await slots_for_case(session, HOST, case.id, GHANA_POST.id, clock()) is None
    assert await slots_for_case(session, HOST, some_id(), BRUSSELS_POST.id, clock()) is None
    assert await interview_page(session, HOST, some_id(), clock()) is None


async def test_slots_keep_the_posts_notice_and_the_last_day(
    session: AsyncConnection, clock: FixedClock
) -> None:
    last = date(2026, 9, 24)
    case = await detainee_at(STEENOKKERZEEL, detention_ends_on=last).opened(session, clock)
    page = await slots_for_case(session, HOST, case.id, BRUSSELS_POST.id, clock())
    assert page is not None
    assert min(slot.starts_at for slot in page.slots) >= clock() + timedelta(days=1)
    assert max(slot.ends_at for slot in page.slots).date() == last


async def test_a_view_is_audited_without_a_name(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await record_view(session, clock, a_supervisor(), "case", case.id)
    views = select(tables.audit).where(tables.audit.c.act == "view")
    (row,) = (await session.execute(views)).all()
    assert (row.account_id, row.noun, row.noun_id) == (a_supervisor().account_id, "case", case.id)
    assert row.at == clock()


def test_a_supervisor_is_no_host() -> None:
    assert not replace(a_supervisor(), organisation_id=STEENOKKERZEEL.id).hosts_at(STEENOKKERZEEL.id)
