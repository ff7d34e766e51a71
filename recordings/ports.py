"""What the recordings room asks of its callers: a sealer of bytes and a renderer of transcripts, by shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

JsonObject = dict[str, Any]
RenderHtml = Callable[[Mapping[str, Any]], bytes]  # the transcript object in, a whole HTML document out


@dataclass(frozen=True, slots=True)
class SealedFacts:
    """What is known of a durable file: its whole size and the digest of its body (not its header)."""

    size_bytes: int
    body_sha256: str


class Facts(Protocol):
    """The shape of what a sealer returns; `SealedFacts` has it, and so may a class of another module."""

    @property
    def size_bytes(self) -> int:
        """Header and body together, in bytes."""

    @property
    def body_sha256(self) -> str:
        """Digest of the encrypted body in hexadecimal, stable when the header is re-wrapped."""


class SealBytes(Protocol):
    """Seals one whole file under a name of its own; blocking, and durable once it returns."""

    def seal(self, file_id: str, plaintext: bytes) -> Facts:
        """Encrypt `plaintext` to the recipients and make the file durable as `file_id`."""
