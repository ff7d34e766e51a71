"""Getting back what an unfinished or damaged sealed file still holds, with an identity that opens it."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recordings.age_keys import Identity
from recordings.age_stream import PAYLOAD_NONCE_BYTES, Sink, decrypt_stream, decrypted_chunks, open_payload
from recordings.durable_writer import INDEX_BYTES, tail_path
from recordings.errors import PayloadError, SealedFileError, TailMismatch
from recordings.sealed_file import SealedStream


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
    opened = io.BytesIO()
    with tail.open("rb") as sealed:
        decrypt_stream(sealed, opened, identities)
    opened.seek(0)
    nonce, index = opened.read(PAYLOAD_NONCE_BYTES), int.from_bytes(opened.read(INDEX_BYTES), "big")
    source.seek(0)
    if nonce != open_payload(source, identities)[1]:
        raise TailMismatch(tail, "it belongs to another body")
    if index > chunks:
        raise TailMismatch(tail, f"the body should hold {index} whole chunks and gives only {chunks}")
    return opened.read() if index == chunks else b""
