"""The statuses of a booking: every step that the table has, and none that it lacks."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.booking import (
    CENTRE_REASONS,
    HOLDING,
    POST_REASONS,
    TRANSITIONS,
    Booking,
    CancelReason,
    Modality,
    Status,
    calendar_uid,
)
from scheduling.errors import NotPossibleNow

AT = datetime(2026, 9, 23, 8, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def booking(status: Status) -> Booking:
    return Booking(
        id="b",
        request_id="r",
        case_id="c",
        post_id="p",
        room_id="o",
        starts_at=AT,
        ends_at=AT + timedelta(hours=1),
        modality=Modality.VIDEO,
        status=status,
        uid=calendar_uid("b"),
        requested_at=AT,
    )


STEPS = [(old, new) for old in Status for new in Status]


@pytest.mark.parametrize(("old", "new"), STEPS)
def test_a_booking_moves_by_the_table_only(old: Status, new: Status) -> None:
    if new in TRANSITIONS[old]:
        assert booking(old).moved_to(new, at=LATER).status is new
    else:
        with pytest.raises(NotPossibleNow):
            booking(old).moved_to(new, at=LATER)


def test_no_status_is_left_once_it_holds_nothing() -> None:
    assert {status for status in Status if TRANSITIONS[status]} == HOLDING


def test_each_step_is_a_new_version_and_keeps_the_calendar_identity() -> None:
    confirmed = booking(Status.REQUESTED).moved_to(Status.CONFIRMED, at=LATER)
    cancelled = confirmed.moved_to(Status.CANCELLED, at=LATER, reason=CancelReason.BY_CENTRE)
    assert [confirmed.version, cancelled.version] == [2, 3]
    assert [confirmed.sequence, cancelled.sequence] == [1, 2]
    assert cancelled.uid == booking(Status.REQUESTED).uid
    assert confirmed.answered_at == LATER


def test_the_neutral_reason_is_open_to_a_centre_on_any_day() -> None:
    assert CancelReason.BY_CENTRE in CENTRE_REASONS
    assert CancelReason.BY_CENTRE not in POST_REASONS
    assert not any("protect" in reason or "asyl" in reason for reason in CancelReason)
