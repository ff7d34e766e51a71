"""The test card: a moving picture that says, to people and to machines, whose it is and when it was drawn.

The picture is a grid of 16 by 9 cells. The three upper rows are 48 black or white cells, most significant
bit first: 4 bits of side, 28 bits of elapsed milliseconds, 16 bits of CRC (CCITT, `binascii.crc_hqx`). A cell
is read by the mean of its middle, so that blurred edges, another size and coarse quantisation do no harm.
"""

import binascii
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from server.rehearsal import glyph

WIDTH: Final = 640
HEIGHT: Final = 360
FRAMES_PER_SECOND: Final = 15
FRAME_TIME: Final = Fraction(1, FRAMES_PER_SECOND)
CELL: Final = 40
COLUMNS: Final = 16
ROWS: Final = 9
CODE_ROWS: Final = 3
BLACK: Final = 16
WHITE: Final = 235
PAPER: Final = 150

SIDE_BITS: Final = 4
TIME_BITS: Final = 28
CHECK_BITS: Final = 16
CODE_BITS: Final = SIDE_BITS + TIME_BITS + CHECK_BITS
LEAST_SPREAD: Final = 60  # luma between the darkest and the lightest cell; less is no card

Plane = NDArray[np.uint8]


class Side(IntEnum):
    """Whose card it is; the number stands in the code."""

    CENTRE = 1
    POST = 2


COLOURS: Final[dict[Side, tuple[int, int]]] = {Side.CENTRE: (142, 104), Side.POST: (96, 150)}


@dataclass(frozen=True)
class Reading:
    """What one decoded picture said."""

    side: Side
    elapsed_ms: int


def code_of(side: Side, elapsed_ms: int) -> int:
    """Return the 48 bits that stand for this side at this time (milliseconds, modulo 2**28)."""
    payload = side << TIME_BITS | elapsed_ms & ((1 << TIME_BITS) - 1)
    return payload << CHECK_BITS | binascii.crc_hqx(payload.to_bytes(4, "big"), 0xFFFF)


def reading_of(code: int) -> Reading | None:
    """Return what 48 bits say, or None when their check sum is wrong or the side is unknown."""
    payload = code >> CHECK_BITS
    if binascii.crc_hqx(payload.to_bytes(4, "big"), 0xFFFF) != code & ((1 << CHECK_BITS) - 1):
        return None
    side = payload >> TIME_BITS
    if side not in set(Side):
        return None
    return Reading(Side(side), payload & ((1 << TIME_BITS) - 1))


def draw(side: Side, elapsed_ms: int) -> Plane:
    """Return one picture as yuv420p planes: uint8, (HEIGHT * 3 / 2, WIDTH)."""
    picture = _ground(side).copy()
    bits = np.array([code_of(side, elapsed_ms) >> place & 1 for place in reversed(range(CODE_BITS))])
    cells = np.where(bits.reshape(CODE_ROWS, COLUMNS), WHITE, BLACK).astype(np.uint8)
    picture[: CODE_ROWS * CELL] = np.repeat(np.repeat(cells, CELL, axis=0), CELL, axis=1)
    seconds, tenth = divmod(elapsed_ms // 100, 10)
    _write(picture, f"{seconds // 60 % 100:02}:{seconds % 60:02}.{tenth}", top=5 * CELL, point=8)
    left = elapsed_ms // 4 % (WIDTH - 2 * CELL)
    picture[8 * CELL : HEIGHT - CELL // 4, left : left + 2 * CELL] = WHITE
    return picture


def read(luma: Plane) -> Reading | None:
    """Read the luma plane of a decoded picture of any size; None when it shows no whole card."""
    height, width = luma.shape
    if height < ROWS or width < COLUMNS:
        return None
    means = [
        _middle(luma, row, column, height / ROWS, width / COLUMNS)
        for row in range(CODE_ROWS)
        for column in range(COLUMNS)
    ]
    low, high = min(means), max(means)
    if high - low < LEAST_SPREAD:
        return None
    code = 0
    for mean in means:
        code = code << 1 | (mean > (low + high) / 2)
    return reading_of(code)


def luma_of(frame: VideoFrame) -> Plane:
    """Return the luma plane of a decoded yuv420p picture, without its padding."""
    plane = frame.planes[0]
    rows: Plane = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _middle(luma: Plane, row: int, column: int, cell_height: float, cell_width: float) -> float:
    top, left = int((row + 0.25) * cell_height), int((column + 0.25) * cell_width)
    bottom, right = int((row + 0.75) * cell_height), int((column + 0.75) * cell_width)
    return float(luma[top : max(bottom, top + 1), left : max(right, left + 1)].mean())


@lru_cache(maxsize=len(Side))
def _ground(side: Side) -> Plane:
    picture = np.empty((HEIGHT * 3 // 2, WIDTH), dtype=np.uint8)
    picture[:HEIGHT] = PAPER
    blue, red = COLOURS[side]
    picture[HEIGHT : HEIGHT * 5 // 4] = blue
    picture[HEIGHT * 5 // 4 :] = red
    picture[8 * CELL - CELL // 4 : HEIGHT] = PAPER // 2
    _write(picture, side.name, top=3 * CELL + CELL // 2, point=5)
    return picture


def _write(picture: Plane, text: str, *, top: int, point: int) -> None:
    mask = glyph.line_of(text, point)
    left = (WIDTH - mask.shape[1]) // 2
    place = picture[top : top + mask.shape[0], left : left + mask.shape[1]]
    place[mask] = BLACK
