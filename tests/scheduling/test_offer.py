"""What is offered, against a slow model that looks at every five minutes one by one.

The rule: `refusal_of` is None for exactly the aligned intervals whose every five minutes are free of post,
centre, room, person and one whole interpreter; `slots` cuts such stretches, so it offers some of them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import day_in, local_day
from scheduling.errors import (
    AfterDetention,
    ClosedThen,
    InterpreterBusy,
    OutsideHours,
    QuotaReached,
    SlotTaken,
    TooSoon,
)
from scheduling.offer import Closure, ClosureKind, Offer, Taken, window_around
from scheduling.slot import QUANTUM, Interval, Slot, quanta_of
from tests.support.offer_model import (
    CENTRE,
    INTERPRETERS,
    POST,
    ROOMS,
    Model,
    an_offer,
    between,
    offers,
    starts_of,
    steps_of,
)

NINE = datetime(2026, 9, 23, 9, tzinfo=UTC)
A_DAY = between(NINE, hours=8)


@given(offers())
def test_each_slot_offered_is_free_of_everybody_for_its_whole_length(offer: Offer) -> None:
    model = Model(offer)
    for slot in offer.slots():
        assert slot.ends_at - slot.starts_at == offer.post.length
        assert model.can_have(slot)
        assert offer.refusal_of(slot) is None


@given(offers())
def test_a_slot_is_refused_unless_it_is_free_of_everybody(offer: Offer) -> None:
    model = Model(offer)
    for room_id in offer.room_hours:
        for starts_at in starts_of(offer):
            slot = Slot(room_id, starts_at, starts_at + offer.post.length)
            refusal = offer.refusal_of(slot)
            assert (refusal is None) == model.can_have(slot), (slot, refusal)
            if refusal is not None:
                assert model.says_the_truth(refusal, slot), (slot, refusal)


@given(offers(interpreted=False))
def test_every_free_stretch_is_cut_into_as_many_slots_as_fit_from_a_round_moment_on(offer: Offer) -> None:
    slots, model = offer.slots(), Model(offer)
    step = min(offer.post.length, timedelta(minutes=30))
    for room_id in offer.room_hours:
        for run in model.runs(room_id):
            fit = max(timedelta(), run.ends_at - _rounded_up(run.starts_at, step)) // offer.post.length
            inside = [each for each in slots if each.room_id == room_id and run.covers(Interval(*each[1:]))]
            assert len(inside) == fit


def _rounded_up(at: datetime, step: timedelta) -> datetime:
    return at + (datetime(1970, 1, 1, tzinfo=UTC) - at) % step


@given(offers(interpreted=True))
def test_the_interpreter_of_a_wish_is_free_for_all_of_it(offer: Offer) -> None:
    model = Model(offer)
    for slot in offer.slots():
        wish = offer.wish_for(slot)
        assert wish.interpreter_id is not None
        assert wish[:3] == slot
        assert model.can_have(slot, (wish.interpreter_id,))


@given(offers())
def test_slots_come_in_order_and_each_once(offer: Offer) -> None:
    slots = offer.slots()
    assert slots == sorted(set(slots), key=lambda slot: (slot.starts_at, slot.room_id))


@given(offers(), st.integers(0, 600))
def test_no_slot_is_nearer_than_the_alternatives(offer: Offer, quantum: int) -> None:
    wanted = offer.window.starts_at + quantum * QUANTUM
    slots, chosen = offer.slots(), offer.nearest_to(wanted)
    starts = [each.starts_at for each in chosen]
    assert len(set(starts)) == len(chosen) == min(3, len({each.starts_at for each in slots}))
    farthest = max((abs(each.starts_at - wanted) for each in chosen), default=timedelta())
    assert all(abs(each.starts_at - wanted) >= farthest for each in slots if each.starts_at not in starts)


def test_slots_that_touch_do_not_stand_in_each_others_way() -> None:
    hour = steps_of(between(NINE + timedelta(hours=1), hours=1))
    held = Taken("b", ROOMS[0], None, at_post=True, of_person=True, holds=True, **hour)
    offer = an_offer(A_DAY, taken=(held,))
    first, third = (Slot(ROOMS[0], NINE + timedelta(hours=n), NINE + timedelta(hours=n + 1)) for n in (0, 2))
    assert {first, third} <= set(offer.slots())
    second = Slot(ROOMS[0], first.ends_at, third.starts_at)
    assert isinstance(offer.refusal_of(second), SlotTaken)


def test_a_slot_may_end_at_the_midnight_that_ends_detention() -> None:
    midnight = local_day(date(2026, 9, 23), "Europe/Brussels").ends_at
    offer = replace(
        an_offer(Interval(midnight - timedelta(hours=5), midnight + timedelta(hours=5))),
        detention_ends_on=date(2026, 9, 23),
    )
    last = Slot(ROOMS[0], midnight - timedelta(hours=1), midnight)
    assert last in offer.slots()
    assert offer.refusal_of(last) is None
    after = Slot(ROOMS[0], midnight - timedelta(minutes=55), midnight + timedelta(minutes=5))
    assert isinstance(offer.refusal_of(after), AfterDetention)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Brussels", date(2026, 10, 25), 25),
        ("Europe/Brussels", date(2027, 3, 28), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Kathmandu", date(2026, 10, 25), 24),
    ],
)
def test_a_full_day_is_the_posts_own_however_long(zone: str, day: date, hours: float) -> None:
    whole = local_day(day, zone)
    assert whole.ends_at - whole.starts_at == timedelta(hours=hours)
    around = Interval(whole.starts_at - timedelta(hours=3), whole.ends_at + timedelta(hours=3))
    hour = steps_of(between(whole.starts_at, hours=1))
    held = Taken("b", ROOMS[1], None, at_post=True, of_person=False, holds=False, **hour)
    offer = an_offer(around, post=replace(POST, zone=zone, daily_quota=1), taken=(held,))
    assert offer.slots()
    assert not [slot for slot in offer.slots() if day_in(slot.starts_at, zone) == day]
    last = Slot(ROOMS[0], whole.ends_at - timedelta(hours=1), whole.ends_at)
    assert isinstance(offer.refusal_of(last), QuotaReached)
    assert offer.refusal_of(Slot(ROOMS[0], whole.ends_at, whole.ends_at + timedelta(hours=1))) is None


def test_several_wishes_of_one_request_count_once_for_the_day_and_for_the_seats() -> None:
    both = (steps_of(between(NINE + timedelta(hours=n), hours=2)) for n in (0, 1))
    wishes = tuple(
        Taken("b", ROOMS[1], None, at_post=True, of_person=False, holds=True, **each) for each in both
    )
    offer = an_offer(A_DAY, post=replace(POST, daily_quota=2, seats=2), taken=wishes)
    slot = Slot(ROOMS[0], NINE + timedelta(hours=1), NINE + timedelta(hours=2))
    assert offer.refusal_of(slot) is None
    full = replace(offer, post=replace(POST, daily_quota=1, seats=2))
    assert isinstance(full.refusal_of(slot), QuotaReached)


def test_a_post_that_holds_no_interviews_offers_nothing() -> None:
    offer = an_offer(A_DAY, post=replace(POST, daily_quota=0))
    assert offer.slots() == []
    assert isinstance(offer.refusal_of(Slot(ROOMS[0], NINE, NINE + POST.length)), QuotaReached)


def test_two_interpreters_who_relieve_each_other_are_not_one() -> None:
    half = timedelta(minutes=30)
    one, other = Interval(NINE, NINE + half), Interval(NINE + half, NINE + 2 * half)
    offer = replace(an_offer(A_DAY), interpreters={INTERPRETERS[0]: [one], INTERPRETERS[1]: [other]})
    assert offer.slots() == []
    assert isinstance(offer.refusal_of(Slot(ROOMS[0], NINE, NINE + POST.length)), InterpreterBusy)


@pytest.mark.parametrize("owner_id", [POST.id, CENTRE, ROOMS[0]])
def test_who_is_closed_says_so_in_its_own_words(owner_id: str) -> None:
    shut = Closure(owner_id, between(NINE, hours=1), "panne", ClosureKind.CLOSED)
    refusal = an_offer(A_DAY, closures=(shut,)).refusal_of(Slot(ROOMS[0], NINE, NINE + POST.length))
    assert isinstance(refusal, ClosedThen)
    assert refusal.reason == "panne"


def test_notice_is_counted_to_the_minute() -> None:
    offer = replace(an_offer(A_DAY), now=NINE - POST.length * 24 + timedelta(minutes=1))
    soon = replace(offer, post=replace(POST, lead_minutes=24 * 60))
    refusal = soon.refusal_of(Slot(ROOMS[0], NINE, NINE + POST.length))
    assert isinstance(refusal, TooSoon)
    assert refusal.earliest_at == NINE + timedelta(minutes=1)


def test_an_unknown_room_and_a_crooked_minute_are_outside_all_hours() -> None:
    offer = an_offer(A_DAY)
    crooked = NINE + timedelta(minutes=1)
    for slot in (Slot("none", NINE, NINE + POST.length), Slot(ROOMS[0], crooked, crooked + POST.length)):
        assert isinstance(offer.refusal_of(slot), OutsideHours)


def test_a_window_lies_evenly_around_the_wanted_moment() -> None:
    window = window_around(NINE, days=2)
    assert window == Interval(NINE - timedelta(days=2), NINE + timedelta(days=2))
    assert len(quanta_of(window)) == 4 * 288
