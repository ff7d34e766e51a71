"""`parloir rehearse`: holds one whole interview for real and reports each step."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TextIO

from server import logs
from server.clock import utc_now
from server.demo.instance import running_demo
from server.errors import SettingError
from server.rehearsal.errors import KitRefused
from server.rehearsal.kit import Kit, kit_path_of, origin_of, read_kit
from server.rehearsal.report import STEPS, Report
from server.rehearsal.steps import KitSource, rehearse
from server.transcript_page import render_transcript

DEFAULT_SECONDS = 6.0
LEAST_SECONDS = 2.0
MOST_SECONDS = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to rehearse, for how long, and what to leave."""
    parser.add_argument(
        "url", nargs="?", metavar="URL", help="a running instance (default: a demonstration of its own)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for machines")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="leave the key, sealed and opened files there"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=DEFAULT_SECONDS,
        metavar="N",
        help=f"how long it is recorded before the minutes are taken (default {DEFAULT_SECONDS:g})",
    )
    parser.add_argument(
        "--post-quantum", action="store_true", help="seal to post-quantum keys; without URL only"
    )
    parser.add_argument(
        "--kit",
        type=Path,
        metavar="FILE",
        help="with URL: its links and key, JSON, mode 0600 (default: that of a demo on this machine)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Rehearse; 0 when every step held, 1 at the first that did not."""
    source = _source(arguments)
    folder = _folder(arguments.keep)
    logs.configure()
    report = Report(kept=arguments.keep.resolve() if arguments.keep else None)
    progress = _progress(sys.stderr)
    try:
        asyncio.run(rehearse(source, folder, report, seconds=arguments.seconds, progress=progress))
    finally:
        progress("")
        if arguments.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(report.as_json(), ensure_ascii=False) if arguments.json else report.as_table()
    sys.stdout.write(text + "\n")
    return 0 if report.ok else 1


def _source(arguments: argparse.Namespace) -> KitSource:
    if not LEAST_SECONDS <= arguments.seconds <= MOST_SECONDS:
        raise SettingError("--seconds", f"choose from {LEAST_SECONDS:g} to {MOST_SECONDS:g}")
    if arguments.url is None:
        if arguments.kit is not None:
            raise SettingError("--kit", "names the kit of a URL; give the URL too")
        return _own_demo(post_quantum=arguments.post_quantum)
    if arguments.post_quantum:
        raise SettingError("--post-quantum", "an instance that runs already has its keys")
    try:
        url = origin_of(arguments.url)
        kit = read_kit(arguments.kit or kit_path_of(url))
    except KitRefused as refusal:
        raise SettingError("--kit", str(refusal)) from None
    if kit.url != url:
        raise SettingError("--kit", f"the kit is for {kit.url}, not for {url}")

    async def found(_leaving: AsyncExitStack) -> Kit:
        return kit

    return found


def _own_demo(*, post_quantum: bool) -> KitSource:
    async def start(leaving: AsyncExitStack) -> Kit:
        demo = running_demo(utc_now, render_transcript, post_quantum=post_quantum)
        return (await leaving.enter_async_context(demo)).kit

    return start


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="parloir-rehearsal-"))
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise SettingError("--keep", f"{keep} is not empty")
    except OSError as problem:
        raise SettingError("--keep", f"{keep} cannot be made: {problem.strerror}") from None
    return keep


def _progress(out: TextIO) -> Callable[[str], None]:
    """Show the present step on one line of a terminal, and nothing elsewhere."""
    if not out.isatty():
        return lambda _name: None

    def show(name: str) -> None:
        done = STEPS.index(name) if name else 0
        bar = "#" * done + "-" * (len(STEPS) - done)
        out.write(f"\r\x1b[K[{bar}] {name}" if name else "\r\x1b[K")
        out.flush()

    return show
