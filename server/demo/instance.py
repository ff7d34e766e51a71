"""A running demonstration: `parloir serve` as a child process on a throw-away folder, with its kit file."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recordings.ports import RenderHtml
from scheduling.clock import Clock
from server.database import create_engine
from server.demo.folder import DemoFolder, prepare
from server.demo.links import Links
from server.errors import SettingError
from server.migrations import EMPTY, migrate_to
from server.rehearsal.kit import Kit, write_kit

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30
STOP_SECONDS: Final = 20
_LISTENS: Final = re.compile(rb"listens on (http://\S+)")
LOG_NAME: Final = "server.log"


@dataclass(frozen=True)
class Demo:
    """What is known of a demonstration that runs."""

    url: str
    folder: DemoFolder
    links: Links
    process: asyncio.subprocess.Process

    @property
    def kit(self) -> Kit:
        """What a rehearsal needs to walk in."""
        return Kit(
            url=self.url,
            staff_link=self.url + self.links.keyed("staff-steenokkerzeel").path,
            officer_link=self.url + self.links.keyed("officer-rehearsal").path,
            supervisor_link=self.url + self.links.keyed("supervisor").path,
            identity=self.folder.identity,
            data_folder=self.folder.data,
        )


@asynccontextmanager
async def running_demo(
    clock: Clock,
    render_html: RenderHtml,
    *,
    port: int = 0,
    root: Path | None = None,
    database: str = "",
    post_quantum: bool = False,
) -> AsyncIterator[Demo]:
    """Make, seed and start a demonstration; at the end stop it and remove its folder and kit.

    A given database must be empty, and is emptied at the end.
    """
    check_port_is_free(port)
    folder = DemoFolder(_made(root), database)
    kit_path: Path | None = None
    try:
        links = await prepare(folder, clock, render_html, post_quantum=post_quantum)
        process = await _start(folder, port)
        try:
            demo = Demo(await _address_of(process, folder), folder, links, process)
            kit_path = write_kit(demo.kit)
            yield demo
        finally:
            await _stop(process)
            await emptied(folder.given)
    finally:
        if kit_path is not None:
            kit_path.unlink(missing_ok=True)
        shutil.rmtree(folder.root, ignore_errors=True)


def check_port_is_free(port: int) -> None:
    """Refuse a port in use before anything is made; 0 means any free one."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as problem:
        raise SettingError("--port", f"cannot listen on {HOST}:{port}: {problem.strerror}") from None


def _made(root: Path | None) -> Path:
    if root is None:
        return Path(tempfile.mkdtemp(prefix="parloir-demo-"))
    try:
        root.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise SettingError(
            "--folder", f"{root} exists; a demonstration removes its folder at the end"
        ) from None
    except OSError as problem:
        raise SettingError("--folder", f"{root} cannot be made: {problem.strerror}") from None
    return root.resolve()


async def emptied(database: str) -> None:
    """Leave nothing of a demonstration in a database that was given to it."""
    if database:
        engine = create_engine(database)
        try:
            await migrate_to(engine, EMPTY)
        finally:
            await engine.dispose()


async def _start(folder: DemoFolder, port: int) -> asyncio.subprocess.Process:
    words = [sys.executable, "-m", "server", "serve"]
    words += ["--data", str(folder.data), "--keys", str(folder.keys)]
    words += ["--listen", f"{HOST}:{port}", "--media", f"{HOST}:0"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PARLOIR_")}
    with (folder.root / LOG_NAME).open("wb") as log:
        return await asyncio.create_subprocess_exec(
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**clean, "PARLOIR_DEMO": "1", "PARLOIR_DATABASE": folder.database},
            start_new_session=True,  # Ctrl-C reaches us alone: we let it finish what it writes
        )


async def _address_of(process: asyncio.subprocess.Process, folder: DemoFolder) -> str:
    said = b""
    if process.stdout is not None:
        try:
            async with asyncio.timeout(START_SECONDS):
                said = await process.stdout.readline()
        except TimeoutError:
            said = b""
    found = _LISTENS.search(said)
    if found is None:
        last = (
            (folder.root / LOG_NAME).read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        )
        raise SettingError("serve", " ".join(last) or "the server did not start")
    return found[1].decode()


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
