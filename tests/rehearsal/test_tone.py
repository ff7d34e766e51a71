"""A side's tone is recognised through Opus, and nothing else is taken for it."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest

from server.rehearsal import tone
from server.rehearsal.card import Side
from server.rehearsal.tone import Samples

SECOND = tone.SAMPLES_PER_SECOND


def through_opus(sound: Samples, bits_a_second: int) -> Samples:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=SECOND)
        stream.bit_rate, stream.layout = bits_a_second, "mono"
        for at in range(0, len(sound), 960):
            frame = av.AudioFrame.from_ndarray(
                sound[at : at + 960].reshape(1, -1), format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts, frame.time_base = SECOND, at, Fraction(1, SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    file.seek(0)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SECOND)
    with av.open(file, "r") as container:
        parts = [
            part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)
        ]
    return np.concatenate(parts)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("bits_a_second", [12_000, 32_000])
def test_a_tone_is_heard_through_opus(side: Side, bits_a_second: int) -> None:
    heard = tone.windows_of(through_opus(tone.samples_of(side, 0, 2 * SECOND), bits_a_second))
    assert len(heard) >= 7
    assert tone.share_with_tone(heard, side) >= 0.9


@pytest.mark.parametrize("side", Side)
def test_the_tone_of_one_side_is_never_that_of_the_other(side: Side) -> None:
    other = Side.POST if side is Side.CENTRE else Side.CENTRE
    heard = tone.windows_of(tone.samples_of(other, 0, SECOND))
    assert tone.share_with_tone(heard, side) == 0


def test_both_tones_at_once_are_neither() -> None:
    both = tone.samples_of(Side.CENTRE, 0, SECOND) // 2 + tone.samples_of(Side.POST, 0, SECOND) // 2
    heard = tone.windows_of(both.astype(np.int16))
    assert {tone.share_with_tone(heard, side) for side in Side} == {0.0}


@pytest.mark.parametrize("level", [0, 40, 4_000])
def test_silence_and_noise_hold_no_tone(level: int) -> None:
    noise = np.random.default_rng(1).normal(0, level, SECOND).astype(np.int16)
    heard = tone.windows_of(noise)
    assert [tone.share_with_tone(heard, side) for side in Side] == [0, 0]


def test_a_whisper_of_the_tone_is_not_enough() -> None:
    faint = (tone.samples_of(Side.CENTRE, 0, SECOND) // 64).astype(np.int16)
    assert tone.share_with_tone(tone.windows_of(faint), Side.CENTRE) == 0


def test_pieces_of_a_tone_join_without_a_click() -> None:
    pieces = [tone.samples_of(Side.POST, at, 960) for at in range(0, SECOND, 960)]
    assert (np.concatenate(pieces) == tone.samples_of(Side.POST, 0, SECOND)).all()


def test_no_sound_holds_no_tone() -> None:
    assert tone.windows_of(np.zeros(100, dtype=np.int16)) == []
    assert tone.share_with_tone([], Side.CENTRE) == 0
