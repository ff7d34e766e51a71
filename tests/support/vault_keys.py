"""Identities and keyrings for tests, and what the other programs of the age family say to our files."""

import subprocess
from pathlib import Path

from recordings.age_keys import Identity, new_identity
from recordings.keyring import Duty, KeyHolder, Keyring, format_keyring

AGE_PROGRAM = "/usr/bin/age"


def keyring_of(supervisor: Identity, recovery: Identity | None = None) -> Keyring:
    """Make the smallest keyring: one supervisor, one recovery key."""
    recovery = recovery or new_identity()
    return Keyring(
        (
            KeyHolder(Duty.SUPERVISOR, "Immigration office", supervisor.recipient()),
            KeyHolder(Duty.RECOVERY, "Safe", recovery.recipient()),
        )
    )


def write_keyring(folder: Path, keyring: Keyring) -> Path:
    """Write recipients.txt as an operator does."""
    path = folder / "recipients.txt"
    path.write_text(format_keyring(keyring.holders))
    path.chmod(0o644)
    return path


def opened_by_age_program(sealed: bytes, identity: Identity, folder: Path) -> bytes:
    """Decrypt with Debian's age; a refusal raises `CalledProcessError`."""
    key = folder / "key.txt"
    key.write_text(f"{identity}\n")
    command = [AGE_PROGRAM, "-d", "-i", str(key)]
    return subprocess.run(command, input=sealed, capture_output=True, check=True).stdout  # noqa: S603


def sealed_by_age_program(plaintext: bytes, identity: Identity) -> bytes:
    """Encrypt with Debian's age."""
    command = [AGE_PROGRAM, "-r", str(identity.recipient())]
    return subprocess.run(command, input=plaintext, capture_output=True, check=True).stdout  # noqa: S603
