import ctypes
import errno
import hashlib
import io
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings import disk
from recordings.age_keys import HybridIdentity, X25519Identity
from recordings.age_stream import CHUNK_BYTES, SEALED_CHUNK_BYTES
from recordings.disk import write_fully
from recordings.durable_writer import DurableWriter, body_path, header_path, sync_together, tail_path
from recordings.errors import DiskFull, RecordingsError, SealedFileExists, SealingFailed
from recordings.salvage import salvage
from recordings.tail import SLOT_BYTES
from tests.support import vault_child
from tests.support.vault_keys import opened_by_age_program

OWNER = X25519Identity(bytes(range(32)))
HYBRID = HybridIdentity(bytes(range(32)))
PLAINTEXT = random.Random(3).randbytes(200_000)  # noqa: S311


def begun(folder: Path) -> DurableWriter:
    return DurableWriter(folder / "part", [OWNER.recipient(), HYBRID.recipient()])


def salvaged(base: Path) -> bytes:
    out = io.BytesIO()
    assert salvage(base, [OWNER], out).problem is None
    return out.getvalue()


def full_disk(monkeypatch: pytest.MonkeyPatch, *, after_bytes: int, code: int = errno.ENOSPC) -> None:
    """Let the disk take so many bytes from now on, the last of them in a short write."""
    left = after_bytes
    real = os.write

    def write(descriptor: int, data: memoryview) -> int:
        nonlocal left
        if left == 0:
            raise OSError(code, os.strerror(code))
        taken = real(descriptor, data[:left])
        left -= taken
        return taken

    monkeypatch.setattr(disk, "write_fully", lambda to, data: write_fully(to, data, write=write))


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 200_000])
def test_a_closed_pair_is_a_plain_age_file(tmp_path: Path, size: int) -> None:
    writer = begun(tmp_path)
    writer.write(PLAINTEXT[:size])
    pair = writer.close()
    header, body = header_path(tmp_path / "part").read_bytes(), body_path(tmp_path / "part").read_bytes()
    assert opened_by_age_program(header + body, OWNER, tmp_path) == PLAINTEXT[:size]
    assert (pair.plaintext_bytes, pair.header_bytes, pair.body_bytes) == (size, len(header), len(body))
    assert pair.size_bytes == len(header + body)
    assert pair.body_sha256 == hashlib.sha256(body).hexdigest()
    assert pair.is_finished
    assert sorted(path.name for path in tmp_path.glob("part*")) == ["part.body", "part.hdr"]


def test_files_are_private(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    writer.write(b"x")
    writer.sync()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    writer.close()


def test_after_each_sync_everything_written_can_be_salvaged(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    written = 0
    for step in (1, 70_000, 0, 65_535, 1, 1, 50_000):
        writer.write(PLAINTEXT[written : written + step])
        written += step
        assert writer.sync() == writer.durable_bytes == written
        assert salvaged(tmp_path / "part") == PLAINTEXT[:written]
    writer.abandon()


def test_what_was_written_after_a_sync_is_not_called_durable(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    writer.write(b"one")
    writer.sync()
    writer.write(b"two")
    assert writer.durable_bytes == 3
    assert writer.abandon().plaintext_bytes == 3
    assert salvaged(tmp_path / "part") == b"one"


def test_a_sync_without_news_writes_nothing(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    assert writer.sync() == 0
    assert not tail_path(tmp_path / "part").exists()
    writer.write(b"x")
    writer.sync()
    tail = tail_path(tmp_path / "part").read_bytes()
    writer.sync()
    assert tail_path(tmp_path / "part").read_bytes() == tail
    writer.abandon()


def test_a_tail_keeps_what_the_sync_before_wrote(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    tails = []
    for _ in range(3):
        writer.write(b"abc")
        writer.sync()
        tails.append(tail_path(tmp_path / "part").read_bytes())
    writer.abandon()
    assert tails[2][SLOT_BYTES:] == tails[1][SLOT_BYTES:]
    assert tails[1][:SLOT_BYTES] == tails[0].ljust(SLOT_BYTES, b"\0")
    assert tails[2][:SLOT_BYTES] != tails[1][:SLOT_BYTES]
    assert b"abc" not in b"".join(tails)


def test_two_syncs_of_the_same_bytes_have_nothing_in_common(tmp_path: Path) -> None:
    """One nonce under one key would show where two plaintexts are alike."""
    writer = begun(tmp_path)
    writer.write(PLAINTEXT[:1000])
    writer.sync()
    writer.write(PLAINTEXT[1000:1001])
    writer.sync()
    writer.abandon()
    tail = tail_path(tmp_path / "part").read_bytes()
    one, other = tail[:1000], tail[SLOT_BYTES : SLOT_BYTES + 1000]
    assert sum(a == b for a, b in zip(one[12:], other[12:], strict=True)) < 30


def test_files_that_are_synced_together_are_durable_together(tmp_path: Path) -> None:
    writers = [DurableWriter(tmp_path / name, [OWNER.recipient()]) for name in ("one", "two", "none")]
    for writer in writers[:2]:
        writer.write(PLAINTEXT[:70_000])
    staged = [writer for writer in writers if writer.stage()]
    assert staged == writers[:2]
    staged[0].write(b"more")
    assert [writer.durable_bytes for writer in writers] == [0, 0, 0]
    sync_together(staged)
    assert [writer.durable_bytes for writer in writers] == [70_000, 70_000, 0]
    for writer in writers:
        writer.abandon()
    assert salvaged(tmp_path / "one") == salvaged(tmp_path / "two") == PLAINTEXT[:70_000]


def test_a_sync_of_all_that_fails_ends_only_those_that_it_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = [DurableWriter(tmp_path / name, [OWNER.recipient()]) for name in ("one", "two")]
    for writer in writers:
        writer.write(b"news")
        writer.stage()
    broken = (tmp_path / "two.body").stat().st_ino
    real = os.fdatasync

    def sync(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", sync)
    monkeypatch.setattr(disk, "syncfs", lambda _: ctypes.set_errno(errno.EIO) or -1)
    sync_together(writers)
    assert [writer.durable_bytes for writer in writers] == [4, 0]
    assert writers[0].failure is None
    assert str(writers[1].failure).startswith(f"{tmp_path / 'two'}: could not be written: Input/output error")
    for writer in writers:
        writer.abandon()


def test_the_body_is_only_appended_to(tmp_path: Path) -> None:
    writer = begun(tmp_path)
    seen = b""
    for at in range(0, len(PLAINTEXT), 30_000):
        writer.write(PLAINTEXT[at : at + 30_000])
        writer.sync()
        now = body_path(tmp_path / "part").read_bytes()
        assert now.startswith(seen)
        seen = now
    writer.close()
    assert body_path(tmp_path / "part").read_bytes().startswith(seen)


@pytest.mark.parametrize("taken", [header_path, body_path])
def test_a_name_that_is_taken_is_refused_and_what_stands_there_stays(
    tmp_path: Path, taken: Callable[[Path], Path]
) -> None:
    taken(tmp_path / "part").write_bytes(b"mine")
    with pytest.raises(SealedFileExists):
        begun(tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"mine"]


def test_a_folder_that_is_missing_is_a_failure_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SealingFailed, match="No such file or directory") as failed:
        begun(tmp_path / "nowhere")
    assert failed.value.path == tmp_path / "nowhere" / "part"


@pytest.mark.parametrize("after_bytes", [0, 10, 5_000])
def test_a_disk_that_is_full_from_the_beginning_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_bytes: int
) -> None:
    full_disk(monkeypatch, after_bytes=after_bytes // 5000 and len(header_of_two(tmp_path)))
    with pytest.raises(DiskFull):
        begun(tmp_path)
    assert list(tmp_path.glob("part*")) == []


def header_of_two(folder: Path) -> bytes:
    writer = DurableWriter(folder / "other", [OWNER.recipient(), HYBRID.recipient()])
    writer.close()
    return header_path(folder / "other").read_bytes()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("after_bytes", [0, 1, 100, SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES + 1])
def test_a_disk_that_fills_up_keeps_what_was_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_bytes: int, code: int
) -> None:
    writer = begun(tmp_path)
    writer.write(PLAINTEXT[:60_000])
    writer.sync()
    full_disk(monkeypatch, after_bytes=after_bytes, code=code)
    with pytest.raises(DiskFull):
        writer.write(PLAINTEXT[60_000:])
    with pytest.raises(DiskFull):
        writer.write(b"more")
    with pytest.raises(DiskFull):
        writer.sync()
    with pytest.raises(DiskFull):
        writer.close()
    pair = writer.abandon()
    body = body_path(tmp_path / "part").read_bytes()
    assert not pair.is_finished
    assert (len(body), hashlib.sha256(body).hexdigest()) == (pair.body_bytes, pair.body_sha256)
    assert (len(body) - 16) % SEALED_CHUNK_BYTES == 0
    assert (
        salvaged(tmp_path / "part")
        == PLAINTEXT[: max(60_000, after_bytes // SEALED_CHUNK_BYTES * CHUNK_BYTES)]
    )


def test_a_disk_that_fills_up_under_the_tail_keeps_the_tail_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begun(tmp_path)
    writer.write(b"durable")
    writer.sync()
    writer.write(b" and more")
    full_disk(monkeypatch, after_bytes=50)
    with pytest.raises(DiskFull):
        writer.sync()
    writer.abandon()
    assert salvaged(tmp_path / "part") == b"durable"


def test_a_disk_that_fills_up_under_the_final_chunk_keeps_the_tail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begun(tmp_path)
    writer.write(b"durable")
    writer.sync()
    full_disk(monkeypatch, after_bytes=5)
    with pytest.raises(DiskFull):
        writer.close()
    writer.abandon()
    assert salvaged(tmp_path / "part") == b"durable"


def test_another_error_of_the_disk_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begun(tmp_path)
    full_disk(monkeypatch, after_bytes=0, code=errno.EIO)
    with pytest.raises(SealingFailed, match="Input/output error") as failed:
        writer.write(PLAINTEXT)
    assert not isinstance(failed.value, DiskFull)
    assert isinstance(failed.value, RecordingsError)
    writer.abandon()


def test_a_short_write_is_continued() -> None:
    taken = bytearray()

    def write(_: int, data: memoryview) -> int:
        taken.extend(data[:3])
        return min(3, len(data))

    write_fully(0, b"hello, disk", write=write)
    assert taken == b"hello, disk"


def test_a_limit_of_the_kernel_in_the_middle_of_a_chunk_loses_nothing_durable(tmp_path: Path) -> None:
    base = tmp_path / "part"
    with vault_child.start("limit", base, OWNER.recipient(), 150_000) as child:
        lines = child.communicate(timeout=60)[0].decode().split("\n")
    *durable, failure, _ = lines
    name, body_bytes, body_sha256 = failure.split()
    body = body_path(base).read_bytes()
    assert name == "SealingFailed"
    assert (len(body), hashlib.sha256(body).hexdigest()) == (int(body_bytes), body_sha256)
    got = salvaged(base)
    assert len(got) >= int(durable[-1]) > 0
    assert got == vault_child.pattern(len(got))


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_process_loses_no_byte_that_it_reported_durable(tmp_path: Path, seed: int) -> None:
    base = tmp_path / "part"
    with vault_child.start("write", base, OWNER.recipient()) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(random.Random(seed).uniform(0.02, 0.3))  # noqa: S311
        child.kill()
        durable = int(child.stdout.read().split(b"\n")[-2])
    got = salvaged(base)
    assert len(got) >= durable > 0
    assert got == vault_child.pattern(len(got))
