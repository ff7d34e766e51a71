"""The server's own secrets: one master in the keys folder and a key derived for each purpose."""

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import SettingError

SECRET_NAME = "secret.key"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
PASSWORD_NAME = "smtp.password"  # noqa: S105 - the name of a file
TURN_NAME = "turn.secret"
METRICS_NAME = "metrics.token"
FEWEST_TOKEN_CHARACTERS = 32
_MOST_PASSWORD_BYTES = 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys of 32 bytes each, one a purpose, none ever shown."""

    csrf: bytes = field(repr=False)
    totp: bytes = field(repr=False)
    device: bytes = field(repr=False)
    working_copy: bytes = field(repr=False)
    guest: bytes = field(repr=False)


def derive(master: bytes) -> Secrets:
    """One key a purpose by HKDF-SHA256 (RFC 5869), so that no key serves two ends."""
    return Secrets(
        csrf=_subkey(master, b"csrf"),
        totp=_subkey(master, b"totp"),
        device=_subkey(master, b"device"),
        working_copy=_subkey(master, b"working-copy"),
        guest=_subkey(master, b"guest"),
    )


def read_master(keys: Path) -> bytes:
    """Give the master secret of the keys folder; refuses one that others may read."""
    path = keys / SECRET_NAME
    master = _read_guarded(path, SECRET_BYTES)
    if len(master) != SECRET_BYTES:
        raise SettingError("PARLOIR_KEYS", f"{path} must hold exactly {SECRET_BYTES} bytes")
    return master


def read_mail_password(keys: Path) -> str:
    """Give the password of the mail server's account; refuses a file that others may read."""
    return _read_line(keys / PASSWORD_NAME, "the password of the mail server")


def read_turn_secret(keys: Path) -> bytes:
    """Give the secret shared with the TURN relays; refuses a file that others may read."""
    return _read_line(keys / TURN_NAME, "the static-auth-secret of the TURN relay").encode()


def read_metrics_token(keys: Path) -> str:
    """Give the word that opens the metrics, none where there is no file; refuses one that can be guessed."""
    path = keys / METRICS_NAME
    if not os.path.lexists(path):
        return ""
    token = _read_line(path, "the token of whoever reads the metrics")
    if len(token) < FEWEST_TOKEN_CHARACTERS:
        raise SettingError("PARLOIR_KEYS", f"{path} must hold at least {FEWEST_TOKEN_CHARACTERS} characters")
    return token


def write_master(keys: Path) -> Path:
    """Make the master secret of a new instance; an existing one is never replaced."""
    path = keys / SECRET_NAME
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path


def _read_line(path: Path, meaning: str) -> str:
    try:
        line = _read_guarded(path, _MOST_PASSWORD_BYTES).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        line = ""
    if not line or not line.isprintable():
        raise SettingError("PARLOIR_KEYS", f"{path} must hold one line, {meaning}")
    return line


def _read_guarded(path: Path, most_bytes: int) -> bytes:
    """Read a file of the keys folder that nobody else may read, one byte beyond its size at most."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as problem:
        raise SettingError("PARLOIR_KEYS", f"cannot read {path}: {problem.strerror}") from None
    try:
        _check_guarded(path, os.fstat(handle))
        return os.read(handle, most_bytes + 1)
    finally:
        os.close(handle)


def _check_guarded(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise SettingError("PARLOIR_KEYS", f"{path} is not a file")
    if facts.st_uid != os.geteuid():
        raise SettingError("PARLOIR_KEYS", f"{path} belongs to another user")
    if facts.st_mode & _OTHERS:
        raise SettingError("PARLOIR_KEYS", f"{path} is open to others; run: chmod 600 {path}")


def _subkey(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=b"parloir/v1/" + purpose).derive(
        master
    )
