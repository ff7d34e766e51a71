"""The header of an age v1 file: written, read strictly, authenticated, opened and re-wrapped.

Source: c2sp.org/age, "Header". The payload that follows it is in `age_stream`.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from recordings import age_base64
from recordings.age_keys import FILE_KEY_BYTES, Identity, Recipient, Stanza, hkdf
from recordings.errors import (
    HeaderForged,
    HeaderMalformed,
    HeaderTruncated,
    NoIdentityMatches,
    NotAnAgeFile,
)

VERSION_LINE = b"age-encryption.org/v1\n"
MAC_BYTES = 32
BODY_LINE_LETTERS = 64
# The grammar sets no bound; every stanza costs key exchanges before anything is authenticated, so we set two.
MOST_HEADER_BYTES = 256 * 1024
MOST_STANZAS = 64

_ARGUMENT = re.compile(rb"[\x21-\x7e]+")


class Source(Protocol):
    """What a header is read from: a binary file, buffered, so that what follows the header stays in it."""

    def readline(self, size: int = -1, /) -> bytes:
        """Give the next line with its newline, or fewer bytes at the end of the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it stands in a file: its stanzas, its MAC, and the bytes that the MAC covers."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes

    def open(self, identities: Iterable[Identity]) -> bytes:
        """Give the file key; raises `NoIdentityMatches`, `HeaderForged`, `HeaderMalformed` (a bad stanza)."""
        for identity in identities:
            for stanza in self.stanzas:
                file_key = identity.unwrap(stanza)
                if file_key is not None:
                    if not hmac.compare_digest(self.mac, _mac(file_key, self.covered)):
                        raise HeaderForged
                    return file_key
        raise NoIdentityMatches


def new_file_key() -> bytes:
    """Make the 16 random bytes that one file, and no other, is sealed under."""
    return secrets.token_bytes(FILE_KEY_BYTES)


def encode_header(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Write the header that lets each recipient open a file of this key."""
    if not recipients:
        raise ValueError("a file that nobody can open is never written")
    covered = bytearray(VERSION_LINE)
    for recipient in recipients:
        covered += _encode_stanza(recipient.wrap(file_key))
    covered += b"---"
    mac = age_base64.encode(_mac(file_key, bytes(covered)))
    return bytes(covered) + b" " + mac.encode("ascii") + b"\n"


def read_header(source: Source) -> Header:
    """Read a header up to and including its last newline; refuses all that the grammar does not allow."""
    lines = _Lines(source)
    if lines.first() != VERSION_LINE:
        raise NotAnAgeFile
    stanzas: list[Stanza] = []
    while (line := lines.next()).startswith(b"-> "):
        if len(stanzas) == MOST_STANZAS:
            raise HeaderMalformed(f"it has more than {MOST_STANZAS} stanzas")
        stanzas.append(_decode_stanza(line, lines))
    if not line.startswith(b"--- "):
        raise HeaderMalformed("a line is neither a stanza nor the last one")
    if not stanzas:
        raise HeaderMalformed("it has no stanza")
    if len(stanzas) > 1 and any(stanza.kind == "scrypt" for stanza in stanzas):
        raise HeaderMalformed("a passphrase stanza stands beside another one")
    mac = age_base64.decode(_ascii(line[len(b"--- ") :]))
    if len(mac) != MAC_BYTES:
        raise HeaderMalformed(f"its MAC has {len(mac)} bytes, not {MAC_BYTES}")
    covered = bytes(lines.seen[: -(len(line) + 1) + len(b"---")])
    return Header(tuple(stanzas), mac, covered)


def rewrap(header: bytes, identities: Iterable[Identity], recipients: Sequence[Recipient]) -> bytes:
    """Give a header of the same file key for other recipients; the body of the file stays as it is."""
    source = BytesIO(header)
    file_key = read_header(source).open(identities)
    if source.read(1):
        raise HeaderMalformed("bytes follow its last line")
    return encode_header(file_key, recipients)


class _Lines:
    """Lines without their newline, kept for the MAC and bounded in sum."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.seen = bytearray()

    def first(self) -> bytes:
        """Give the first line with its newline, however little of it there is."""
        line = self._source.readline(len(VERSION_LINE))
        if line != VERSION_LINE and VERSION_LINE.startswith(line):
            raise HeaderTruncated
        self.seen += line
        return line

    def next(self) -> bytes:
        """Give the next line; raises when the file or our patience ends first."""
        room = MOST_HEADER_BYTES - len(self.seen)
        line = self._source.readline(room)
        self.seen += line
        if not line.endswith(b"\n"):
            if len(line) == room:
                raise HeaderMalformed(f"it is longer than {MOST_HEADER_BYTES} bytes")
            raise HeaderTruncated
        return line[:-1]


def _encode_stanza(stanza: Stanza) -> bytes:
    text = age_base64.encode(stanza.body)
    lines = [" ".join(("->", stanza.kind, *stanza.arguments))]
    lines += [text[at : at + BODY_LINE_LETTERS] for at in range(0, len(text) + 1, BODY_LINE_LETTERS)]
    return "".join(line + "\n" for line in lines).encode("ascii")


def _decode_stanza(line: bytes, lines: _Lines) -> Stanza:
    arguments = line[len(b"-> ") :].split(b" ")
    if not all(_ARGUMENT.fullmatch(argument) for argument in arguments):
        raise HeaderMalformed("an argument of a stanza is empty or holds a letter that is not allowed")
    body = bytearray()
    while True:
        part = _ascii(lines.next())
        if len(part) > BODY_LINE_LETTERS:
            raise HeaderMalformed("a line of a stanza is too long")
        body += age_base64.decode(part)
        if len(part) < BODY_LINE_LETTERS:
            break
    kind, *rest = (argument.decode("ascii") for argument in arguments)
    return Stanza(kind, tuple(rest), bytes(body))


def _ascii(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        raise HeaderMalformed("it holds a letter outside ASCII") from None


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(hkdf(file_key, b"", b"header"), covered, "sha256")
