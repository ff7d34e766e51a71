"""What tells one person from all others: a colour and a tone, as files in place of devices."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scheduling.participant import ParticipantRole

SMALL, LARGE, FULL = (160, 120), (1280, 720), (1920, 1080)
PICTURES = 10  # in the file, which is played again and again
SAMPLES_A_SECOND = 48_000
SOUNDS, FADES, AMPLITUDE = 0.25, 0.005, 0.5
"""A tone that never paused would be taken for noise, and suppressed as such: seconds of it, of silence."""
# BT.601, limited range: what each of Y, U and V is made of.
_YUV = np.array(((65.738, 129.057, 25.064), (-37.945, -74.494, 112.439), (112.439, -94.154, -18.285))) / 256
_ZERO, _WHITE = np.array((16, 128, 128)), 235


@dataclass(frozen=True)
class Likeness:
    """A flat colour over a bar that moves, and a tone in pulses."""

    red_green_blue: tuple[int, int, int]
    hertz: int
    size: tuple[int, int] = SMALL
    pictures_a_second: int = 5

    def devices(self, folder: Path) -> tuple[str, str]:
        """Write both files, and give the words with which Chromium takes them for camera and microphone."""
        camera, microphone = folder / "camera.y4m", folder / "microphone.wav"
        camera.write_bytes(self._pictures())
        with wave.open(str(microphone), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(SAMPLES_A_SECOND)
            sound.writeframes(self._pulses().tobytes())
        return (
            f"--use-file-for-fake-video-capture={camera}",
            f"--use-file-for-fake-audio-capture={microphone}",
        )

    def _pictures(self) -> bytes:
        width, height = self.size
        luma, *chroma = np.rint(_YUV @ self.red_green_blue + _ZERO).astype(np.uint8)
        colours = b"".join(bytes([each]) * (width // 2 * height // 2) for each in chroma)
        step = width // PICTURES
        made = [f"YUV4MPEG2 W{width} H{height} F{self.pictures_a_second}:1 Ip A1:1 C420\n".encode()]
        for number in range(PICTURES):
            picture = np.full((height, width), luma, np.uint8)
            picture[-height // 6 :, number * step : (number + 1) * step] = _WHITE
            made += [b"FRAME\n", picture.tobytes(), colours]
        return b"".join(made)

    def _pulses(self) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
        at = np.arange(SAMPLES_A_SECOND) / SAMPLES_A_SECOND
        within = at % (2 * SOUNDS)
        loud = np.clip(np.minimum(within, SOUNDS - within) / FADES, 0, 1) * AMPLITUDE
        return (np.sin(2 * np.pi * self.hertz * at) * loud * np.iinfo(np.int16).max).astype("<i2")


THE_PERSON = Likeness((200, 40, 40), 430)
OFFICER = Likeness((40, 150, 60), 560)
INTERPRETER = Likeness((50, 70, 210), 730)
LAWYER = Likeness((205, 185, 40), 950)
GUARDIAN = Likeness((185, 50, 185), 1230)
LIAISON = Likeness((40, 185, 195), 1600)
OF_ROLE = {
    ParticipantRole.DETAINEE: THE_PERSON,
    ParticipantRole.CONSULAR_OFFICER: OFFICER,
    ParticipantRole.INTERPRETER: INTERPRETER,
    ParticipantRole.LAWYER: LAWYER,
    ParticipantRole.GUARDIAN: GUARDIAN,
    ParticipantRole.LIAISON_OFFICER: LIAISON,
}
