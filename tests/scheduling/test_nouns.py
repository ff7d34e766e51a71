"""Small nouns by tables: routes, ages, days, next steps, seats, identifiers, columns."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from scheduling.actor import Role
from scheduling.booking import Status
from scheduling.case import CaseStatus, Suitability, age_on, is_minor_on
from scheduling.columns import UtcDateTime
from scheduling.deadline import Deadline, arrange_by
from scheduling.errors import NotPossibleNow, SeatOfAnother
from scheduling.identifier import is_id, new_id, new_reference
from scheduling.interview import (
    Ending,
    Interview,
    RecordingRefusal,
    ending_for,
    recording_refusal,
)
from scheduling.next_step import NextStep, Standing, next_step, weight
from scheduling.participant import Attendance, LineQuality, Participant, ParticipantRole, was_checked_on
from scheduling.post import Post, Route, reachable, route_between
from tests.support.people import BRUSSELS_POST, CONAKRY_POST, GAMBIA_POST, POSTS, STEENOKKERZEEL, detainee_at

DIALECTS = tuple(make_url(name).get_dialect()() for name in ("sqlite://", "postgresql+asyncpg://"))
NOW = datetime(2026, 9, 21, 10, tzinfo=UTC)
TODAY = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("centre_country", "post", "route"),
    [
        pytest.param("BE", BRUSSELS_POST, Route.SAME_STATE, id="the embassy next door"),
        pytest.param("NL", BRUSSELS_POST, Route.OTHER_STATE, id="accredited to the neighbour"),
        pytest.param("BE", CONAKRY_POST, Route.CAPITAL, id="the capital through its embassy"),
        pytest.param("FR", BRUSSELS_POST, None, id="not accredited to France"),
        pytest.param("FR", CONAKRY_POST, None, id="no embassy for France"),
        pytest.param("BE", replace(CONAKRY_POST, embassy_id=None), None, id="a capital without an embassy"),
        pytest.param("BE", replace(BRUSSELS_POST, is_active=False), None, id="a post that closed"),
    ],
)
def test_the_route_follows_from_where_the_post_stands(
    centre_country: str, post: Post, route: Route | None
) -> None:
    assert route_between(centre_country, post) is route


def test_the_shortest_route_comes_first_and_other_countries_not_at_all() -> None:
    assert reachable("BE", "GN", POSTS) == [(Route.SAME_STATE, BRUSSELS_POST), (Route.CAPITAL, CONAKRY_POST)]


@pytest.mark.parametrize(
    ("born_on", "age", "minor"),
    [
        (date(2008, 9, 21), 18, False),
        (date(2008, 9, 22), 17, True),
        (date(2008, 2, 29), 18, False),
        (date(2026, 9, 21), 0, True),
    ],
)
def test_somebody_is_a_minor_until_the_day_they_turn_eighteen(born_on: date, age: int, minor: bool) -> None:
    assert age_on(born_on, TODAY) == age
    assert is_minor_on(born_on, TODAY) is minor


def test_an_unknown_birth_date_decides_nothing() -> None:
    assert not is_minor_on(None, TODAY)


@pytest.mark.parametrize(
    ("on", "left", "late", "short", "passed"),
    [
        (date(2026, 9, 20), -1, 1, True, True),
        (date(2026, 9, 21), 0, 0, True, False),
        (date(2026, 10, 5), 14, 0, True, False),
        (date(2026, 10, 6), 15, 0, False, False),
    ],
)
def test_days_left_and_days_late(on: date, left: int, late: int, short: bool, passed: bool) -> None:
    deadline = Deadline(on, TODAY)
    assert (deadline.days_left, deadline.days_late, deadline.is_short, deadline.has_passed) == (
        left,
        late,
        short,
        passed,
    )


def test_days_to_arrange_are_counted_where_the_centre_is() -> None:
    late_evening = datetime(2026, 9, 21, 22, 30, tzinfo=UTC)  # already the 22nd in Brussels
    assert arrange_by(late_evening, "Europe/Brussels", 7) == date(2026, 9, 29)
    assert arrange_by(late_evening, "Africa/Conakry", 7) == date(2026, 9, 28)
    assert arrange_by(late_evening, "Europe/Brussels", None) is None


STANDING = Standing(
    case=CaseStatus.OPEN,
    protection_open=False,
    suitability=Suitability.SUITABLE,
    booking=None,
    arrange_by_on=None,
)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (STANDING, NextStep.REQUEST),
        (replace(STANDING, suitability=Suitability.NOT_ASSESSED), NextStep.ASSESS),
        (replace(STANDING, booking=Status.REQUESTED), NextStep.AWAIT_ANSWER),
        (replace(STANDING, booking=Status.REQUESTED, arrange_by_on=TODAY), NextStep.AWAIT_ANSWER),
        (replace(STANDING, booking=Status.REQUESTED, arrange_by_on=date(2026, 9, 20)), NextStep.ANSWER_LATE),
        (
            replace(STANDING, booking=Status.REQUESTED, arrange_by_on=date(2026, 9, 20), is_proposed=True),
            NextStep.ANSWER,
        ),
        (replace(STANDING, booking=Status.CONFIRMED, is_proposed=True), NextStep.INTERVIEW_PLANNED),
        (replace(STANDING, booking=Status.CONFIRMED), NextStep.INTERVIEW_PLANNED),
        (replace(STANDING, booking=Status.IN_PROGRESS), NextStep.INTERVIEW_RUNNING),
        (replace(STANDING, booking=Status.COMPLETED), NextStep.AWAIT_OUTCOME),
        (replace(STANDING, booking=Status.DECLINED), NextStep.REQUEST),
        (replace(STANDING, booking=Status.CONFIRMED, protection_open=True), NextStep.SUSPENDED),
        (replace(STANDING, case=CaseStatus.RELEASED, protection_open=True), NextStep.NOTHING),
    ],
)
def test_what_is_next_for_a_case(standing: Standing, step: NextStep) -> None:
    assert next_step(standing, TODAY) is step


def test_the_booking_that_counts_is_the_one_furthest_on() -> None:
    ordered = sorted(Status, key=weight)
    assert ordered[:4] == [Status.IN_PROGRESS, Status.CONFIRMED, Status.REQUESTED, Status.COMPLETED]


SEAT = Participant(id="p", interview_id="i", role=ParticipantRole.CONSULAR_OFFICER)


def test_waiting_outside_is_not_attending() -> None:
    waiting = SEAT.joined(NOW)
    assert (waiting.is_present, waiting.joined_at, waiting.attendance) == (True, None, None)
    inside = waiting.admitted(by="host", at=NOW + timedelta(minutes=4))
    assert (inside.joined_at, inside.attendance) == (NOW + timedelta(minutes=4), Attendance.ATTENDED)


def test_a_lost_line_is_a_reconnection_and_not_a_new_arrival() -> None:
    seat = SEAT.admitted(by="host", at=NOW).joined(NOW)
    back = seat.left(NOW + timedelta(minutes=1)).joined(NOW + timedelta(minutes=2))
    assert (back.joined_at, back.left_at, back.reconnections) == (NOW, None, 1)
    assert back.joined(NOW + timedelta(minutes=3)) is back
    assert SEAT.left(NOW) is SEAT


def test_who_never_came_is_absent_and_of_a_cancelled_interview_nothing_is_said() -> None:
    assert SEAT.at_the_end(NOW, required=True).attendance is Attendance.ABSENT
    assert SEAT.at_the_end(NOW, required=False).attendance is Attendance.NOT_REQUIRED
    assert SEAT.joined(NOW).left(NOW).left_at is None
    attended = SEAT.admitted(by="host", at=NOW).joined(NOW).at_the_end(NOW, required=True)
    assert (attended.attendance, attended.is_present) == (Attendance.ATTENDED, False)


def test_a_seat_keeps_the_first_person_who_took_it() -> None:
    assert SEAT.taken_by("first").taken_by("second").account_id == "first"
    admitted = SEAT.admitted(by="first", at=NOW)
    assert admitted.admitted(by="second", at=NOW) is admitted


def test_a_check_counts_for_the_day_it_was_made() -> None:
    checked = SEAT.checked(datetime(2026, 9, 21, 22, 30, tzinfo=UTC), LineQuality.SOUND)
    assert checked.checked_line is LineQuality.SOUND
    assert was_checked_on(checked, date(2026, 9, 22), "Europe/Brussels")
    assert not was_checked_on(checked, date(2026, 9, 21), "Europe/Brussels")
    assert not was_checked_on(SEAT, TODAY, "UTC")


RUNNING = Interview(id="i", booking_id="b").started(NOW)


@pytest.mark.parametrize(
    ("interview", "notice", "consents", "post", "refusal"),
    [
        (RUNNING, True, True, True, None),
        (RUNNING, True, False, True, RecordingRefusal.NO_CONSENT),
        (RUNNING, True, None, True, RecordingRefusal.NO_CONSENT),
        (RUNNING, False, True, True, RecordingRefusal.NO_NOTICE),
        (RUNNING, True, True, False, RecordingRefusal.DECLINED_BY_POST),
        (Interview(id="i", booking_id="b"), True, True, True, RecordingRefusal.NOT_RUNNING),
        (RUNNING.ended(Ending.NORMAL, NOW), True, True, True, RecordingRefusal.NOT_RUNNING),
    ],
)
def test_nothing_is_recorded_without_start_notice_consent_and_the_post(
    interview: Interview, notice: bool, consents: bool | None, post: bool, refusal: RecordingRefusal | None
) -> None:
    assert recording_refusal(interview, notice_given=notice, consents=consents, post_accepts=post) is refusal


def test_an_interview_begins_once_and_ends_once() -> None:
    over = RUNNING.ended(Ending.NORMAL, NOW)
    for interview in (RUNNING, over):
        with pytest.raises(NotPossibleNow):
            interview.started(NOW)
    with pytest.raises(NotPossibleNow):
        over.ended(Ending.NORMAL, NOW)


def test_a_refusal_says_what_it_is_and_can_be_kept_in_a_set() -> None:
    refusal = SeatOfAnother("p")
    assert str(refusal) == "SeatOfAnother: Nobody enters in another's stead."
    assert isinstance(hash(refusal), int)


@pytest.mark.parametrize("role", Role)
def test_only_the_own_side_reads_a_protection_stop(role: Role) -> None:
    own = role in {Role.CENTRE_STAFF, Role.SUPERVISOR}
    expected = Ending.PROTECTION_STOP if own else Ending.ENDED_BY_CENTRE
    assert ending_for(role, Ending.PROTECTION_STOP) is expected
    assert ending_for(role, Ending.NORMAL) is Ending.NORMAL
    assert ending_for(role, None) is None


def test_identifiers_hold_128_bits_and_references_no_letter_that_is_mistaken() -> None:
    ids = {new_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(is_id(each) for each in ids)
    assert max(each[0] for each in ids) <= "7"  # 128 bits fill 25 characters and three bits
    assert not is_id("short")
    assert not is_id("u" * 26)
    assert not set("01OILU") & set("".join(new_reference() for _ in range(200)))


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_a_moment_comes_back_from_the_database_as_the_same_moment(moment: datetime) -> None:
    for dialect in DIALECTS:
        column = UtcDateTime().dialect_impl(dialect)
        store, read = column.bind_processor(dialect), column.result_processor(dialect, None)
        try:
            stored = store(moment) if store else moment
        except OverflowError:  # the first and the last day of the calendar have no UTC
            return
        again = read(stored) if read else stored  # asyncpg gives moments in UTC by itself
        assert again == moment
        assert again is not None
        assert again.tzinfo is UTC


def test_a_naive_moment_has_no_place_in_the_database() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 9, 21), DIALECTS[0])
    assert UtcDateTime().process_bind_param(None, DIALECTS[0]) is None
    readers = [UtcDateTime().result_processor(each, None) for each in DIALECTS]
    assert {read(None) for read in readers if read} == {None}


def test_the_builders_refuse_people_who_cannot_be() -> None:
    with pytest.raises(ValueError, match="before it began"):
        detainee_at(STEENOKKERZEEL, detention_ends_on=date(2020, 1, 1))
    with pytest.raises(ValueError, match="no guardian"):
        detainee_at(STEENOKKERZEEL, guardian_name="Claire Peeters")


def test_a_post_tells_how_long_and_from_when() -> None:
    assert GAMBIA_POST.length == timedelta(minutes=30)
    assert GAMBIA_POST.earliest_after(NOW) == NOW + timedelta(hours=1)
