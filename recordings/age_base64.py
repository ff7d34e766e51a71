"""The base64 of age headers: RFC 4648 section 4 without padding, and only its canonical writing."""

import base64
import binascii

from recordings.errors import HeaderMalformed


def encode(data: bytes) -> str:
    """Write bytes without `=`."""
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read what `encode` writes and nothing else: no padding, no stray letters, no bits left over."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise HeaderMalformed("base64 that is none") from None
    if encode(data) != text:
        raise HeaderMalformed("base64 that is not canonical")
    return data
