"""The command line: a wrong setting is one clear line and exit 2, and a new instance works from nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from recordings.age_keys import new_identity
from server.migrations import newest_revision
from server.settings import each_node, node_command, read_settings
from tests.support.command import parloir, refused
from tests.support.database import new_database
from tests.support.web import make_folders

Environment = dict[str, str]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return make_folders(tmp_path)[0]


@pytest.fixture
def empty_environment(tmp_path: Path, environment: Environment) -> Iterator[Environment]:
    with new_database(tmp_path / "data" / "parloir.db") as address:
        yield {**environment, "PARLOIR_DATABASE": address}


@pytest.fixture
def bare_environment(tmp_path: Path) -> Iterator[Environment]:
    """What an operator has before `init`: two names of folders and the address of an empty database."""
    with new_database(tmp_path / "data" / "parloir.db") as address:
        yield {
            "PARLOIR_DATA": str(tmp_path / "data"),
            "PARLOIR_KEYS": str(tmp_path / "keys"),
            "PARLOIR_LISTEN": "127.0.0.1:0",
            "PARLOIR_MEDIA": "127.0.0.1:0",
            "PARLOIR_DATABASE": address,
        }


def test_help_lists_the_commands() -> None:
    answer = parloir("--help")
    assert answer.code == 0
    for command in ("serve", "media", "init", "migrate", "user", "keys"):
        assert command in answer.stdout


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["serve", "--nonsense"], ["user", "add"], ["keys", "add", "friend", "N", "age1"]],
)
def test_bad_usage_is_one_line(words: list[str]) -> None:
    assert "--help" in refused(parloir(*words))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"PARLOIR_DATA": ""}, "PARLOIR_DATA"),
        ({"PARLOIR_KEYS": ""}, "PARLOIR_KEYS"),
        ({"PARLOIR_LISTEN": "127.0.0.1"}, "HOST:PORT"),
        ({"PARLOIR_LISTEN": "127.0.0.1:70000"}, "HOST:PORT"),
        ({"PARLOIR_LISTEN": "parloir.example:80"}, "IP address"),
        ({"PARLOIR_LISTEN": "192.0.2.1:0"}, "cannot listen"),
        ({"PARLOIR_LISTEN": "127.0.0.1:81", "PARLOIR_MEDIA": "127.0.0.1:81"}, "port of its own"),
        ({"PARLOIR_LISTEN": "127.0.0.1:81", "PARLOIR_MEDIA": "0.0.0.0:81"}, "port of its own"),
        (
            {"PARLOIR_LISTEN": "127.0.0.1:82", "PARLOIR_MEDIA": "127.0.0.1:81", "PARLOIR_NODES": "2"},
            "port of its own",
        ),
        ({"PARLOIR_NODES": "0"}, "PARLOIR_NODES: '0' is no number from 1 to 64"),
        ({"PARLOIR_NODES": "two"}, "PARLOIR_NODES"),
        (
            {"PARLOIR_MEDIA": "127.0.0.1:65535", "PARLOIR_NODES": "2"},
            "PARLOIR_NODES: each node takes the next",
        ),
        ({"PARLOIR_MEDIA_ADDRESS": "nowhere"}, "PARLOIR_MEDIA_ADDRESS"),
        ({"PARLOIR_URL": "parloir.example"}, "PARLOIR_URL"),
        ({"PARLOIR_URL": "https://parloir.example/here"}, "PARLOIR_URL"),
        ({"PARLOIR_DATABASE": "mysql://x"}, "PARLOIR_DATABASE"),
        ({"PARLOIR_PROXY": "proxy"}, "PARLOIR_PROXY"),
        ({"PARLOIR_TURN": "turn.example.org"}, "PARLOIR_TURN"),
        ({"PARLOIR_TURN": "turn:turn.example.org"}, "turn.secret"),
    ],
)
def test_a_wrong_setting_is_one_line(environment: Environment, change: Environment, says: str) -> None:
    assert says in refused(parloir("serve", environment={**environment, **change}))


def test_each_node_has_the_next_port_and_is_one(tmp_path: Path) -> None:
    given = {
        "data": str(tmp_path / "data"),
        "keys": str(tmp_path / "keys"),
        "media": "127.0.0.1:9000",
        "nodes": "3",
    }
    nodes = each_node(read_settings({}, given))
    assert [(str(node.media), node.nodes) for node in nodes] == [
        ("127.0.0.1:9000", 1),
        ("127.0.0.1:9001", 1),
        ("127.0.0.1:9002", 1),
    ]
    of_any_port = each_node(read_settings({}, {**given, "media": "127.0.0.1:0"}))
    assert [node.media.port for node in of_any_port] == [0, 0, 0]
    words = node_command(nodes[1], 7)
    assert words[words.index("--nodes") + 1] == "1"


def test_a_port_in_use_is_one_line(environment: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = refused(parloir("serve", "--listen", f"127.0.0.1:{port}", environment=environment))
    assert f"127.0.0.1:{port}" in answer


@pytest.mark.parametrize(("kind", "half"), [(socket.SOCK_STREAM, "TCP"), (socket.SOCK_DGRAM, "UDP")])
def test_a_media_port_of_which_one_half_is_in_use_is_one_line(
    environment: Environment, kind: socket.SocketKind, half: str
) -> None:
    Path(environment["PARLOIR_DATA"], "recordings").mkdir()
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_INET, kind) as taken, ours, theirs:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "server", "media", "--control-fd", str(theirs.fileno()), "--media", place],
            env={**os.environ, **environment},
            pass_fds=[theirs.fileno()],
            capture_output=True,
            check=False,
            text=True,
        )
    assert answer.returncode == 2
    assert f"PARLOIR_MEDIA: cannot listen on {half} {place}: Address already in use" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_keys_inside_the_data_folder_are_refused(environment: Environment) -> None:
    inside = {**environment, "PARLOIR_KEYS": environment["PARLOIR_DATA"] + "/keys"}
    assert "inside the data folder" in refused(parloir("serve", environment=inside))


@pytest.mark.parametrize(
    ("file", "break_it", "says"),
    [
        ("secret.key", lambda path: path.unlink(), "secret.key"),
        ("secret.key", lambda path: path.chmod(0o640), "chmod 600"),
        ("secret.key", lambda path: path.write_bytes(b"short"), "32 bytes"),
        ("recipients.txt", lambda path: path.unlink(), "recipients.txt"),
        ("recipients.txt", lambda path: path.write_text("age1nonsense\n"), "recipients.txt"),
        (
            "recipients.txt",
            lambda path: path.write_text("".join(path.read_text().splitlines(keepends=True)[:2])),
            "recovery",
        ),
    ],
)
def test_keys_that_cannot_be_used_are_one_line(
    environment: Environment, file: str, break_it: Callable[[Path], Any], says: str
) -> None:
    break_it(Path(environment["PARLOIR_KEYS"]) / file)
    assert says in refused(parloir("serve", environment=environment))


def test_a_missing_data_folder_is_one_line(environment: Environment) -> None:
    Path(environment["PARLOIR_DATA"]).rmdir()
    assert "parloir init" in refused(parloir("serve", environment=environment))


def test_a_data_folder_that_cannot_be_written_is_one_line(environment: Environment) -> None:
    if os.geteuid() == 0:  # root writes anywhere but into what is no folder
        Path(environment["PARLOIR_DATA"]).rmdir()
        Path(environment["PARLOIR_DATA"]).write_text("a file")
    else:
        Path(environment["PARLOIR_DATA"]).chmod(0o500)
    assert "PARLOIR_DATA" in refused(parloir("serve", environment=environment))


def test_the_database_goes_back_to_a_revision_and_forward_again(empty_environment: Environment) -> None:
    environment, newest = empty_environment, newest_revision()
    for words, code, says in (
        (["--check"], 1, "database at no revision"),
        ([], 0, f"database at {newest}"),
        (["--to", "0003"], 0, "database at 0003"),
        (["--check"], 1, f"program at {newest}"),
        (["--to", "0004"], 0, "database at 0004"),
        (["--to", "base"], 0, "database at no revision"),
        ([], 0, f"database at {newest}"),
    ):
        answer = parloir("migrate", *words, environment=environment)
        assert (answer.code, answer.stderr) == (code, ""), words
        assert says in answer.stdout
    assert "no revision '7777'" in refused(parloir("migrate", "--to", "7777", environment=environment))
    assert "0001" in refused(parloir("migrate", "--to", "head", environment=environment))
    assert "--check" in refused(parloir("migrate", "--check", "--to", "0001", environment=environment))


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["user", "close", "a@example.org"]])
@pytest.mark.parametrize("host", ["/nowhere", "127.0.0.1&port=1"])
def test_a_database_that_cannot_be_reached_is_one_line(
    environment: Environment, command: list[str], host: str
) -> None:
    away = {**environment, "PARLOIR_DATABASE": f"postgresql://parloir:hushhush@/parloir?host={host}"}
    said = refused(parloir(*command, environment=away))
    assert "cannot be reached" in said
    assert "hushhush" not in said


def test_a_new_instance_is_made_served_and_stopped(bare_environment: Environment, tmp_path: Path) -> None:
    environment = bare_environment
    recipients = [str(new_identity(post_quantum=False).recipient()) for _ in range(3)]
    words = ["--supervisor", "Office", recipients[0], "--recovery", "Safe", recipients[1]]
    words += ["--authority", "Office", "--country", "be", "--zone", "Europe/Brussels"]
    words += ["--email", "admin@example.org", "--name", "A. Admin"]
    made = parloir("init", *words, environment=environment)
    assert made.code == 0, made.stderr
    assert "one-time password" in made.stdout
    assert "holds an instance already" in refused(parloir("init", *words, environment=environment))
    assert (tmp_path / "keys" / "secret.key").stat().st_mode & 0o777 == 0o600

    added = parloir("keys", "add", "supervisor", "Second", recipients[2], environment=environment)
    assert added.code == 0, added.stderr
    assert "already" in refused(
        parloir("keys", "add", "supervisor", "Third", recipients[2], environment=environment)
    )
    assert parloir("keys", "list", environment=environment).stdout.count("\n") == 3

    account = ["user", "add", "n.lambert@example.org", "--name", "N. Lambert", "--role", "supervisor"]
    assert "organisations are called" in refused(
        parloir(*account, "--organisation", "Nowhere", environment=environment)
    )
    quiet = parloir(
        *account, "--organisation", "Office", "--stdin", environment=environment, given="long enough for it\n"
    )
    assert (quiet.code, quiet.stdout) == (0, ""), quiet.stderr
    assert "already" in refused(parloir(*account, "--organisation", "Office", environment=environment))
    renewed = parloir("user", "password", "n.lambert@example.org", environment=environment)
    assert "one-time password" in renewed.stdout
    assert parloir("user", "close", "n.lambert@example.org", environment=environment).code == 0
    assert "no account" in refused(parloir("user", "close", "nobody@example.org", environment=environment))
    assert parloir("migrate", "--check", environment=environment).code == 0
    serves_and_stops(environment)


def serves_and_stops(environment: Environment) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "serve"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    url = process.stdout.readline().split()[-1]
    with urlopen(f"{url}/healthz", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, problems = process.communicate(timeout=30)
    assert process.returncode == 0, problems
    assert time.monotonic() - began < 20
    assert "Traceback" not in output + problems
