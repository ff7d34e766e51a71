"""A throw-away PostgreSQL for one test process: Debian's programs, an own folder, a Unix socket only."""

import asyncio
import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

Value = TypeVar("Value")

USER = "parloir"
_PROGRAMS = Path("/usr/lib/postgresql")
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",  # a test does not survive a power cut
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
    "timezone": "Pacific/Apia",  # the product says UTC itself, or a test finds out
}
_DURABLE = {"fsync": "on", "full_page_writes": "on"}  # what an operator runs, for what is measured
_numbers = count(1)


@dataclass
class Server:
    """One PostgreSQL; may be stopped and started again by the test that it belongs to."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="parloir-postgresql-")))
    is_durable: bool = False

    def __post_init__(self) -> None:
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o711)
        locale = ("-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-U", USER, "-A", "trust", *locale, "--no-sync", "--no-instructions")
        self.start()

    def url(self, database: str) -> str:
        """The address of one of its databases, as an operator writes it."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start, and wait until it answers; blocking."""
        chosen = _OPTIONS | (_DURABLE if self.is_durable else {})
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", f"-k {self.folder} {options}", "start")

    def stop(self) -> None:
        """Stop as in a crash: every connection breaks; blocking."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop and leave nothing behind; blocking."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def ask(self, statement: str, database: str = "postgres") -> Any:
        """Run a statement outside any transaction; gives the first value of its answer."""
        connection = await asyncpg.connect(self.url(database))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    def new_database(self, template: str = "template0") -> str:
        """Make a database as a copy of another; gives its name; blocking."""
        name = f"test_{next(_numbers)}"
        in_its_own_loop(lambda: self.ask(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected; blocking."""
        in_its_own_loop(lambda: self.ask(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))

    def bytes_of(self, database: str) -> bytes:
        """Every byte of the tables and indexes of a database, once they are on the disk; blocking."""
        in_its_own_loop(lambda: self.ask("CHECKPOINT"))
        number = in_its_own_loop(
            lambda: self.ask("SELECT oid FROM pg_database WHERE datname = current_database()", database)
        )
        folder = self.folder / "data" / "base" / str(number)
        return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))

    def _run(self, program: str, *words: str) -> None:
        command = [str(programs() / program), "-D", str(self.folder / "data"), *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603


@cache
def server() -> Server:
    """The server that all tests of this process share."""
    made = Server()
    atexit.register(made.remove)
    return made


@cache
def programs() -> Path:
    """Where the newest installed PostgreSQL keeps its programs."""
    found = sorted(_PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise LookupError("PostgreSQL is missing: sudo apt-get install postgresql")
    return found[-1].parent


def in_its_own_loop(work: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Run something asynchronous to its end, inside a running loop or not; blocking."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()
