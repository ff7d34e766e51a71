"""Sets of steps against sets of numbers: rounding, counting, stretches and how they are cut."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduling.slot import QUANTUM, Interval, quanta_of
from scheduling.steps import Grid, cut, moment

START = datetime(2026, 9, 21, tzinfo=UTC)
FIRST = quanta_of(Interval(START, START + QUANTUM))[0]
WINDOW = 60
GRID = Grid(FIRST, WINDOW)

minutes = st.integers(-40, 5 * WINDOW + 40)
spans = st.lists(
    st.builds(lambda start, length: (start, start + length), minutes, st.integers(0, 90)), max_size=8
)


def intervals(drawn: list[tuple[int, int]]) -> list[Interval]:
    return [Interval(*(START + timedelta(minutes=minute) for minute in each)) for each in drawn]


def numbers(steps: np.ndarray) -> set[int]:
    return set(np.flatnonzero(steps).tolist())


def met(drawn: list[tuple[int, int]], step: int) -> int:
    return sum(start < 5 * step + 5 and 5 * step < end and start < end for start, end in drawn)


@given(spans)
def test_what_is_in_the_way_takes_every_step_it_touches(drawn: list[tuple[int, int]]) -> None:
    real = [each for each in drawn if each[0] < each[1]]
    assert numbers(GRID.touched(intervals(real))) == {step for step in range(WINDOW) if met(real, step)}


@given(spans)
def test_hours_hold_only_whole_steps(drawn: list[tuple[int, int]]) -> None:
    whole = {
        step
        for step in range(WINDOW)
        if any(start <= 5 * step and 5 * step + 5 <= end for start, end in drawn)
    }
    assert numbers(GRID.inside(intervals(drawn))) == whole


@given(spans)
def test_each_step_counts_who_holds_it(drawn: list[tuple[int, int]]) -> None:
    real = [each for each in drawn if each[0] < each[1]]
    counts = GRID.counted(*_touched(real))
    assert counts.tolist() == [met(real, step) for step in range(WINDOW)]


@given(spans, spans)
def test_spans_of_several_sets_are_filled_each_in_its_row(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    both = [[each for each in drawn if each[0] < each[1]] for drawn in (one, other)]
    which = np.repeat((0, 1), [len(drawn) for drawn in both])
    starts, ends = _touched([*both[0], *both[1]])
    found = [numbers(row) for row in GRID.rows(which, starts, ends, 3)]
    assert found == [*(numbers(GRID.touched(intervals(each))) for each in both), set()]


def _touched(drawn: list[tuple[int, int]]) -> list[np.ndarray]:
    """First steps and the ones after the last, of spans in minutes."""
    starts, ends = ([each[n] for each in drawn] for n in (0, 1))
    return [FIRST + np.array(starts, np.int64) // 5, FIRST - (-np.array(ends, np.int64) // 5)]


@given(spans, minutes, st.integers(1, 90))
def test_an_interval_lies_in_a_set_when_all_its_steps_do(
    drawn: list[tuple[int, int]], start: int, length: int
) -> None:
    steps = GRID.touched(intervals(drawn))
    (wanted,) = intervals([(start, start + length)])
    touched = range(start // 5, -(-(start + length) // 5))
    assert GRID.has(steps, wanted) == (set(touched) <= numbers(steps))


@given(st.lists(spans, max_size=4))
def test_stretches_are_the_sets_again_and_never_touch(several: list[list[tuple[int, int]]]) -> None:
    sets = [GRID.touched(intervals(drawn)) for drawn in several]
    rows, starts, ends = (each.tolist() for each in GRID.runs(sets))
    for row, steps in enumerate(sets):
        own = [(a - FIRST, b - FIRST) for each, a, b in zip(rows, starts, ends, strict=True) if each == row]
        assert {step for a, b in own for step in range(a, b)} == numbers(steps)
        assert all(left[1] < right[0] for left, right in pairwise(own))
        assert GRID.intervals(steps) == intervals([(5 * a, 5 * b) for a, b in own])
    assert GRID.union(sets).tolist() == np.any([np.zeros(WINDOW, bool), *sets], axis=0).tolist()


@given(st.lists(spans, max_size=3), st.lists(spans, max_size=3))
def test_stretches_in_common_are_those_of_each_pair(
    some: list[list[tuple[int, int]]], more: list[list[tuple[int, int]]]
) -> None:
    sets, others = ([GRID.touched(intervals(drawn)) for drawn in several] for several in (some, more))
    both = [one & other for one in sets for other in others]
    for found, wanted in zip(GRID.runs(sets, others), GRID.runs(both), strict=True):
        assert found.tolist() == wanted.tolist()


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=5), st.sampled_from([3, 6, 9, 12])
)
def test_stretches_are_cut_from_round_moments_on(drawn: list[tuple[int, int]], length: int) -> None:
    starts, ends = np.array([(a, a + b) for a, b in drawn], np.int64).reshape(-1, 2).T
    which, found = cut(starts, ends, length)
    wanted = []
    for row, (start, size) in enumerate(drawn):
        at = -(-start // min(length, 6)) * min(length, 6)
        while at + length <= start + size:
            wanted.append((row, at))
            at += length
    assert list(zip(which.tolist(), found.tolist(), strict=True)) == wanted


def test_a_window_off_the_five_minutes_is_covered() -> None:
    grid = Grid.over(Interval(START + timedelta(minutes=3), START + timedelta(minutes=11)))
    assert (grid.first, grid.count) == (FIRST, 3)
    assert moment(grid.first) == START
    assert Grid.over(Interval(START, START - timedelta(days=1))).count == 0
