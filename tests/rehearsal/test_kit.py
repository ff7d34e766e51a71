"""A kit is read only by the account that wrote it, and only whole."""

import json
import os
import stat
import tempfile
from pathlib import Path

import pytest

from server.rehearsal.errors import KitRefused
from server.rehearsal.kit import Kit, kit_path_of, origin_of, read_kit, write_kit


def kit_at(folder: Path, **changes: str) -> Path:
    content = {
        "url": "http://127.0.0.1:8080",
        "staff_link": "http://127.0.0.1:8080/a",
        "officer_link": "http://127.0.0.1:8080/b",
        "supervisor_link": "http://127.0.0.1:8080/c",
        "identity": "/keys/identity.txt",
    } | changes
    path = folder / "kit.json"
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_was_written_is_read(temporary: Path) -> None:
    url = "http://127.0.0.1:4711"
    kit = Kit(url, f"{url}/a", f"{url}/b", f"{url}/c", temporary / "identity.txt", temporary / "data")
    path = write_kit(kit)
    assert path == temporary / "parloir-demo-4711.json" == kit_path_of(url)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_kit(path) == kit
    assert write_kit(kit) == path, "a stale one is replaced"
    assert sorted(temporary.iterdir()) == [path]


def test_a_link_planted_in_its_place_is_replaced_and_not_followed(temporary: Path) -> None:
    victim = temporary / "victim"
    victim.write_text("precious")
    kit_path_of("http://127.0.0.1:4711").symlink_to(victim)
    url = "http://127.0.0.1:4711"
    path = write_kit(Kit(url, "a", "b", "c", Path("/i"), None))
    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def test_a_kit_without_a_data_folder_is_for_another_machine(tmp_path: Path) -> None:
    assert read_kit(kit_at(tmp_path)).data_folder is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_kit_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    path = kit_at(tmp_path)
    path.chmod(mode)
    with pytest.raises(KitRefused, match="chmod 600"):
        read_kit(path)


def test_a_kit_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kit_at(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(KitRefused, match="another account"):
        read_kit(path)


def test_a_link_is_no_kit(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(kit_at(tmp_path))
    with pytest.raises(KitRefused, match="cannot be read"):
        read_kit(link)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"url": 1}', "\xff"])
def test_a_kit_that_is_not_whole_is_refused(tmp_path: Path, text: str) -> None:
    path = kit_at(tmp_path)
    path.write_text(text, encoding="latin-1")
    with pytest.raises(KitRefused):
        read_kit(path)


@pytest.mark.parametrize(
    "text", ["", "8080", "ftp://a", "http://", "http://a/b", "http://a/?b", "http://[::1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(KitRefused):
        origin_of(text)


def test_a_trailing_slash_is_no_difference() -> None:
    assert origin_of("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"
