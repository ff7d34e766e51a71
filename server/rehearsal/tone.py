"""The test tone of a side: made as samples, and recognised again in decoded sound."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.rehearsal.card import Side

SAMPLES_PER_SECOND: Final = 48_000
AMPLITUDE: Final = 9_000
WINDOW_SECONDS: Final = 0.25
NEAR_HZ: Final = 20.0  # a tone counts as heard within this distance
LEAST_SHARE: Final = 0.6  # of the power of a window that lies near the peak
LEAST_LEVEL: Final = 300.0  # root mean square; silence and comfort noise lie far below

# No tone is a harmonic of the other, and both pass through a narrow-band voice codec.
HZ_OF: Final[dict[Side, float]] = {Side.CENTRE: 523.0, Side.POST: 811.0}

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Heard:
    """The strongest tone of one window: its frequency, share of the power (0 to 1) and level (RMS)."""

    hz: float
    share: float
    level: float

    def is_tone_of(self, side: Side) -> bool:
        """Tell whether this window holds the tone of that side, clearly and alone."""
        near = abs(self.hz - HZ_OF[side]) <= NEAR_HZ
        return near and self.share >= LEAST_SHARE and self.level >= LEAST_LEVEL


def samples_of(side: Side, first: int, count: int) -> Samples:
    """Return `count` samples (16 bits, mono, 48 kHz) of the side's tone from sample number `first` on."""
    at = np.arange(first, first + count, dtype=np.float64) / SAMPLES_PER_SECOND
    return np.round(AMPLITUDE * np.sin(2 * np.pi * HZ_OF[side] * at)).astype(np.int16)


def listen(window: Samples, samples_per_second: int = SAMPLES_PER_SECOND) -> Heard:
    """Find the strongest tone of one window of mono samples."""
    sound = window.astype(np.float64)
    level = float(np.sqrt(np.mean(sound**2)))
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz_a_bin = samples_per_second / len(sound)
    peak = int(np.argmax(power[1:])) + 1
    reach = max(2, round(NEAR_HZ / hz_a_bin))
    near = slice(max(0, peak - reach), peak + reach + 1)
    total = float(power.sum())
    share = float(power[near].sum()) / total if total else 0.0
    centre = float((power[near] * np.arange(len(power))[near]).sum() / power[near].sum()) if total else 0.0
    return Heard(hz=centre * hz_a_bin, share=share, level=level)


def windows_of(sound: Samples, samples_per_second: int = SAMPLES_PER_SECOND) -> list[Heard]:
    """Listen to a whole sound in windows of a quarter of a second; a shorter rest is left out."""
    size = round(WINDOW_SECONDS * samples_per_second)
    return [listen(sound[at : at + size], samples_per_second) for at in range(0, len(sound) - size + 1, size)]


def share_with_tone(heard: list[Heard], side: Side) -> float:
    """Return the share (0 to 1) of the windows that hold the tone of the side."""
    return sum(one.is_tone_of(side) for one in heard) / len(heard) if heard else 0.0
