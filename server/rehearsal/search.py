"""Looks through a folder, byte by byte, for things that must not stand there in clear."""

import base64
import json
import mmap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LEAST_BYTES: Final = 8  # shorter strings turn up by chance
SAMPLE_BYTES: Final = 24
SAMPLES_A_BLOB: Final = 4


@dataclass(frozen=True)
class Needle:
    """Bytes that must not be found, and what they are (never the bytes themselves in a report)."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Found:
    """Where a needle was found: the file below the folder, and the offset in bytes."""

    name: str
    file: str
    offset: int


def needles_of_text(name: str, text: str) -> list[Needle]:
    """Return the shapes in which a text may stand in a file: UTF-8, UTF-16, escaped JSON, and base64."""
    utf8 = text.encode()
    shapes = {
        "utf-8": utf8,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "json": json.dumps(text)[1:-1].encode(),
    }
    needles = [Needle(f"{name} ({shape})", content) for shape, content in shapes.items()]
    return _long_enough([*needles, *_base64_needles(name, utf8)])


def needles_of_blob(name: str, blob: bytes, samples: int = SAMPLES_A_BLOB) -> list[Needle]:
    """Return short pieces from all over a binary thing, raw and as base64, without the monotonous ones."""
    size = min(SAMPLE_BYTES, len(blob))
    places = {round(at * (len(blob) - size) / max(1, samples - 1)) for at in range(samples)}
    pieces = [blob[at : at + size] for at in sorted(places)]
    telling = [piece for piece in pieces if len(set(piece)) >= LEAST_BYTES]
    raw = [Needle(f"{name} (bytes)", piece) for piece in telling]
    return _long_enough([*raw, *(shape for piece in telling for shape in _base64_needles(name, piece))])


def find(folder: Path, needles: Iterable[Needle]) -> list[Found]:
    """Search every file below the folder, database and its journals included; a needle counts once a file.

    What is gone when its turn comes is passed over: a recorder replaces its tails all the time.
    """
    wanted = list(needles)
    every: list[Found] = []
    for path in files_below(folder):
        with suppress(FileNotFoundError):
            every += _find_in(path, folder, wanted)
    return every


def files_below(folder: Path) -> list[Path]:
    """Return every regular file below the folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _find_in(path: Path, folder: Path, needles: list[Needle]) -> Iterator[Found]:
    name = path.relative_to(folder)
    for needle in needles:
        if needle.content in str(name).encode():
            yield Found(needle.name, f"the name of {name.parent}", 0)
    with path.open("rb") as file:
        if not path.stat().st_size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for needle in needles:
                if (offset := content.find(needle.content)) >= 0:
                    yield Found(needle.name, str(name), offset)


def _base64_needles(name: str, content: bytes) -> Iterator[Needle]:
    """Yield the piece as it looks inside a base64 text, for each of the three ways it may be aligned."""
    for shift, foreign in enumerate((0, 2, 3)):
        encoded = base64.b64encode(bytes(shift) + content).rstrip(b"=")
        partial = (shift + len(content)) % 3 > 0
        yield Needle(f"{name} (base64)", encoded[foreign : len(encoded) - partial])


def _long_enough(needles: Iterable[Needle]) -> list[Needle]:
    distinct: dict[bytes, Needle] = {}
    for needle in needles:
        if len(needle.content) >= LEAST_BYTES:
            distinct.setdefault(needle.content, needle)
    return list(distinct.values())
