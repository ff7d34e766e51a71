"""Small pictures and made-up items of evidence for tests."""

import struct
import zlib

from recordings.evidence import Evidence, EvidenceClass, EvidenceKind, Form, PresentedBy, class_of
from scheduling.identifier import new_id
from tests.support.clock import NOON


def png(width: int = 2, height: int = 2) -> bytes:
    """A grey picture, whole and valid."""
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 64 + b"\xff\xd9"


def item(
    kind: EvidenceKind, form: Form | None = Form.ORIGINAL, evidence_class: EvidenceClass | None = None
) -> Evidence:
    """An item of a kind, in its usual class unless another is given."""
    return Evidence(
        id=new_id(),
        interview_id="i" * 26,
        kind=kind,
        evidence_class=evidence_class or class_of(kind, form),
        form=form,
        presented_by=PresentedBy.DETAINEE,
        taken_at=NOON,
        taken_by="o" * 26,
        at_ms=0,
        note="",
    )
