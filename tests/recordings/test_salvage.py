import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings.age_keys import X25519Identity, new_identity
from recordings.age_stream import CHUNK_BYTES, SEALED_CHUNK_BYTES
from recordings.durable_writer import DurableWriter, body_path, header_path, tail_path
from recordings.errors import (
    NoIdentityMatches,
    PayloadDamaged,
    PayloadTrailing,
    PayloadTruncated,
    SealedFileError,
    SealedFileMissing,
    TailMismatch,
)
from recordings.salvage import Salvaged, salvage
from recordings.sealed_file import seal_bytes
from recordings.tail import SLOT_BYTES

OWNER = X25519Identity(bytes(range(32)))
PLAINTEXT = random.Random(9).randbytes(200_000)  # noqa: S311
DURABLE = 170_000


def unfinished(folder: Path) -> Path:
    """Leave a recording as a killed process does: two whole chunks, and a tail with the rest."""
    writer = DurableWriter(folder / "part", [OWNER.recipient()])
    writer.write(PLAINTEXT[:DURABLE])
    writer.sync()
    writer.abandon()
    return folder / "part"


def salvaged(base: Path) -> tuple[bytes, Salvaged]:
    out = io.BytesIO()
    outcome = salvage(base, [OWNER], out)
    assert outcome.plaintext_bytes == len(out.getvalue())
    return out.getvalue(), outcome


def test_a_finished_file_is_salvaged_as_it_is(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "part", PLAINTEXT, [OWNER.recipient()])
    assert salvaged(tmp_path / "part") == (
        PLAINTEXT,
        Salvaged(len(PLAINTEXT), is_finished=True, problem=None),
    )


def test_a_finished_file_beside_a_tail_needs_no_tail(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "part", PLAINTEXT, [OWNER.recipient()])
    tail_path(tmp_path / "part").write_bytes(b"left over")
    assert salvaged(tmp_path / "part")[1].problem is None


def test_an_unfinished_file_gives_all_that_was_durable(tmp_path: Path) -> None:
    assert salvaged(unfinished(tmp_path)) == (
        PLAINTEXT[:DURABLE],
        Salvaged(DURABLE, is_finished=False, problem=None),
    )


@pytest.mark.parametrize("more", [1, 17, 5_000, SEALED_CHUNK_BYTES])
def test_bytes_of_a_chunk_that_was_never_durable_do_no_harm(tmp_path: Path, more: int) -> None:
    base = unfinished(tmp_path)
    with body_path(base).open("ab") as body:
        body.write(bytes(more))
    assert salvaged(base) == (PLAINTEXT[:DURABLE], Salvaged(DURABLE, is_finished=False, problem=None))


def test_a_body_that_ran_ahead_of_its_tail_gives_more_than_was_durable(tmp_path: Path) -> None:
    writer = DurableWriter(tmp_path / "part", [OWNER.recipient()])
    writer.write(PLAINTEXT[:1000])
    writer.sync()
    writer.write(PLAINTEXT[1000:])
    writer.abandon()
    assert salvaged(tmp_path / "part")[0] == PLAINTEXT[: 3 * CHUNK_BYTES]


def test_a_file_without_final_chunk_and_tail_says_that_something_is_lost(tmp_path: Path) -> None:
    base = unfinished(tmp_path)
    tail_path(base).unlink()
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[: 2 * CHUNK_BYTES]
    assert isinstance(outcome.problem, PayloadTruncated)


def test_a_body_that_lost_durable_chunks_says_so(tmp_path: Path) -> None:
    base = unfinished(tmp_path)
    with body_path(base).open("r+b") as body:
        body.truncate(16 + SEALED_CHUNK_BYTES)
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[:CHUNK_BYTES]
    assert isinstance(outcome.problem, TailMismatch)
    assert "should hold 2 whole chunks and gives only 1" in str(outcome.problem)


def test_a_tail_of_another_recording_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    base, other = unfinished(tmp_path), unfinished(tmp_path / "other")
    tail_path(base).write_bytes(tail_path(other).read_bytes())
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[: 2 * CHUNK_BYTES]
    assert "another body" in str(outcome.problem)


def synced_twice(folder: Path, first: int, second: int) -> Path:
    """Leave a recording with both slots of its tail filled, at so many bytes each."""
    writer = DurableWriter(folder / "part", [OWNER.recipient()])
    for begin, end in ((0, first), (first, second)):
        writer.write(PLAINTEXT[begin:end])
        writer.sync()
    writer.abandon()
    return folder / "part"


@pytest.mark.parametrize("torn_at", [0, 5, 11, 12, 40, 2000])
def test_a_tail_that_was_torn_while_it_was_written_gives_what_was_durable_before(
    tmp_path: Path, torn_at: int
) -> None:
    base = synced_twice(tmp_path, 100_000, 110_000)
    with tail_path(base).open("r+b") as tail:
        tail.seek(SLOT_BYTES + torn_at)
        tail.write(bytes(60_000))
    assert salvaged(base) == (PLAINTEXT[:100_000], Salvaged(100_000, is_finished=False, problem=None))


def test_the_later_of_two_syncs_is_taken(tmp_path: Path) -> None:
    writer = DurableWriter(tmp_path / "part", [OWNER.recipient()])
    for at in range(0, 60_000, 10_000):
        writer.write(PLAINTEXT[at : at + 10_000])
        writer.sync()
        assert salvaged(tmp_path / "part")[0] == PLAINTEXT[: at + 10_000]
    writer.abandon()


def test_a_sync_cut_before_the_body_was_on_the_disk_gives_what_was_durable_before(tmp_path: Path) -> None:
    base = synced_twice(tmp_path, 60_000, 140_000)
    with body_path(base).open("r+b") as body:
        body.truncate(16)
    assert salvaged(base) == (PLAINTEXT[:60_000], Salvaged(60_000, is_finished=False, problem=None))


@pytest.mark.parametrize("size", [0, 1, 11, 12, 100])
def test_a_tail_cut_short_breaks_nothing(tmp_path: Path, size: int) -> None:
    base = unfinished(tmp_path)
    tail_path(base).write_bytes(tail_path(base).read_bytes()[:size])
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[: 2 * CHUNK_BYTES]
    assert isinstance(outcome.problem, TailMismatch)


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff" * 200_000])
def test_a_damaged_tail_says_so_and_the_body_is_given(tmp_path: Path, content: bytes) -> None:
    base = unfinished(tmp_path)
    tail_path(base).write_bytes(content)
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[: 2 * CHUNK_BYTES]
    assert isinstance(outcome.problem, SealedFileError)


def test_a_damaged_finished_file_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    base = tmp_path / "part"
    seal_bytes(base, PLAINTEXT, [OWNER.recipient()])
    body = bytearray(body_path(base).read_bytes())
    body[16 + SEALED_CHUNK_BYTES + 9] ^= 1
    body_path(base).write_bytes(body)
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[:CHUNK_BYTES]
    assert isinstance(outcome.problem, PayloadDamaged)


def test_trailing_bytes_are_told_and_left_out(tmp_path: Path) -> None:
    base = tmp_path / "part"
    seal_bytes(base, PLAINTEXT[:CHUNK_BYTES], [OWNER.recipient()])
    with body_path(base).open("ab") as body:
        body.write(b"more")
    got, outcome = salvaged(base)
    assert got == PLAINTEXT[:CHUNK_BYTES]
    assert isinstance(outcome.problem, PayloadTrailing)


def test_only_an_identity_of_the_keyring_salvages(tmp_path: Path) -> None:
    with pytest.raises(NoIdentityMatches):
        salvage(unfinished(tmp_path), [new_identity()], io.BytesIO())


@pytest.mark.parametrize("half", [header_path, body_path])
def test_half_a_pair_is_missing(tmp_path: Path, half: Callable[[Path], Path]) -> None:
    base = unfinished(tmp_path)
    half(base).unlink()
    with pytest.raises(SealedFileMissing):
        salvage(base, [OWNER], io.BytesIO())
