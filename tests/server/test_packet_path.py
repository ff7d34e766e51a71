import subprocess
import sys
from pathlib import Path

import pytest

from server import packet_path

ROOT = Path(__file__).parents[2]


def files_in_a_new_process(words: str) -> set[str]:
    """Which of the modules come from a compiled file once `words` were run."""
    names = [module.replace("/", ".") for module in packet_path.MODULES]
    code = f"{words}\nimport importlib\nfor name in {names}: print(importlib.import_module(name).__file__)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603  ours
    return {Path(line).suffix for line in done.stdout.split()}


def test_the_program_runs_the_compiled_packet_path() -> None:
    words = "import server.__main__ as it\ntry: it.main(['media', '--help'])\nexcept SystemExit: pass"
    quiet = f"import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    exec({words!r})"
    assert files_in_a_new_process(quiet) == {".so"}


def test_without_being_asked_python_takes_the_sources() -> None:
    assert files_in_a_new_process("") == {".py"}


def test_what_was_built_from_other_sources_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packet_path, "BUILT", tmp_path)
    before = list(sys.path)
    assert not packet_path.prefer_compiled()
    (tmp_path / "made-from").write_text("other sources")
    assert not packet_path.prefer_compiled()
    assert sys.path == before


def test_without_a_compiler_nothing_is_built_and_the_reader_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packet_path, "BUILT", tmp_path / "built")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "gcc and python3-dev" in packet_path.build()
    assert list(tmp_path.iterdir()) == []
