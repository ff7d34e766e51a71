"""Intervals of time and the free slots between them: arithmetic on UTC moments, blind to zones."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

QUANTUM = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Interval(NamedTuple):
    """From `starts_at` up to, not including, `ends_at`. A tuple, since a calendar holds thousands."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether some moment lies in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: "Interval") -> bool:
        """Tell whether every moment of the other lies in this one."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


class Slot(NamedTuple):
    """An interval that a post offers and this room can serve."""

    room_id: str
    starts_at: datetime
    ends_at: datetime


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same moments as sorted intervals that neither touch nor overlap; empty ones vanish."""
    out: list[Interval] = []
    for each in sorted(intervals):
        if each.starts_at >= each.ends_at:
            continue
        if out and each.starts_at <= out[-1].ends_at:
            if each.ends_at > out[-1].ends_at:
                out[-1] = Interval(out[-1].starts_at, each.ends_at)
        else:
            out.append(each)
    return out


def common(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Return the moments that lie in both; both sides must be merged."""
    out: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        one, other = left[i], right[j]
        starts_at = max(other[0], one[0])
        if one[1] < other[1]:
            ends_at = one[1]
            i += 1
        else:
            ends_at = other[1]
            j += 1
        if starts_at < ends_at:
            whole = starts_at is one[0] and ends_at is one[1]
            out.append(one if whole else Interval(starts_at, ends_at))
    return out


def without(base: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Return the moments of `base` that lie in no hole; both sides must be merged."""
    out: list[Interval] = []
    first = 0
    for starts_at, ends_at in base:
        while first < len(holes) and holes[first].ends_at <= starts_at:
            first += 1
        cursor, at = starts_at, first
        while at < len(holes) and holes[at].starts_at < ends_at:
            if cursor < holes[at].starts_at:
                out.append(Interval(cursor, holes[at].starts_at))
            cursor = max(cursor, holes[at].ends_at)
            at += 1
        if cursor < ends_at:
            out.append(Interval(cursor, ends_at))
    return out


def nearest(slots: Sequence[Slot], wanted: datetime, count: int) -> tuple[Slot, ...]:
    """Return at most `count` slots, one a time, those closest to the wanted start, in order of time."""
    by_start = {slot.starts_at: slot for slot in sorted(slots, key=itemgetter(0), reverse=True)}
    chosen = sorted(by_start.values(), key=lambda slot: (abs(slot.starts_at - wanted), slot.starts_at))
    return tuple(sorted(chosen[:count], key=itemgetter(1)))


def quanta_of(interval: Interval) -> range:
    """Return the five-minute steps since 1970 that an aligned interval is made of."""
    first, rest = divmod(interval.starts_at - _EPOCH, QUANTUM)
    last, rest_of_end = divmod(interval.ends_at - _EPOCH, QUANTUM)
    if rest or rest_of_end:
        raise ValueError("a slot starts and ends on a multiple of five minutes")
    return range(first, last)


def interval_of(first: int, last: int) -> Interval:
    """Return the interval from the start of one quantum to the end of another."""
    return Interval(_EPOCH + first * QUANTUM, _EPOCH + (last + 1) * QUANTUM)
