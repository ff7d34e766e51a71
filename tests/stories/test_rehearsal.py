"""The whole journey as an operator runs it: one command holds an interview and proves what was kept."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from server.rehearsal.opening import open_sealed, read_identity
from server.rehearsal.report import STEPS
from tests.support.vault_keys import AGE_PROGRAM

MOST_SECONDS = 240


def rehearse(*words: str) -> tuple[int, dict[str, Any], str]:
    command = [sys.executable, "-m", "server", "rehearse", "--json", "--seconds", "4", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)  # noqa: S603
    return done.returncode, json.loads(done.stdout), done.stderr


def assert_held(code: int, report: dict[str, Any], errors: str) -> None:
    failed = [(step["name"], step["detail"]) for step in report["steps"] if not step["ok"]]
    assert failed == [], errors
    assert [step["name"] for step in report["steps"]] == list(STEPS)
    assert (code, report["ok"]) == (0, True)
    assert all(step["detail"] and step["seconds"] >= 0 for step in report["steps"])


def test_an_interview_is_held_and_every_kept_file_opens_with_the_age_program(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    code, report, errors = rehearse("--keep", str(kept))
    assert_held(code, report, errors)
    assert report["kept"] == str(kept)
    sealed = sorted((kept / "sealed").glob("*.age"))
    assert len(sealed) >= 7
    for path in sealed:
        command = [AGE_PROGRAM, "-d", "-i", str(kept / "identity.txt"), str(path)]
        content = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
        assert (kept / "opened" / path.stem).read_bytes() == content
    assert {path.suffix for path in (kept / "opened").iterdir()} == {".webm", ".html", ".json", ".png"}


def test_an_interview_is_sealed_to_post_quantum_keys(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert_held(*rehearse("--post-quantum", "--keep", str(kept)))
    identity = read_identity(kept / "identity.txt")
    assert identity.recipient().is_post_quantum
    for path in (kept / "sealed").iterdir():
        assert b"-> mlkem768x25519 " in path.read_bytes()[:200]
        assert open_sealed(path.read_bytes(), identity) == (kept / "opened" / path.stem).read_bytes()


def test_a_rehearsal_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code, report, errors = rehearse()
    assert_held(code, report, errors)
    assert report["kept"] is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["http://127.0.0.1:9"], "cannot be read"),
        (["--seconds", "0"], "--seconds"),
        (["--kit", "kit.json"], "give the URL too"),
        (["http://127.0.0.1:9", "--post-quantum"], "has its keys"),
        (["nowhere"], "no address"),
        (["--keep", tempfile.gettempdir()], "not empty"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(tmp_path: Path, words: list[str], reason: str) -> None:
    (tmp_path / "x").touch()
    command = [sys.executable, "-m", "server", "rehearse", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
