"""A sealed file that grows: what `sync` reports durable survives a killed process and a power cut.

Three files stand beside each other (FORMAT.md): NAME.hdr, the age header; NAME.body, the payload, only ever
appended to; NAME.tail, while it grows, an age file of its own that holds the bytes of the unfinished chunk.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recordings.age_keys import Recipient
from recordings.age_stream import AgeWriter
from recordings.errors import DiskFull, SealedFileExists, SealingFailed

INDEX_BYTES = 8  # of the tail: the index of the chunk that its bytes begin

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class SealedPair:
    """What is known of a sealed file on the disk."""

    plaintext_bytes: int
    header_bytes: int
    body_bytes: int
    body_sha256: str  # hexadecimal; of the body alone, so it stays when the header is re-wrapped
    is_finished: bool

    @property
    def size_bytes(self) -> int:
        """Header and body together: the length of the `.age` file that is downloaded."""
        return self.header_bytes + self.body_bytes


def header_path(base: Path) -> Path:
    """Give the path of the header of a sealed file."""
    return base.with_name(base.name + ".hdr")


def body_path(base: Path) -> Path:
    """Give the path of the body of a sealed file."""
    return base.with_name(base.name + ".body")


def tail_path(base: Path) -> Path:
    """Give the path of the tail that stands beside a file while it grows."""
    return base.with_name(base.name + ".tail")


class DurableWriter:
    """Seals a growing file; after any failure it is over, and what was sealed stays to be salvaged."""

    def __init__(self, base: Path, recipients: Sequence[Recipient]) -> None:
        self._base = base
        self._recipients = tuple(recipients)
        self._plaintext_bytes = 0
        self._durable_bytes = 0
        self._failure: SealingFailed | None = None
        with disk_errors_about(base), ExitStack() as undo:
            header = AppendedFile(header_path(base))
            undo.callback(header.remove)
            self._body = AppendedFile(body_path(base))
            undo.callback(self._body.remove)
            self._writer = AgeWriter(self._body, self._recipients, header_sink=header)
            header.sync()
            self._body.sync()
            sync_folder(base.parent)
            undo.pop_all()
        header.close()
        self._header_bytes = header.size

    @property
    def durable_bytes(self) -> int:
        """How many bytes of plaintext no kill and no power cut can take away any more."""
        return self._durable_bytes

    def write(self, data: bytes) -> None:
        """Take plaintext; raises `DiskFull` or `SealingFailed`."""
        with self._ending_on_failure():
            self._writer.write(data)
        self._plaintext_bytes += len(data)

    def sync(self) -> int:
        """Make durable all that was written; gives its count of bytes, raises `DiskFull`, `SealingFailed`."""
        with self._ending_on_failure():
            if self._durable_bytes == self._plaintext_bytes:
                return self._durable_bytes
            self._body.sync()  # whole chunks first: the tail speaks of the one after them
            self._replace_tail()
        self._durable_bytes = self._plaintext_bytes
        return self._durable_bytes

    def close(self) -> SealedPair:
        """Seal the final chunk and remove the tail; the pair is then a finished age file."""
        with self._ending_on_failure():
            self._writer.finish()
            self._body.sync()
            tail_path(self._base).unlink(missing_ok=True)
            sync_folder(self._base.parent)
        self._durable_bytes = self._plaintext_bytes
        self._body.close()
        return self._facts(is_finished=True)

    def abandon(self) -> SealedPair:
        """Let go of a file that cannot be finished: whole chunks and the last tail stay for salvage."""
        with suppress(OSError):
            self._body.cut_to_whole_writes()
        with suppress(OSError):
            self._body.close()
        return self._facts(is_finished=False)

    @contextmanager
    def _ending_on_failure(self) -> Iterator[None]:
        """Refuse everything after the first failure: what is pending then is no longer what the disk has."""
        if self._failure is not None:
            raise self._failure
        try:
            with disk_errors_about(self._base):
                yield
        except SealingFailed as failure:
            self._failure = failure
            raise

    def _replace_tail(self) -> None:
        tail = tail_path(self._base)
        fresh = tail.with_name(tail.name + ".new")
        fresh.unlink(missing_ok=True)
        file = AppendedFile(fresh)
        try:
            writer = AgeWriter(file, self._recipients)
            index = self._writer.chunks.to_bytes(INDEX_BYTES, "big")
            writer.write(self._writer.nonce + index + self._writer.pending)
            writer.finish()
            file.sync()
        finally:
            file.close()
        fresh.replace(tail)
        sync_folder(tail.parent)

    def _facts(self, *, is_finished: bool) -> SealedPair:
        return SealedPair(
            plaintext_bytes=self._plaintext_bytes if is_finished else self._durable_bytes,
            header_bytes=self._header_bytes,
            body_bytes=self._body.size,
            body_sha256=self._body.sha256(),
            is_finished=is_finished,
        )


class AppendedFile:
    """A new file, unbuffered and private, that knows its size and SHA-256 without being read again."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._path = path
        self._descriptor = os.open(path, flags, _PRIVATE)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append all of `data`, however little the kernel takes at a time."""
        write_fully(self._descriptor, data)
        self._digest.update(data)
        self.size += len(data)

    def sync(self) -> None:
        """Wait until the bytes are on the disk."""
        os.fdatasync(self._descriptor)

    def cut_to_whole_writes(self) -> None:
        """Take away what a failed write left half written, so that size and digest speak of the file."""
        os.ftruncate(self._descriptor, self.size)
        os.fsync(self._descriptor)

    def sha256(self) -> str:
        """Give the digest of everything written, in hexadecimal."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Close the file and take its name away."""
        self.close()
        self._path.unlink(missing_ok=True)


def write_fully(descriptor: int, data: bytes, *, write: Callable[[int, memoryview], int] = os.write) -> None:
    """Write until all is taken: a disk that fills up, or a signal, ends a write early."""
    rest = memoryview(data)
    while rest:
        rest = rest[write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors_about(base: Path) -> Iterator[None]:
    """Say what an error of the disk means for this file."""
    try:
        yield
    except FileExistsError:
        raise SealedFileExists(base) from None
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull(base) from error
        raise SealingFailed(base, error.strerror or str(error)) from error
