"""The VP8 payload descriptor is read, keyframes and their size are recognised, garbage is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.media_packets import KEYFRAME_HEAD, delta_payload, key_payload
from webrtc import vp8
from webrtc.errors import PacketRefused


@pytest.mark.parametrize(
    ("payload", "size", "starts"),
    [
        (b"\x10x", 1, True),
        (b"\x00x", 1, False),
        (b"\x11x", 1, False),
        (b"\x90\x00x", 2, True),
        (b"\x90\x80\x7fx", 3, True),
        (b"\x90\x80\x80\x01x", 4, True),
        (b"\x90\xe0\x80\x01\x05\x20x", 6, True),
        (b"\x80\x10\x20x", 3, False),
    ],
)
def test_descriptor_sizes_of_rfc_7741(payload: bytes, size: int, starts: bool) -> None:
    assert (vp8.descriptor_size(payload), vp8.starts_frame(payload)) == (size, starts)


@pytest.mark.parametrize(
    "payload", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x80\x01", b"\x90\xf0\x01\x02"]
)
def test_a_descriptor_without_data_is_refused(payload: bytes) -> None:
    with pytest.raises(PacketRefused):
        vp8.descriptor_size(payload)
    assert not vp8.begins_keyframe(payload)


def test_only_the_first_packet_of_a_keyframe_begins_one() -> None:
    assert vp8.begins_keyframe(key_payload())
    assert not vp8.begins_keyframe(delta_payload())
    assert not vp8.begins_keyframe(b"\x00" + KEYFRAME_HEAD)
    assert not vp8.begins_keyframe(b"\x11" + KEYFRAME_HEAD)


def test_a_keyframe_tells_its_size_without_the_scaling_bits() -> None:
    assert vp8.keyframe_size(KEYFRAME_HEAD) == (640, 360)
    scaled = KEYFRAME_HEAD[:6] + bytes((0x80, 0x42, 0x68, 0x81))
    assert vp8.keyframe_size(scaled) == (640, 360)
    assert vp8.keyframe_size(KEYFRAME_HEAD[:9]) == (0, 0)
    assert vp8.keyframe_size(b"\x10\x02\x00\x00\x01\x2a" + KEYFRAME_HEAD[6:]) == (0, 0)


@given(st.binary(max_size=20))
def test_garbage_is_never_more_than_refused(payload: bytes) -> None:
    vp8.begins_keyframe(payload)
    vp8.is_keyframe(payload)
    vp8.keyframe_size(payload)
