"""Files on the disk as sealed files need them: appended, synced alone or together, errors made plain."""

import ctypes
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from recordings.errors import DiskFull, SealedFileExists, SealingFailed

PRIVATE = 0o600
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
syncfs = ctypes.CDLL(None, use_errno=True).syncfs


class AppendedFile:
    """A new file, unbuffered and private, that knows its size and SHA-256 without being read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, NEW_FILE, PRIVATE)
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

    def sync_filesystem(self) -> None:
        """Wait until all that was written to the file system of this file is on the disk, whoever wrote it.

        syncfs(2). An error of any file since this one was opened is raised once, from Linux 5.8 on.
        """
        if syncfs(self._descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

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
