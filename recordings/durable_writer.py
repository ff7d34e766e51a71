"""A sealed file that grows: what `sync` reports durable survives a killed process and a power cut.

Three files stand beside each other (FORMAT.md): NAME.hdr, the age header; NAME.body, the payload, only ever
appended to; NAME.tail, while it grows, the bytes of the unfinished chunk.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recordings.age_keys import Recipient
from recordings.age_stream import AgeWriter
from recordings.disk import AppendedFile, disk_errors_about, sync_folder
from recordings.errors import SealingFailed
from recordings.tail import TAIL, TailWriter


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
        self.base = base
        self._plaintext_bytes = 0
        self._staged_bytes = 0
        self._durable_bytes = 0
        self._tail: TailWriter | None = None
        self.failure: SealingFailed | None = None
        """What ended it."""
        with disk_errors_about(base), ExitStack() as undo:
            header = AppendedFile(header_path(base))
            undo.callback(header.remove)
            self._body = AppendedFile(body_path(base))
            undo.callback(self._body.remove)
            self._writer = AgeWriter(self._body, recipients, header_sink=header)
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
        if self.stage():
            self.settle(is_synced=False)
        return self._durable_bytes

    def stage(self) -> bool:
        """Write down what is not durable yet, for `sync_together`; says whether there was any."""
        with self._ending_on_failure():
            if self._durable_bytes == self._plaintext_bytes:
                return False
            if self._tail is None:
                self._tail = TailWriter(tail_path(self.base), self._writer.derive_cipher(TAIL))
            self._tail.put(self._writer.chunks, self._writer.pending)
        self._staged_bytes = self._plaintext_bytes
        return True

    def settle(self, *, is_synced: bool) -> None:
        """Count what was staged as durable, after a sync unless `is_synced` already; raises as `sync`."""
        if not is_synced:
            with self._ending_on_failure():
                self._body.sync()
                if self._tail is not None:
                    self._tail.sync()
                sync_folder(self.base.parent)
        self._durable_bytes = self._staged_bytes

    def sync_filesystem(self) -> bool:
        """Make durable all that was written to the file system of this file; says whether that went well."""
        try:
            self._body.sync_filesystem()
        except OSError:
            return False
        return True

    def close(self) -> SealedPair:
        """Seal the final chunk and remove the tail; the pair is then a finished age file."""
        with self._ending_on_failure():
            self._writer.finish()
            self._body.sync()
            tail_path(self.base).unlink(missing_ok=True)
            sync_folder(self.base.parent)
        self._durable_bytes = self._plaintext_bytes
        self._close_files()
        return self._facts(is_finished=True)

    def abandon(self) -> SealedPair:
        """Let go of a file that cannot be finished: whole chunks and the last tail stay for salvage."""
        with suppress(OSError):
            self._body.cut_to_whole_writes()
        with suppress(OSError):
            self._close_files()
        return self._facts(is_finished=False)

    def _close_files(self) -> None:
        if self._tail is not None:
            self._tail.close()
        self._body.close()

    @contextmanager
    def _ending_on_failure(self) -> Iterator[None]:
        """Refuse everything after the first failure: what is pending then is no longer what the disk has."""
        if self.failure is not None:
            raise self.failure
        try:
            with disk_errors_about(self.base):
                yield
        except SealingFailed as failure:
            self.failure = failure
            raise

    def _facts(self, *, is_finished: bool) -> SealedPair:
        return SealedPair(
            plaintext_bytes=self._plaintext_bytes if is_finished else self._durable_bytes,
            header_bytes=self._header_bytes,
            body_bytes=self._body.size,
            body_sha256=self._body.sha256(),
            is_finished=is_finished,
        )


def sync_together(staged: Sequence[DurableWriter]) -> None:
    """Make durable what was staged in files of one file system, the oldest first, by one sync of all of it.

    Many files cost a fifth of what they cost one by one. Where that sync fails, each is synced by itself, and
    `failure` tells which of them the error concerns.
    """
    is_synced = staged[0].sync_filesystem()
    for writer in staged:
        with suppress(SealingFailed):
            writer.settle(is_synced=is_synced)
