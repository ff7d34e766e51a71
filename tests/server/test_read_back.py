"""Reading the minutes back in the room: the officer notes it, and nobody ends the interview past it."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from typing import Any

import pytest

from scheduling.participant import ParticipantRole
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER = ParticipantRole.CONSULAR_OFFICER
READ = {"language": "fuf", "reply": "confirmed"}


@pytest.fixture
async def meeting(house: House) -> Meeting:
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    house.clock.advance(minutes=1)
    return meeting


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def note(meeting: Meeting, text: str = "Je suis né à Labé.") -> Any:
    return (await send(meeting.officer, meeting, "minutes", kind="answer", text=text)).json


async def told(meeting: Meeting) -> str:
    return str((await meeting.officer.ask_json("GET", meeting.path("minutes"))).json["read_back"])


async def test_the_officer_reads_of_it_and_of_what_was_noted_since(meeting: Meeting) -> None:
    line = await note(meeting)
    assert await told(meeting) == ""
    through = str(line["position"])
    assert (await send(meeting.officer, meeting, "read-back", **READ, through=through)).status == 200
    assert await told(meeting) == "Relu à 0:01:00 (pular). La personne a confirmé."
    await note(meeting)
    assert (await told(meeting)).endswith("1 ligne notée depuis n’a pas été relue.")


async def test_who_translated_is_said_and_not_presumed(meeting: Meeting) -> None:
    await note(meeting)
    unsaid = await send(meeting.officer, meeting, "read-back", **READ, through="1", interpreter="")
    assert (unsaid.status, await told(meeting)) == (422, "")
    assert "interprète" in str(unsaid.json)
    by_nobody = await send(meeting.officer, meeting, "read-back", **READ, through="1", interpreter="nobody")
    assert by_nobody.status == 200


async def test_a_correction_is_noted_beside_its_line(meeting: Meeting) -> None:
    line = await note(meeting)
    fields = {"kind": "correction", "text": "À Pita.", "corrects": line["id"]}
    assert (await send(meeting.officer, meeting, "minutes", **fields)).json["corrects"] == line["id"]
    assert (await send(meeting.officer, meeting, "minutes", **{**fields, "corrects": ""})).status == 404
    answer = await send(meeting.officer, meeting, "read-back", **READ, through="9")
    assert (answer.status, "Corrigé" in answer.json["title"]) == (409, True)
    corrected = {**READ, "reply": "corrected"}
    assert (await send(meeting.officer, meeting, "read-back", **corrected, through="9")).status == 200
    assert "La personne a corrigé" in await told(meeting)


@pytest.mark.parametrize(
    "wrong",
    [{"reply": "line_lost"}, {"reply": ""}, {"language": ""}, {"language": "x" * 9}, {"through": "all"}],
)
async def test_a_reading_without_its_answers_is_not_noted(meeting: Meeting, wrong: dict[str, str]) -> None:
    await note(meeting)
    answer = await send(meeting.officer, meeting, "read-back", **{**READ, "through": "9", **wrong})
    assert answer.status == 422
    assert await told(meeting) == ""


@pytest.mark.parametrize("who", ["host", "officer"])
async def test_neither_side_ends_the_interview_past_unread_minutes(meeting: Meeting, who: str) -> None:
    await note(meeting)
    browser = getattr(meeting, who)
    answer = await send(browser, meeting, "end", ending="normal", unread="confirmed")
    assert answer.status == 409
    assert answer.json["title"].startswith("Relisez d’abord le procès-verbal")
    assert (await send(browser, meeting, "end", ending="normal", unread="person_refused")).status == 200
    for reader in (meeting.host, meeting.officer):
        page = await reader.get(meeting.path("").rstrip("/"))
        assert "Non relu\u00a0: la personne a refusé." in page.text
        assert "Labé" not in page.text


async def test_a_line_added_after_the_end_is_told_as_late(house: House, meeting: Meeting) -> None:
    assert (await send(meeting.officer, meeting, "end", ending="normal")).status == 200
    house.clock.advance(minutes=1)
    await note(meeting)
    page = await meeting.host.get(meeting.path("").rstrip("/"))
    assert "Aucun procès-verbal n’a été pris. 1 ligne ajoutée après la fin." in page.text


async def test_the_host_marks_nothing_and_reads_no_minutes(meeting: Meeting) -> None:
    await note(meeting)
    assert (await send(meeting.host, meeting, "read-back", **READ, through="9")).status == 404
    room = await meeting.host.get(meeting.path("room"))
    assert "read-back" not in room.text


async def test_the_form_names_no_language_that_was_not_released(meeting: Meeting) -> None:
    """What the person speaks is the centre's to release: every language stands there, none is chosen."""
    room = (await meeting.officer.get(meeting.path("room"))).text
    form = room.split('id="read-in"')[1].split("</select>")[0]
    assert form.count("<option") > 20
    assert "selected" not in form
