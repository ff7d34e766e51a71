"""The transcript as a page by itself: both languages, everything escaped, nothing fetched from elsewhere."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import re
from typing import Any

import pytest

from server.moments import MINUS, clock_words
from server.transcript_page import moment_words, render_transcript

HASH = "ab" * 32


def document(**changes: Any) -> dict[str, Any]:
    """A transcript object in the shape of recordings/transcript.py."""
    usual: dict[str, Any] = {
        "schema": "parloir/transcript/1",
        "sealed_at": "2026-09-21T11:00:00Z",
        "case": {"reference": "K7Q-4M2"},
        "centre": {
            "name": "Centre de la Dyle",
            "city": "Dyle",
            "zone": "Europe/Brussels",
            "room": "Visio 1",
        },
        "post": {"name": "Consulat général", "city": "Bruxelles"},
        "interview": {
            "modality": "video",
            "started_at": "2026-09-21T10:00:00Z",
            "ended_at": "2026-09-21T10:50:00Z",
            "ending": "normal",
        },
        "participants": [
            {"role": "detainee", "attendance": "attended", "from": "2026-09-21T10:00:00Z", "to": None},
            {"role": "guardian", "attendance": None, "from": None, "to": None},
            {
                "role": "observer",
                "attendance": "attended",
                "from": "2026-09-21T10:00:00Z",
                "to": "2026-09-21T10:09:00Z",
                "removed_at": "2026-09-21T10:09:00Z",
                "removal": "disturbs",
            },
        ],
        "notices": [
            {
                "given_at": "2026-09-21T10:01:00Z",
                "language": "fuf",
                "text_version": "2026-1",
                "reader": {"name": "Anna <Peeters>", "role": "centre_staff"},
            },
            {"given_at": "2026-09-21T10:04:00Z", "language": "fr", "text_version": "2026-1"},
        ],
        "consents": [
            {"agrees": False, "answered_at": "2026-09-21T10:02:00Z"},
            {"agrees": True, "answered_at": "2026-09-21T10:05:00Z"},
        ],
        "minutes": {
            "statements": [
                {"at_ms": 61_000, "kind": "question", "text": "Où <êtes>-vous né ?"},
                {"at_ms": None, "kind": "remark", "text": None},
            ]
        },
        "evidence": [
            {
                "kind": "national_passport",
                "class": "proof",
                "form": "original",
                "presented_by": "detainee",
                "at_ms": 3_727_000,
                "note": "100 % lisible & vrai",
                "is_cited": True,
                "file": {"media_type": "image/png", "sha256": HASH},
            }
        ],
        "outcome": {
            "value": "nationality_confirmed",
            "version": 2,
            "reasons": "<script>alert(1)</script>",
            "travel_document": "yes",
            "presumed_country": None,
            "back_on": None,
            "officer": {"name": "M. <Camara>"},
            "concluded_at": "2026-09-21T10:55:00Z",
        },
        "supersedes": {"version": 1, "body_sha256": HASH},
        "timeline": {
            "parts": [{"id": "p1", "role": "detainee", "from_ms": 0, "to_ms": 3_000_000}],
            "pauses": [{"from_ms": 600_000, "to_ms": 660_000}],
            "consultations": [{"from_ms": 600_000, "to_ms": 655_000, "stayed": [{"role": "lawyer"}]}],
            "gaps": [{"role": "interpreter", "from_ms": 70_000, "to_ms": 80_000, "reason": "interrupted"}],
        },
        "recording": {"files": [{"id": "p1", "body_sha256": HASH}]},
    }
    return usual | changes


def page(**changes: Any) -> str:
    return render_transcript(document(**changes)).decode()


def test_everything_is_said_in_both_languages() -> None:
    text = page()
    for french, english in (
        ("Transcription d’un entretien d’identification", "Transcript of an identification interview"),
        ("Nationalité confirmée", "Nationality confirmed"),
        ("Passeport", "Passport"),
        ("cité dans le résultat", "cited in the outcome"),
    ):
        assert french in text, french
        assert english in text, english


def test_the_plan_stands_beside_when_it_was_held() -> None:
    held = document()["interview"]
    planned = {"booked_from": "2026-09-22T08:00:00Z", "booked_to": "2026-09-22T09:00:00Z"}
    text = page(interview={**held, **planned})
    assert "2026-09-22 08:00:00 UTC (10:00:00 UTC+2) – 2026-09-22 09:00:00 UTC (11:00:00 UTC+2)" in text
    assert "2026-09-21 10:00:00" in text


def test_a_correction_stands_beside_what_the_system_told_with_its_reason() -> None:
    seat = {
        "role": "consular_officer",
        "attendance": "absent",
        "by_system": "attended",
        "from": "2026-09-21T10:00:00Z",
        "to": "2026-09-21T10:40:00Z",
        "correction": "only_a_device",
    }
    text = page(participants=[seat])
    told, corrected = text.split("Corrigé par le centre")
    assert "A participé" in told
    assert "D’après le système" in told
    assert "N’a pas participé" not in told
    for words in (
        "N’a pas participé",
        "Absent",
        "seul un appareil était connecté",
        "only a device was connected",
    ):
        assert words in corrected, words
    assert "D’après le système" not in page()


def test_a_private_consultation_and_an_ended_part_are_declared() -> None:
    text = page()
    for words in ("Consultation privée", "0:10:00 – 0:10:55", "Rien n’a été transmis ni conservé.", "Avocat"):
        assert words in text, words
    for words in ("Présence terminée par le centre", "Perturbe l’entretien", "2026-09-21 10:09:00 UTC"):
        assert words in text, words


def test_why_somebody_was_put_out_stands_with_what_happened_once_they_are_back() -> None:
    lawyer = {"id": "seat", "role": "lawyer", "attendance": "attended", "from": None, "to": None}
    put_out = {"at_ms": 90_000, "what": "participant:removed", "participant": "seat"}
    events = [{**put_out, "removal": "person_objects"}]
    text = re.sub(r"<[^>]*>", " ", page(participants=[lawyer], timeline={"parts": [], "events": events}))
    order = ["0:01:30", "Présence terminée par le centre", "La personne s’y oppose", "The person objects"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_correction_stands_within_the_line_that_it_corrects_and_the_reading_is_told() -> None:
    text = page(
        minutes={
            "statements": [
                {"id": "one", "at_ms": 61_000, "kind": "answer", "text": "À Labé."},
                {"id": "two", "at_ms": 62_000, "kind": "remark", "text": "Parle pular.", "is_late": True},
                {"id": "three", "at_ms": 90_000, "kind": "correction", "text": "À Pita.", "corrects": "one"},
            ],
            "read_backs": [
                {"result": "corrected", "at_ms": 95_000, "language": "fuf", "interpreter": "seat"},
                {"result": "broken_off", "at_ms": None, "language": None},
            ],
        }
    )
    order = ["À Labé.", "Correction de la personne", "À Pita.", "Ajouté après la fin", "Parle pular."]
    order += ["Relu, la personne a corrigé", "0:01:35", "The interpreter translated"]
    order += ["Non relu", "The interview was broken off"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert text.count("À Pita.") == 1


def test_what_people_wrote_is_text_and_never_markup() -> None:
    text = page()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "Où &lt;êtes&gt;-vous né" in text
    assert "M. &lt;Camara&gt;" in text
    assert "100 % lisible &amp; vrai" in text
    assert "&amp;lt;" not in text
    assert "&amp;amp;" not in text


def test_an_unknown_code_shows_as_it_is_and_escaped_once() -> None:
    text = page(participants=[{"role": "a<b", "attendance": "attended", "from": None, "to": None}])
    assert "a&lt;b" in text
    assert "&amp;lt;" not in text


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    text = page()
    assert "default-src 'none'" in text
    assert not re.search(r"\b(?:src|href|url)\s*[=(]", text)


def test_times_stand_on_the_interviews_clock_and_digests_beside_files() -> None:
    text = page()
    assert ">0:01:01 " in text
    assert "1:02:07" in text
    assert text.count(HASH) == 3


def test_every_notice_and_every_answer_stands_with_its_time() -> None:
    text = re.sub(r"<[^>]*>", "", page())
    assert (
        "10:01:00 UTC (12:01:00 UTC+2), pular, version 2026-1 du texte · Pular, version 2026-1 of the text"
        in text
    )
    french = "10:04:00 UTC (12:04:00 UTC+2), français, version 2026-1 du texte"
    assert f"{french} · French, version 2026-1 of the text" in text
    assert text.index("(12:02:00 UTC+2), Non · No") < text.index("(12:05:00 UTC+2), Oui · Yes")


def test_who_read_the_notice_is_named_with_their_role() -> None:
    text = re.sub(r"<[^>]*>", " ", page())
    words = "version 2026-1 of the text"
    assert "Anna &lt;Peeters&gt;, Personnel du centre" in text.split(words)[1]


def test_the_head_says_whose_clock_is_meant() -> None:
    head = re.sub(r"<[^>]*>", "", page().split("<header>")[1].split("</header>")[0])
    assert "2026-09-21 10:00:00 UTC (12:00:00 UTC+2)" in head
    assert (
        "Les heures du jour sont en UTC et, entre parenthèses, à l’heure locale du centre (Bruxelles)" in head
    )
    assert "in brackets the local time of the centre (Brussels)" in head


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Brussels", "2026-09-21 22:30:05 UTC (2026-09-22 00:30:05 UTC+2)"),
        ("Europe/Lisbon", "2026-09-21 22:30:05 UTC (23:30:05 UTC+1)"),
        ("Africa/Conakry", "2026-09-21 22:30:05 UTC"),
        ("America/New_York", f"2026-09-21 22:30:05 UTC (18:30:05 UTC{MINUS}4)"),
    ],
)
def test_each_time_of_day_names_its_zone_and_its_day_where_it_is_another(zone: str, said: str) -> None:
    assert moment_words("2026-09-21T22:30:05.000Z", zone) == said


def test_pauses_and_gaps_are_listed_with_their_ranges() -> None:
    text = re.sub(r"<[^>]*>", " ", page())
    assert "0:10:00 – 0:11:00" in text
    assert "0:01:10 – 0:01:20" in text
    assert "Coupé par une panne" in text
    without = page(timeline={"parts": []}, recording={"files": []})
    assert "Nothing was recorded." in without
    assert "nothing was kept" not in without


def test_a_word_that_both_languages_share_stands_once() -> None:
    text = re.sub(r"<[^>]*>", "", page())
    assert "Question · Question" not in text
    assert "0:01:01 Question" in text


@pytest.mark.parametrize(
    "lacking",
    [
        {"outcome": None},
        {"notices": [], "consents": []},
        {"evidence": [], "minutes": {"statements": []}},
        {"supersedes": None},
        {"timeline": {"parts": []}, "recording": {"files": []}},
        {"interview": {"modality": "video", "started_at": None, "ended_at": None, "ending": None}},
    ],
)
def test_what_is_not_there_leaves_a_page_that_says_so(lacking: dict[str, Any]) -> None:
    text = page(**lacking)
    assert text.rstrip().endswith("</html>")
    assert ">None<" not in text


def test_a_text_sealed_away_before_is_a_dash() -> None:
    assert '<span class="said">—</span>' in page()


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (None, "0:00:00"),
        (0, "0:00:00"),
        (59_999, "0:00:59"),
        (60_000, "0:01:00"),
        (3_600_000, "1:00:00"),
        (-37_000, f"{MINUS}0:00:37"),
    ],
)
def test_clock_words(milliseconds: int | None, words: str) -> None:
    assert clock_words(milliseconds) == words


def test_what_guests_answered_stands_beside_the_person_s_consent() -> None:
    answer = {"role": "interpreter", "agrees": False, "answered_at": "2026-09-21T09:58:00Z"}
    page = render_transcript(
        document(guests=[{**answer, "language": "fr", "text_version": "2026-1"}])
    ).decode()
    row = re.search(r"<tr><th[^>]*>(?:(?!</tr>).)*2026-09-21 09:58:00(?:(?!</tr>).)*</tr>", page, re.DOTALL)
    assert row is not None
    for words in ("Interprète", "Interpreter", "Non", "No"):
        assert words in row[0]
