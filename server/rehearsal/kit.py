"""The kit file: where a rehearsal walks in, with which links, and which key opens what it finds."""

import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from server.rehearsal.errors import KitRefused

_TEXTS: Final = ("url", "staff_link", "officer_link", "supervisor_link")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Kit:
    """What a rehearsal is given. Without `data_folder` (another machine) the folder cannot be searched."""

    url: str
    staff_link: str
    officer_link: str
    supervisor_link: str
    identity: Path
    data_folder: Path | None


def origin_of(text: str) -> str:
    """Give the address of an instance without a trailing slash; refuses anything below it."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    below = (parts.path.strip("/"), parts.query, parts.fragment) if has_host else ()
    if not has_host or parts.scheme not in {"http", "https"} or any(below):
        raise KitRefused(f"{text!r} is no address such as http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}"


def kit_path_of(url: str) -> Path:
    """Give the place where a demonstration on this machine leaves its kit."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Path(tempfile.gettempdir()) / f"parloir-demo-{port}.json"


def write_kit(kit: Kit) -> Path:
    """Leave the kit where a rehearsal of the same account finds it; a stale one of ours is replaced."""
    path = kit_path_of(kit.url)
    content = {name: getattr(kit, name) for name in _TEXTS} | {"identity": str(kit.identity)}
    if kit.data_folder is not None:
        content["data_folder"] = str(kit.data_folder)
    draft = (
        Path(tempfile.mkdtemp(prefix="parloir-kit-")) / path.name
    )  # a folder of our own, so not to be guessed
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    try:
        draft.replace(path)
    except OSError as problem:
        draft.unlink()
        raise KitRefused(f"{path} cannot be written: {problem.strerror}") from None
    finally:
        draft.parent.rmdir()
    return path


def read_kit(path: Path) -> Kit:
    """Read a kit; refuses one that others may read or that another account wrote."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as problem:
        raise KitRefused(f"{path} cannot be read: {problem.strerror}; name a kit with --kit FILE") from None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
            raise KitRefused(f"{path} belongs to another account")
        if facts.st_mode & _OTHERS:
            raise KitRefused(f"{path} is open to others; run: chmod 600 {path}")
        return _parsed(path, file.read(1 << 16))


def _parsed(path: Path, raw: bytes) -> Kit:
    try:
        content = json.loads(raw)
        texts = {name: content[name] for name in (*_TEXTS, "identity")}
        data_folder = content.get("data_folder")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KitRefused(f"{path} must hold {', '.join((*_TEXTS, 'identity'))} as JSON") from None
    if not all(isinstance(text, str) and text for text in texts.values()):
        raise KitRefused(f"{path} holds something else than texts")
    identity = Path(texts.pop("identity"))
    return Kit(**texts, identity=identity, data_folder=Path(data_folder) if data_folder else None)
