"""The few letters and figures that a test card shows to people, as five by seven points."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

COLUMNS: Final = 5
ROWS: Final = 7

# One row a number, the leftmost point is the highest of five bits.
POINTS: Final[dict[str, tuple[int, ...]]] = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    ":": (0, 4, 4, 0, 4, 4, 0),
    ".": (0, 0, 0, 0, 0, 12, 12),
    " ": (0, 0, 0, 0, 0, 0, 0),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "N": (17, 17, 25, 21, 19, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30),
    "T": (31, 4, 4, 4, 4, 4, 4),
}


def line_of(text: str, point: int) -> NDArray[np.bool_]:
    """Write a line of text as a mask: a point is `point` pixels wide and high."""
    mask = np.zeros((ROWS, len(text) * (COLUMNS + 1)), dtype=np.bool_)
    for place, letter in enumerate(text):
        for row, bits in enumerate(POINTS[letter]):
            for column in range(COLUMNS):
                mask[row, place * (COLUMNS + 1) + column] = bool(bits >> (COLUMNS - 1 - column) & 1)
    return np.repeat(np.repeat(mask, point, axis=0), point, axis=1)
