"""The base class of every failure of the recordings room, and what can go wrong with sealed files."""

from pathlib import Path


class RecordingsError(Exception):
    """Something that the recordings room refused or could not do; subclasses carry the facts as fields."""


class KeyMalformed(RecordingsError):
    """A text that should be an age recipient or identity and is none; never repeats a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this is no usable age key: {reason}")
        self.reason = reason


class KeyringRefused(RecordingsError):
    """The file of recipients cannot be used as it stands; the sentence says what to do."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"{path}: {reason}; {remedy}")
        self.path = path
        self.reason = reason
        self.remedy = remedy


class SealedFileError(RecordingsError):
    """Base of everything that can be wrong with an age file that was read."""


class NotAnAgeFile(SealedFileError):
    """The first line is not the one of an age v1 file."""

    def __init__(self) -> None:
        super().__init__("this is no age v1 file: its first line is another one")


class HeaderTruncated(SealedFileError):
    """The file ends inside its header or inside the nonce that follows it."""

    def __init__(self) -> None:
        super().__init__("the file ends inside its header")


class HeaderMalformed(SealedFileError):
    """A line of the header, or an argument of a stanza, is not what the format allows."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the header is malformed: {reason}")
        self.reason = reason


class NoIdentityMatches(SealedFileError):
    """The file was sealed to other recipients."""

    def __init__(self) -> None:
        super().__init__("none of the given identities opens this file")


class HeaderForged(SealedFileError):
    """The header was changed after it was written: its MAC does not fit."""

    def __init__(self) -> None:
        super().__init__("the header was changed after it was written: its MAC does not fit")


class PayloadError(SealedFileError):
    """Base of what can be wrong after the header; `chunk` is the index of the 64 KiB chunk concerned."""

    def __init__(self, chunk: int, sentence: str) -> None:
        super().__init__(sentence)
        self.chunk = chunk


class PayloadTruncated(PayloadError):
    """The file ends before its final chunk: it was never finished, or something cut it."""

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk, f"the file has no valid final chunk: it ends in or before chunk {chunk}")


class PayloadTrailing(PayloadError):
    """Bytes follow the final chunk."""

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk, f"bytes follow the final chunk {chunk}")


class PayloadDamaged(PayloadError):
    """A chunk does not authenticate, or is a final one that the format forbids (empty, but not the first)."""

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk, f"chunk {chunk} is damaged")


class TailMismatch(SealedFileError):
    """The tail belongs to another body, or the body lacks chunks that were durable before the tail was."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class SealingFailed(RecordingsError):
    """Bytes could not be sealed to the disk; what was sealed before stays and can be salvaged."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: could not be written: {reason}; what was sealed before stays")
        self.path = path
        self.reason = reason


class DiskFull(SealingFailed):
    """The disk or the quota is full."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "no space is left on the disk")


class SealedFileExists(RecordingsError):
    """A sealed file is written once; this name is taken."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: a sealed file of this name exists and is never replaced")
        self.path = path


class SealedFileMissing(RecordingsError):
    """No sealed file has this name, or one of its two halves is gone."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no sealed file has this name, or a half of it is gone")
        self.path = path
