"""The keyring: whom everything is sealed to, read from `recipients.txt` in the keys folder.

The file is what `age -R` reads. Above each recipient a comment names the holder and their duty:

    # supervisor: Immigration office, key 1
    age1…
    # recovery: Safe of the director
    age1…
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from recordings.age_keys import Recipient, parse_recipient
from recordings.errors import KeyMalformed, KeyringRefused

MOST_KEYRING_BYTES = 256 * 1024

_FINGERPRINT_GROUPS = 8
_GROUP_LETTERS = 4
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Duty(StrEnum):
    """Why somebody can open what is sealed."""

    SUPERVISOR = "supervisor"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """One recipient of everything, and whose it is."""

    duty: Duty
    name: str
    recipient: Recipient

    @property
    def fingerprint(self) -> str:
        """What two people compare by voice."""
        return fingerprint(self.recipient)


@dataclass(frozen=True, slots=True)
class Keyring:
    """At least one supervisor and one recovery key; every file is sealed to all of them."""

    holders: tuple[KeyHolder, ...]

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients in the order of the file."""
        return tuple(holder.recipient for holder in self.holders)

    @property
    def is_post_quantum(self) -> bool:
        """Whether every recipient withstands a quantum computer; one that does not undoes the others."""
        return all(holder.recipient.is_post_quantum for holder in self.holders)

    def of(self, duty: Duty) -> tuple[KeyHolder, ...]:
        """Give the holders of one duty."""
        return tuple(holder for holder in self.holders if holder.duty is duty)


def fingerprint(recipient: Recipient) -> str:
    """Give 128 bits of SHA-256 of the recipient's text, as 8 groups of 4 hexadecimal digits."""
    digest = hashlib.sha256(str(recipient).encode("ascii")).hexdigest()
    letters = _FINGERPRINT_GROUPS * _GROUP_LETTERS
    return " ".join(digest[at : at + _GROUP_LETTERS] for at in range(0, letters, _GROUP_LETTERS))


def read_keyring(path: Path) -> Keyring:
    """Read the file if nobody but root and this account can change it; else raises `KeyringRefused`."""
    try:
        with path.open("rb") as file:
            _check_guarded(path, os.fstat(file.fileno()), "file")
            _check_guarded(path, path.parent.stat(), "folder")
            text = file.read(MOST_KEYRING_BYTES + 1)
    except FileNotFoundError:
        remedy = "write one `# supervisor: NAME` and one `# recovery: NAME` line, each above an age recipient"
        raise KeyringRefused(path, "the file does not exist", remedy) from None
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror}"
        raise KeyringRefused(path, reason, "let this account read it") from None
    if len(text) > MOST_KEYRING_BYTES:
        raise KeyringRefused(path, "the file is far too large", "keep only comments and recipients in it")
    try:
        return parse_keyring(text.decode("utf-8"), path)
    except UnicodeDecodeError:
        raise KeyringRefused(path, "the file is no UTF-8 text", "write it anew") from None


def parse_keyring(text: str, path: Path) -> Keyring:
    """Read the text of the file; `path` is only named in what `KeyringRefused` says."""
    holders: list[KeyHolder] = []
    label: tuple[Duty, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if content.startswith("#"):
            named = _label(content, number, path)
            if named is not None and label is not None:
                _refuse_label_alone(path, number)
            label = named or label
        elif content:
            holders.append(_holder(content, label, number, path))
            label = None
    if label is not None:
        _refuse_label_alone(path, len(text.splitlines()))
    _check_whole(holders, path)
    return Keyring(tuple(holders))


def format_keyring(holders: Iterable[KeyHolder]) -> str:
    """Write the text that `parse_keyring` reads."""
    return "".join(f"# {holder.duty}: {holder.name}\n{holder.recipient}\n" for holder in holders)


def _label(comment: str, number: int, path: Path) -> tuple[Duty, str] | None:
    word, colon, rest = comment.lstrip("#").partition(":")
    if not colon or word.strip().lower() not in tuple(Duty):
        return None
    if not rest.strip():
        raise KeyringRefused(path, f"line {number} names nobody", "write whose key it is after the colon")
    return Duty(word.strip().lower()), rest.strip()


def _holder(content: str, label: tuple[Duty, str] | None, number: int, path: Path) -> KeyHolder:
    if content.upper().startswith("AGE-SECRET-KEY-"):
        reason = f"line {number} is a secret identity, which must never be on this machine"
        raise KeyringRefused(path, reason, "remove it, treat it as lost, and put a new recipient here")
    if label is None:
        reason = f"nothing says whose recipient line {number} is"
        raise KeyringRefused(path, reason, "write `# supervisor: NAME` or `# recovery: NAME` above it")
    try:
        recipient = parse_recipient(content)
    except KeyMalformed as error:
        remedy = "copy it again from its holder, whole"
        raise KeyringRefused(path, f"line {number} is no age recipient: {error.reason}", remedy) from None
    return KeyHolder(label[0], label[1], recipient)


def _refuse_label_alone(path: Path, number: int) -> None:
    reason = f"a holder is named before line {number}, but no recipient follows"
    raise KeyringRefused(path, reason, "write the recipient below its holder, or remove the line")


def _check_whole(holders: list[KeyHolder], path: Path) -> None:
    for duty in Duty:
        if not any(holder.duty is duty for holder in holders):
            remedy = f"write `# {duty}: NAME` and below it their age recipient"
            raise KeyringRefused(path, f"no {duty} key stands in it", remedy)
    if len({str(holder.recipient) for holder in holders}) != len(holders):
        raise KeyringRefused(path, "one recipient stands in it twice", "give every holder a key of their own")


def _check_guarded(path: Path, facts: os.stat_result, what: str) -> None:
    shown = path if what == "file" else path.parent
    if facts.st_uid not in (0, os.geteuid()):
        reason = f"its {what} belongs to another account, which could add a key of its own"
        raise KeyringRefused(path, reason, f"run: chown root {shown}")
    if facts.st_mode & _WRITABLE_BY_OTHERS and not (what == "folder" and facts.st_mode & stat.S_ISVTX):
        reason = f"other accounts may change its {what}, and so could add a key of their own"
        raise KeyringRefused(path, reason, f"run: chmod go-w {shown}")
