"""`parloir demo` from the outside: it starts, says where everything lies, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.command import parloir, refused

LAST_WORDS = "Ctrl-C ends it"


@contextmanager
def demo(temporary: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "server", "demo", "--port", "0", *words]
    environment = os.environ | {"TMPDIR": str(temporary)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603
        said = ""
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said += line
                if LAST_WORDS in line:
                    break
            yield process, said
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def test_a_demonstration_runs_until_it_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with demo(tmp_path) as (process, said):
        url = re.search(r"demonstration: (http://127\.0\.0\.1:\d+)", said)
        assert url is not None
        links = re.findall(r"http://\S+/demo/enter/\S+", said)
        assert len(links) >= 4
        assert "throw-away" in said
        (kit,) = tmp_path.glob("parloir-demo-*.json")
        assert kit.name == f"parloir-demo-{url[1].rpartition(':')[2]}.json"
        assert stat.S_IMODE(kit.stat().st_mode) == 0o600
        content = json.loads(kit.read_text())
        assert Path(content["identity"]).is_file()
        with urllib.request.urlopen(f"{url[1]}/", timeout=10) as page:  # noqa: S310
            assert page.status == 200
            assert page.url == f"{url[1]}/demo"
            assert all(
                link.removeprefix(url[1]) in page_text
                for page_text in [page.read().decode()]
                for link in links
            )
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_ones_own_is_made_and_removed(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    with demo(tmp_path, "--folder", str(root)) as (_, said):
        assert str(root) in said
        assert (root / "data" / "parloir.db").is_file()
    assert not root.exists()


def test_a_port_in_use_is_one_line_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in refused(
            parloir("demo", "--port", str(port))
        )


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    assert "exists" in refused(parloir("demo", "--port", "0", "--folder", str(tmp_path)))
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("port", ["-1", "65536", "eighty"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert "port" in refused(parloir("demo", "--port", port))
