"""The interview's page and what its people decide, as the room's script asks for it."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import re
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from recordings.recording import RecordingState
from recordings.tables import minutes, recordings
from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from scheduling.tables import cases, consents, country_profiles, interviews, notices, participants
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER = ParticipantRole.CONSULAR_OFFICER
PICTURE = b"\xff\xd8\xff\xe0" + bytes(500) + b"\xff\xd9"
SHOWN = {"kind": "birth_certificate", "form": "copy", "presented_by": "detainee", "note": "Numéro 4711"}


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def begin(house: House, meeting: Meeting, *, consent: str = "yes") -> None:
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    assert (await send(meeting.host, meeting, "notice", language="fr", consent=consent)).status == 200


async def send_picture(meeting: Meeting, content: bytes, **fields: str) -> Any:
    form = aiohttp.FormData({**SHOWN, **fields})
    form.add_field("file", content, filename="still.jpg", content_type="image/jpeg")
    headers = {"Accept": "application/json", "X-CSRF-Token": meeting.officer.token}
    async with meeting.officer.session.post(meeting.path("evidence"), data=form, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_host_finds_the_notice_in_both_languages_and_the_controls(meeting: Meeting) -> None:
    page = await meeting.host.get(meeting.path("room"))
    assert page.status == 200, page.text
    assert meeting.reference in page.text
    assert page.says("Vous allez parler par vidéo avec un agent du consulat de Guinée")
    assert page.says("an officer of the consulate of Guinea")
    assert 'value="start"' in page.text
    assert 'id="text"' not in page.text


async def test_officer_finds_minutes_and_evidence_and_nothing_of_the_host(meeting: Meeting) -> None:
    page = await meeting.officer.get(meeting.path("room"))
    assert page.status == 200, page.text
    assert 'id="text"' in page.text
    assert "birth_certificate" in page.text
    assert 'name="consent"' not in page.text


async def test_no_name_of_the_person_stands_in_the_room(meeting: Meeting) -> None:
    for browser in (meeting.host, meeting.officer):
        page = await browser.get(meeting.path("room"))
        assert not re.search("Diallo|Mamadou", page.text)


async def test_the_page_keeps_to_the_policy(meeting: Meeting) -> None:
    for rest in ("room", "check"):
        page = await meeting.host.get(meeting.path(rest))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
async def test_who_has_no_seat_finds_no_room(house: House, meeting: Meeting, role: Role) -> None:
    browser = await house.sign_in_as(role)
    assert (await browser.get(meeting.path("room"))).status == 404


async def test_a_passed_check_is_noted_and_shown_at_the_door(house: House, meeting: Meeting) -> None:
    answer = await meeting.officer.post(meeting.path("check"), {"line": "good"})
    assert (answer.status, answer.location) == (303, meeting.path("room"))
    async with house.transaction() as session:
        checked = participants.c.checked_at.is_not(None)
        assert await session.scalar(select(participants.c.role).where(checked)) == OFFICER
    page = await meeting.officer.get(meeting.path("room"))
    assert page.says("Caméra, micro et haut-parleur ont été contrôlés")


async def test_notice_and_consent_are_two_records_of_the_text_that_was_read(
    house: House, meeting: Meeting
) -> None:
    assert (await send(meeting.host, meeting, "notice", language="ff", consent="no")).status == 200
    async with house.transaction() as session:
        notice = (await session.execute(select(notices))).one()
        consent = (await session.execute(select(consents))).one()
    assert (notice.text_version, notice.language) == ("2026-1", "ff")
    assert consent.agrees is False


@pytest.mark.parametrize(
    "fields", [{}, {"language": "fr"}, {"consent": "yes"}, {"language": "fr", "consent": "maybe"}]
)
async def test_a_notice_without_language_or_answer_is_refused(
    meeting: Meeting, fields: dict[str, str]
) -> None:
    answer = await send(meeting.host, meeting, "notice", **fields)
    assert answer.status == 422
    assert answer.json["errors"]


@pytest.mark.parametrize("rest", ["admit", "notice"])
async def test_officer_cannot_act_as_host(meeting: Meeting, rest: str) -> None:
    assert (await send(meeting.officer, meeting, rest)).status == 404


@pytest.mark.parametrize("rest", ["minutes", "evidence"])
async def test_host_cannot_act_as_officer_nor_read_what_they_wrote(meeting: Meeting, rest: str) -> None:
    assert (await send(meeting.host, meeting, rest)).status == 404
    assert (await meeting.host.ask_json("GET", meeting.path(rest))).status == 404


async def test_recording_is_refused_without_consent_and_says_so(house: House, meeting: Meeting) -> None:
    await begin(house, meeting, consent="no")
    answer = await send(meeting.host, meeting, "recording", run="start")
    assert answer.status == 409
    assert answer.json["title"] == "La personne n’a pas accepté d’être enregistrée."


async def test_facts_tell_the_state_of_recording_notice_and_clock(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    assert (await send(meeting.host, meeting, "recording", run="start")).status == 200
    house.clock.advance(seconds=65)
    assert (await send(meeting.host, meeting, "recording", run="pause")).status == 200
    house.clock.advance(seconds=10)
    facts = (await meeting.officer.ask_json("GET", meeting.path("room"))).json
    assert (facts["recording_state"], facts["recorded_ms"], facts["running_ms"]) == ("paused", 65_000, 75_000)
    assert facts["consent"] == "yes"
    assert "La personne accepte d’être enregistrée." in facts["notice_words"]


async def test_consent_taken_back_ends_the_recording(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    await send(meeting.host, meeting, "recording", run="start")
    await send(meeting.host, meeting, "notice", language="fr", consent="no")
    async with house.transaction() as session:
        assert await session.scalar(select(recordings.c.state)) == RecordingState.FINISHED


async def test_minutes_are_listed_in_order_with_their_time_and_kept_sealed(
    house: House, meeting: Meeting
) -> None:
    await begin(house, meeting)
    house.clock.advance(seconds=15)
    first = await send(meeting.officer, meeting, "minutes", kind="question", text="Quel marché ?")
    house.clock.advance(seconds=5)
    await send(meeting.officer, meeting, "minutes", kind="answer", text="Le grand marché.")
    assert first.status == 200, first.text
    listed = (await meeting.officer.ask_json("GET", meeting.path("minutes"))).json["minutes"]
    assert [(line["kind"], line["text"], line["at_ms"]) for line in listed] == [
        ("question", "Quel marché ?", 15_000),
        ("answer", "Le grand marché.", 20_000),
    ]
    async with house.transaction() as session:
        assert b"march" not in (await session.scalar(select(minutes.c.text)) or b"")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": "question", "text": " "}, "text"), ({"kind": "rumour", "text": "x"}, "kind")],
)
async def test_a_wrong_line_says_beside_which_field(
    house: House, meeting: Meeting, fields: dict[str, str], field: str
) -> None:
    await begin(house, meeting)
    answer = await send(meeting.officer, meeting, "minutes", **fields)
    assert answer.status == 422
    assert list(answer.json["errors"]) == [field]


async def test_minutes_before_the_interview_began_are_refused_in_words(meeting: Meeting) -> None:
    answer = await send(meeting.officer, meeting, "minutes", kind="remark", text="x")
    assert (answer.status, answer.json["title"]) == (409, "L’entretien n’a pas encore commencé.")


async def test_a_picture_is_sealed_and_listed_without_its_bytes(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    status, item = await send_picture(meeting, PICTURE)
    assert status == 200, item
    assert (item["has_picture"], item["evidence_class"], item["note"]) == (True, "prima_facie", "Numéro 4711")
    listed = (await meeting.officer.ask_json("GET", meeting.path("evidence"))).json["evidence"]
    assert [each["id"] for each in listed] == [item["id"]]
    files = [path for path in (house.settings.data / "recordings" / meeting.id).iterdir() if path.is_file()]
    assert files
    assert not any(PICTURE[:200] in path.read_bytes() for path in files)


@pytest.mark.parametrize("content", [b"<svg/>", PICTURE[:-2] + b"<script>"])
async def test_what_is_no_picture_is_refused_beside_its_field(
    house: House, meeting: Meeting, content: bytes
) -> None:
    await begin(house, meeting)
    status, body = await send_picture(meeting, content)
    assert (status, list(body["errors"])) == (422, ["file"])


async def test_evidence_without_kind_says_what_is_missing(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    status, body = await send_picture(meeting, PICTURE, kind="")
    assert (status, list(body["errors"])) == (422, ["kind"])


async def test_officer_ends_and_goes_on_to_the_outcome(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    await send(meeting.host, meeting, "recording", run="start")
    answer = await send(meeting.officer, meeting, "end", ending="normal")
    assert answer.json["next"] == meeting.path("outcome")
    async with house.transaction() as session:
        assert await session.scalar(select(interviews.c.ending)) == "normal"
        assert await session.scalar(select(recordings.c.state)) == RecordingState.FINISHED
    page = await meeting.officer.get(meeting.path("room"))
    assert 'data-state="ended"' in page.text


async def test_an_ending_of_the_other_side_is_refused(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    assert (await send(meeting.officer, meeting, "end", ending="ended_by_centre")).status == 409
    assert (await send(meeting.officer, meeting, "end", ending="protection_stop")).status == 409
    assert (await send(meeting.officer, meeting, "end")).status == 422


async def test_a_bare_form_without_the_rooms_script_is_refused_plainly(meeting: Meeting) -> None:
    assert (await meeting.officer.post(meeting.path("minutes"), {"kind": ""})).status == 400


async def test_a_check_sent_without_script_after_the_end_leads_to_the_interview(meeting: Meeting) -> None:
    await meeting.host.ask_json("POST", meeting.path("end"), {"ending": "person_absent"})
    answer = await meeting.officer.post(meeting.path("check"), {"line": "good"})
    assert (answer.status, answer.location) == (303, f"/interviews/{meeting.id}")


async def test_the_ended_door_leads_everybody_to_the_interview(house: House, meeting: Meeting) -> None:
    outcome = f'href="{meeting.path("outcome")}"'
    neutral = f'class="govuk-button p-flush" href="/interviews/{meeting.id}"'
    await begin(house, meeting)
    running = await meeting.officer.get(meeting.path("room"))
    assert neutral in running.text
    assert outcome not in running.text
    await send(meeting.officer, meeting, "end", ending="normal")
    host, officer = [await each.get(meeting.path("room")) for each in (meeting.host, meeting.officer)]
    assert neutral in host.text
    assert neutral in officer.text
    assert outcome in officer.text
    assert outcome not in host.text


async def test_the_door_of_a_cut_short_interview_offers_no_outcome(house: House, meeting: Meeting) -> None:
    await begin(house, meeting)
    await send(meeting.host, meeting, "end", ending="ended_by_centre")
    page = await meeting.officer.get(meeting.path("room"))
    assert 'data-state="ended"' in page.text
    assert f'href="{meeting.path("outcome")}"' not in page.text


async def test_a_waiting_officer_reads_when_it_begins_and_only_what_is_true(meeting: Meeting) -> None:
    page = await meeting.officer.get(meeting.path("room"))
    assert page.says("Début prévu\u00a0: 21 septembre 2026, 12:00 (Bruxelles, UTC+2).")
    assert page.says('data-room-open="no">La salle s’ouvre quand le centre est prêt.')
    assert page.says('data-room-open="yes" hidden>La salle est ouverte\u00a0: le centre vous fait entrer.')
    assert not page.says("Le centre sait")


@pytest.mark.parametrize(
    ("spoken", "chosen"), [(["fuf"], ["fuf"]), (["fuf", "fr"], []), ([], []), (["fr"], ["fr"])]
)
async def test_the_notice_begins_with_the_only_language_of_the_person(
    house: House, meeting: Meeting, spoken: list[str], chosen: list[str]
) -> None:
    async with house.transaction() as session:
        await session.execute(update(cases).values(languages=spoken))
    page = await meeting.host.get(meeting.path("room"))
    assert re.findall(r'<option value="(\w+)" selected>', page.text) == chosen
    assert ('value="fuf"' in page.text) == ("fuf" in spoken)
    assert not page.says(">fuf<")


async def test_where_the_country_accepts_no_recording_nobody_is_asked_and_nothing_starts(
    house: House, meeting: Meeting
) -> None:
    async with house.transaction() as session:
        profile = {"country": "GN", "member_state": "BE", "accepts_recording": False}
        await session.execute(insert(country_profiles).values(**profile))
    page = await meeting.host.get(meeting.path("room"))
    assert page.says("ne sont pas enregistrés")
    assert page.says("Picture and sound are not recorded")
    assert not page.says("Si vous êtes d’accord, l’image et le son sont enregistrés")
    assert 'name="consent"' not in page.text
    assert 'value="start"' not in page.text
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    assert (await send(meeting.host, meeting, "notice", language="fr")).status == 200
    async with house.transaction() as session:
        rows = (await session.execute(select(notices.c.text_version, notices.c.language))).all()
        assert [tuple(row) for row in rows] == [("2026-1-none", "fr")]
        assert await session.scalar(select(consents.c.id)) is None
    refused = await send(meeting.officer, meeting, "recording", run="start")
    assert (refused.status, refused.json["title"]) == (
        409,
        "Ce pays n’accepte pas d’enregistrement. L’entretien a lieu sans.",
    )
    shown = await meeting.officer.get(f"/interviews/{meeting.id}")
    assert shown.says("la question n’est posée à personne")


async def test_the_panel_of_the_recording_says_what_may_still_become_of_it(
    house: House, meeting: Meeting
) -> None:
    async def shown() -> list[str]:
        page = await meeting.host.get(meeting.path("room"))
        facts = (await meeting.host.ask_json("GET", meeting.path("room"))).json
        return [facts["recording_ahead"], *re.findall(r'<p data-notice="(\w+)">', page.text)]

    assert await shown() == ["none", "none"]
    await begin(house, meeting, consent="no")
    assert await shown() == ["no", "no"]
    house.clock.advance(seconds=5)
    await send(meeting.host, meeting, "notice", language="fr", consent="yes")
    assert await shown() == ["yes", "yes"]
    page = await meeting.host.get(meeting.path("room"))
    assert page.says("La personne accepte\u00a0: démarrez l’enregistrement")
    assert (await send(meeting.host, meeting, "recording", run="start")).status == 200
    assert (await send(meeting.host, meeting, "recording", run="stop")).status == 200
    assert await shown() == ["closed", "closed"]
    page = await meeting.host.get(meeting.path("room"))
    assert re.search(r'<span data-notice="yes" hidden><button [^>]*value="start"', page.text)
