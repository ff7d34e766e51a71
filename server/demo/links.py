"""The doors of a demonstration: who may be entered as, by which secret link, and where the keys lie."""

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

FILE_NAME: Final = "demo.json"
TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Door:
    """One person that a visitor may be."""

    key: str
    token: str
    account_id: str
    role: str
    name: str
    organisation: str
    is_shown: bool

    @property
    def path(self) -> str:
        """The link, below the address of the instance."""
        return f"/demo/enter/{self.token}"


@dataclass(frozen=True, slots=True)
class Links:
    """All doors, and the file that holds the throw-away key of the supervisor."""

    doors: tuple[Door, ...]
    key_file: str

    @classmethod
    def read(cls, keys: Path) -> Self:
        """Read what `write` left in the keys folder."""
        content = json.loads((keys / FILE_NAME).read_text(encoding="utf-8"))
        return cls(tuple(Door(**door) for door in content["doors"]), content["key_file"])

    def write(self, keys: Path) -> None:
        """Leave the doors for the web process, readable by its own account only."""
        content = {"doors": [asdict(door) for door in self.doors], "key_file": self.key_file}
        write_private(keys / FILE_NAME, json.dumps(content, ensure_ascii=False, indent=1))

    def door_of(self, token: str) -> Door | None:
        """Give the door that a token opens; every token is compared in full."""
        found = [door for door in self.doors if hmac.compare_digest(door.token.encode(), token.encode())]
        return found[0] if found else None

    def keyed(self, key: str) -> Door:
        """Give the door of a person by the name that the demonstration's world gave them."""
        return next(door for door in self.doors if door.key == key)

    @property
    def shown(self) -> tuple[Door, ...]:
        """The doors on the welcome page."""
        return tuple(door for door in self.doors if door.is_shown)


def new_token() -> str:
    """Make the secret part of a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def write_private(path: Path, text: str) -> None:
    """Write a file that its own account alone may read; one that exists is never written into."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
