"""Recipients and identities of age files: X25519 and the post-quantum hybrid MLKEM768-X25519.

Source: c2sp.org/age, "Native recipient types". A recipient wraps a file key into a stanza of the header; an
identity unwraps it again. The server has recipients only.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recordings import age_base64, bech32
from recordings.errors import HeaderMalformed, KeyMalformed

FILE_KEY_BYTES = 16
WRAPPED_BYTES = FILE_KEY_BYTES + 16  # a file key and its tag: the body of either stanza
SHARE_BYTES = 32  # an X25519 public key
ENCAPSULATED_BYTES = 1120  # an ML-KEM-768 ciphertext (1088) and an X25519 share (32)
SEED_BYTES = 32
HYBRID_PUBLIC_BYTES = 1216  # an ML-KEM-768 public key (1184) and an X25519 one (32)

_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
_ZERO_NONCE = bytes(12)
_X25519_INFO = b"age-encryption.org/v1/X25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient's place in a header: its kind, the arguments after it, and the wrapped file key."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


class Recipient(Protocol):
    """Whoever a file can be sealed to; `str()` gives the `age1…` text."""

    @property
    def is_post_quantum(self) -> bool:
        """Whether the stanza withstands a quantum computer."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Encrypt the 16 bytes of a file key, differently at each call."""


class Identity(Protocol):
    """The secret half of a recipient; `str()` gives the `AGE-SECRET-KEY-…` text, `repr()` never does."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Give the file key, or None for somebody else's stanza; a bad shape raises `HeaderMalformed`."""

    def recipient(self) -> Recipient:
        """Give the public half."""


class X25519Recipient:
    """A recipient of the classic kind, 32 bytes."""

    is_post_quantum = False

    def __init__(self, public: bytes) -> None:
        if len(public) != SHARE_BYTES:
            raise KeyMalformed(f"an X25519 recipient has {SHARE_BYTES} bytes, not {len(public)}")
        self._public = public
        self._key = _usable(public)

    def __str__(self) -> str:
        return bech32.encode("age", self._public)

    def wrap(self, file_key: bytes) -> Stanza:
        """Encrypt the 16 bytes of a file key, differently at each call."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrap_key = _wrap_key(ephemeral.exchange(self._key), share, self._public)
        body = ChaCha20Poly1305(wrap_key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza("X25519", (age_base64.encode(share),), body)


class X25519Identity:
    """An identity of the classic kind, 32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SEED_BYTES:
            raise KeyMalformed(f"an X25519 identity has {SEED_BYTES} bytes, not {len(secret)}")
        self._secret = secret
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key().public_bytes_raw()

    def __str__(self) -> str:
        return bech32.encode("age-secret-key-", self._secret).upper()

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Give the file key, or None when the stanza is somebody else's."""
        if stanza.kind != "X25519":
            return None
        share = _only_argument(stanza, SHARE_BYTES)
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            raise HeaderMalformed("the share of an X25519 stanza is a point of low order") from None
        wrap_key = _wrap_key(shared, share, self._public)
        try:
            return ChaCha20Poly1305(wrap_key).decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None

    def recipient(self) -> X25519Recipient:
        """Give the public half."""
        return X25519Recipient(self._public)


class HybridRecipient:
    """A post-quantum recipient, 1216 bytes (X-Wing)."""

    is_post_quantum = True

    def __init__(self, public: bytes) -> None:
        if len(public) != HYBRID_PUBLIC_BYTES:
            raise KeyMalformed(f"a hybrid recipient has {HYBRID_PUBLIC_BYTES} bytes, not {len(public)}")
        self._public = public
        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES])
        except ValueError:
            raise KeyMalformed("the ML-KEM half of the hybrid recipient is no key") from None
        x25519 = _usable(public[_MLKEM_PUBLIC_BYTES:])
        self._key = hpke.MLKEM768X25519PublicKey(mlkem, x25519)

    def __str__(self) -> str:
        return bech32.encode("age1pq", self._public)

    def wrap(self, file_key: bytes) -> Stanza:
        """Encrypt the 16 bytes of a file key, differently at each call."""
        sealed = _SUITE.encrypt(file_key, self._key, _HYBRID_INFO)
        encapsulated = age_base64.encode(sealed[:ENCAPSULATED_BYTES])
        return Stanza("mlkem768x25519", (encapsulated,), sealed[ENCAPSULATED_BYTES:])


class HybridIdentity:
    """A post-quantum identity: a seed of 32 bytes that expands into both secret keys."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise KeyMalformed(f"a hybrid identity has {SEED_BYTES} bytes, not {len(seed)}")
        self._seed = seed
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_BYTES + SEED_BYTES)
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:])
        self._key = hpke.MLKEM768X25519PrivateKey(self._mlkem, self._x25519)

    def __str__(self) -> str:
        return bech32.encode("age-secret-key-pq-", self._seed).upper()

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Give the file key, or None when the stanza is somebody else's."""
        if stanza.kind != "mlkem768x25519":
            return None
        encapsulated = _only_argument(stanza, ENCAPSULATED_BYTES)
        try:
            self._x25519.exchange(X25519PublicKey.from_public_bytes(encapsulated[-SHARE_BYTES:]))
        except ValueError:
            raise HeaderMalformed("the share of a hybrid stanza is a point of low order") from None
        try:
            return _SUITE.decrypt(encapsulated + stanza.body, self._key, _HYBRID_INFO)
        except InvalidTag:
            return None

    def recipient(self) -> HybridRecipient:
        """Give the public half."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return HybridRecipient(mlkem + self._x25519.public_key().public_bytes_raw())


def parse_recipient(text: str) -> Recipient:
    """Read an `age1…` or `age1pq1…` text; raises `KeyMalformed`."""
    prefix, data = bech32.decode(text)
    if prefix == "age":
        return X25519Recipient(data)
    if prefix == "age1pq":
        return HybridRecipient(data)
    raise KeyMalformed("only recipients that begin with age1 or age1pq1 are known here")


def parse_identity(text: str) -> Identity:
    """Read an `AGE-SECRET-KEY-…` text; raises `KeyMalformed`, which never repeats it."""
    prefix, data = bech32.decode(text)
    if prefix == "age-secret-key-":
        return X25519Identity(data)
    if prefix == "age-secret-key-pq-":
        return HybridIdentity(data)
    raise KeyMalformed("an identity begins with AGE-SECRET-KEY-1 or AGE-SECRET-KEY-PQ-1")


def new_identity(*, post_quantum: bool = True) -> Identity:
    """Make an identity at random: for the demo and for tests, as a supervisor makes theirs in the browser."""
    seed = secrets.token_bytes(SEED_BYTES)
    return HybridIdentity(seed) if post_quantum else X25519Identity(seed)


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Derive 32 bytes by HKDF-SHA-256 (RFC 5869), as all of age does."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _usable(public: bytes) -> X25519PublicKey:
    """Load an X25519 key, and refuse now the few points that every exchange would refuse later."""
    key = X25519PublicKey.from_public_bytes(public)
    try:
        X25519PrivateKey.generate().exchange(key)
    except ValueError:
        raise KeyMalformed("its X25519 half is a point of low order") from None
    return key


def _wrap_key(shared: bytes, share: bytes, public: bytes) -> bytes:
    return hkdf(shared, share + public, _X25519_INFO)


def _only_argument(stanza: Stanza, size: int) -> bytes:
    """Check a stanza's shape before anything is decrypted: one argument of `size` bytes, a body of 32."""
    if len(stanza.arguments) != 1:
        raise HeaderMalformed(f"a stanza {stanza.kind} has {len(stanza.arguments)} arguments, not 1")
    if len(stanza.body) != WRAPPED_BYTES:
        raise HeaderMalformed(f"a stanza {stanza.kind} has a body of {len(stanza.body)} bytes")
    value = age_base64.decode(stanza.arguments[0])
    if len(value) != size:
        raise HeaderMalformed(f"the argument of a stanza {stanza.kind} has {len(value)} bytes, not {size}")
    return value
