"""A short recording made without a browser: VP8 and Opus of a test card and tone, into the real recorder."""

from fractions import Fraction

import av

from recordings.track_writer import SealedTrack
from server.rehearsal import card, tone
from server.rehearsal.card import Side

BITS_A_SECOND = 300_000
KEYFRAME_EVERY = 75
SOUND_FRAME = tone.SAMPLES_PER_SECOND // 50


def play_into(track: SealedTrack, side: Side, *, seconds: float, since_ms: int = 0) -> None:
    """Write so many seconds of a side's card and tone into a part, oldest first as they would have come."""
    frames = [
        *((pts, "video", data, keyframe) for pts, data, keyframe in _pictures(side, seconds, since_ms)),
        *((pts, "audio", data, False) for pts, data in _sounds(side, seconds)),
    ]
    for pts_ms, kind, data, keyframe in sorted(frames, key=lambda frame: frame[0]):
        if kind == "audio":
            track.audio(pts_ms, data)
        else:
            size = (card.WIDTH, card.HEIGHT) if keyframe else (0, 0)
            track.video(pts_ms, data, keyframe=keyframe, width=size[0], height=size[1])


def _pictures(side: Side, seconds: float, since_ms: int) -> list[tuple[int, bytes, bool]]:
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = card.WIDTH, card.HEIGHT, "yuv420p"
    encoder.bit_rate, encoder.gop_size = BITS_A_SECOND, KEYFRAME_EVERY
    encoder.time_base = encoder_time = Fraction(1, 1000)
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    packets = []
    for number in range(round(seconds * card.FRAMES_PER_SECOND)):
        at_ms = round(number * 1000 / card.FRAMES_PER_SECOND)
        frame = av.VideoFrame.from_ndarray(card.draw(side, since_ms + at_ms), format="yuv420p")
        frame.pts, frame.time_base = at_ms, encoder_time
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [(int(packet.pts or 0), bytes(packet), packet.is_keyframe) for packet in packets]


def _sounds(side: Side, seconds: float) -> list[tuple[int, bytes]]:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = tone.SAMPLES_PER_SECOND, "mono", "s16"
    encoder.time_base = Fraction(1, tone.SAMPLES_PER_SECOND)
    packets = []
    for first in range(0, round(seconds * tone.SAMPLES_PER_SECOND), SOUND_FRAME):
        sound = tone.samples_of(side, first, SOUND_FRAME).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = tone.SAMPLES_PER_SECOND, first, encoder.time_base
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    first_pts = min(int(packet.pts or 0) for packet in packets)
    return [((int(packet.pts or 0) - first_pts) // 48, bytes(packet)) for packet in packets]
