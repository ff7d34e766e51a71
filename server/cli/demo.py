"""`parloir demo`: a complete instance on a throw-away folder, with a sign-in link per role, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import TextIO

from server import logs
from server.clock import utc_now
from server.demo.instance import Demo, running_demo
from server.errors import SettingError
from server.rehearsal.errors import KitRefused
from server.settings import HIGHEST_PORT, database_address
from server.transcript_page import render_transcript

DEFAULT_PORT = 8080
ROLE_WORDS = {
    "centre_staff": "centre staff",
    "consular_officer": "consular officer",
    "supervisor": "supervisor",
    "administrator": "administrator",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens, and where its folder is made."""
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        metavar="PORT",
        help=f"the port on 127.0.0.1, 0 for any free one (default {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="a folder to make, and to remove at the end (default: one in the system's temporary folder)",
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="an empty postgresql://... database, emptied at the end (default: SQLite in the folder)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM, then leave nothing behind."""
    if not 0 <= arguments.port <= HIGHEST_PORT:
        raise SettingError("--port", f"{arguments.port} is no port")
    logs.configure()
    try:
        return asyncio.run(_run(arguments.port, arguments.folder, _database(arguments.database)))
    except KitRefused as refusal:
        raise SettingError("demo", str(refusal)) from None


def _database(given: str | None) -> str:
    return database_address(given) if given else ""


async def _run(port: int, root: Path | None, database: str) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_demo(utc_now, render_transcript, port=port, root=root, database=database) as demo:
        introduce(demo, sys.stdout)
        ended = asyncio.create_task(demo.process.wait())
        told = asyncio.create_task(stopped.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        has_died = ended.done()
        for task in (ended, told):
            task.cancel()
    if has_died:
        sys.stderr.write("parloir: the demonstration ended by itself\n")
        return 1
    sys.stdout.write("\nThe demonstration has ended; its folder is removed.\n")
    return 0


def introduce(demo: Demo, out: TextIO) -> None:
    """Print the address, a link for every role, and where the throw-away keys lie."""
    width = max(len(words) for words in ROLE_WORDS.values())
    lines = [f"Parloir, a demonstration: {demo.url}", "", "Go in as"]
    for door in demo.links.shown:
        who = f"{ROLE_WORDS[door.role]:{width}}  {demo.url}{door.path}"
        lines.append(f"  {who}  {door.name}, {door.organisation}")
    lines += [
        "",
        f"Everything lies in {demo.folder.root}",
        f"The supervisor's key is {demo.folder.identity}",
        "Keys and folder are throw-away: they are removed when this ends. Everybody in it is invented.",
        "",
        "Ctrl-C ends it. In another terminal: parloir rehearse " + demo.url,
    ]
    out.write("\n".join(lines) + "\n")
    out.flush()
