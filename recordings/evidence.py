"""Evidence of nationality: its kinds, the class each belongs to, and the check of an uploaded picture.

Kinds and classes follow annexes 1 and 2 of the EU readmission agreements; a country profile may move a kind.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from recordings.refusals import (
    EvidenceFileEmpty,
    EvidenceFileTooLarge,
    EvidenceFileUnreadable,
    NoteTooLong,
)
from recordings.wording import tidy

FILE_LIMIT_BYTES = 15 * 1024 * 1024
NOTE_LIMIT_CHARACTERS = 2_000


class EvidenceClass(StrEnum):
    """How much an item says: proof, prima facie, or merely enough to start a verification."""

    PROOF = "proof"
    PRIMA_FACIE = "prima_facie"
    STARTS_VERIFICATION = "starts_verification"


class EvidenceKind(StrEnum):
    """What an item is."""

    NATIONAL_PASSPORT = "national_passport"
    DIPLOMATIC_PASSPORT = "diplomatic_passport"
    SERVICE_PASSPORT = "service_passport"
    COLLECTIVE_PASSPORT = "collective_passport"
    EMERGENCY_PASSPORT = "emergency_passport"
    IDENTITY_CARD = "identity_card"
    TEMPORARY_IDENTITY_CARD = "temporary_identity_card"
    MILITARY_IDENTITY_CARD = "military_identity_card"
    SEAMANS_BOOK = "seamans_book"
    SKIPPERS_SERVICE_CARD = "skippers_service_card"
    CITIZENSHIP_CERTIFICATE = "citizenship_certificate"
    SERVICE_BOOK = "service_book"
    DRIVING_LICENCE = "driving_licence"
    BIRTH_CERTIFICATE = "birth_certificate"
    COMPANY_IDENTITY_CARD = "company_identity_card"
    EXPIRED_DOCUMENT = "expired_document"
    OTHER_DOCUMENT = "other_document"
    WITNESS_STATEMENT = "witness_statement"
    PERSON_STATEMENT = "person_statement"
    LANGUAGE_SPOKEN = "language_spoken"
    LANGUAGE_TEST = "language_test"
    FINGERPRINTS = "fingerprints"
    OTHER_BIOMETRIC_DATA = "other_biometric_data"
    REGISTER_MATCH = "register_match"
    VISA_MATCH = "visa_match"
    DNA_TEST = "dna_test"


class Form(StrEnum):
    """Whether the original of a document was seen, or a copy of it."""

    ORIGINAL = "original"
    COPY = "copy"


class PresentedBy(StrEnum):
    """Who brought an item forward."""

    DETAINEE = "detainee"
    CENTRE = "centre"
    POST = "post"
    WITNESS = "witness"
    OTHER = "other"


class MediaType(StrEnum):
    """What a captured picture may be."""

    PNG = "image/png"
    JPEG = "image/jpeg"


Kind = EvidenceKind  # a short name for the tables below
ANNEX_1 = tuple(Kind)[: tuple(Kind).index(Kind.SERVICE_BOOK)]
DOCUMENTS = frozenset(tuple(Kind)[: tuple(Kind).index(Kind.WITNESS_STATEMENT)])
MERE_WORD = frozenset({Kind.PERSON_STATEMENT, Kind.LANGUAGE_SPOKEN, Kind.LANGUAGE_TEST})
VERIFIED_ELSEWHERE = tuple(Kind)[tuple(Kind).index(Kind.FINGERPRINTS) :]

DEFAULT_CLASSES: Mapping[EvidenceKind, EvidenceClass] = MappingProxyType(
    dict.fromkeys(Kind, EvidenceClass.PRIMA_FACIE)
    | dict.fromkeys(ANNEX_1, EvidenceClass.PROOF)
    | dict.fromkeys(VERIFIED_ELSEWHERE, EvidenceClass.STARTS_VERIFICATION)
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One citable item; `at_ms` is on the interview's clock, `file_id` names the sealed picture, if any."""

    id: str
    interview_id: str
    kind: EvidenceKind
    evidence_class: EvidenceClass
    form: Form | None
    presented_by: PresentedBy
    taken_at: datetime
    taken_by: str
    at_ms: int | None
    note: str | None
    file_id: str | None = None
    media_type: MediaType | None = None
    size_bytes: int | None = None
    sha256: str | None = None

    @property
    def is_mere_word(self) -> bool:
        """Whether the item is no more than what the person says, or how the person speaks."""
        return self.kind in MERE_WORD


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked upload: its type, size and the digest of its clear bytes."""

    media_type: MediaType
    size_bytes: int
    sha256: str


def form_of(kind: EvidenceKind, form: Form | None) -> Form | None:
    """Give the form that counts: documents default to a copy (the weaker), other kinds have none."""
    return (form or Form.COPY) if kind in DOCUMENTS else None


def class_of(
    kind: EvidenceKind, form: Form | None, moved: Mapping[EvidenceKind, EvidenceClass] | None = None
) -> EvidenceClass:
    """Give the class of an item; `moved` is the country profile's table, and a copy is never proof."""
    evidence_class = (moved or {}).get(kind, DEFAULT_CLASSES[kind])
    if evidence_class is EvidenceClass.PROOF and form_of(kind, form) is Form.COPY:
        return EvidenceClass.PRIMA_FACIE
    return evidence_class


def moved_classes(profile: Mapping[str, str]) -> dict[EvidenceKind, EvidenceClass]:
    """Read a country profile's own table of classes; an unknown kind or class raises `ValueError`."""
    return {EvidenceKind(kind): EvidenceClass(evidence_class) for kind, evidence_class in profile.items()}


def check_note(note: str) -> str:
    """Give the note without outer space; too long a note raises `NoteTooLong`."""
    note = tidy(note)
    if len(note) > NOTE_LIMIT_CHARACTERS:
        raise NoteTooLong(characters=len(note), limit_characters=NOTE_LIMIT_CHARACTERS)
    return note


def check_picture(content: bytes) -> Picture:
    """Look at the bytes themselves, never at a name or a declared type, and say what picture they are."""
    if not content:
        raise EvidenceFileEmpty
    if len(content) > FILE_LIMIT_BYTES:
        raise EvidenceFileTooLarge(size_bytes=len(content), limit_bytes=FILE_LIMIT_BYTES)
    return Picture(_media_type_of(content), len(content), hashlib.sha256(content).hexdigest())


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_HEADER = b"\x00\x00\x00\x0dIHDR"  # length 13 and name of the chunk that must come first (PNG, 5.6)
PNG_END = b"\x00\x00\x00\x00IEND\xae\x42\x60\x82"
JPEG_START = b"\xff\xd8\xff"  # start of image and the first byte of the next marker (ITU-T T.81, B.1.1)
JPEG_END = b"\xff\xd9"


def _media_type_of(content: bytes) -> MediaType:
    """Accept a picture that begins and ends as its format demands, so that nothing rides behind it."""
    if content.startswith(PNG_SIGNATURE + PNG_HEADER) and content.endswith(PNG_END):
        return MediaType.PNG
    if content.startswith(JPEG_START) and content.rstrip(b"\x00").endswith(JPEG_END):
        return MediaType.JPEG
    raise EvidenceFileUnreadable
