"""`make bench NAME=…`: installs the peers that a benchmark needs, runs it, and ends with one line of JSON."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop

from tests.benchmarks import booking, calls, join, kill, memory, pages, relay, slots

BENCHMARKS = {
    "booking": booking,
    "calls": calls,
    "join": join,
    "kill": kill,
    "memory": memory,
    "pages": pages,
    "relay": relay,
    "slots": slots,
}
SERVED = {"booking", "slots"}  # done in this process as the server does it, so on the server's loop


def main(words: list[str]) -> int:
    """Run one benchmark by name; exit 2 when there is none of that name or a peer cannot be installed."""
    name = words[0] if words else ""
    if name not in BENCHMARKS:
        sys.stderr.write(f"no benchmark of that name; there are: {', '.join(BENCHMARKS)}\n")
        return 2
    benchmark = BENCHMARKS[name]
    if not _install(benchmark.DEBIAN_PACKAGES):
        return 2
    figures = (uvloop if name in SERVED else asyncio).run(_until_told(benchmark.run()))
    rounded = {key: round(value, 3) for key, value in figures.items()}
    sys.stdout.write(json.dumps({"name": name, "figures": rounded}) + "\n")
    return 0


async def _until_told(work: Coroutine[Any, Any, dict[str, float]]) -> dict[str, float]:
    """Run a benchmark; SIGTERM gives it up, so that the servers that it started end too."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _install(packages: tuple[str, ...]) -> bool:
    query = shutil.which("dpkg-query") or "dpkg-query"
    missing = [
        package
        for package in packages
        if subprocess.run([query, "-W", package], capture_output=True, check=False).returncode  # noqa: S603
    ]
    if not missing:
        return True
    if os.geteuid():
        sys.stderr.write(f"this benchmark needs: sudo apt-get install {' '.join(missing)}\n")
        return False
    apt = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run(["apt-get", "update", "-qq"], check=True)  # noqa: S607
    subprocess.run([*apt, *missing], check=True, stdout=sys.stderr)  # noqa: S603
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
