"""What the relay and the recorder need of VP8: the payload descriptor, keyframes and their size (RFC 7741).

Only the descriptor, the first byte of a frame and the first ten of a keyframe are looked at.
"""

from webrtc.errors import PacketRefused

_EXTENDED = 0x80
_START = 0x10
_FIRST_OF_FRAME = 0x17  # start bit and partition number
_PICTURE_ID = 0x80
_LONG_PICTURE_ID = 0x80
_TL0 = 0x40
_TID_OR_KEY = 0x30
_INTERFRAME = 0x01
_KEYFRAME_HEADER_BYTES = 10
_START_CODE = b"\x9d\x01\x2a"


def descriptor_size(payload: bytes) -> int:
    """Return where the VP8 data of an RTP payload begins (RFC 7741 section 4.2), or raise PacketRefused."""
    try:
        first = payload[0]
        size = 1
        if first & _EXTENDED:
            extension = payload[1]
            size = 2
            if extension & _PICTURE_ID:
                size += 2 if payload[size] & _LONG_PICTURE_ID else 1
            if extension & _TL0:
                size += 1
            if extension & _TID_OR_KEY:
                size += 1
    except IndexError:
        raise PacketRefused("VP8 descriptor is cut short") from None
    if size >= len(payload):
        raise PacketRefused("VP8 descriptor without data")
    return size


def starts_frame(payload: bytes) -> bool:
    """Say whether an RTP payload is the first one of a frame."""
    return bool(payload) and payload[0] & _FIRST_OF_FRAME == _START


def begins_keyframe(payload: bytes) -> bool:
    """Say whether an RTP payload is the first one of a keyframe; garbage is not."""
    if not starts_frame(payload):
        return False
    try:
        return not payload[descriptor_size(payload)] & _INTERFRAME
    except PacketRefused:
        return False


def is_keyframe(frame: bytes) -> bool:
    """Say whether a whole frame is a keyframe (RFC 6386 section 9.1)."""
    return bool(frame) and not frame[0] & _INTERFRAME


def keyframe_size(frame: bytes) -> tuple[int, int]:
    """Return width and height of a keyframe, (0, 0) when the frame does not tell."""
    if len(frame) < _KEYFRAME_HEADER_BYTES or frame[3:6] != _START_CODE:
        return 0, 0
    return int.from_bytes(frame[6:8], "little") & 0x3FFF, int.from_bytes(frame[8:10], "little") & 0x3FFF
