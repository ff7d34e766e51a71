"""The recipients file from the operator's side: read for use, and extended without breaking it."""

import os
from pathlib import Path

from recordings.age_keys import parse_recipient
from recordings.errors import KeyMalformed, KeyringRefused
from recordings.keyring import Duty, KeyHolder, Keyring, format_keyring, parse_keyring, read_keyring
from server.errors import SettingError

RECIPIENTS_NAME = "recipients.txt"
_MODE = 0o644  # public keys; only their owner may change them


def keyring_of(keys: Path) -> Keyring:
    """Give the keyring of an instance; without a supervisor's and a recovery key nothing starts."""
    try:
        return read_keyring(keys / RECIPIENTS_NAME)
    except KeyringRefused as refusal:
        raise SettingError("PARLOIR_KEYS", str(refusal)) from None


def holder_of(duty: str, name: str, recipient: str) -> KeyHolder:
    """Give a holder as an operator names them; refuses what is no age recipient."""
    if not name.strip() or not name.isprintable():
        raise SettingError("NAME", "write whose key it is, on one line")
    try:
        return KeyHolder(Duty(duty), name.strip(), parse_recipient(recipient.strip()))
    except KeyMalformed as refusal:
        raise SettingError("RECIPIENT", refusal.reason) from None


def write_keyring(keys: Path, holders: list[KeyHolder]) -> Path:
    """Write the file of a new instance; it must be whole, and an existing one is never replaced."""
    path = keys / RECIPIENTS_NAME
    text = format_keyring(holders)
    _check(text, path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def add_holder(keys: Path, holder: KeyHolder) -> Keyring:
    """Add one recipient to a whole file, replacing it at once; comments and order stay."""
    path = keys / RECIPIENTS_NAME
    present = keyring_of(keys)
    if str(holder.recipient) in {str(recipient) for recipient in present.recipients}:
        raise SettingError("RECIPIENT", "this key stands in the file already")
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" + format_keyring([holder])
    keyring = _check(text, path)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(_MODE)
    draft.replace(path)
    return keyring


def _check(text: str, path: Path) -> Keyring:
    try:
        return parse_keyring(text, path)
    except KeyringRefused as refusal:
        raise SettingError("PARLOIR_KEYS", f"{refusal.reason}; {refusal.remedy}") from None
