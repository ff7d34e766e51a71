"""Real VP8 and Opus frames made by PyAV, and PyAV's view of a WebM file."""

import io
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

VIDEO_STEP_MS, AUDIO_STEP_MS = 40, 20
RATE, SAMPLES = 48_000, 960

_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True)
class VideoFrame:
    pts_ms: int
    data: bytes
    keyframe: bool
    width: int
    height: int


@dataclass(frozen=True)
class Decoded:
    """What PyAV made of a file: presentation times in ms, and the size of each picture."""

    video_ms: list[int]
    audio_ms: list[int]
    sizes: list[tuple[int, int]]


@cache
def vp8_frames(count: int, width: int = 160, height: int = 120) -> tuple[VideoFrame, ...]:
    """Encode a moving bar: a picture each 40 ms, a keyframe each second."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt, codec.time_base = width, height, "yuv420p", _MILLISECOND
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "g": "25"}
    frames: list[VideoFrame] = []
    for number in range(count):
        picture = np.full((height, width, 3), 40, dtype=np.uint8)
        picture[:, number % (width - 8) : number % (width - 8) + 8] = 220
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number * VIDEO_STEP_MS, _MILLISECOND
        for packet in codec.encode(frame):
            shown = (width, height) if packet.is_keyframe else (0, 0)
            frames.append(VideoFrame(number * VIDEO_STEP_MS, bytes(packet), packet.is_keyframe, *shown))
    return tuple(frames)


@cache
def opus_packets(count: int) -> tuple[bytes, ...]:
    """Encode a tone: a packet each 20 ms."""
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, AudioCodecContext)
    codec.sample_rate, codec.layout, codec.format = RATE, "stereo", "s16"
    packets: list[bytes] = []
    for number in range(count):
        wave = np.sin(2 * np.pi * 440 * (np.arange(SAMPLES) + number * SAMPLES) / RATE)
        samples = np.repeat((8000 * wave).astype(np.int16), 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, number * SAMPLES
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return tuple(packets)


def decoded(data: bytes) -> Decoded:
    """Decode a whole WebM file from memory; one that ends early gives what it holds."""
    video_ms: list[int] = []
    audio_ms: list[int] = []
    sizes: list[tuple[int, int]] = []
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    video_ms.append(round((frame.time or 0) * 1000))
                    sizes.append((frame.width, frame.height))
                elif isinstance(frame, av.AudioFrame):
                    audio_ms.append(round((frame.time or 0) * 1000))
    return Decoded(video_ms, audio_ms, sizes)
