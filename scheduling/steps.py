"""Sets of five-minute steps: what many intervals have in common, computed for all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scheduling.slot import QUANTUM, Interval

Steps: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]
Span: TypeAlias = tuple[int, int]

_SECONDS = int(QUANTUM.total_seconds())
_HALF_HOUR = timedelta(minutes=30) // QUANTUM


@dataclass(frozen=True)
class Grid:
    """The steps of a window, counted since 1970; a set of them is an array of one truth value a step.

    A span is the first step and the one after the last. What lies between two steps is rounded so that nobody
    is thought free who is not: hours `inside`, whatever is in the way as it is `touched`.
    """

    first: int
    count: int

    @classmethod
    def over(cls, window: Interval) -> "Grid":
        """Return the steps that a window touches."""
        ((first, last),) = _spans([window])
        return cls(first, max(0, last - first))

    def inside(self, intervals: Iterable[Interval]) -> Steps:
        """Return the steps that lie whole in one of the intervals."""
        parts = _parts(intervals)
        return self.filled(_pairs(np.ceil(parts[:, 0]), np.floor(parts[:, 1])))

    def touched(self, intervals: Iterable[Interval]) -> Steps:
        """Return the steps of which some moment lies in one of the intervals."""
        return self.filled(_spans(intervals))

    def filled(self, spans: Iterable[Span]) -> Steps:
        """Return the steps of any of the spans."""
        steps = np.zeros(self.count, np.bool_)
        first = self.first
        for starts, ends in spans:
            if ends > first:
                steps[max(0, starts - first) : ends - first] = True
        return steps

    def counted(self, starts: Numbers, ends: Numbers) -> Numbers:
        """Return for each step how many of many spans hold it."""
        size = self.count + 1
        starts, ends = self._within(starts), self._within(ends)
        return np.cumsum(np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size))[:-1]

    def rows(self, numbers: Numbers, starts: Numbers, ends: Numbers, count: int) -> Steps:
        """Return so many sets in rows, each of many spans in the row of its number."""
        starts, ends = self._within(starts), self._within(ends)
        lengths = ends - starts
        before = np.cumsum(lengths) - lengths
        steps = np.zeros(count * self.count, np.bool_)
        steps[np.repeat(numbers * self.count + starts - before, lengths) + np.arange(lengths.sum())] = True
        return steps.reshape(count, self.count)

    def _within(self, numbers: Numbers) -> Numbers:
        return np.clip(numbers - self.first, 0, self.count)

    def union(self, sets: Iterable[Steps]) -> Steps:
        """Return the steps of any of the sets."""
        steps = np.zeros(self.count, np.bool_)
        for each in sets:
            steps |= each
        return steps

    def has(self, steps: Steps, interval: Interval) -> bool:
        """Tell whether a whole interval lies in a set."""
        first, last = _floor(interval.starts_at) - self.first, _ceiling(interval.ends_at) - self.first
        return 0 <= first < last <= self.count and bool(steps[first:last].all())

    def intervals(self, steps: Steps) -> list[Interval]:
        """Return a set as intervals that neither touch nor overlap, in order of time."""
        _, starts, ends = self.runs([steps])
        return [Interval(moment(a), moment(b)) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def runs(
        self, sets: Sequence[Steps], others: Sequence[Steps] | None = None
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Return of every stretch in the sets: which set it is of, its first step, the one after its last.

        With others, those that each set has in common with each of them, pair after pair.
        """
        used = np.append(self.union(sets), False)
        used[1:] |= used[:-1]  # and the step after each, which keeps apart what does not touch
        at = np.flatnonzero(used)
        apart = _apart(sets, at[at < self.count], len(at) + 1)
        if others is not None:
            apart = apart[:, None] & _apart(others, at[at < self.count], len(at) + 1)
        flat = apart.ravel()
        edges = np.flatnonzero(flat[1:] != flat[:-1])
        rows, starts = np.divmod(edges[::2], len(at) + 1)
        ends = edges[1::2] - rows * (len(at) + 1)
        return rows, at[starts] + self.first, at[ends] + self.first


def _apart(sets: Sequence[Steps], at: Numbers, width: int) -> Steps:
    """Return some steps of each set in a row of its own, which begins with a step that no set has."""
    rows = np.zeros((len(sets), width), np.bool_)
    for row, steps in zip(rows, sets, strict=True):
        row[1 : 1 + len(at)] = steps[at]
    return rows


def cut(starts: Numbers, ends: Numbers, length: int) -> tuple[Numbers, Numbers]:
    """Return the slots of one length that fit into stretches: the stretch each lies in and its first step.

    A stretch is cut from its first round moment on: a whole half hour, or a multiple of a shorter slot.
    """
    step = min(length, _HALF_HOUR)
    firsts = -(-starts // step) * step
    counts = np.maximum(0, (ends - firsts) // length)
    which = np.repeat(np.arange(len(starts)), counts)
    before = np.cumsum(counts) - counts
    return which, firsts[which] + length * (np.arange(len(which)) - before[which])


def moment(step: int) -> datetime:
    """Return when a step since 1970 begins."""
    return datetime.fromtimestamp(step * _SECONDS, UTC)


def _spans(intervals: Iterable[tuple[datetime, datetime]]) -> list[Span]:
    parts = _parts(intervals)
    return _pairs(np.floor(parts[:, 0]), np.ceil(parts[:, 1]))


def _parts(intervals: Iterable[tuple[datetime, datetime]]) -> npt.NDArray[np.float64]:
    """Return starts and ends in steps since 1970, with the fraction of a step in which they lie."""
    seconds = map(datetime.timestamp, chain.from_iterable(intervals))
    return np.fromiter(seconds, np.float64).reshape(-1, 2) / _SECONDS


def _pairs(starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> list[Span]:
    return list(zip(starts.astype(np.int64).tolist(), ends.astype(np.int64).tolist(), strict=True))


def _floor(at: datetime) -> int:
    return int(at.timestamp() // _SECONDS)


def _ceiling(at: datetime) -> int:
    return int(-(-at.timestamp() // _SECONDS))
