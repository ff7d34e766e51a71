"""The payload of an age v1 file: a streaming writer, a sequential and a seekable reader.

Source: c2sp.org/age, "Payload": 16 bytes of nonce, then chunks of 64 KiB, each under ChaCha20-Poly1305 with a
nonce of 11 bytes of counter and one byte that is 1 for the final chunk.
"""

import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from recordings.age_format import Source, encode_header, new_file_key, read_header
from recordings.age_keys import Identity, Recipient, hkdf
from recordings.errors import HeaderTruncated, PayloadDamaged, PayloadTrailing, PayloadTruncated

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
PAYLOAD_NONCE_BYTES = 16
PAYLOAD = b"payload"

_COUNTER_BYTES = 11


class Sink(Protocol):
    """Where bytes go: takes all of them or raises."""

    def write(self, data: bytes, /) -> object:
        """Take all of `data`."""


class ReadableSource(Source, Protocol):
    """A binary file that is read forwards."""

    def read(self, size: int = -1, /) -> bytes:
        """Give up to `size` bytes, none at the end."""


class AgeWriter:
    """Seals a stream as it comes; a chunk leaves as soon as one more byte follows it.

    A chunk index is used up before its bytes are handed to the sink, and a sink that raises ends the writer:
    no nonce ever meets two plaintexts.
    """

    def __init__(
        self, sink: Sink, recipients: Sequence[Recipient], *, header_sink: Sink | None = None
    ) -> None:
        file_key = new_file_key()
        nonce = secrets.token_bytes(PAYLOAD_NONCE_BYTES)
        (header_sink or sink).write(encode_header(file_key, recipients))
        sink.write(nonce)
        self.nonce = nonce
        self.chunks = 0  # sealed so far, which is the index of the pending one
        self.pending = bytearray()  # plaintext of the unfinished chunk, at most 64 KiB
        self._cipher: ChaCha20Poly1305 | None = derive_cipher(file_key, nonce, PAYLOAD)
        self._file_key = file_key
        self._sink = sink

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take plaintext; raises what the sink raises, and `ValueError` after that or after `finish`."""
        if self._cipher is None:
            raise ValueError("this writer has finished or failed")
        with memoryview(data) as whole:
            begin = 0
            if self.pending:
                begin = CHUNK_BYTES - len(self.pending)
                self.pending += whole[:begin]
            if begin < len(whole):
                if self.pending:
                    self._seal(self.pending, final=False)
                    self.pending.clear()
                while len(whole) - begin > CHUNK_BYTES:
                    self._seal(whole[begin : begin + CHUNK_BYTES], final=False)
                    begin += CHUNK_BYTES
                self.pending += whole[begin:]

    def finish(self) -> None:
        """Seal what is pending as the final chunk; the sink stays open."""
        self._seal(self.pending, final=True)
        self.pending.clear()

    def derive_cipher(self, info: bytes) -> ChaCha20Poly1305:
        """Make the cipher of something that whoever opens this file, and nobody else, may open too."""
        return derive_cipher(self._file_key, self.nonce, info)

    def _seal(self, plaintext: bytearray | memoryview, *, final: bool) -> None:
        cipher, self._cipher = self._cipher, None
        if cipher is None:
            raise ValueError("this writer has finished or failed")
        sealed = cipher.encrypt(chunk_nonce(self.chunks, final=final), plaintext, None)
        self.chunks += 1
        self._sink.write(sealed)
        if not final:
            self._cipher = cipher


class AgeReader(io.RawIOBase):
    """Seekable plaintext of a finished file; wrap it in `io.BufferedReader` for small reads.

    Opening reads the header and the final chunk: a file that was cut is refused before anything is given out.
    """

    def __init__(self, source: BinaryIO, identities: Iterable[Identity]) -> None:
        super().__init__()
        self._cipher = open_payload(source, identities)
        self._source = source
        self._start = source.tell()
        sealed = source.seek(0, io.SEEK_END) - self._start
        self._last = max(0, -(-sealed // SEALED_CHUNK_BYTES) - 1)
        self._held: tuple[int, bytes] = (-1, b"")
        self._position = 0
        self.size = self._last * CHUNK_BYTES + len(self._chunk(self._last))

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move in the plaintext; beyond its end there is nothing to read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Give bytes up to the end of a chunk; raises `PayloadDamaged` where the file is damaged."""
        if self._position >= self.size:
            return 0
        index, offset = divmod(self._position, CHUNK_BYTES)
        piece = self._chunk(index)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _chunk(self, index: int) -> bytes:
        if self._held[0] != index:
            self._source.seek(self._start + index * SEALED_CHUNK_BYTES)
            sealed = read_fully(self._source, SEALED_CHUNK_BYTES)
            if index == self._last:
                plaintext = _open_last(self._cipher, index, sealed)
            else:
                plaintext = _open_earlier(self._cipher, index, sealed)
            self._held = (index, plaintext)
        return self._held[1]


def decrypted_chunks(source: ReadableSource, identities: Iterable[Identity]) -> Iterator[bytes]:
    """Give the plaintext of each chunk that authenticates, in order; raises at the first thing that is wrong.

    An unfinished file gives all its whole chunks, then raises `PayloadTruncated`: so it can be salvaged.
    """
    cipher = open_payload(source, identities)
    index, sealed = 0, read_fully(source, SEALED_CHUNK_BYTES)
    while following := read_fully(source, SEALED_CHUNK_BYTES):
        if (plaintext := _open(cipher, index, sealed, final=False)) is None:
            if (plaintext := _open(cipher, index, sealed, final=True)) is None:
                raise PayloadDamaged(index)
            yield plaintext
            raise PayloadTrailing(index)
        yield plaintext
        index, sealed = index + 1, following
    if (plaintext := _open(cipher, index, sealed, final=False)) is not None and len(plaintext) == CHUNK_BYTES:
        yield plaintext
        raise PayloadTruncated(index + 1)
    yield _open_last(cipher, index, sealed)


def decrypt_stream(source: ReadableSource, sink: Sink, identities: Iterable[Identity]) -> int:
    """Decrypt forwards, as from a pipe; gives the count of bytes, releases authentic chunks only."""
    count = 0
    for plaintext in decrypted_chunks(source, identities):
        sink.write(plaintext)
        count += len(plaintext)
    return count


def open_payload(
    source: ReadableSource, identities: Iterable[Identity], info: bytes = PAYLOAD
) -> ChaCha20Poly1305:
    """Read header and payload nonce; gives the cipher of the chunks that follow, or of what `info` names."""
    file_key = read_header(source).open(identities)
    nonce = read_fully(source, PAYLOAD_NONCE_BYTES)
    if len(nonce) != PAYLOAD_NONCE_BYTES:
        raise HeaderTruncated
    return derive_cipher(file_key, nonce, info)


def derive_cipher(file_key: bytes, nonce: bytes, info: bytes) -> ChaCha20Poly1305:
    """Make a cipher from a file key; no two uses of one key have the same `info`."""
    return ChaCha20Poly1305(hkdf(file_key, nonce, info))


def chunk_nonce(index: int, *, final: bool) -> bytes:
    """Give the 12 bytes of nonce of one chunk."""
    return index.to_bytes(_COUNTER_BYTES, "big") + (b"\x01" if final else b"\x00")


def read_fully(source: ReadableSource, size: int) -> bytes:
    """Read `size` bytes, or fewer only where the file ends: pipes and raw files give less at a time."""
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = bytearray(data)
    while len(parts) < size and (data := source.read(size - len(parts))):
        parts += data
    return bytes(parts)


def _open(cipher: ChaCha20Poly1305, index: int, sealed: bytes, *, final: bool) -> bytes | None:
    try:
        return cipher.decrypt(chunk_nonce(index, final=final), sealed, None)
    except InvalidTag:
        return None


def _open_earlier(cipher: ChaCha20Poly1305, index: int, sealed: bytes) -> bytes:
    plaintext = _open(cipher, index, sealed, final=False)
    if plaintext is not None:
        return plaintext
    if _open(cipher, index, sealed, final=True) is not None:
        raise PayloadTrailing(index)
    raise PayloadDamaged(index)


def _open_last(cipher: ChaCha20Poly1305, index: int, sealed: bytes) -> bytes:
    """Open the chunk that the file ends with; a short one that does not authenticate counts as cut."""
    plaintext = _open(cipher, index, sealed, final=True)
    if plaintext is not None:
        if index and not plaintext:
            raise PayloadDamaged(index)
        return plaintext
    if len(sealed) < SEALED_CHUNK_BYTES or _open(cipher, index, sealed, final=False) is not None:
        raise PayloadTruncated(index)
    raise PayloadDamaged(index)
