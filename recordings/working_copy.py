"""The working copy: texts the server needs until sealing, readable only through a key that can be destroyed.

Each interview has its own key, kept wrapped under the server's master secret, which lies outside the data
folder. Destroying the wrapped key makes every text of that interview unreadable.
"""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from recordings.refusals import WorkingCopyUnreadable

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class MasterSecret:
    """The 32 bytes of `secret.key`; never shown by `repr`."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a master secret has {KEY_BYTES} bytes, not {len(self.secret)}")

    def wrap(self, interview_id: str, key: "WorkingKey") -> bytes:
        """Encrypt an interview's key: 12 bytes of nonce, 32 of key, 16 of tag."""
        return _encrypt(self.secret, key.secret, f"working_copies|{interview_id}")

    def unwrap(self, interview_id: str, wrapped: bytes) -> "WorkingKey":
        """Give the key of an interview; a foreign, changed or cut one raises `WorkingCopyUnreadable`."""
        return WorkingKey(_decrypt(self.secret, wrapped, f"working_copies|{interview_id}"))


@dataclass(frozen=True, slots=True)
class WorkingKey:
    """The key of one interview's texts; each text is bound to its table and row."""

    secret: bytes = field(repr=False)

    def seal(self, table: str, row_id: str, text: str) -> bytes:
        """Encrypt a text for one row of one table: nonce, ciphertext, tag."""
        return _encrypt(self.secret, text.encode(), f"{table}|{row_id}")

    def seal_bytes(self, table: str, row_id: str, content: bytes) -> bytes:
        """Encrypt bytes for one row of one table, as `seal` does a text."""
        return _encrypt(self.secret, content, f"{table}|{row_id}")

    def open_bytes(self, table: str, row_id: str, sealed: bytes) -> bytes:
        """Give the bytes back, as `open` does a text."""
        return _decrypt(self.secret, sealed, f"{table}|{row_id}")

    def open(self, table: str, row_id: str, sealed: bytes) -> str:
        """Give the text back; a text of another row or interview raises `WorkingCopyUnreadable`."""
        return _decrypt(self.secret, sealed, f"{table}|{row_id}").decode()


def new_working_key() -> WorkingKey:
    """Make a fresh random key."""
    return WorkingKey(secrets.token_bytes(KEY_BYTES))


def _encrypt(key: bytes, plaintext: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plaintext, bound_to.encode())


def _decrypt(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    if len(sealed) < OVERHEAD_BYTES:
        raise WorkingCopyUnreadable(bound_to=bound_to)
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except InvalidTag:
        raise WorkingCopyUnreadable(bound_to=bound_to) from None
