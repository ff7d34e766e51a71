"""The master secret and the keys made of it, and passwords."""

import os
from pathlib import Path

import pytest

from server.errors import SettingError
from server.keys import SECRET_BYTES, derive, read_master, write_master
from server.passwords import LEAST_CHARS, one_time_password
from server.settings import read_settings
from tests.support.web import cheap_passwords


def test_every_purpose_has_a_key_of_its_own_and_the_same_each_time() -> None:
    secrets = derive(b"m" * SECRET_BYTES)
    all_keys = [secrets.csrf, secrets.totp, secrets.device, secrets.working_copy]
    assert len(set(all_keys)) == len(all_keys)
    assert {len(key) for key in all_keys} == {SECRET_BYTES}
    assert derive(b"m" * SECRET_BYTES) == secrets
    assert derive(b"n" * SECRET_BYTES) != secrets
    assert str(secrets.csrf) not in repr(secrets)


def test_a_secret_is_written_once_for_its_owner_only(tmp_path: Path) -> None:
    path = write_master(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read_master(tmp_path)) == SECRET_BYTES
    with pytest.raises(FileExistsError):
        write_master(tmp_path)


def test_a_secret_behind_a_link_or_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(os.urandom(SECRET_BYTES))
    (tmp_path / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingError):
        read_master(tmp_path)
    (tmp_path / "secret.key").unlink()
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(SettingError):
        read_master(tmp_path)


async def test_passwords_match_themselves_only_and_nothing_matches_nobody() -> None:
    passwords = cheap_passwords()
    stored = await passwords.hash("a sentence")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches(stored, "a sentence")
    assert not await passwords.matches(stored, "another sentence")
    assert not await passwords.matches("no hash", "a sentence")
    assert not await passwords.matches(None, "a sentence")
    passwords.close()


def test_one_time_passwords_are_long_and_differ() -> None:
    given = {one_time_password() for _ in range(20)}
    assert len(given) == 20
    assert all(len(password) >= LEAST_CHARS for password in given)


def test_flags_win_over_the_environment(tmp_path: Path) -> None:
    environment = {
        "PARLOIR_DATA": str(tmp_path / "a"),
        "PARLOIR_KEYS": str(tmp_path / "k"),
        "PARLOIR_URL": "https://P.example/",
    }
    settings = read_settings(
        environment, {"data": str(tmp_path / "b"), "listen": "[::1]:80", "database": None}
    )
    assert settings.data == tmp_path / "b"
    assert str(settings.listen) == "[::1]:80"
    assert settings.url == "https://p.example"
    assert settings.is_https
    assert settings.database.endswith("b/parloir.db")
    assert settings.media_address == "127.0.0.1"


@pytest.mark.parametrize(
    ("given", "used"),
    [("sqlite:////x.db", "sqlite+aiosqlite:////x.db"), ("postgresql://h/d", "postgresql+asyncpg://h/d")],
)
def test_plain_database_addresses_get_their_driver(tmp_path: Path, given: str, used: str) -> None:
    environment = {
        "PARLOIR_DATA": str(tmp_path / "a"),
        "PARLOIR_KEYS": str(tmp_path / "k"),
        "PARLOIR_DATABASE": given,
    }
    assert read_settings(environment, {}).database == used
