"""Opening what was downloaded, with the key that the server never had, and reading the media in it."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from recordings.age_keys import Identity, parse_identity
from recordings.age_stream import decrypt_stream
from server.rehearsal import card, tone
from server.rehearsal.card import Reading
from server.rehearsal.errors import FoundWrong
from server.rehearsal.tone import Heard, Samples

WEBM: Final = b"\x1a\x45\xdf\xa3"
PNG: Final = b"\x89PNG\r\n\x1a\n"
IDENTITY_PREFIX: Final = "AGE-SECRET-KEY-"


@dataclass(frozen=True)
class Picture:
    """A decoded picture of a recording: its place in the part, and the card that it showed, if any."""

    pts_ms: int
    reading: Reading | None


@dataclass(frozen=True)
class Watched:
    """A recording of one side, decoded to its end; `frames` are some of its encoded frames, as written."""

    pictures: list[Picture]
    heard: list[Heard]
    frames: list[bytes]


def read_identity(path: Path) -> Identity:
    """Read the first secret key of an age identity file."""
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        if line.strip().startswith(IDENTITY_PREFIX):
            return parse_identity(line.strip())
    raise FoundWrong(f"{path} holds no age identity")


def open_sealed(sealed: bytes, identity: Identity) -> bytes:
    """Decrypt one whole file; raises what `recordings.age_stream` raises."""
    out = io.BytesIO()
    decrypt_stream(io.BytesIO(sealed), out, [identity])
    return out.getvalue()


def ending_of(content: bytes) -> str:
    """Return the file name ending that fits opened bytes."""
    if content.startswith(WEBM):
        return ".webm"
    if content.startswith(PNG):
        return ".png"
    if content.lstrip()[:1] == b"{":
        return ".json"
    return ".html" if content.lstrip()[:1] == b"<" else ".bin"


def document_of(opened: list[bytes], schema: str) -> dict[str, Any]:
    """Return the newest opened JSON document of a schema, such as `transcript`."""
    for content in reversed(opened):
        if ending_of(content) == ".json":
            document: dict[str, Any] = json.loads(content)
            if str(document.get("schema", "")).split("/")[1:2] == [schema]:
                return document
    raise FoundWrong(f"no opened file is a {schema}")


def watch(webm: bytes) -> Watched:
    """Decode a recording: read the card of every picture, and listen to the sound in windows."""
    pictures: list[Picture] = []
    sound: list[Samples] = []
    resampler = av.AudioResampler(format="s16", layout="mono", rate=tone.SAMPLES_PER_SECOND)
    with av.open(io.BytesIO(webm), "r") as container:
        for frame in container.decode(*container.streams):
            if isinstance(frame, av.VideoFrame):
                pictures.append(Picture(round((frame.time or 0) * 1000), card.read(card.luma_of(frame))))
            elif isinstance(frame, av.AudioFrame):
                sound += [part.to_ndarray()[0].astype(np.int16) for part in resampler.resample(frame)]
    heard = tone.windows_of(np.concatenate(sound)) if sound else []
    return Watched(pictures, heard, _some_frames(webm))


def _some_frames(webm: bytes) -> list[bytes]:
    """Return a few encoded frames of each kind from the beginning, the middle and the end."""
    by_kind: dict[str, list[bytes]] = {}
    with av.open(io.BytesIO(webm), "r") as container:
        for packet in container.demux():
            by_kind.setdefault(packet.stream.type, []).append(bytes(packet))
    chosen = []
    for frames in by_kind.values():
        whole = [frame for frame in frames if len(frame) >= card.CELL]
        chosen += [whole[at] for at in sorted({0, len(whole) // 2, len(whole) - 1}) if whole]
    return chosen
