"""STUN messages as ICE needs them: binding requests and responses, signed and fingerprinted (RFC 8489)."""

import hmac
import ipaddress
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha1

from webrtc.errors import StunMalformed
from webrtc.ports import Address

BINDING_REQUEST = 0x0001
BINDING_RESPONSE = 0x0101
BINDING_ERROR = 0x0111
MAGIC_COOKIE = 0x2112A442
HEADER_BYTES = 20
MAX_MESSAGE_BYTES = 1280
TRANSACTION_ID_BYTES = 12
INTEGRITY_BYTES = 20

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
UNKNOWN_ATTRIBUTES = 0x000A
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029
ICE_CONTROLLING = 0x802A

_FIRST_OPTIONAL = 0x8000
_UNDERSTOOD = frozenset({USERNAME, MESSAGE_INTEGRITY, PRIORITY, USE_CANDIDATE})
_FINGERPRINT_MASK = 0x5354554E
_FAMILIES = {4: 1, 6: 2}
_ERROR_CLASS = 100
_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class StunMessage:
    """A parsed message; `attributes` keeps the first of each type, `integrity_at` points into `data`."""

    data: bytes
    message_type: int
    transaction_id: bytes
    attributes: dict[int, bytes]
    integrity_at: int | None

    @property
    def username(self) -> str:
        """The USERNAME attribute, empty when absent or no UTF-8."""
        return self.attributes.get(USERNAME, b"").decode("utf-8", "replace")

    @property
    def unknown_required(self) -> tuple[int, ...]:
        """Attributes that must be understood and are not (RFC 8489 section 6.3.1)."""
        return tuple(
            number for number in self.attributes if number < _FIRST_OPTIONAL and number not in _UNDERSTOOD
        )

    def is_signed_with(self, password: str) -> bool:
        """Say whether MESSAGE-INTEGRITY is there and right, in constant time."""
        if self.integrity_at is None:
            return False
        expected = _integrity(self.data[: self.integrity_at], password)
        return hmac.compare_digest(expected, self.attributes[MESSAGE_INTEGRITY])


def parse(data: bytes) -> StunMessage:
    """Read a message, or raise StunMalformed; a FINGERPRINT may be absent but never wrong.

    Attributes after MESSAGE-INTEGRITY other than FINGERPRINT are ignored (RFC 8489 section 14.5).
    """
    if not HEADER_BYTES <= len(data) <= MAX_MESSAGE_BYTES:
        raise StunMalformed("length")
    message_type, length, cookie, transaction_id = _HEADER.unpack_from(data)
    if message_type & 0xC000 or cookie != MAGIC_COOKIE or length % 4 or length + HEADER_BYTES != len(data):
        raise StunMalformed("header")
    attributes: dict[int, bytes] = {}
    integrity_at = None
    offset = HEADER_BYTES
    while offset < len(data):
        number, size = _ATTRIBUTE.unpack_from(data, offset)
        value = data[offset + 4 : offset + 4 + size]
        if len(value) != size:
            raise StunMalformed("attribute length")
        if number == FINGERPRINT:
            _check_fingerprint(data, offset, value)
        elif integrity_at is None:
            if number == MESSAGE_INTEGRITY:
                if size != INTEGRITY_BYTES:
                    raise StunMalformed("integrity length")
                integrity_at = offset
            attributes.setdefault(number, value)
        offset += 4 + size + -size % 4
    return StunMessage(data, message_type, transaction_id, attributes, integrity_at)


def build(message_type: int, transaction_id: bytes, attributes: dict[int, bytes], password: str) -> bytes:
    """Write a message, signed with `password` and ended by a FINGERPRINT."""
    body = b"".join(_attribute(number, value) for number, value in attributes.items())
    unsigned = _HEADER.pack(message_type, len(body), MAGIC_COOKIE, transaction_id) + body
    signed = unsigned + _attribute(MESSAGE_INTEGRITY, _integrity(unsigned, password))
    return _with_length(signed, 8) + _attribute(FINGERPRINT, _fingerprint(_with_length(signed, 8)))


def binding_response(transaction_id: bytes, address: Address, password: str) -> bytes:
    """Answer a binding request with the address that it came from."""
    mapped = {XOR_MAPPED_ADDRESS: xor_address(address, transaction_id)}
    return build(BINDING_RESPONSE, transaction_id, mapped, password)


def unknown_attributes_response(transaction_id: bytes, unknown: tuple[int, ...], password: str) -> bytes:
    """Answer a request that requires something unknown with error 420."""
    code = error_code(420, "Unknown Attribute")
    numbers = b"".join(number.to_bytes(2, "big") for number in unknown)
    return build(BINDING_ERROR, transaction_id, {ERROR_CODE: code, UNKNOWN_ATTRIBUTES: numbers}, password)


def error_code(code: int, phrase: str) -> bytes:
    """Return the value of ERROR-CODE (RFC 8489 section 14.8)."""
    return bytes((0, 0, code // _ERROR_CLASS, code % _ERROR_CLASS)) + phrase.encode()


def xor_address(address: Address, transaction_id: bytes) -> bytes:
    """Return the value of XOR-MAPPED-ADDRESS (RFC 8489 section 14.2)."""
    host = ipaddress.ip_address(address[0].partition("%")[0])
    key = MAGIC_COOKIE.to_bytes(4, "big") + transaction_id
    port = address[1] ^ (MAGIC_COOKIE >> 16)
    masked = bytes(a ^ b for a, b in zip(host.packed, key, strict=False))
    return struct.pack("!BBH", 0, _FAMILIES[host.version], port) + masked


def address_from_xor(value: bytes, transaction_id: bytes) -> tuple[str, int]:
    """Read the value of XOR-MAPPED-ADDRESS, or raise StunMalformed."""
    sizes = {1: 8, 2: 20}
    if len(value) < 4 or sizes.get(value[1]) != len(value):  # noqa: PLR2004  the fixed first word
        raise StunMalformed("mapped address")
    key = MAGIC_COOKIE.to_bytes(4, "big") + transaction_id
    host = ipaddress.ip_address(bytes(a ^ b for a, b in zip(value[4:], key, strict=False)))
    return str(host), int.from_bytes(value[2:4], "big") ^ (MAGIC_COOKIE >> 16)


def _attribute(number: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(number, len(value)) + value + bytes(-len(value) % 4)


def _with_length(message: bytes, more: int) -> bytes:
    """Return `message` with the header's length counting `more` bytes that are still to follow."""
    return message[:2] + (len(message) - HEADER_BYTES + more).to_bytes(2, "big") + message[4:]


def _integrity(message: bytes, password: str) -> bytes:
    return hmac.digest(password.encode(), _with_length(message, 4 + INTEGRITY_BYTES), sha1)


def _fingerprint(message: bytes) -> bytes:
    return (zlib.crc32(message) ^ _FINGERPRINT_MASK).to_bytes(4, "big")


def _check_fingerprint(data: bytes, offset: int, value: bytes) -> None:
    if offset + 8 != len(data) or not hmac.compare_digest(value, _fingerprint(data[:offset])):
        raise StunMalformed("fingerprint")
