"""Durations are counted under the first bound that they do not exceed."""

from webrtc.histogram import BOUNDS_SECONDS, Histogram


def test_a_duration_counts_under_the_first_bound_that_holds_it() -> None:
    histogram = Histogram()
    for seconds in (0.0, BOUNDS_SECONDS[0], BOUNDS_SECONDS[1], BOUNDS_SECONDS[-1], BOUNDS_SECONDS[-1] + 1):
        histogram.add(seconds)
    figures = histogram.figures
    counts = figures["counts"]
    assert len(counts) == len(figures["bounds"]) + 1
    assert (counts[0], counts[1], counts[-2], counts[-1], sum(counts)) == (2, 1, 1, 1, 5)
    assert abs(figures["sum"] - (BOUNDS_SECONDS[0] + BOUNDS_SECONDS[1] + 2 * BOUNDS_SECONDS[-1] + 1)) < 1e-9


def test_bounds_grow() -> None:
    assert list(BOUNDS_SECONDS) == sorted(set(BOUNDS_SECONDS))
