"""The draft of the outcome beside the picture: saved, told to nobody else, and picked up after the end."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from typing import Any

import pytest

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER = ParticipantRole.CONSULAR_OFFICER
WORDS = "Hésite sur le nom de son école."
FILLED = {"value": "verification_ongoing", "travel_document": "later", "reasons": WORDS}


@pytest.fixture
async def meeting(house: House) -> Meeting:
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    return meeting


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def read(browser: Browser, meeting: Meeting) -> Any:
    return await browser.ask_json("GET", meeting.path("draft"))


async def test_it_is_saved_with_what_the_rules_still_miss(meeting: Meeting) -> None:
    empty = (await read(meeting.officer, meeting)).json
    assert (empty["version"], empty["fields"]) == (0, None)
    assert "SN" in dict(empty["countries"])
    assert "GN" not in dict(empty["countries"])
    saved = await send(meeting.officer, meeting, "draft", **FILLED, after="0")
    assert (saved.status, saved.json["version"]) == (200, 1)
    assert saved.json["missing"] == ["Indiquez le jour où vous revenez, après aujourd’hui"]
    again = (await read(meeting.officer, meeting)).json
    assert again["fields"] == {**FILLED, "presumed_country": "", "back_on": "", "evidence": []}


async def test_before_the_end_nothing_is_said_of_how_it_ends(meeting: Meeting) -> None:
    fields = {**FILLED, "value": "no_finding"}
    assert (await send(meeting.officer, meeting, "draft", **fields, after="0")).json["missing"] == []


async def test_a_second_tab_is_told_who_saved_what(meeting: Meeting) -> None:
    await send(meeting.officer, meeting, "draft", **FILLED, after="0")
    late = await send(meeting.officer, meeting, "draft", reasons="Autre.", after="0")
    assert late.status == 409
    assert (late.json["version"], late.json["fields"]["reasons"]) == (1, WORDS)
    assert late.json["by"]
    assert (await read(meeting.officer, meeting)).json["fields"]["reasons"] == WORDS


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 10])
async def test_a_save_says_what_it_follows(meeting: Meeting, after: str) -> None:
    assert (await send(meeting.officer, meeting, "draft", after=after)).status == 400


async def test_it_is_in_nobody_elses_pages(house: House, meeting: Meeting) -> None:
    await send(meeting.officer, meeting, "draft", **FILLED, after="0")
    supervisor = await house.sign_in_as(Role.SUPERVISOR)
    for browser in (meeting.host, supervisor):
        assert (await read(browser, meeting)).status == 404
        assert (await send(browser, meeting, "draft", **FILLED, after="1")).status == 404
        assert WORDS not in (await browser.get(meeting.path("").rstrip("/"))).text
    room = (await meeting.host.get(meeting.path("room"))).text
    assert "/draft" not in room
    assert WORDS not in (await meeting.officer.get(meeting.path("").rstrip("/"))).text


async def test_the_page_of_the_outcome_picks_it_up(meeting: Meeting) -> None:
    shown = {"kind": "identity_card", "form": "original", "presented_by": "detainee"}
    item = (await send(meeting.officer, meeting, "evidence", **shown)).json["id"]
    fields = {**FILLED, "evidence": item, "back_on": "2031-05-04"}
    assert (await send(meeting.officer, meeting, "draft", **fields, after="0")).json["missing"] == []
    await send(meeting.officer, meeting, "end", ending="normal")
    page = (await meeting.officer.get(meeting.path("outcome"))).text
    for part in (WORDS, 'value="2031-05-04"', 'value="verification_ongoing" checked'):
        assert part in page, part
    box = page.split(f'id="evidence-{item}"')[1].split(">")[0]
    assert "checked" in box
    assert 'data-count="proof">1<' in page
