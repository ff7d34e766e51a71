import io
import os
import random
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.age_format import encode_header, new_file_key, read_header, rewrap
from recordings.age_keys import HybridIdentity, Identity, X25519Identity, new_identity
from recordings.age_stream import (
    CHUNK_BYTES,
    PAYLOAD,
    PAYLOAD_NONCE_BYTES,
    SEALED_CHUNK_BYTES,
    AgeReader,
    AgeWriter,
    chunk_nonce,
    decrypt_stream,
    decrypted_chunks,
    derive_cipher,
    read_fully,
)
from recordings.errors import (
    HeaderTruncated,
    NoIdentityMatches,
    PayloadDamaged,
    PayloadError,
    PayloadTrailing,
    PayloadTruncated,
)
from tests.support.vault_keys import opened_by_age_program, sealed_by_age_program

CLASSIC = X25519Identity(bytes(range(32)))
HYBRID = HybridIdentity(bytes(range(32)))
SIZES = pytest.mark.parametrize(
    "size", [0, 1, 15, 16, 65535, 65536, 65537, 131071, 131072, 131073, 196608, 300_000]
)
PLAINTEXT = random.Random(7).randbytes(300_000)  # noqa: S311


def sealed(plaintext: bytes, identity: Identity = CLASSIC, step: int = 1 << 30) -> bytes:
    out = io.BytesIO()
    writer = AgeWriter(out, [identity.recipient()])
    for at in range(0, len(plaintext), step):
        writer.write(plaintext[at : at + step])
    writer.finish()
    return out.getvalue()


def payload_of(file: bytes) -> tuple[int, bytes]:
    """Give where the first chunk begins."""
    source = io.BytesIO(file)
    read_header(source)
    return source.tell() + PAYLOAD_NONCE_BYTES, file


def streamed(file: bytes, identity: Identity = CLASSIC) -> bytes:
    out = io.BytesIO()
    assert decrypt_stream(io.BytesIO(file), out, [identity]) == len(out.getvalue())
    return out.getvalue()


SEALED = sealed(PLAINTEXT)


def hand_made(*chunks: tuple[bytes, bool]) -> bytes:
    """Make a file of these chunks, whether the format allows them or not."""
    key, nonce = new_file_key(), os.urandom(PAYLOAD_NONCE_BYTES)
    cipher = derive_cipher(key, nonce, PAYLOAD)
    file = encode_header(key, [CLASSIC.recipient()]) + nonce
    for index, (plaintext, final) in enumerate(chunks):
        file += cipher.encrypt(chunk_nonce(index, final=final), plaintext, None)
    return file


class Dripping(io.RawIOBase):
    """A source that gives little at a time, as pipes do."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        piece = self._data.read(min(1000, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


class FullAfter:
    """A sink that takes some writes and then fails once, as a full disk does."""

    def __init__(self, writes: int) -> None:
        self.left = writes
        self.taken: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.left -= 1
        if self.left == -1:
            raise OSError(28, "No space left on device")
        self.taken.append(data)


@SIZES
@pytest.mark.parametrize("identity", [CLASSIC, HYBRID], ids=["x25519", "hybrid"])
def test_what_was_sealed_is_read_back_forwards_and_by_seeking(size: int, identity: Identity) -> None:
    file = sealed(PLAINTEXT[:size], identity)
    assert streamed(file, identity) == PLAINTEXT[:size]
    reader = AgeReader(io.BytesIO(file), [identity])
    assert reader.size == size
    assert reader.readall() == PLAINTEXT[:size]


@SIZES
def test_age_and_pyrage_open_what_we_seal(size: int, tmp_path: Path) -> None:
    file = sealed(PLAINTEXT[:size])
    assert pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(str(CLASSIC))]) == PLAINTEXT[:size]
    assert opened_by_age_program(file, CLASSIC, tmp_path) == PLAINTEXT[:size]


@SIZES
def test_we_open_what_age_and_pyrage_seal(size: int) -> None:
    recipient = pyrage.x25519.Recipient.from_str(str(CLASSIC.recipient()))
    for file in (
        pyrage.encrypt(PLAINTEXT[:size], [recipient]),
        sealed_by_age_program(PLAINTEXT[:size], CLASSIC),
    ):
        assert streamed(file) == PLAINTEXT[:size]
        assert AgeReader(io.BytesIO(file), [CLASSIC]).readall() == PLAINTEXT[:size]


def test_a_file_for_a_hybrid_and_a_classic_recipient_opens_with_age(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = AgeWriter(out, [HYBRID.recipient(), CLASSIC.recipient()])
    writer.write(b"hello")
    writer.finish()
    assert opened_by_age_program(out.getvalue(), CLASSIC, tmp_path) == b"hello"
    assert streamed(out.getvalue(), HYBRID) == b"hello"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 140_000), max_size=6))
def test_however_the_plaintext_is_cut_the_chunks_are_the_same(steps: list[int]) -> None:
    out = io.BytesIO()
    writer = AgeWriter(out, [CLASSIC.recipient()])
    total = 0
    for step in steps:
        writer.write(memoryview(PLAINTEXT)[:step])
        total += step
        assert writer.chunks == max(0, -(-total // CHUNK_BYTES) - 1)
        assert len(writer.pending) == total - writer.chunks * CHUNK_BYTES
    writer.finish()
    begins, file = payload_of(out.getvalue())
    assert len(file) - begins == total + 16 * max(1, -(-total // CHUNK_BYTES))
    assert streamed(file) == b"".join(PLAINTEXT[:step] for step in steps)


def test_a_rewrapped_file_has_the_same_payload() -> None:
    file = sealed(PLAINTEXT)
    source = io.BytesIO(file)
    read_header(source)
    joiner = new_identity()
    header = rewrap(file[: source.tell()], [CLASSIC], [joiner.recipient()])
    assert streamed(header + file[source.tell() :], joiner) == PLAINTEXT
    with pytest.raises(NoIdentityMatches):
        streamed(header + file[source.tell() :])


@pytest.mark.parametrize("writes", range(2, 7))
def test_after_a_failed_write_no_nonce_is_used_again(writes: int) -> None:
    sink = FullAfter(writes)
    writer = AgeWriter(sink, [CLASSIC.recipient()])
    with pytest.raises(OSError, match="No space"):
        writer.write(PLAINTEXT * 2)
    chunks = writer.chunks
    with pytest.raises(ValueError, match="finished or failed"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="finished or failed"):
        writer.finish()
    assert writer.chunks == chunks
    assert len(sink.taken) == writes


def test_a_finished_writer_takes_nothing_more() -> None:
    writer = AgeWriter(io.BytesIO(), [CLASSIC.recipient()])
    writer.finish()
    with pytest.raises(ValueError, match="finished or failed"):
        writer.write(b"x")


def test_header_and_payload_may_go_to_two_sinks() -> None:
    header, body = io.BytesIO(), io.BytesIO()
    writer = AgeWriter(body, [CLASSIC.recipient()], header_sink=header)
    writer.write(b"hello")
    writer.finish()
    assert body.getvalue().startswith(writer.nonce)
    assert len(body.getvalue()) == 16 + 5 + 16
    assert streamed(header.getvalue() + body.getvalue()) == b"hello"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 310_000), st.integers(0, 70_000)), max_size=8))
def test_seeking_gives_what_stands_there(places: list[tuple[int, int]]) -> None:
    with io.BufferedReader(AgeReader(io.BytesIO(SEALED), [CLASSIC])) as reader:
        for place, size in places:
            assert reader.seek(place) == place
            assert reader.read(size) == PLAINTEXT[place : place + size]


def test_seeking_counts_from_the_beginning_the_place_and_the_end() -> None:
    reader = AgeReader(io.BytesIO(SEALED), [CLASSIC])
    assert (reader.readable(), reader.seekable()) == (True, True)
    assert reader.seek(-5, io.SEEK_END) == len(PLAINTEXT) - 5
    assert reader.read(9) == PLAINTEXT[-5:]
    assert reader.seek(-7, io.SEEK_CUR) == reader.tell() == len(PLAINTEXT) - 7
    assert reader.seek(10, io.SEEK_END) == len(PLAINTEXT) + 10
    assert reader.read(1) == b""
    with pytest.raises(ValueError, match="before the beginning"):
        reader.seek(-1)


def test_a_source_that_gives_little_at_a_time_is_read_whole() -> None:
    out = io.BytesIO()
    decrypt_stream(Dripping(SEALED), out, [CLASSIC])
    assert out.getvalue() == PLAINTEXT
    assert read_fully(Dripping(b"x" * 2500), 2400) == b"x" * 2400
    assert read_fully(Dripping(b"x" * 2500), 9000) == b"x" * 2500


@pytest.mark.parametrize("missing", [1, 15, 16])
def test_a_file_that_ends_before_its_payload_is_truncated_in_its_header(missing: int) -> None:
    begins, file = payload_of(sealed(b""))
    for opened in (streamed, lambda cut: AgeReader(io.BytesIO(cut), [CLASSIC])):
        with pytest.raises(HeaderTruncated):
            opened(file[: begins - missing])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4 * SEALED_CHUNK_BYTES))
def test_a_payload_cut_anywhere_is_truncated_and_its_whole_chunks_are_given(kept: int) -> None:
    begins, file = payload_of(SEALED)
    cut = file[: begins + min(kept, len(file) - begins - 1)]
    given_out = chunks_before_refusal(cut)
    with pytest.raises(PayloadTruncated) as refused:
        streamed(cut)
    assert b"".join(given_out) == PLAINTEXT[: (len(cut) - begins) // SEALED_CHUNK_BYTES * CHUNK_BYTES]
    assert refused.value.chunk == len(given_out)
    with pytest.raises(PayloadTruncated):
        AgeReader(io.BytesIO(cut), [CLASSIC])


def chunks_before_refusal(file: bytes) -> list[bytes]:
    chunks: list[bytes] = []
    try:
        for chunk in decrypted_chunks(io.BytesIO(file), [CLASSIC]):
            chunks.append(chunk)  # noqa: PERF402  what came before the refusal counts
    except PayloadError:
        return chunks
    raise AssertionError("the file was not refused")


@pytest.mark.parametrize("chunk", range(4))
def test_a_changed_byte_is_damage_and_nothing_from_there_on_is_given(chunk: int) -> None:
    begins, file = payload_of(sealed(PLAINTEXT[: 4 * CHUNK_BYTES]))
    changed = bytearray(file)
    changed[begins + chunk * SEALED_CHUNK_BYTES + 100] ^= 1
    assert b"".join(chunks_before_refusal(bytes(changed))) == PLAINTEXT[: chunk * CHUNK_BYTES]
    with pytest.raises(PayloadDamaged) as refused:
        list(decrypted_chunks(io.BytesIO(bytes(changed)), [CLASSIC]))
    assert refused.value.chunk == chunk
    with pytest.raises(PayloadDamaged) as refused:
        AgeReader(io.BytesIO(bytes(changed)), [CLASSIC]).readall()
    assert refused.value.chunk == chunk


def test_damage_elsewhere_does_not_hinder_seeking() -> None:
    begins, file = payload_of(SEALED)
    changed = bytearray(file)
    changed[begins + 100] ^= 1
    reader = AgeReader(io.BytesIO(bytes(changed)), [CLASSIC])
    reader.seek(CHUNK_BYTES)
    assert reader.readall() == PLAINTEXT[CHUNK_BYTES:]


@pytest.mark.parametrize("more", [1, 16, SEALED_CHUNK_BYTES, 2 * SEALED_CHUNK_BYTES + 5])
def test_bytes_after_a_whole_final_chunk_are_trailing(more: int) -> None:
    file = sealed(PLAINTEXT[: 2 * CHUNK_BYTES]) + bytes(more)
    with pytest.raises(PayloadTrailing) as refused:
        list(decrypted_chunks(io.BytesIO(file), [CLASSIC]))
    assert refused.value.chunk == 1
    with pytest.raises(PayloadError):
        AgeReader(io.BytesIO(file), [CLASSIC])


def test_a_seeking_reader_that_meets_a_final_chunk_too_early_says_trailing() -> None:
    file = hand_made((PLAINTEXT[:CHUNK_BYTES], True), (b"more", True))
    with pytest.raises(PayloadTrailing):
        AgeReader(io.BytesIO(file), [CLASSIC]).readall()


def test_bytes_after_a_short_final_chunk_are_refused() -> None:
    file = sealed(b"short") + b"x"
    for opened in (streamed, lambda bad: AgeReader(io.BytesIO(bad), [CLASSIC])):
        with pytest.raises(PayloadError):
            opened(file)


@pytest.mark.parametrize(
    ("file", "refused"),
    [
        (hand_made((PLAINTEXT[:CHUNK_BYTES], False), (b"", True)), PayloadDamaged),
        (hand_made((PLAINTEXT[:CHUNK_BYTES], False)), PayloadTruncated),
        (hand_made((b"short", False)), PayloadTruncated),
        (hand_made((PLAINTEXT[:CHUNK_BYTES], True), (PLAINTEXT[:CHUNK_BYTES], True)), PayloadTrailing),
    ],
    ids=["empty final chunk", "no final chunk", "short chunk that is not final", "two final chunks"],
)
def test_chunks_that_the_format_forbids_are_refused(file: bytes, refused: type[PayloadError]) -> None:
    with pytest.raises(refused):
        streamed(file)
    with pytest.raises(refused):
        AgeReader(io.BytesIO(file), [CLASSIC]).readall()


def test_chunks_cannot_change_places() -> None:
    begins, file = payload_of(SEALED)
    first, second = begins + SEALED_CHUNK_BYTES, begins + 2 * SEALED_CHUNK_BYTES
    swapped = file[:begins] + file[first:second] + file[begins:first] + file[second:]
    assert chunks_before_refusal(swapped) == []
