"""`parloir open` on a supervisor's own computer: what it opens, joins, refuses, and never writes over."""

import io
from pathlib import Path

import pytest

from recordings.age_keys import Identity, new_identity
from recordings.age_stream import AgeWriter
from server.__main__ import main

CONTENT = b"the transcript of an interview" * 5000


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    identity = new_identity(post_quantum=False)
    (tmp_path / "key.txt").write_text(f"{identity}\n")
    return identity


def sealed_to(identity: Identity) -> bytes:
    sink = io.BytesIO()
    writer = AgeWriter(sink, [identity.recipient()])
    writer.write(CONTENT)
    writer.finish()
    return sink.getvalue()


def run(tmp_path: Path, *words: str) -> int:
    return main(["open", "-i", str(tmp_path / "key.txt"), *words])


def test_a_whole_file_opens_beside_itself_or_elsewhere(tmp_path: Path, identity: Identity) -> None:
    file = tmp_path / "a.html.age"
    file.write_bytes(sealed_to(identity))
    (tmp_path / "out").mkdir()
    assert run(tmp_path, str(file)) == 0
    assert run(tmp_path, "-o", str(tmp_path / "out"), str(file)) == 0
    for opened in (tmp_path / "a.html", tmp_path / "out" / "a.html"):
        assert opened.read_bytes() == CONTENT
        assert opened.stat().st_mode & 0o777 == 0o600


def test_a_file_cut_short_gives_what_is_whole_and_says_so(
    tmp_path: Path, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.html.age"
    file.write_bytes(sealed_to(identity)[:-10])
    assert run(tmp_path, str(file)) == 1
    assert (tmp_path / "a.html").read_bytes() == CONTENT[: 2 * 65536]
    assert "no more" in capsys.readouterr().out


def test_a_file_of_others_leaves_nothing_behind(
    tmp_path: Path, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.html.age"
    file.write_bytes(sealed_to(new_identity(post_quantum=False)))
    assert run(tmp_path, str(file)) == 1
    assert not (tmp_path / "a.html").exists()
    assert "none of the given identities" in capsys.readouterr().err
    assert str(identity) not in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "# only a comment\n", "AGE-SECRET-KEY-1NOTHING\n", "\u00e9\n"])
def test_a_key_file_without_a_key_is_one_line_and_two(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key.txt").write_text(content)
    assert run(tmp_path, str(tmp_path / "a.html.age")) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["missing.html.age", "a.html"])
def test_a_file_that_is_not_there_or_not_sealed_is_one_line_and_two(
    tmp_path: Path, identity: Identity, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, str(tmp_path / name)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["key.txt"]
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(identity) not in said
