"""The tail of a file that grows: the bytes of its unfinished chunk, sealed anew at each sync.

Two slots that are written by turns (FORMAT.md): a write that a kill or a power cut tears leaves the other
one, which holds what was durable before. The key is derived from the file key of the body.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from recordings import disk
from recordings.age_stream import CHUNK_BYTES, TAG_BYTES
from recordings.errors import TailMismatch

TAIL = b"parloir tail"
"""What the key of a tail is derived for, from the file key and the payload nonce of its body."""

_SLOTS = 2
_PLACE = struct.Struct(">QI")  # the turn that wrote the slot, and how many bytes are sealed in it
_INDEX = struct.Struct(">Q")
SLOT_BYTES = _PLACE.size + _INDEX.size + CHUNK_BYTES + TAG_BYTES
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Pending:
    """The bytes that a chunk had at one sync; `index` is that of the chunk, from 0."""

    index: int
    data: bytes


class TailWriter:
    """Writes a new tail at `path`; raises `OSError`."""

    def __init__(self, path: Path, cipher: ChaCha20Poly1305) -> None:
        self._cipher = cipher
        self._turns = 0
        self._descriptor = os.open(path, disk.NEW_FILE, disk.PRIVATE)

    def put(self, index: int, pending: bytes | bytearray) -> None:
        """Write the bytes of the chunk `index` so far, over those of the turn before the last."""
        turn = self._turns
        self._turns += 1  # used up, even if the disk refuses: no nonce ever meets two plaintexts
        sealed = self._cipher.encrypt(_nonce(turn), _INDEX.pack(index) + pending, None)
        os.lseek(self._descriptor, turn % _SLOTS * SLOT_BYTES, os.SEEK_SET)
        disk.write_fully(self._descriptor, _PLACE.pack(turn, len(sealed)) + sealed)

    def sync(self) -> None:
        """Wait until the bytes are on the disk."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)


def read_tail(path: Path, cipher: ChaCha20Poly1305) -> tuple[Pending, ...]:
    """Give what the slots hold, the latest first; one that is empty or torn is left out.

    Raises `TailMismatch` when none of them is whole.
    """
    with path.open("rb") as source:
        slots = [source.read(SLOT_BYTES) for _ in range(_SLOTS)]
    opened = [found for slot in slots if (found := _opened(cipher, slot)) is not None]
    if not opened:
        raise TailMismatch(path, "it is damaged, or belongs to another body")
    opened.sort(key=lambda found: found[0], reverse=True)
    return tuple(pending for _, pending in opened)


def _opened(cipher: ChaCha20Poly1305, slot: bytes) -> tuple[int, Pending] | None:
    if len(slot) < _PLACE.size:
        return None
    turn, size = _PLACE.unpack_from(slot)
    try:
        plaintext = cipher.decrypt(_nonce(turn), slot[_PLACE.size : _PLACE.size + size], None)
    except InvalidTag:
        return None
    return turn, Pending(_INDEX.unpack_from(plaintext)[0], plaintext[_INDEX.size :])


def _nonce(turn: int) -> bytes:
    return turn.to_bytes(_NONCE_BYTES, "big")
