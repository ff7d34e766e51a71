"""The card says whose it is and when, through a bad encoder and at another size."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rehearsal import card
from server.rehearsal.card import Plane, Reading, Side

sides = st.sampled_from(list(Side))
times = st.integers(min_value=0, max_value=(1 << card.TIME_BITS) - 1)


def luma_of(picture: Plane) -> Plane:
    return picture[: card.HEIGHT]


def encoded_and_decoded(pictures: list[Plane], bits_a_second: int) -> tuple[list[Plane], int]:
    """Send pictures through VP8 at a low bitrate; return what comes out and the bytes in between."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=card.FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = card.WIDTH, card.HEIGHT, "yuv420p"
        stream.bit_rate = bits_a_second
        stream.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "qmax": "63"}
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, card.FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as container:
        decoded = [frame.to_ndarray(format="gray").astype(np.uint8) for frame in container.decode(video=0)]
    return decoded, len(file.getvalue())


@given(sides, times)
def test_every_side_and_time_comes_back_from_its_code(side: Side, elapsed_ms: int) -> None:
    assert card.reading_of(card.code_of(side, elapsed_ms)) == Reading(side, elapsed_ms)


@given(sides, times, st.integers(min_value=0, max_value=card.CODE_BITS - 1))
def test_one_wrong_cell_is_noticed(side: Side, elapsed_ms: int, bit: int) -> None:
    assert card.reading_of(card.code_of(side, elapsed_ms) ^ 1 << bit) is None


def test_a_right_check_sum_over_an_unknown_side_is_no_card() -> None:
    assert card.reading_of(card.code_of(7, 1000)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("side", Side)
def test_a_drawn_card_is_read(side: Side) -> None:
    assert card.read(luma_of(card.draw(side, 61_234))) == Reading(side, 61_234)


@pytest.mark.parametrize("bits_a_second", [60_000, 250_000, 500_000])
def test_the_time_code_survives_vp8_at_a_low_bitrate(bits_a_second: int) -> None:
    sent = [Reading(Side.POST, 40_000 + number * 67) for number in range(30)]
    decoded, _ = encoded_and_decoded([card.draw(one.side, one.elapsed_ms) for one in sent], bits_a_second)
    read = [card.read(picture) for picture in decoded]
    assert sum(got == one for got, one in zip(read, sent, strict=True)) >= 28
    assert all(got is None or got == one for got, one in zip(read, sent, strict=True)), "never a wrong time"


@pytest.mark.parametrize(("height", "width"), [(180, 320), (270, 480), (720, 1280), (90, 160)])
def test_the_card_is_read_at_another_size(height: int, width: int) -> None:
    luma = luma_of(card.draw(Side.CENTRE, 5_000))
    rows = np.arange(height) * card.HEIGHT // height
    columns = np.arange(width) * card.WIDTH // width
    assert card.read(luma[rows][:, columns]) == Reading(Side.CENTRE, 5_000)


def test_noise_and_a_dark_picture_show_no_card() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (card.HEIGHT, card.WIDTH), dtype=np.uint8)
    assert card.read(noise) is None
    assert card.read(np.full((card.HEIGHT, card.WIDTH), 16, dtype=np.uint8)) is None
    assert card.read(np.full((4, 4), 16, dtype=np.uint8)) is None


def test_people_see_a_time_that_moves_and_a_bar_that_moves() -> None:
    early, late = card.draw(Side.CENTRE, 1_000), card.draw(Side.CENTRE, 1_600)
    figures = slice(5 * card.CELL, 7 * card.CELL)
    bar = slice(8 * card.CELL, card.HEIGHT)
    assert (early[figures] != late[figures]).any()
    assert (early[bar] != late[bar]).any()


def test_the_two_sides_differ_in_colour_and_name() -> None:
    centre, post = card.draw(Side.CENTRE, 0), card.draw(Side.POST, 0)
    assert (centre[card.HEIGHT :] != post[card.HEIGHT :]).all()
    name = slice(3 * card.CELL, 5 * card.CELL)
    assert (centre[name] != post[name]).any()


def test_a_card_costs_little_to_send() -> None:
    pictures = [card.draw(Side.CENTRE, number * 67) for number in range(30)]
    _, size = encoded_and_decoded(pictures, 250_000)
    assert size < 100_000
