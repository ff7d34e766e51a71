"""Offers of every shape, and a slow model of them that looks at every five minutes one by one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scheduling import errors
from scheduling.errors import SlotRefused
from scheduling.hindrance import Hindrance
from scheduling.holiday import Holiday, closed_on
from scheduling.offer import Closure, ClosureKind, Offer, Taken
from scheduling.post import Post
from scheduling.slot import QUANTUM, Interval, Slot, interval_of, quanta_of

CENTRE, CASE = "centre", "case"
ROOMS, INTERPRETERS = ("room1", "room2", "room3"), ("interpreter1", "interpreter2")
POST = Post(
    id="post",
    name="Ambassade",
    country="GN",
    host_country="BE",
    city="Bruxelles",
    zone="Europe/Brussels",
    lead_minutes=0,
)
ZONES = (
    "Europe/Brussels",
    "Africa/Conakry",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
CHANGES = (
    date(2026, 10, 25),  # Brussels back
    date(2027, 3, 28),  # Brussels forward
    date(2026, 11, 1),  # New York back
    date(2027, 3, 14),  # New York forward
    date(2026, 10, 4),  # Lord Howe forward, by half an hour
    date(2027, 4, 4),  # Lord Howe back
    date(2026, 12, 31),  # a new year
)
_MANY_HOURS = 40


def between(starts_at: datetime, *, hours: float) -> Interval:
    return Interval(starts_at, starts_at + timedelta(hours=hours))


def an_offer(window: Interval, **changes: Any) -> Offer:
    """Everybody works all the time, nothing is taken, and detention lasts; but for `changes`."""
    usual = {
        "post": POST,
        "centre_id": CENTRE,
        "centre_zone": "Europe/Brussels",
        "case_id": CASE,
        "detention_ends_on": date(2028, 1, 1),
        "window": window,
        "now": window.starts_at,
        "post_hours": [window],
        "room_hours": {room_id: [window] for room_id in ROOMS[:2]},
        "closures": (),
        "taken": (),
    }
    return Offer(**{**usual, **changes})


@st.composite
def offers(draw: st.DrawFn, *, interpreted: bool | None = None) -> Offer:
    """Draw offers about a change of the clocks; hours lie on five minutes, what is in the way on any."""
    zone, day = draw(st.sampled_from(ZONES)), draw(st.sampled_from(CHANGES))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    starts_at = noon - draw(st.integers(0, 300)) * QUANTUM
    window = Interval(starts_at, starts_at + timedelta(hours=draw(st.integers(1, _MANY_HOURS))))
    hours = st.lists(_intervals(window, step=5, longest=288), max_size=3).map(
        lambda drawn: [_clipped(each, window) for each in drawn] or [window]
    )
    rooms = ROOMS[: draw(st.integers(1, 3))]
    is_interpreted = draw(st.booleans()) if interpreted is None else interpreted
    interpreters = {each: draw(hours) for each in INTERPRETERS} if is_interpreted else None
    post = Post(
        **{
            **{name: getattr(POST, name) for name in ("id", "name", "country", "host_country", "city")},
            "zone": zone,
            "slot_minutes": draw(st.sampled_from((5, 15, 20, 30, 45, 60, 90))),
            "lead_minutes": draw(st.sampled_from((0, 60, 24 * 60))),
            "daily_quota": draw(st.sampled_from((None, None, 0, 1, 2))),
            "seats": draw(st.integers(1, 3)),
        }
    )
    return Offer(
        post=post,
        centre_id=CENTRE,
        centre_zone=draw(st.sampled_from(ZONES)),
        case_id=CASE,
        detention_ends_on=draw(st.sampled_from((day, day + timedelta(days=1), date(2028, 1, 1)))),
        window=window,
        now=starts_at + timedelta(minutes=draw(st.integers(-2000, 1000))),
        post_hours=draw(hours),
        room_hours={room_id: draw(hours) for room_id in rooms},
        closures=tuple(draw(st.lists(_closures(window, zone, day, rooms), max_size=3))),
        taken=tuple(draw(st.lists(_taken(window, rooms), max_size=6))),
        interpreters=interpreters,
    )


def _clipped(interval: Interval, window: Interval) -> Interval:
    return Interval(max(interval.starts_at, window.starts_at), min(interval.ends_at, window.ends_at))


@st.composite
def _intervals(draw: st.DrawFn, window: Interval, *, step: int, longest: int) -> Interval:
    span = int((window.ends_at - window.starts_at) / timedelta(minutes=step))
    first = draw(st.integers(0, max(0, span - 1)))
    length = draw(st.integers(1, longest))
    starts_at = window.starts_at + timedelta(minutes=first * step)
    return Interval(starts_at, starts_at + timedelta(minutes=length * step))


@st.composite
def _closures(draw: st.DrawFn, window: Interval, zone: str, day: date, rooms: tuple[str, ...]) -> Closure:
    owner_id = draw(st.sampled_from((POST.id, CENTRE, *rooms, *INTERPRETERS)))
    if owner_id in {POST.id, CENTRE} and draw(st.booleans()):
        holiday = Holiday("BE", day)
        return Closure(owner_id, closed_on(holiday, zone), kind=ClosureKind.HOLIDAY, holiday=holiday)
    return Closure(owner_id, draw(_intervals(window, step=1, longest=300)), "closed")


@st.composite
def _taken(draw: st.DrawFn, window: Interval, rooms: tuple[str, ...]) -> Taken:
    return Taken(
        booking_id=draw(st.sampled_from("abcd")),
        room_id=draw(st.sampled_from(rooms)),
        interpreter_id=draw(st.sampled_from((None, *INTERPRETERS))),
        at_post=draw(st.booleans()),
        of_person=draw(st.sampled_from((True, False, False))),
        **steps_of(draw(_intervals(window, step=5, longest=24))),
        holds=draw(st.booleans()),
    )


def steps_of(interval: Interval) -> dict[str, int]:
    """The fields of `Taken` that say when."""
    quanta = quanta_of(interval)
    return {"starts": quanta.start, "ends": quanta.stop}


def when(taken: Taken) -> Interval:
    """The moments between which something is taken."""
    return interval_of(taken.starts, taken.ends - 1)


def starts_of(offer: Offer) -> Iterator[datetime]:
    """Every aligned moment of an offer's window, and an hour around it."""
    for quantum in quanta_of(offer.window)[:: 1 if len(quanta_of(offer.window)) < 200 else 3]:
        yield interval_of(quantum, quantum).starts_at
    yield offer.window.starts_at - timedelta(hours=1)
    yield offer.window.ends_at


@dataclass(frozen=True)
class Model:
    """The same questions, answered by looking at every five minutes."""

    offer: Offer

    def can_have(self, slot: Slot, interpreters: tuple[str, ...] | None = None) -> bool:
        """Tell whether each five minutes of a slot are free, with one interpreter for all of them."""
        if not all(self.is_free(at, slot.room_id) for at in _five_minutes_of(slot)):
            return False
        wanted = self.offer.interpreters if interpreters is None else interpreters
        return wanted is None or any(
            all(self.interprets(at, each) for at in _five_minutes_of(slot)) for each in wanted
        )

    def is_free(self, at: Interval, room_id: str) -> bool:
        """Tell whether post, centre, room and person can be had for five minutes."""
        return not (
            self.post_is_out(at)
            or self.is_too_soon(at)
            or self.is_after_detention(at)
            or self.is_closed(at, POST.id)
            or self.is_closed(at, CENTRE)
            or self.is_full(at)
            or self.is_crowded(at)
            or self.person_is_taken(at)
            or not self.room_is_free(at, room_id)
        )

    def room_is_free(self, at: Interval, room_id: str) -> bool:
        return self.room_is_open(at, room_id) and not any(each.room_id == room_id for each in self.held(at))

    def room_is_open(self, at: Interval, room_id: str) -> bool:
        return self.room_has_hours(at, room_id) and not self.is_closed(at, room_id)

    def room_has_hours(self, at: Interval, room_id: str) -> bool:
        return any(each.covers(at) for each in self.offer.room_hours[room_id])

    def interprets(self, at: Interval, interpreter_id: str) -> bool:
        hours = (self.offer.interpreters or {})[interpreter_id]
        is_busy = any(each.interpreter_id == interpreter_id for each in self.held(at))
        is_there = any(each.covers(at) for each in hours)
        return is_there and not is_busy and not self.is_closed(at, interpreter_id)

    def held(self, at: Interval) -> list[Taken]:
        return [each for each in self.offer.taken if each.holds and when(each).overlaps(at)]

    def post_is_out(self, at: Interval) -> bool:
        return not any(each.covers(at) for each in self.offer.post_hours)

    def is_too_soon(self, at: Interval) -> bool:
        return at.starts_at - self.offer.now < timedelta(minutes=self.offer.post.lead_minutes)

    def is_after_detention(self, at: Interval) -> bool:
        return _day(at.starts_at, self.offer.centre_zone) > self.offer.detention_ends_on

    def is_closed(self, at: Interval, owner_id: str, *, holiday: bool | None = None) -> bool:
        return any(
            each.owner_id == owner_id
            and each.interval.overlaps(at)
            and (holiday is None or holiday == (each.kind is ClosureKind.HOLIDAY))
            for each in self.offer.closures
        )

    def is_full(self, at: Interval) -> bool:
        quota, zone = self.offer.post.daily_quota, self.offer.post.zone
        day = _day(at.starts_at, zone)
        return quota is not None and len(self._asked.get(day, ())) >= quota

    @cached_property
    def _asked(self) -> Mapping[date, set[str]]:
        asked: dict[date, set[str]] = {}
        for each in self.offer.taken:
            if each.at_post:
                day = _day(when(each).starts_at, self.offer.post.zone)
                asked.setdefault(day, set()).add(each.booking_id)
        return asked

    def is_crowded(self, at: Interval) -> bool:
        there = {each.booking_id for each in self.held(at) if each.at_post}
        return len(there) >= self.offer.post.seats

    def person_is_taken(self, at: Interval) -> bool:
        return any(each.of_person for each in self.held(at))

    def runs(self, room_id: str) -> Iterator[Interval]:
        """The longest stretches that are free in a room."""
        every = ((number, interval_of(number, number)) for number in quanta_of(self.offer.window))
        free = [number for number, at in every if self.is_free(at, room_id)]
        for _, group in groupby(enumerate(free), key=lambda pair: pair[1] - pair[0]):
            numbers = [number for _, number in group]
            yield interval_of(numbers[0], numbers[-1])

    def says_the_truth(self, refusal: SlotRefused, slot: Slot) -> bool:
        """Tell whether the reason of a refusal applies to some five minutes of the slot."""
        return any(map(_REASONS[type(refusal)](self, slot), _five_minutes_of(slot)))

    def explains(self, hindrance: Hindrance, at: Interval) -> bool:
        """Tell whether a hindrance applies to five minutes, whatever room one wants."""
        return _HINDRANCES[hindrance](self, at)


def _five_minutes_of(slot: Slot) -> list[Interval]:
    return [interval_of(each, each) for each in quanta_of(Interval(slot.starts_at, slot.ends_at))]


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


_Rule = Callable[[Interval], bool]
_REASONS: Mapping[type[SlotRefused], Callable[[Model, Slot], _Rule]] = {
    errors.TooSoon: lambda model, _: model.is_too_soon,
    errors.AfterDetention: lambda model, _: model.is_after_detention,
    errors.ClosedThen: lambda model, slot: (
        lambda at: any(model.is_closed(at, owner_id) for owner_id in (POST.id, CENTRE, slot.room_id))
    ),
    errors.OutsideHours: lambda model, slot: (
        lambda at: model.post_is_out(at) or not model.room_has_hours(at, slot.room_id)
    ),
    errors.QuotaReached: lambda model, _: model.is_full,
    errors.SlotTaken: lambda model, slot: (
        lambda at: (
            model.is_crowded(at) or model.person_is_taken(at) or not model.room_is_free(at, slot.room_id)
        )
    ),
    errors.InterpreterBusy: lambda model, slot: lambda at: model.is_free(at, slot.room_id),
}


def _no_room(rule: Callable[[Model, Interval, str], bool]) -> Callable[[Model, Interval], bool]:
    return lambda model, at: not any(rule(model, at, room_id) for room_id in model.offer.room_hours)


_HINDRANCES: Mapping[Hindrance, Callable[[Model, Interval], bool]] = {
    Hindrance.HOLIDAY: lambda model, at: any(
        model.is_closed(at, owner_id, holiday=True) for owner_id in (POST.id, CENTRE)
    ),
    Hindrance.POST_CLOSED: lambda model, at: model.is_closed(at, POST.id, holiday=False),
    Hindrance.CENTRE_CLOSED: lambda model, at: model.is_closed(at, CENTRE, holiday=False),
    Hindrance.POST_HOURS: Model.post_is_out,
    Hindrance.TOO_SOON: Model.is_too_soon,
    Hindrance.AFTER_DETENTION: Model.is_after_detention,
    Hindrance.QUOTA: Model.is_full,
    Hindrance.POST_TAKEN: Model.is_crowded,
    Hindrance.PERSON_TAKEN: Model.person_is_taken,
    Hindrance.ROOM_HOURS: _no_room(Model.room_has_hours),
    Hindrance.ROOMS_CLOSED: _no_room(Model.room_is_open),
    Hindrance.ROOMS_TAKEN: _no_room(Model.room_is_free),
    Hindrance.INTERPRETER: lambda model, at: (
        not any(model.interprets(at, each) for each in model.offer.interpreters or ())
    ),
}
