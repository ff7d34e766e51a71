"""A real instance as an operator runs it: `parloir serve` as a child process on throw-away folders."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Select

from recordings.age_keys import Identity
from server.clock import utc_now
from server.database import create_engine, for_reading
from server.demo.folder import DemoFolder, prepare
from server.demo.links import Links
from server.rehearsal.kit import Kit
from server.rehearsal.opening import read_identity
from server.transcript_page import render_transcript
from tests.support.database import copied_database, new_database
from tests.support.postgres import in_its_own_loop

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0


class Instance:
    """One instance; killed and started again, it keeps its folders, its address and its media port."""

    def __init__(self, folder: DemoFolder, *, nodes: int = 1) -> None:
        self.folder = folder
        self.nodes = nodes
        self.listen, self.media = _free_port(), _free_port() if nodes == 1 else 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.listen}"

    @property
    def kit(self) -> Kit:
        """The links of everybody whom a rehearsal needs."""
        return Kit(
            url=self.url,
            staff_link=self.link("staff-steenokkerzeel"),
            officer_link=self.link("officer-rehearsal"),
            supervisor_link=self.link("supervisor"),
            identity=self.folder.identity,
            data_folder=self.folder.data,
        )

    @property
    def identity(self) -> Identity:
        """The supervisor's key, which the instance never sees."""
        return read_identity(self.folder.identity)

    @property
    def log(self) -> str:
        """What the processes wrote to their standard error."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _log(self) -> Path:
        return self.folder.root / "instance.log"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The web process."""
        assert self._process is not None, "not started"
        return self._process

    def link(self, person: str) -> str:
        """The door of somebody of the demonstration's world."""
        return self.url + Links.read(self.folder.keys).keyed(person).path

    def start(self) -> None:
        """Start, and wait until it listens; blocking."""
        words = [sys.executable, "-m", "server", "serve"]
        words += ["--data", str(self.folder.data), "--keys", str(self.folder.keys)]
        words += ["--listen", f"{HOST}:{self.listen}", "--media", f"{HOST}:{self.media}"]
        words += ["--database", self.folder.database, "--nodes", str(self.nodes)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PARLOIR_")}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                words,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**clean, "PARLOIR_DEMO": "1"},
                start_new_session=True,
            )
        said = self.process.stdout
        assert said is not None
        readable, _, _ = select.select([said], [], [], START_SECONDS)
        assert readable, "the server says nothing"
        assert b"listens on" in said.readline(), self.log

    def node_pids(self) -> list[int]:
        """The media nodes: the children of the web process."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(child) for child in children]

    def node_pid(self) -> int:
        """The one media node."""
        (child,) = self.node_pids()
        return child

    def recording_node(self) -> int:
        """The node that has parts of recordings open."""
        (found,) = (pid for pid in self.node_pids() if _has_open(pid, ".body"))
        return found

    def kill_node(self, pid: int | None = None) -> int:
        """Kill a media node, or the one, without a word of warning; returns which process it was."""
        pid = pid or self.node_pid()
        os.kill(pid, signal.SIGKILL)
        return pid

    def terminate(self) -> int:
        """Ask the web process to stop, as a service manager does; returns its exit code; blocking."""
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def lose_power(self) -> None:
        """Kill everything at the same moment, so that neither process notices the other's end; blocking."""
        node = self.node_pid()
        os.kill(node, signal.SIGSTOP)
        os.killpg(self.process.pid, signal.SIGKILL)
        os.kill(node, signal.SIGKILL)
        self._ended()

    def kill_web_process(self) -> int:
        """Kill the web process group alone; the node is left to itself; returns the node; blocking."""
        node = self.node_pid()
        os.killpg(self.process.pid, signal.SIGKILL)
        self._ended()
        return node

    def close(self) -> None:
        """End whatever runs; blocking."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._ended()
            except subprocess.TimeoutExpired:
                self.lose_power()

    def rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        """Read the database as it stands, beside the server; blocking."""
        return in_its_own_loop(lambda: self._rows(statement))

    async def _rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        engine = create_engine(self.folder.database)
        try:
            async with for_reading(engine).connect() as session:
                return [dict(row) for row in (await session.execute(statement)).mappings()]
        finally:
            await engine.dispose()

    def part_path(self, interview_id: str, part_id: str) -> Path:
        """Where the sealed files of a part begin."""
        return self.folder.data / "recordings" / interview_id / part_id

    def _ended(self) -> int:
        code = self.process.wait(STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def seeded_folder(root: Path) -> Iterator[DemoFolder]:
    """Make the demonstration's world in an empty folder, and a database for it."""
    root.chmod(0o700)
    with new_database(root / "data" / "parloir.db") as address:
        folder = DemoFolder(root, address)
        in_its_own_loop(lambda: prepare(folder, utc_now, render_transcript))
        yield folder


@contextmanager
def running_instance(seeded: DemoFolder, root: Path, *, nodes: int = 1) -> Iterator[Instance]:
    """Start an instance on a copy of a seeded folder; whatever it went through, it logged no error."""
    shutil.copytree(seeded.root, root)
    with copied_database(seeded.database, seeded.root, root) as database:
        instance = Instance(DemoFolder(root, database), nodes=nodes)
        try:
            instance.start()
            yield instance
        finally:
            instance.close()
    troubles = [line for line in instance.log.splitlines() if '"level": "error"' in line]
    assert troubles == []
    assert "Traceback" not in instance.log


def _has_open(pid: int, suffix: str) -> bool:
    return any(str(link.readlink()).endswith(suffix) for link in Path(f"/proc/{pid}/fd").iterdir())


def _free_port() -> int:
    """A port that is free for TCP and for UDP."""
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind((HOST, 0))
        port: int = tcp.getsockname()[1]
        udp.bind((HOST, port))
        return port
