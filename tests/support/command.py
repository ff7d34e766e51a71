"""The command line run in this process: as an operator's, without the seconds that a new Python needs."""

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

import structlog

from server.__main__ import main


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code and what it wrote."""

    code: int
    stdout: str
    stderr: str


def parloir(*words: str, environment: Mapping[str, str] | None = None, given: str = "") -> Answer:
    """Run one command with only these settings; what serves for ever is no case for it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PARLOIR_")}
    stdout, stderr = io.StringIO(), io.StringIO()
    settings = mock.patch.dict(os.environ, {**clean, **(environment or {})}, clear=True)
    try:
        with (
            settings,
            mock.patch("sys.stdin", io.StringIO(given)),
            redirect_stdout(stdout),
            redirect_stderr(stderr),
        ):
            code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        structlog.reset_defaults()
    return Answer(code, stdout.getvalue(), stderr.getvalue())


def refused(answer: Answer) -> str:
    """Give the one line that it was refused with."""
    assert answer.code == 2, answer
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert answer.stderr.startswith("parloir")
    return answer.stderr
