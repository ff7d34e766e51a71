"""The search finds what must not stand in clear, in every shape it may take, and raises no false alarm."""

import base64
import json
import secrets
import sqlite3
from pathlib import Path

import pytest

from server.rehearsal import search
from server.rehearsal.search import needles_of_blob, needles_of_text

ANSWER = "Je suis née à Kindia, près du marché"


def found_names(folder: Path, needles: list[search.Needle]) -> set[str]:
    return {found.name for found in search.find(folder, needles)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
def test_a_text_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_bytes(b"\x00" * 99 + ANSWER.encode(encoding) + b"\xff" * 9)
    assert search.find(tmp_path, needles_of_text("minutes", ANSWER))


def test_a_text_is_found_in_escaped_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"text": ANSWER}))
    assert found_names(tmp_path, needles_of_text("minutes", ANSWER)) == {"minutes (json)"}


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize("after", [b"", b"1", b"12"])
def test_a_text_is_found_in_base64_however_it_is_aligned(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "mail").write_bytes(base64.b64encode(before + ANSWER.encode() + after))
    assert found_names(tmp_path, needles_of_text("minutes", ANSWER)) == {"minutes (base64)"}


def test_what_is_replaced_meanwhile_does_not_end_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "z.body"
    kept.write_bytes(ANSWER.encode())
    monkeypatch.setattr(search, "files_below", lambda folder: [folder / "a.tail.new", kept])
    assert [found.file for found in search.find(tmp_path, needles_of_text("minutes", ANSWER))] == ["z.body"]


def test_a_text_is_found_in_a_database_and_its_journal(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE minutes (line TEXT)")
        database.execute("INSERT INTO minutes VALUES (?)", (ANSWER,))
        database.commit()
        files = {found.file for found in search.find(tmp_path, needles_of_text("minutes", ANSWER))}
    database.close()
    assert files == {"a.db-wal"}


def test_pieces_of_a_picture_are_found(tmp_path: Path) -> None:
    frame = secrets.token_bytes(5_000)
    (tmp_path / "part.body").write_bytes(secrets.token_bytes(70_000) + frame[2_000:] + b"rest")
    assert found_names(tmp_path, needles_of_blob("picture", frame)) == {"picture (bytes)"}


def test_a_dull_picture_gives_no_needle() -> None:
    assert needles_of_blob("picture", bytes(5_000)) == []


def test_a_needle_in_a_file_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "passport of K").write_bytes(b"")
    assert [found.name for found in search.find(tmp_path, needles_of_text("note", "passport of K"))] == [
        "note (utf-8)"
    ]


def test_random_bytes_raise_no_alarm(tmp_path: Path) -> None:
    (tmp_path / "part.body").write_bytes(secrets.token_bytes(500_000))
    (tmp_path / "empty").touch()
    needles = [*needles_of_text("minutes", ANSWER), *needles_of_blob("picture", secrets.token_bytes(900))]
    assert search.find(tmp_path, needles) == []


def test_a_report_tells_the_file_and_the_place_but_not_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"12345" + ANSWER.encode())
    (found,) = search.find(tmp_path, needles_of_text("minutes", ANSWER))
    assert (found.file, found.offset) == ("log", 5)
    assert ANSWER not in repr(found)


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(ANSWER)
    inside = tmp_path / "data"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "outside")
    assert search.files_below(inside) == []


def test_a_few_letters_are_no_needle() -> None:
    assert needles_of_text("note", "oui") == []
