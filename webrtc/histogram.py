"""How long something took, counted by bounds: cheap to add to, and only ever growing."""

from bisect import bisect_left

from webrtc.ports import Json

BOUNDS_SECONDS = (
    *(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025),
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)


class Histogram:
    """Counts durations; each counts under the first bound that it does not exceed, the last has no bound."""

    __slots__ = ("_counts", "_sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_SECONDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        self._sum += seconds

    @property
    def figures(self) -> Json:
        """The count under each bound, that beyond the last one, and the sum of all durations in seconds."""
        return {"bounds": list(BOUNDS_SECONDS), "counts": list(self._counts), "sum": self._sum}
