"""STUN is read strictly, and what is written is read back."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc import stun
from webrtc.errors import StunMalformed

TRANSACTION = bytes(range(12))
PASSWORD = "secret"
# RFC 5769 section 2.1, the sample request (password VOkJxbRl1RmTxUk/WvJxBt).
RFC_5769_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5"
    "b2d3f249c1b571a280280004e57a3bcf"
)


def request(password: str = PASSWORD, attributes: dict[int, bytes] | None = None) -> bytes:
    return stun.build(stun.BINDING_REQUEST, TRANSACTION, attributes or {stun.USERNAME: b"us:them"}, password)


def test_sample_request_of_rfc_5769_is_understood() -> None:
    message = stun.parse(RFC_5769_REQUEST)
    assert message.message_type == stun.BINDING_REQUEST
    assert message.username == "evtj:h6vY"
    assert message.is_signed_with("VOkJxbRl1RmTxUk/WvJxBt")
    assert not message.is_signed_with("VOkJxbRl1RmTxUk/WvJxBT")


def test_request_is_signed_with_its_password_only() -> None:
    message = stun.parse(request())
    assert message.is_signed_with("secret")
    assert not message.is_signed_with("Secret")
    assert not message.is_signed_with("")


def test_message_without_integrity_is_signed_with_nothing() -> None:
    bare = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + TRANSACTION
    assert not stun.parse(bare).is_signed_with("")


def test_attributes_behind_the_integrity_are_ignored() -> None:
    signed = request()[:-8]
    extra = b"\x00\x25\x00\x00"
    longer = signed[:2] + (len(signed) - 20 + len(extra)).to_bytes(2, "big") + signed[4:] + extra
    message = stun.parse(longer)
    assert stun.USE_CANDIDATE not in message.attributes


@given(st.integers(0, len(request()) * 8 - 1))
def test_one_turned_bit_is_noticed(bit: int) -> None:
    data = bytearray(request())
    data[bit // 8] ^= 1 << bit % 8
    try:
        message = stun.parse(bytes(data))
    except StunMalformed:
        return
    # Only the fingerprint attribute's own type can turn into something ignored.
    assert bit // 8 >= len(data) - 8 or not message.is_signed_with("secret")


@given(st.binary(max_size=200))
def test_garbage_is_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(StunMalformed):
        stun.parse(data)


@given(st.binary(max_size=80))
def test_garbage_behind_a_good_header_never_escapes(data: bytes) -> None:
    header = b"\x00\x01" + len(data).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + TRANSACTION
    try:
        message = stun.parse(header + data)
    except StunMalformed:
        return
    assert not message.is_signed_with("x")
    assert isinstance(message.username, str)


@given(st.ip_addresses(), st.integers(0, 65535), st.binary(min_size=12, max_size=12))
def test_mapped_address_is_read_back(
    host: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int, transaction: bytes
) -> None:
    address = (str(host).partition("%")[0], port)
    assert stun.address_from_xor(stun.xor_address(address, transaction), transaction) == address


@pytest.mark.parametrize("value", [b"", b"\0\1\0", b"\0\2" + bytes(6), b"\0\3" + bytes(6)])
def test_mapped_address_of_a_wrong_size_is_malformed(value: bytes) -> None:
    with pytest.raises(StunMalformed):
        stun.address_from_xor(value, TRANSACTION)


def test_response_carries_the_address_and_is_signed() -> None:
    response = stun.parse(stun.binding_response(TRANSACTION, ("192.0.2.1", 4711), "secret"))
    assert response.message_type == stun.BINDING_RESPONSE
    assert response.transaction_id == TRANSACTION
    assert response.is_signed_with("secret")
    mapped = response.attributes[stun.XOR_MAPPED_ADDRESS]
    assert stun.address_from_xor(mapped, TRANSACTION) == ("192.0.2.1", 4711)


def test_what_must_be_understood_and_is_not_is_named() -> None:
    message = stun.parse(request(attributes={0x0006: b"a:b", 0x7777: b"?", 0xC057: b"ok", 0x0025: b""}))
    assert message.unknown_required == (0x7777,)
    answer = stun.parse(stun.unknown_attributes_response(TRANSACTION, message.unknown_required, "secret"))
    assert answer.message_type == stun.BINDING_ERROR
    assert answer.attributes[stun.ERROR_CODE][:4] == bytes((0, 0, 4, 20))
    assert answer.attributes[stun.UNKNOWN_ATTRIBUTES] == b"\x77\x77"
