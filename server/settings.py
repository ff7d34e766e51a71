"""What an operator sets: read once at start from the environment and the command line."""

import ipaddress
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from server.errors import SettingError
from server.mail_server import MailServer, mail_address, mail_server
from server.turn import turn_addresses

RECORDINGS = "recordings"  # the folder in the data folder that holds every sealed file
DEFAULT_LISTEN = "127.0.0.1:8080"
DEFAULT_MEDIA = "127.0.0.1:8081"
HIGHEST_PORT = 65535
MOST_NODES = 64
NAMES = (
    "data",
    "keys",
    "listen",
    "media",
    "media_address",
    "nodes",
    "url",
    "database",
    "proxy",
    "smtp",
    "mail_from",
    "turn",
)


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric host and a port, 0 for any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def overlaps(self, other: "Address") -> bool:
        """Whether what comes to one host may be meant for the other."""
        return self.host == other.host or not {"0.0.0.0", "::"}.isdisjoint({self.host, other.host})  # noqa: S104


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one instance, checked in form but not yet against the machine."""

    data: Path
    keys: Path
    listen: Address
    media: Address
    media_address: str
    nodes: int
    url: str
    database: str
    proxy: str | None = None
    demo: bool = False
    smtp: MailServer | None = None
    mail_from: str = "parloir@localhost"
    turn: tuple[str, ...] = ()

    @property
    def is_https(self) -> bool:
        """Whether browsers reach this instance over TLS."""
        return self.url.startswith("https://")

    @property
    def origin(self) -> str:
        """The one origin from which forms are accepted."""
        return self.url


def read_settings(environment: Mapping[str, str], flags: Mapping[str, str | None]) -> Settings:
    """Give settings from `PARLOIR_*` variables and flags of the same names; a flag wins.

    Raises SettingError with the name of the first wrong one.
    """
    given = {name: flags.get(name) or environment.get(variable(name)) or None for name in NAMES}
    data, keys = _folder("data", given["data"]), _folder("keys", given["keys"])
    if keys == data or keys.is_relative_to(data):
        raise SettingError(variable("keys"), "the keys folder stands inside the data folder; move it outside")
    listen = _address("listen", given["listen"] or DEFAULT_LISTEN)
    media = _address("media", given["media"] or DEFAULT_MEDIA)
    nodes = _count("nodes", given["nodes"] or "1", MOST_NODES)
    if media.port + nodes - 1 > HIGHEST_PORT:
        raise SettingError(variable("nodes"), f"each node takes the next port, and {media} leaves no {nodes}")
    if media.port and media.port <= listen.port < media.port + nodes and media.overlaps(listen):
        reason = (
            f"{listen} is also {variable('listen')}; media needs a port of its own for each node, UDP and TCP"
        )
        raise SettingError(variable("media"), reason)
    smtp, mail_from = _mail(given["smtp"], given["mail_from"])
    return Settings(
        data=data,
        keys=keys,
        listen=listen,
        media=media,
        nodes=nodes,
        media_address=_ip("media_address", given["media_address"] or media.host),
        url=_url(given["url"] or f"http://{listen}"),
        database=database_address(given["database"] or f"sqlite+aiosqlite:///{data / 'parloir.db'}"),
        proxy=_ip("proxy", given["proxy"]) if given["proxy"] else None,
        demo=environment.get(variable("demo")) == "1",
        smtp=smtp,
        mail_from=mail_from,
        turn=turn_addresses(variable("turn"), given["turn"] or ""),
    )


def each_node(settings: Settings) -> list[Settings]:
    """Give the settings of each media node: one port after the other from the first, or any free one each."""
    host, port = settings.media.host, settings.media.port
    ports = [port + number if port else 0 for number in range(settings.nodes)]
    return [replace(settings, media=Address(host, one), nodes=1) for one in ports]


def node_command(settings: Settings, control: int) -> list[str]:
    """Give the words that start a media node which obeys the socket with this descriptor."""
    flags = {
        "--control-fd": str(control),
        "--data": str(settings.data),
        "--keys": str(settings.keys),
        "--media": str(settings.media),
        "--media-address": settings.media_address,
        "--nodes": str(settings.nodes),
    }
    return [sys.executable, "-m", "server", "media", *(word for pair in flags.items() for word in pair)]


def check_data_folder(folder: Path) -> None:
    """Refuse a data folder that is missing or cannot be written to."""
    if not folder.is_dir():
        raise SettingError(variable("data"), f"no folder {folder}; make it with `parloir init`")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingError(variable("data"), f"the folder {folder} cannot be written to")


def variable(name: str) -> str:
    """Give the environment variable of a setting."""
    return f"PARLOIR_{name.upper()}"


def database_address(text: str) -> str:
    """Give the address of a database as SQLAlchemy reads it; another kind raises SettingError."""
    if text.startswith("sqlite:///"):
        return text.replace("sqlite:", "sqlite+aiosqlite:", 1)
    if text.startswith("postgresql://"):
        return text.replace("postgresql:", "postgresql+asyncpg:", 1)
    if text.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        return text
    raise SettingError(variable("database"), "not a sqlite:/// or postgresql:// address")


def _mail(smtp: str | None, sender: str | None) -> tuple[MailServer | None, str]:
    if smtp and not sender:
        raise SettingError(variable("mail_from"), "missing; name the address that mails come from")
    server = mail_server(variable("smtp"), smtp) if smtp else None
    return server, mail_address(variable("mail_from"), sender or "parloir@localhost")


def _folder(name: str, text: str | None) -> Path:
    if text is None:
        raise SettingError(variable(name), f"missing; name the {name} folder (--{name} FOLDER)")
    return Path(text).resolve()


def _count(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SettingError(variable(name), f"{text!r} is no number from 1 to {most}")
    return int(text)


def _address(name: str, text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
        raise SettingError(variable(name), f"{text!r} is not HOST:PORT, as in 127.0.0.1:8080")
    return Address(_ip(name, host.removeprefix("[").removesuffix("]")), int(port))


def _ip(name: str, text: str) -> str:
    try:
        return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text))
    except ValueError:
        raise SettingError(variable(name), f"{text!r} is not an IP address") from None


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port >= 0
        is_origin = has_port and parts.scheme in {"http", "https"} and parts.hostname is not None
    except ValueError:
        is_origin = False
    if not is_origin or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise SettingError(variable("url"), f"{text!r} is not an address such as https://parloir.example.org")
    return f"{parts.scheme}://{parts.netloc}".lower()
