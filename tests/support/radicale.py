"""A real calendar server (Debian's radicale) on a loopback port, with one empty calendar."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
_START_SECONDS = 20.0
_TESTS = f"Basic {b64encode(b'tests:tests').decode()}"  # the server believes everybody


@dataclass(frozen=True)
class Radicale:
    """The server's one calendar."""

    url: str

    def ask(self, method: str, name: str = "", content: str = "") -> tuple[int, str]:
        """Send one request about the calendar or an entry of it; gives status and text."""
        headers = {"Authorization": _TESTS}
        if content:
            headers["Content-Type"] = "text/calendar; charset=utf-8"
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.url}/{name}", data=content.encode() or None, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=_START_SECONDS) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


@contextmanager
def running_radicale(folder: Path) -> Iterator[Radicale]:
    """Run it over an empty folder; blocking."""
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    words = ["/usr/bin/python3", "-m", "radicale", "--hosts", f"{HOST}:{port}", "--auth-type", "none"]
    words += ["--rights-type", "owner_only", "--storage-filesystem-folder", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)  # noqa: S603
    try:
        calendar = Radicale(f"http://{HOST}:{port}/tests/calendar")
        _wait(port, process)
        assert calendar.ask("MKCALENDAR")[0] == 201, (folder / "log").read_text(encoding="utf-8")
        yield calendar
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("radicale does not start")
