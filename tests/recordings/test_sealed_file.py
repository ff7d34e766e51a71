import errno
import hashlib
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import disk
from recordings.age_keys import X25519Identity, new_identity
from recordings.age_stream import CHUNK_BYTES
from recordings.durable_writer import body_path, header_path
from recordings.errors import DiskFull, NoIdentityMatches, SealedFileExists, SealedFileMissing, SealingFailed
from recordings.sealed_file import (
    SealedFolder,
    SealedStream,
    base_in,
    open_plaintext,
    seal_bytes,
    seal_stream,
)
from tests.support.vault_keys import keyring_of, opened_by_age_program

OWNER = X25519Identity(bytes(range(32)))
PLAINTEXT = random.Random(5).randbytes(200_000)  # noqa: S311


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 200_000])
def test_a_file_sealed_in_one_go_is_a_plain_age_file_in_two_halves(tmp_path: Path, size: int) -> None:
    base = tmp_path / "evidence"
    pair = seal_bytes(base, PLAINTEXT[:size], [OWNER.recipient()])
    with SealedStream(base) as stream:
        file = stream.readall()
        assert stream.size == len(file) == pair.size_bytes
    assert opened_by_age_program(file, OWNER, tmp_path) == PLAINTEXT[:size]
    assert pair.body_sha256 == hashlib.sha256(body_path(base).read_bytes()).hexdigest()
    assert pair.plaintext_bytes == size
    assert pair.is_finished
    assert sorted(path.name for path in tmp_path.glob("evidence*")) == ["evidence.body", "evidence.hdr"]


def test_a_file_in_pieces_is_the_file_of_the_whole(tmp_path: Path) -> None:
    pieces = (PLAINTEXT[at : at + 7_000] for at in range(0, len(PLAINTEXT), 7_000))
    seal_stream(tmp_path / "a", pieces, [OWNER.recipient()])
    assert open_plaintext(tmp_path / "a", [OWNER]).readall() == PLAINTEXT


def test_no_file_appears_before_it_is_whole(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield PLAINTEXT
        assert not header_path(tmp_path / "a").exists()
        assert not body_path(tmp_path / "a").exists()

    seal_stream(tmp_path / "a", pieces(), [OWNER.recipient()])
    assert header_path(tmp_path / "a").exists()


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield PLAINTEXT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        seal_stream(tmp_path / "a", pieces(), [OWNER.recipient()])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after_bytes", [0, 400, 70_000, 200_000])
def test_a_disk_that_fills_up_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_bytes: int
) -> None:
    left = after_bytes

    def write(descriptor: int, data: memoryview) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = os.write(descriptor, data[:left])
        left -= taken
        return taken

    real = disk.write_fully
    monkeypatch.setattr(disk, "write_fully", lambda to, data: real(to, data, write=write))
    with pytest.raises(DiskFull):
        seal_bytes(tmp_path / "a", PLAINTEXT, [OWNER.recipient()])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", [header_path, body_path])
def test_a_name_that_is_taken_is_refused(tmp_path: Path, taken: Callable[[Path], Path]) -> None:
    taken(tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(SealedFileExists):
        seal_bytes(tmp_path / "a", b"", [OWNER.recipient()])
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"mine"]


def test_a_folder_makes_itself_private_and_keeps_files_under_their_names(tmp_path: Path) -> None:
    folder = SealedFolder(tmp_path / "deep" / "interview", keyring_of(OWNER))
    pair = folder.seal("minutes1", b"hello")
    with folder.writer("photo1") as writer:
        writer.write(PLAINTEXT)
        writer.finish()
    assert (tmp_path / "deep" / "interview").stat().st_mode & 0o777 == 0o700
    with folder.open("minutes1") as stream:
        assert stream.size == pair.size_bytes
    assert open_plaintext(tmp_path / "deep" / "interview" / "photo1", [OWNER]).readall() == PLAINTEXT


def test_a_file_that_nobody_wrote_is_missing(tmp_path: Path) -> None:
    folder = SealedFolder(tmp_path, keyring_of(OWNER))
    with pytest.raises(SealedFileMissing):
        folder.open("none")
    folder.seal("half", b"hello")
    body_path(tmp_path / "half").unlink()
    with pytest.raises(SealedFileMissing):
        folder.open("half")


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SealingFailed, match="Not a directory"):
        SealedFolder(tmp_path / "file" / "in", keyring_of(OWNER)).seal("a", b"")


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a.hdr", "é", "a" * 65, "a\n"])
def test_a_name_that_is_none_of_ours_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    folder = SealedFolder(tmp_path, keyring_of(OWNER))
    for act in (
        folder.open,
        folder.writer,
        lambda bad: folder.seal(bad, b""),
        lambda bad: base_in(tmp_path, bad),
    ):
        with pytest.raises(ValueError, match="small letters and digits"):
            act(name)


def test_another_identity_opens_nothing(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "a", b"hello", [OWNER.recipient()])
    with pytest.raises(NoIdentityMatches):
        open_plaintext(tmp_path / "a", [new_identity()])


@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 70_000), st.integers(0, 1_000)), max_size=8))
def test_a_download_can_begin_anywhere(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int]]
) -> None:
    base = tmp_path_factory.mktemp("range") / "a"
    seal_bytes(base, PLAINTEXT[:CHUNK_BYTES], [OWNER.recipient()])
    file = header_path(base).read_bytes() + body_path(base).read_bytes()
    with SealedStream(base) as raw, io.BufferedReader(raw) as stream:
        assert stream.seekable()
        for place, size in places:
            assert stream.seek(place) == place
            assert stream.read(size) == file[place : place + size]


def test_a_download_knows_its_place(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "a", b"hello", [OWNER.recipient()])
    stream = SealedStream(tmp_path / "a")
    assert stream.seek(0, io.SEEK_END) == stream.tell() == stream.size
    assert stream.seek(-3, io.SEEK_CUR) == stream.size - 3
    assert len(stream.read()) == 3
    with pytest.raises(ValueError, match="before the beginning"):
        stream.seek(-1)
    stream.close()
    stream.close()
