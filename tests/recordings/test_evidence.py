"""Kinds, classes and pictures of evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.evidence import (
    DEFAULT_CLASSES,
    DOCUMENTS,
    FILE_LIMIT_BYTES,
    NOTE_LIMIT_CHARACTERS,
    EvidenceClass,
    EvidenceKind,
    Form,
    MediaType,
    check_note,
    check_picture,
    class_of,
    form_of,
    moved_classes,
)
from recordings.refusals import (
    EvidenceFileEmpty,
    EvidenceFileTooLarge,
    EvidenceFileUnreadable,
    NoteTooLong,
)
from tests.support.records_bytes import JPEG, png

K, C = EvidenceKind, EvidenceClass
CLASSES = {
    C.PROOF: {
        K.NATIONAL_PASSPORT,
        K.DIPLOMATIC_PASSPORT,
        K.SERVICE_PASSPORT,
        K.COLLECTIVE_PASSPORT,
        K.EMERGENCY_PASSPORT,
        K.IDENTITY_CARD,
        K.TEMPORARY_IDENTITY_CARD,
        K.MILITARY_IDENTITY_CARD,
        K.SEAMANS_BOOK,
        K.SKIPPERS_SERVICE_CARD,
        K.CITIZENSHIP_CERTIFICATE,
    },
    C.PRIMA_FACIE: {
        K.SERVICE_BOOK,
        K.DRIVING_LICENCE,
        K.BIRTH_CERTIFICATE,
        K.COMPANY_IDENTITY_CARD,
        K.EXPIRED_DOCUMENT,
        K.OTHER_DOCUMENT,
        K.WITNESS_STATEMENT,
        K.PERSON_STATEMENT,
        K.LANGUAGE_SPOKEN,
        K.LANGUAGE_TEST,
    },
    C.STARTS_VERIFICATION: {
        K.FINGERPRINTS,
        K.OTHER_BIOMETRIC_DATA,
        K.REGISTER_MATCH,
        K.VISA_MATCH,
        K.DNA_TEST,
    },
}


def test_every_kind_has_the_class_of_the_agreements() -> None:
    assert {kind: c for c, kinds in CLASSES.items() for kind in kinds} == dict(DEFAULT_CLASSES)


@pytest.mark.parametrize("kind", sorted(CLASSES[C.PROOF]))
def test_an_original_is_proof_and_its_photocopy_prima_facie(kind: EvidenceKind) -> None:
    assert class_of(kind, Form.ORIGINAL) is C.PROOF
    assert class_of(kind, Form.COPY) is C.PRIMA_FACIE


def test_a_document_of_unsaid_form_counts_as_a_copy() -> None:
    assert form_of(K.NATIONAL_PASSPORT, None) is Form.COPY
    assert class_of(K.NATIONAL_PASSPORT, None) is C.PRIMA_FACIE


@pytest.mark.parametrize("kind", sorted(set(K) - DOCUMENTS))
def test_what_is_no_document_has_no_form(kind: EvidenceKind) -> None:
    assert form_of(kind, Form.ORIGINAL) is None


def test_a_profile_moves_a_kind_but_makes_no_copy_a_proof() -> None:
    moved = moved_classes({"driving_licence": "proof", "identity_card": "starts_verification"})
    assert class_of(K.DRIVING_LICENCE, Form.ORIGINAL, moved) is C.PROOF
    assert class_of(K.DRIVING_LICENCE, Form.COPY, moved) is C.PRIMA_FACIE
    assert class_of(K.IDENTITY_CARD, Form.ORIGINAL, moved) is C.STARTS_VERIFICATION
    assert class_of(K.NATIONAL_PASSPORT, Form.ORIGINAL, moved) is C.PROOF


def test_a_profile_can_make_a_match_in_a_register_a_proof() -> None:
    assert class_of(K.REGISTER_MATCH, None, {K.REGISTER_MATCH: C.PROOF}) is C.PROOF


@pytest.mark.parametrize("profile", [{"library_card": "proof"}, {"identity_card": "certain"}])
def test_a_profile_with_an_unknown_word_is_refused(profile: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        moved_classes(profile)


def test_a_picture_is_known_by_its_bytes() -> None:
    assert check_picture(png()).media_type is MediaType.PNG
    assert check_picture(JPEG).media_type is MediaType.JPEG
    assert check_picture(JPEG + b"\x00\x00").media_type is MediaType.JPEG


def test_a_picture_is_described_by_size_and_digest() -> None:
    picture = check_picture(png())
    assert picture.size_bytes == len(png())
    assert len(picture.sha256) == 64


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\x00" * 40,
        png()[:-1],
        png() + b"<script>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        JPEG[:-2],
        JPEG + b"PK\x03\x04",
    ],
)
def test_anything_else_and_anything_cut_or_extended_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceFileUnreadable):
        check_picture(content)


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_break_the_check(content: bytes) -> None:
    try:
        check_picture(content)
    except EvidenceFileUnreadable:
        return
    assert content.startswith((b"\x89PNG", b"\xff\xd8\xff"))


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(EvidenceFileEmpty):
        check_picture(b"")


def test_the_limit_is_the_last_size_that_passes() -> None:
    padding = FILE_LIMIT_BYTES - len(JPEG)
    whole = JPEG[:-2] + b"\x11" * padding + JPEG[-2:]
    assert check_picture(whole).size_bytes == FILE_LIMIT_BYTES
    with pytest.raises(EvidenceFileTooLarge) as refused:
        check_picture(whole + b"\x00")
    assert (refused.value.size_bytes, refused.value.limit_bytes) == (FILE_LIMIT_BYTES + 1, FILE_LIMIT_BYTES)


def test_a_note_is_trimmed_and_limited() -> None:
    assert check_note("  seen on both sides \n") == "seen on both sides"
    assert check_note("") == ""
    with pytest.raises(NoteTooLong) as refused:
        check_note("x" * (NOTE_LIMIT_CHARACTERS + 1))
    assert refused.value.limit_characters == NOTE_LIMIT_CHARACTERS
