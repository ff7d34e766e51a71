"""Sealed files as a whole: sealed in one go, opened for download, opened with an identity.

A file sealed in one go has the shape of a finished recording (NAME.hdr and NAME.body), and appears at once or
not at all.
"""

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from recordings.age_keys import Identity, Recipient
from recordings.age_stream import AgeReader, AgeWriter
from recordings.disk import AppendedFile, disk_errors_about, sync_folder
from recordings.durable_writer import SealedPair, body_path, header_path, tail_path
from recordings.errors import SealedFileExists, SealedFileMissing
from recordings.keyring import Keyring

_SAFE_NAME = re.compile(r"[0-9a-z]{1,64}")


class WholeFileWriter:
    """Seals a file that appears under its name only when it is finished: a context manager.

    Leaving the block without `finish` removes everything. Raises `DiskFull`, `SealingFailed` and
    `SealedFileExists`.
    """

    def __init__(self, base: Path, recipients: Sequence[Recipient]) -> None:
        if header_path(base).exists() or body_path(base).exists():
            raise SealedFileExists(base)
        self._base = base
        self._plaintext_bytes = 0
        with disk_errors_about(base), ExitStack() as undo:
            self._header = AppendedFile(_unfinished(header_path(base)))
            undo.callback(self._header.remove)
            self._body = AppendedFile(_unfinished(body_path(base)))
            undo.callback(self._body.remove)
            self._writer = AgeWriter(self._body, recipients, header_sink=self._header)
            self._undo = undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def write(self, data: bytes) -> None:
        """Take plaintext."""
        with disk_errors_about(self._base):
            self._writer.write(data)
        self._plaintext_bytes += len(data)

    def finish(self) -> SealedPair:
        """Make the file durable and give it its name; the header comes last, so a header has a whole body."""
        with disk_errors_about(self._base):
            self._writer.finish()
            self._body.sync()
            self._header.sync()
            _unfinished(body_path(self._base)).replace(body_path(self._base))
            _unfinished(header_path(self._base)).replace(header_path(self._base))
            sync_folder(self._base.parent)
        self._undo.pop_all()
        self._body.close()
        self._header.close()
        return SealedPair(
            plaintext_bytes=self._plaintext_bytes,
            header_bytes=self._header.size,
            body_bytes=self._body.size,
            body_sha256=self._body.sha256(),
            is_finished=True,
        )


def seal_stream(base: Path, pieces: Iterable[bytes], recipients: Sequence[Recipient]) -> SealedPair:
    """Seal pieces of plaintext as they come; an error among them leaves no file."""
    with WholeFileWriter(base, recipients) as writer:
        for piece in pieces:
            writer.write(piece)
        return writer.finish()


def seal_bytes(base: Path, plaintext: bytes, recipients: Sequence[Recipient]) -> SealedPair:
    """Seal one whole plaintext."""
    return seal_stream(base, (plaintext,), recipients)


class SealedFolder:
    """A folder of files sealed to one keyring, under random names; has the shape of `ports.SealBytes`."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring

    def seal(self, file_id: str, plaintext: bytes) -> SealedPair:
        """Seal one whole plaintext under a new name; blocking, durable once it returns."""
        base = base_in(self._folder, file_id)
        make_folder(self._folder)
        return seal_bytes(base, plaintext, self._keyring.recipients)

    def writer(self, file_id: str) -> WholeFileWriter:
        """Begin a file that comes in pieces, such as an upload."""
        base = base_in(self._folder, file_id)
        make_folder(self._folder)
        return WholeFileWriter(base, self._keyring.recipients)

    def open(self, file_id: str) -> "SealedStream":
        """Open a file for download; raises `SealedFileMissing`."""
        return SealedStream(base_in(self._folder, file_id))

    def has_tail(self, file_id: str) -> bool:
        """Whether a tail stands beside the file: a crash cut it, and the tail holds its last second."""
        return tail_path(base_in(self._folder, file_id)).exists()

    def open_tail(self, file_id: str) -> io.FileIO:
        """Open the tail, sealed under the file key too; raises `SealedFileMissing`."""
        tail = tail_path(base_in(self._folder, file_id))
        try:
            return io.FileIO(tail)
        except FileNotFoundError:
            raise SealedFileMissing(tail) from None


class SealedStream(io.RawIOBase):
    """Header and body as the one `.age` file that they are: seekable, `size` bytes long, never decrypted."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        try:
            self._header = header_path(base).read_bytes()
            self._body = body_path(base).open("rb", buffering=0)
        except FileNotFoundError:
            raise SealedFileMissing(base) from None
        self.size = len(self._header) + self._body.seek(0, io.SEEK_END)
        self._position = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; beyond the end there is nothing to read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Give bytes up to the end of the header or of the body."""
        if self._position < len(self._header):
            piece = self._header[self._position : self._position + len(buffer)]
        else:
            self._body.seek(self._position - len(self._header))
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the body too."""
        if not self.closed:
            self._body.close()
        super().close()


def open_plaintext(base: Path, identities: Iterable[Identity]) -> AgeReader:
    """Open a finished file with an identity, as its holder does; raises `SealedFileError` and its kinds."""
    return AgeReader(cast("BinaryIO", io.BufferedReader(SealedStream(base))), identities)


def base_in(folder: Path, name: str) -> Path:
    """Give the path that a sealed file's three names begin with; only names of our own making pass."""
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"a sealed file's name has 1 to 64 small letters and digits, {name!r} does not")
    return folder / name


def make_folder(folder: Path) -> None:
    """Make a private folder and make its name durable; one that exists is left as it is."""
    with disk_errors_about(folder):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + ".new")
