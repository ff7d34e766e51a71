import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import age_base64, bech32
from recordings.age_format import (
    MOST_HEADER_BYTES,
    MOST_STANZAS,
    encode_header,
    new_file_key,
    read_header,
    rewrap,
)
from recordings.age_keys import (
    HybridIdentity,
    HybridRecipient,
    Identity,
    Stanza,
    X25519Identity,
    X25519Recipient,
    new_identity,
    parse_identity,
    parse_recipient,
)
from recordings.errors import (
    HeaderForged,
    HeaderMalformed,
    HeaderTruncated,
    KeyMalformed,
    NoIdentityMatches,
    NotAnAgeFile,
    SealedFileError,
)

# the examples of c2sp.org/age
X25519_IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
X25519_RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
HYBRID_IDENTITY = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
HYBRID_RECIPIENT_BEGINS = (
    "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5aapdm"
)

CLASSIC = X25519Identity(bytes(range(32)))
HYBRID = HybridIdentity(bytes(range(32)))
BOTH = pytest.mark.parametrize("identity", [CLASSIC, HYBRID], ids=["x25519", "hybrid"])
FILE_KEY = bytes(range(16))
HEADER = encode_header(FILE_KEY, [CLASSIC.recipient()])


def header_of(*lines: str, mac: str = "A" * 43) -> io.BytesIO:
    return io.BytesIO("\n".join(["age-encryption.org/v1", *lines, f"--- {mac}", ""]).encode("latin-1"))


def refusal(source: io.BytesIO) -> SealedFileError:
    with pytest.raises(SealedFileError) as refused:
        read_header(source)
    return refused.value


@pytest.mark.parametrize(
    ("identity", "recipient"),
    [(X25519_IDENTITY, X25519_RECIPIENT), (HYBRID_IDENTITY, HYBRID_RECIPIENT_BEGINS)],
)
def test_the_examples_of_the_specification_are_read_and_written(identity: str, recipient: str) -> None:
    parsed = parse_identity(identity)
    assert str(parsed) == identity
    assert str(parsed.recipient()).startswith(recipient)
    assert str(parse_recipient(str(parsed.recipient()))) == str(parsed.recipient())


def test_a_recipient_in_capitals_is_the_same_recipient() -> None:
    assert str(parse_recipient(X25519_RECIPIENT.upper())) == X25519_RECIPIENT


@given(st.binary(max_size=80), st.text("abcdefghij1-", min_size=1, max_size=20))
def test_bech32_gives_back_what_it_was_given(data: bytes, prefix: str) -> None:
    assert bech32.decode(bech32.encode(prefix, data)) == (prefix, data)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("age1" + X25519_RECIPIENT[4:].upper(), "mixes"),
        ("", "too short"),
        ("1qqqqqq", "too short"),
        ("age1qqqqq", "too short"),
        ("age1bqqqqqq", "alphabet"),
        ("ag é1qqqqqq", "alphabet"),
        (X25519_RECIPIENT[:-1] + "q", "checksum"),
        (X25519_RECIPIENT[:10] + X25519_RECIPIENT[11:], "checksum"),
    ],
)
def test_a_text_that_is_no_bech32_is_refused(text: str, reason: str) -> None:
    with pytest.raises(KeyMalformed, match=reason):
        bech32.decode(text)


@pytest.mark.parametrize("values", [[31], [0, 31], [0, 0, 0]])
def test_bech32_with_bits_left_over_is_refused(values: list[int]) -> None:
    check = bech32._polymod([*bech32._expanded("age"), *values, *([0] * 6)]) ^ 1
    letters = [
        bech32._ALPHABET[value] for value in [*values, *(check >> 5 * (5 - place) & 31 for place in range(6))]
    ]
    with pytest.raises(KeyMalformed, match="belong nowhere"):
        bech32.decode("age1" + "".join(letters))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (bech32.encode("age", bytes(31)), "32 bytes, not 31"),
        (bech32.encode("age", bytes(32)), "low order"),
        (bech32.encode("age1pq", bytes(1215)), "1216 bytes"),
        (bech32.encode("age1pq", b"\xff" * 1216), "ML-KEM"),
        (bech32.encode("age1pq", bytes(1216)), "low order"),
        (bech32.encode("age1tag", bytes(33)), "age1 or age1pq1"),
        (X25519_IDENTITY, "age1 or age1pq1"),
    ],
)
def test_a_recipient_that_cannot_be_used_is_refused_when_it_is_read(text: str, reason: str) -> None:
    with pytest.raises(KeyMalformed, match=reason):
        parse_recipient(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (bech32.encode("age-secret-key-", bytes(31)), "32 bytes"),
        (bech32.encode("age-secret-key-pq-", bytes(33)), "32 bytes"),
        (X25519_RECIPIENT, "AGE-SECRET-KEY-1"),
    ],
)
def test_an_identity_that_cannot_be_used_is_refused_when_it_is_read(text: str, reason: str) -> None:
    with pytest.raises(KeyMalformed, match=reason):
        parse_identity(text)


@BOTH
def test_an_identity_is_never_shown_by_accident(identity: Identity) -> None:
    assert "SECRET" not in repr(identity)
    assert str(bytes(range(32))) not in repr(identity)


def test_a_refused_identity_is_not_repeated() -> None:
    with pytest.raises(KeyMalformed) as refused:
        parse_identity(X25519_IDENTITY[:-1] + "Q")
    assert X25519_IDENTITY[20:40] not in str(refused.value)


def test_new_identities_differ_and_are_post_quantum_unless_asked_otherwise() -> None:
    assert str(new_identity()) != str(new_identity())
    assert isinstance(new_identity().recipient(), HybridRecipient)
    assert isinstance(new_identity(post_quantum=False).recipient(), X25519Recipient)
    assert len(new_file_key()) == 16
    assert new_file_key() != new_file_key()


@BOTH
def test_whom_a_header_is_for_opens_it(identity: Identity) -> None:
    header = encode_header(FILE_KEY, [new_identity().recipient(), identity.recipient()])
    source = io.BytesIO(header + b"what follows")
    assert read_header(source).open([new_identity(), identity]) == FILE_KEY
    assert source.read() == b"what follows"


@BOTH
def test_a_header_is_different_each_time(identity: Identity) -> None:
    assert encode_header(FILE_KEY, [identity.recipient()]) != encode_header(FILE_KEY, [identity.recipient()])


@pytest.mark.parametrize("identities", [[], [new_identity(), new_identity(post_quantum=False)]])
def test_whom_a_header_is_not_for_does_not_open_it(identities: list[Identity]) -> None:
    header = encode_header(FILE_KEY, [CLASSIC.recipient(), HYBRID.recipient()])
    with pytest.raises(NoIdentityMatches):
        read_header(io.BytesIO(header)).open(identities)


def test_a_header_for_nobody_is_never_written() -> None:
    with pytest.raises(ValueError, match="nobody"):
        encode_header(FILE_KEY, [])


def test_a_header_that_lost_a_stanza_is_forged() -> None:
    header = encode_header(FILE_KEY, [HYBRID.recipient(), CLASSIC.recipient()])
    at = header.index(b"-> mlkem768x25519")
    cut = header[:at] + header[header.index(b"-> X25519") :]
    with pytest.raises(HeaderForged):
        read_header(io.BytesIO(cut)).open([CLASSIC])


def test_rewrapping_lets_others_open_and_the_former_no_longer() -> None:
    joiner = new_identity()
    header = rewrap(HEADER, [CLASSIC], [joiner.recipient()])
    assert read_header(io.BytesIO(header)).open([joiner]) == FILE_KEY
    with pytest.raises(NoIdentityMatches):
        read_header(io.BytesIO(header)).open([CLASSIC])


def test_rewrapping_refuses_what_is_no_bare_header() -> None:
    with pytest.raises(HeaderMalformed, match="bytes follow"):
        rewrap(HEADER + b"x", [CLASSIC], [CLASSIC.recipient()])


@pytest.mark.parametrize("end", range(len(HEADER)))
def test_a_header_cut_anywhere_is_truncated(end: int) -> None:
    with pytest.raises(HeaderTruncated):
        read_header(io.BytesIO(HEADER[:end]))


@pytest.mark.parametrize(
    "first", [b"age-encryption.org/v2\n", b"hello\n", b"\n", b"\x00" * 100, b"age-encryption.org/v1\r\n"]
)
def test_what_begins_otherwise_is_no_age_file(first: bytes) -> None:
    assert isinstance(refusal(io.BytesIO(first + HEADER[22:])), NotAnAgeFile)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (header_of(), "no stanza"),
        (header_of("-> a", "", "hello"), "neither"),
        (header_of("-> a", "", "", mac="A" * 43), "neither"),
        (header_of("->  a", ""), "argument"),
        (header_of("-> ", ""), "argument"),
        (header_of("-> a b ", ""), "argument"),
        (header_of("-> a\x7f", ""), "argument"),
        (header_of("-> a\xe9", ""), "argument"),
        (header_of("-> a\r", ""), "argument"),
        (header_of("-> a", "A" * 65), "too long"),
        (header_of("-> a", "AAA="), "canonical"),
        (header_of("-> a", "AB"), "canonical"),
        (header_of("-> a", "A"), "base64"),
        (header_of("-> a", "AA A"), "base64"),
        (header_of("-> a", "\xe9\xe9"), "ASCII"),
        (header_of("-> a", "", mac="A" * 44), "MAC"),
        (header_of("-> a", "", mac="A" * 42 + "B"), "canonical"),
        (header_of("-> a", "", mac=""), "MAC has 0 bytes"),
        (header_of("-> scrypt c2FsdA 18", "", "-> a", ""), "passphrase"),
        (header_of(*["-> a", ""] * (MOST_STANZAS + 1)), "stanzas"),
        (header_of("-> a " + "b" * MOST_HEADER_BYTES, ""), "longer"),
    ],
)
def test_a_header_that_the_grammar_does_not_allow_is_refused(source: io.BytesIO, reason: str) -> None:
    refused = refusal(source)
    assert isinstance(refused, HeaderMalformed)
    assert reason in refused.reason


def test_stanzas_of_kinds_nobody_knows_are_read_and_left_to_others() -> None:
    header = read_header(header_of("-> joke/grease some thing", "QUJD", "-> X25519-not-quite", "A" * 64, ""))
    assert header.stanzas[0] == Stanza("joke/grease", ("some", "thing"), b"ABC")
    assert len(header.stanzas[1].body) == 48
    with pytest.raises(NoIdentityMatches):
        header.open([CLASSIC, HYBRID])


@BOTH
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda good: Stanza(good.kind, (), good.body), "0 arguments"),
        (lambda good: Stanza(good.kind, (*good.arguments, "x"), good.body), "2 arguments"),
        (lambda good: Stanza(good.kind, good.arguments, good.body + b"x"), "33 bytes"),
        (lambda good: Stanza(good.kind, ("AAAA",), good.body), "3 bytes"),
        (lambda good: Stanza(good.kind, (good.arguments[0] + "=",), good.body), "canonical"),
        (
            lambda good: Stanza(
                good.kind, (age_base64.encode(bytes(len(age_base64.decode(good.arguments[0])))),), good.body
            ),
            "low order",
        ),
    ],
)
def test_a_stanza_of_a_known_kind_in_a_wrong_shape_is_refused(
    identity: Identity, change: Callable[[Stanza], Stanza], reason: str
) -> None:
    good = identity.recipient().wrap(FILE_KEY)
    with pytest.raises(HeaderMalformed, match=reason):
        identity.unwrap(change(good))


@BOTH
def test_a_stanza_with_a_changed_body_is_somebody_elses(identity: Identity) -> None:
    good = identity.recipient().wrap(FILE_KEY)
    assert identity.unwrap(Stanza(good.kind, good.arguments, bytes(32))) is None


@settings(max_examples=300)
@given(st.binary(max_size=400), st.booleans())
def test_garbage_is_refused_and_nothing_else_happens(garbage: bytes, is_after_version: bool) -> None:
    with pytest.raises(SealedFileError):
        read_header(io.BytesIO(b"age-encryption.org/v1\n" * is_after_version + garbage))


@settings(max_examples=300)
@given(st.integers(0, len(HEADER) - 1), st.integers(1, 255))
def test_one_changed_byte_never_opens(place: int, change: int) -> None:
    changed = bytearray(HEADER)
    changed[place] ^= change
    with pytest.raises(SealedFileError):
        read_header(io.BytesIO(bytes(changed))).open([CLASSIC])
