"""Getting back what an unfinished or damaged sealed file still holds, with an identity that opens it."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recordings.age_keys import Identity
from recordings.age_stream import Sink, decrypted_chunks, open_payload
from recordings.durable_writer import tail_path
from recordings.errors import PayloadError, SealedFileError, TailMismatch
from recordings.sealed_file import SealedStream
from recordings.tail import TAIL, read_tail


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came out of a file: `problem` says what of it is lost or strange, None when nothing is."""

    plaintext_bytes: int
    is_finished: bool
    problem: SealedFileError | None


def salvage(base: Path, identities: Iterable[Identity], sink: Sink) -> Salvaged:
    """Write all that can be had of a file, finished or not: its whole chunks, then the bytes of its tail.

    Everything that the writer reported durable comes out, in order, or `problem` says why not. Raises for a
    header that cannot be opened, and `SealedFileMissing`.
    """
    with SealedStream(base) as stream:
        return _salvaged(io.BufferedReader(stream), tail_path(base), tuple(identities), sink)


def salvage_download(file: Path, tail: Path, identities: Iterable[Identity], sink: Sink) -> Salvaged:
    """Do the same with what was downloaded: one `.age` file, and its tail where there is one."""
    with file.open("rb") as source:
        return _salvaged(source, tail, tuple(identities), sink)


def _salvaged(
    source: io.BufferedReader, tail: Path, identities: tuple[Identity, ...], sink: Sink
) -> Salvaged:
    index = written = 0
    try:
        for plaintext in decrypted_chunks(source, identities):
            sink.write(plaintext)
            index, written = index + 1, written + len(plaintext)
    except PayloadError as error:
        ended_by = error
    else:
        return Salvaged(written, is_finished=True, problem=None)
    try:
        rest = _tail_bytes(source, tail, identities, index)
    except SealedFileError as error:
        return Salvaged(written, is_finished=False, problem=error)
    if rest is None:
        return Salvaged(written, is_finished=False, problem=ended_by)
    sink.write(rest)
    return Salvaged(written + len(rest), is_finished=False, problem=None)


def _tail_bytes(
    source: io.BufferedReader, tail: Path, identities: tuple[Identity, ...], chunks: int
) -> bytes | None:
    """Give what the tail adds to so many whole chunks: None without a tail, nothing when it is older."""
    if not tail.exists():
        return None
    source.seek(0)
    slots = read_tail(tail, open_payload(source, identities, TAIL))
    fitting = [pending for pending in slots if pending.index <= chunks]
    if not fitting:
        wanted = slots[-1].index
        raise TailMismatch(tail, f"the body should hold {wanted} whole chunks and gives only {chunks}")
    return fitting[0].data if fitting[0].index == chunks else b""
