"""The transcript object."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.custody import CustodyAct, CustodyEntry, FileKind, SealedFile
from recordings.evidence import EvidenceKind, MediaType
from recordings.interview_facts import Attendant, Consent, InterviewFacts, Notice, Party
from recordings.minutes import Closing, Statement, StatementKind
from recordings.outcome import Outcome, OutcomeValue, TravelDocumentAnswer
from recordings.recording import Span
from recordings.timeline import Course, manifest_of
from recordings.transcript import Conclusion, Material, canonical, transcript_of
from scheduling.guest_answer import GuestAnswer
from scheduling.interview import Ending
from tests.support.clock import NOON
from tests.support.records_bytes import item

END = NOON + timedelta(minutes=40)
LATER = NOON + timedelta(minutes=3)
CARD = replace(
    item(EvidenceKind.IDENTITY_CARD),
    file_id="file1",
    media_type=MediaType.PNG,
    size_bytes=70,
    sha256="12" * 32,
    note="seen on both sides",
)
STATEMENT = replace(item(EvidenceKind.PERSON_STATEMENT, None), note=None)
FACTS = InterviewFacts(
    id="interview1",
    booking_id="booking1",
    case_id="case1",
    case_reference="K7Q-4M2",
    protection_open=False,
    request_ended_at=None,
    centre=Party("centre1", "Centre de Steenokkerzeel", "BE", "Steenokkerzeel", "Europe/Brussels"),
    post=Party("post1", "Ministère", "GN", "Conakry", "Africa/Conakry"),
    room_name="Visio 1",
    modality="video",
    status="completed",
    starts_at=NOON,
    ends_at=NOON + timedelta(hours=1),
    started_at=NOON,
    ended_at=END,
    ending=Ending.NORMAL,
    accepts_recording=True,
    moved_classes={},
    attendants=(Attendant("seat1", "detainee", "attended", NOON, NOON, END, 2),),
    notices=(
        Notice("2026-09", "ful", "host1", NOON, None, "Anna Host", "centre_staff"),
        Notice("2026-09", "fr", "host1", LATER),
    ),
    consents=(Consent(True, "host1", NOON), Consent(False, "host1", LATER)),
)
COURSE = Course(
    interview_id="interview1",
    zero_at=NOON,
    ended_at=END,
    roles={"seat1": "detainee"},
    present={"seat1": (Span(NOON, END),)},
    statements=(
        Statement("s1", "interview1", 1, StatementKind.ANSWER, "À Labé.", NOON, 0, False, "officer1"),
    ),
    evidence=(CARD, STATEMENT),
)
OUTCOME = Outcome(
    id="outcome1",
    interview_id="interview1",
    version=1,
    value=OutcomeValue.NATIONALITY_CONFIRMED,
    travel_document=TravelDocumentAnswer.YES,
    presumed_country=None,
    back_on=None,
    evidence_ids=(CARD.id,),
    concluded_at=END,
    concluded_by="officer1",
    post_id="post1",
)
FILE = SealedFile("file1", "interview1", FileKind.EVIDENCE, "image/png", 300, "ab" * 32, NOON)
MATERIAL = Material(
    facts=FACTS,
    course=COURSE,
    closing=Closing(END, "officer1", was_read_back=True),
    conclusion=Conclusion(OUTCOME, "Carte authentique.", "Mariama Officer"),
    files=(FILE,),
    custody=(
        CustodyEntry("c1", "interview1", CARD.id, CustodyAct.TAKEN, NOON, "officer1", "consular_officer"),
    ),
    manifest=manifest_of(COURSE, [FILE], 1),
    superseded=None,
    sealed_at=END,
)


@pytest.fixture
def document() -> dict[str, Any]:
    return transcript_of(MATERIAL)


def test_it_says_who_met_whom_where_and_when(document: dict[str, Any]) -> None:
    assert document["schema"] == "parloir/transcript/1"
    assert document["case"] == {"reference": "K7Q-4M2"}
    assert (document["centre"]["room"], document["post"]["city"]) == ("Visio 1", "Conakry")
    assert document["interview"]["ending"] == "normal"
    assert document["participants"] == [
        {
            "id": "seat1",
            "role": "detainee",
            "attendance": "attended",
            "by_system": "attended",
            "from": "2026-09-21T10:00:00.000Z",
            "to": "2026-09-21T10:40:00.000Z",
            "reconnections": 2,
            "removed_at": None,
            "removal": None,
            "correction": None,
        }
    ]


def test_a_correction_leaves_what_the_system_told() -> None:
    (seat,) = FACTS.attendants
    corrected = replace(seat, attendance="absent", correction="only_a_device")
    document = transcript_of(replace(MATERIAL, facts=replace(FACTS, attendants=(corrected,))))
    (told,) = document["participants"]
    assert (told["by_system"], told["attendance"]) == ("attended", "absent")
    assert told["correction"] == "only_a_device"


def test_notice_and_consent_are_two_records(document: dict[str, Any]) -> None:
    assert document["notice"]["language"] == "fr"
    assert document["consent"]["agrees"] is False
    bare = transcript_of(replace(MATERIAL, facts=replace(FACTS, notices=(), consents=())))
    assert (bare["notice"], bare["consent"]) == (None, None)
    assert (bare["notices"], bare["consents"]) == ([], [])


def test_every_notice_and_every_answer_stands_with_its_time(document: dict[str, Any]) -> None:
    begun, later = "2026-09-21T10:00:00.000Z", "2026-09-21T10:03:00.000Z"
    assert [(each["language"], each["given_at"]) for each in document["notices"]] == [
        ("ful", begun),
        ("fr", later),
    ]
    assert [(each["agrees"], each["answered_at"]) for each in document["consents"]] == [
        (True, begun),
        (False, later),
    ]


def test_who_read_the_notice_is_named_with_their_role(document: dict[str, Any]) -> None:
    assert document["notices"][0]["read_by"] == "host1"
    assert document["notices"][0]["reader"] == {"name": "Anna Host", "role": "centre_staff"}


def test_evidence_has_class_digest_and_chain(document: dict[str, Any]) -> None:
    card, statement = document["evidence"]
    assert (card["class"], card["is_cited"], card["file"]["sha256"]) == ("proof", True, "12" * 32)
    assert [entry["act"] for entry in card["custody"]] == ["taken"]
    assert (statement["is_cited"], statement["file"], statement["note"]) == (False, None, None)


def test_the_outcome_shows_what_it_rests_on(document: dict[str, Any]) -> None:
    assert document["outcome"]["evidence"] == [CARD.id]
    assert document["outcome"]["weight"] == {
        "proof": 1,
        "prima_facie": 0,
        "prima_facie_beyond_word": 0,
        "starts_verification": 0,
    }
    assert document["minutes"]["was_read_back"] is True


def test_a_stopped_interview_has_no_outcome_and_open_minutes() -> None:
    stopped = transcript_of(replace(MATERIAL, conclusion=None, closing=None))
    assert stopped["outcome"] is None
    assert stopped["evidence"][0]["is_cited"] is False
    assert (stopped["minutes"]["closed_at"], stopped["minutes"]["was_read_back"]) == (None, False)


def test_the_superseded_transcript_is_named_by_its_digest() -> None:
    document = transcript_of(replace(MATERIAL, superseded=replace(FILE, version=3)))
    assert document["supersedes"] == {"version": 3, "file": "file1", "body_sha256": "ab" * 32}


def test_canonical_bytes_are_sorted_utf_8_without_space(document: dict[str, Any]) -> None:
    content = canonical(document)
    assert json.loads(content) == json.loads(json.dumps(document))
    assert content.startswith(b'{"case":{"reference":"K7Q-4M2"},"centre":')
    assert "À Labé.".encode() in content


@given(st.text(max_size=80))
def test_any_text_of_a_person_survives(text: str) -> None:
    statements = (replace(COURSE.statements[0], text=text),)
    document = transcript_of(replace(MATERIAL, course=replace(COURSE, statements=statements)))
    assert json.loads(canonical(document))["minutes"]["statements"][0]["text"] == text


def test_it_says_what_each_guest_answered_and_records_of_them_what_they_agreed_to() -> None:
    interpreter = Attendant("seat2", "interpreter", "attended", NOON, NOON, END, 0)
    guardian = Attendant("seat3", "guardian", "attended", NOON, NOON, END, 0)
    lawyer = Attendant("seat4", "lawyer", "attended", NOON, NOON, END, 0)
    answers = {
        seat.id: GuestAnswer(
            id=f"answer of {seat.id}",
            interview_id="interview1",
            participant_id=seat.id,
            text_version="2026-1",
            language="fr",
            agrees=agrees,
            answered_at=NOON,
        )
        for seat, agrees in ((interpreter, True), (guardian, False))
    }
    everybody = (*FACTS.attendants, interpreter, guardian, lawyer)
    facts = replace(FACTS, attendants=everybody, guest_answers=answers)
    guests = transcript_of(replace(MATERIAL, facts=facts))["guests"]
    assert [(one["role"], one["agrees"], one["text_version"], one["language"]) for one in guests] == [
        ("interpreter", True, "2026-1", "fr"),
        ("guardian", False, "2026-1", "fr"),
    ]
    assert [one.id for one in facts.recorded] == ["seat1", "seat2"]
    assert facts.unrecorded == {"seat3"}
