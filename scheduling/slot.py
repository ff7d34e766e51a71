"""Intervals of time and the free slots between them: arithmetic on UTC moments, blind to zones."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
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
        starts_at = max(left[i].starts_at, right[j].starts_at)
        ends_at = min(left[i].ends_at, right[j].ends_at)
        if starts_at < ends_at:
            out.append(Interval(starts_at, ends_at))
        if left[i].ends_at < right[j].ends_at:
            i += 1
        else:
            j += 1
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


def crowded(intervals: Iterable[Interval], seats: int) -> list[Interval]:
    """Return, merged, the moments that lie in at least `seats` of the intervals."""
    edges: list[tuple[datetime, int]] = []
    for starts_at, ends_at in intervals:
        edges += [(starts_at, 1), (ends_at, -1)]
    out: list[Interval] = []
    level = 0
    since: datetime | None = None
    for at, step in sorted(edges):  # an end sorts before a start of the same moment
        level += step
        if since is None and level >= seats:
            since = at
        elif since is not None and level < seats:
            out.append(Interval(since, at))
            since = None
    return merged(out)


def free_time(
    post_hours: Iterable[Interval],
    room_hours: Iterable[Interval],
    closures: Iterable[Interval],
    busy: Iterable[Interval],
) -> list[Interval]:
    """Return when both sides work, nothing is closed and nobody is busy."""
    both = common(merged(post_hours), merged(room_hours))
    return without(both, merged([*closures, *busy]))


def cut(free: Iterable[Interval], length: timedelta, *, step: timedelta | None = None) -> list[Interval]:
    """Return the slots of one length that fit into free time, one each `step`, from round moments on."""
    stride = step or length
    out: list[Interval] = []
    for starts_at, ends_at in free:
        at = rounded_up(starts_at, min(stride, timedelta(minutes=30)))
        while at + length <= ends_at:
            out.append(Interval(at, at + length))
            at += stride
    return out


def rounded_up(at: datetime, step: timedelta) -> datetime:
    """Return the first moment not before `at` that is a multiple of `step` since 1970."""
    return at + (_EPOCH - at) % step


def nearest(slots: Sequence[Slot], wanted: datetime, count: int) -> tuple[Slot, ...]:
    """Return at most `count` slots, those closest to the wanted start, in order of time."""
    chosen = sorted(slots, key=lambda slot: (abs(slot.starts_at - wanted), slot.starts_at, slot.room_id))
    return tuple(sorted(chosen[:count], key=lambda slot: (slot.starts_at, slot.room_id)))


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


def is_free(free: Sequence[Interval], wanted: Interval) -> bool:
    """Tell whether merged free time covers the wanted interval."""
    at = bisect_left(free, (wanted.starts_at, wanted.ends_at))
    return any(each.covers(wanted) for each in free[max(0, at - 1) : at + 1])
