"""What every file of the house keeps to: size, first sentence, no machine's path, public registries only."""

import ast
import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("server", "webrtc", "scheduling", "recordings", "templates", "tests")
PUBLIC_PYTHON = {"pypi.org", "files.pythonhosted.org"}
MOST_LINES, MOST_TEST_LINES, MOST_FUNCTION_LINES = 400, 600, 60
_BUILT = ("server/static/built/", "node_modules/")
_MACHINE = re.compile(r"/(?:home|root|Users|work|mnt)/\w|[A-Z]:\\\\")
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError|pragma: no cover")


def files(*suffixes: str) -> list[Path]:
    found = (path for room in ROOMS for path in (HOUSE / room).rglob("*") if path.suffix in suffixes)
    return sorted(
        path for path in found if not shown(path).startswith(_BUILT) and "__pycache__" not in path.parts
    )


def shown(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


PYTHON = files(".py")
LISTS = "server/migrations/versions/"  # revisions are long lists of columns
CODE = [path for path in PYTHON if not shown(path).startswith(("tests/", LISTS))]
TEXTS = files(".py", ".html", ".md", ".js", ".mjs", ".css", ".scss", ".po", ".svg")


def test_modules_stay_small() -> None:
    sizes = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}
    wrong = {
        name: lines
        for name, lines in sizes.items()
        if lines > (MOST_TEST_LINES if name.startswith("tests/") else MOST_LINES)
    }
    assert not wrong, "split these by what they know"


def test_modules_say_what_lives_there() -> None:
    wrong = [
        shown(path) for path in CODE if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, "open these with one sentence saying what lives there"


def test_functions_stay_short() -> None:
    wrong = [
        f"{shown(path)}: {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert not wrong, "each of these does too much"


@pytest.mark.parametrize("pattern", [_MACHINE, _UNFINISHED], ids=["a path of one machine", "unfinished work"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    wrong = [
        f"{shown(path)}:{number}"
        for path in TEXTS
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not wrong


def test_the_python_lock_names_public_registries_only() -> None:
    lock = (HOUSE / "uv.lock").read_text(encoding="utf-8")
    hosts = {urlsplit(address).hostname for address in re.findall(r'https?://[^"\s]+', lock)}
    assert hosts <= PUBLIC_PYTHON
    assert tomllib.loads(lock)["package"]


def test_the_script_lock_names_no_registry() -> None:
    packages = json.loads((HOUSE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages
    assert not [name for name, facts in packages.items() if "resolved" in facts], (
        "npm ci takes its own registry"
    )
    assert all("integrity" in facts for name, facts in packages.items() if name)
