"""Why time is not free: stretches beside the slots, each with a reason that the slow model agrees with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from scheduling.hindrance import Hindrance, stretches
from scheduling.holiday import Holiday
from scheduling.offer import Closure, ClosureKind, Offer, Taken
from scheduling.slot import Interval, Slot, interval_of, quanta_of
from tests.support.offer_model import (
    CENTRE,
    INTERPRETERS,
    POST,
    ROOMS,
    Model,
    an_offer,
    between,
    offers,
    steps_of,
)

NINE = datetime(2026, 9, 23, 9, tzinfo=UTC)
DAY = between(NINE, hours=8)
HOUR = between(NINE, hours=1)
H = Hindrance


@given(offers())
def test_stretches_meet_neither_each_other_nor_a_slot(offer: Offer) -> None:
    slots = offer.slots()
    found = [each.interval for each in stretches(offer, offer.window, slots)]
    assert all(starts_at < ends_at for starts_at, ends_at in found)
    assert all(left.ends_at <= right.starts_at for left, right in pairwise(found))
    assert not any(each.overlaps(Interval(*slot[1:])) for each in found for slot in slots)
    assert all(offer.window.covers(each) for each in found)


@given(offers())
def test_each_stretch_names_a_reason_that_applies_to_all_of_it(offer: Offer) -> None:
    model = Model(offer)
    for stretch in stretches(offer, offer.window, offer.slots()):
        for number in _inside(stretch.interval):
            assert model.explains(stretch.hindrance, interval_of(number, number)), stretch


@given(offers())
def test_only_time_too_short_for_a_slot_has_no_reason(offer: Offer) -> None:
    model, slots = Model(offer), offer.slots()
    explained = [*(each.interval for each in stretches(offer, offer.window, slots))]
    explained += [Interval(*slot[1:]) for slot in slots]
    for number in quanta_of(offer.window):
        at = interval_of(number, number)
        if any(each.overlaps(at) for each in explained):
            continue
        assert any(model.is_free(at, room_id) for room_id in offer.room_hours)
        assert offer.interpreters is None or any(model.interprets(at, each) for each in offer.interpreters)


def _inside(interval: Interval) -> range:
    """The whole five minutes inside an interval that may begin and end on any minute."""
    epoch, step = datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=5)
    return range(-((epoch - interval.starts_at) // step), (interval.ends_at - epoch) // step)


def held(room_id: str, *, at_post: bool = True, of_person: bool = False) -> Taken:
    return Taken(
        f"b{room_id}", room_id, None, at_post=at_post, of_person=of_person, holds=True, **steps_of(HOUR)
    )


def shut(owner_id: str, **changes: Any) -> Closure:
    return Closure(owner_id, HOUR, "panne", **changes)


HOLIDAY = Holiday("BE", date(2026, 9, 23))
LATER = [Interval(HOUR.ends_at, DAY.ends_at)]
BOTH = ROOMS[:2]


@pytest.mark.parametrize(
    ("hindrance", "changes"),
    [
        (H.HOLIDAY, {"closures": (shut(POST.id, kind=ClosureKind.HOLIDAY, holiday=HOLIDAY),)}),
        (H.POST_CLOSED, {"closures": (shut(POST.id),)}),
        (H.CENTRE_CLOSED, {"closures": (shut(CENTRE, kind=ClosureKind.BUSY),)}),
        (H.POST_HOURS, {"post_hours": LATER}),
        (H.TOO_SOON, {"now": HOUR.ends_at}),
        (H.POST_TAKEN, {"taken": (held("elsewhere"),)}),
        (H.PERSON_TAKEN, {"taken": (held("elsewhere", at_post=False, of_person=True),)}),
        (H.ROOM_HOURS, {"room_hours": dict.fromkeys(BOTH, LATER)}),
        (H.ROOMS_CLOSED, {"closures": tuple(shut(room_id) for room_id in BOTH)}),
        (H.ROOMS_TAKEN, {"taken": tuple(held(room_id, at_post=False) for room_id in BOTH)}),
        (H.INTERPRETER, {"interpreters": {INTERPRETERS[0]: LATER}}),
        (H.INTERPRETER, {"interpreters": {INTERPRETERS[0]: [DAY]}, "closures": (shut(INTERPRETERS[0]),)}),
    ],
)
def test_an_hour_that_cannot_be_had_says_why_and_the_rest_of_the_day_is_free(
    hindrance: Hindrance, changes: dict[str, Any]
) -> None:
    offer = an_offer(DAY, **changes)
    (found,) = stretches(offer, DAY, offer.slots())
    assert (found.hindrance, found.interval) == (hindrance, HOUR)
    closures = {H.HOLIDAY, H.POST_CLOSED, H.CENTRE_CLOSED, H.ROOMS_CLOSED}
    assert found.reason == ("panne" if hindrance in closures else "")
    assert found.holiday == (HOLIDAY if hindrance is H.HOLIDAY else None)


def test_a_full_day_and_the_days_after_detention_say_so() -> None:
    asked = held("elsewhere")._replace(holds=False)
    full = an_offer(DAY, post=replace(POST, daily_quota=1), taken=(asked,))
    assert _reasons(full) == [(H.QUOTA, DAY)]
    assert _reasons(an_offer(DAY, detention_ends_on=date(2026, 9, 22))) == [(H.AFTER_DETENTION, DAY)]


def test_a_window_before_all_notice_is_too_soon_and_not_after_detention() -> None:
    assert _reasons(an_offer(DAY, now=DAY.ends_at)) == [(H.TOO_SOON, DAY)]


def test_the_more_telling_reason_comes_first() -> None:
    closures = (shut(POST.id), shut(POST.id, kind=ClosureKind.HOLIDAY, holiday=HOLIDAY))
    offer = an_offer(DAY, closures=closures, post_hours=LATER, room_hours=dict.fromkeys(BOTH, LATER))
    assert _reasons(offer) == [(H.HOLIDAY, HOUR)]


def test_a_room_that_is_left_makes_the_hour_free() -> None:
    offer = an_offer(DAY, closures=(shut(ROOMS[0]),))
    assert _reasons(offer) == []
    assert Slot(ROOMS[1], *HOUR) in offer.slots()


def _reasons(offer: Offer) -> list[tuple[Hindrance, Interval]]:
    return [(each.hindrance, each.interval) for each in stretches(offer, DAY, offer.slots())]
