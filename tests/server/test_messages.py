"""Messages of the room: who writes and reads them, when nothing is kept, and that the minutes hold them."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from typing import Any

import pytest
from sqlalchemy import select, update

from recordings.dossier import gather_dossier
from recordings.minutes import StatementKind
from recordings.tables import minutes
from recordings.working_copy import MasterSecret
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server.app_keys import SECRETS
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER, HOST = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST
WORDS = "Le micro de l’interprète est coupé"


@pytest.fixture
async def meeting(house: House) -> Meeting:
    """A running interview; the person's seat is taken, as by the line."""
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    async with house.transaction() as session:
        person = participants.c.id == meeting.seats[ParticipantRole.DETAINEE]
        await session.execute(update(participants).where(person).values(admitted_at=house.clock()))
    return meeting


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def read(browser: Browser, meeting: Meeting) -> Any:
    return await browser.ask_json("GET", meeting.path("messages"))


async def test_both_sides_read_a_message_with_its_writer_and_the_minutes_hold_it(
    house: House, meeting: Meeting
) -> None:
    house.clock.advance(minutes=1)
    assert (await send(meeting.host, meeting, "messages", text=WORDS)).status == 200
    assert (await send(meeting.officer, meeting, "messages", text="Merci")).status == 200
    for browser in (meeting.host, meeting.officer):
        lines = (await read(browser, meeting)).json["messages"]
        assert [(one["role"], one["text"], one["at_ms"]) for one in lines] == [
            (HOST, WORDS, 60_000),
            (OFFICER, "Merci", 60_000),
        ]
    noted = (await meeting.officer.ask_json("GET", meeting.path("minutes"))).json["minutes"]
    assert [(one["kind"], one["role"]) for one in noted] == [("message", HOST), ("message", OFFICER)]


async def test_the_page_has_a_word_why_nothing_can_be_written(meeting: Meeting) -> None:
    text = (await meeting.officer.get(meeting.path("room"))).text
    for state, why in (
        ("private", "Rien ne peut être écrit pendant une consultation privée."),
        ("paused", "Rien ne peut être écrit tant que l’enregistrement est en pause."),
    ):
        assert f'data-rec="{state}" hidden>{why}' in text


async def test_its_words_are_sealed_in_the_database_and_stand_in_the_dossier(
    house: House, meeting: Meeting
) -> None:
    await send(meeting.officer, meeting, "messages", text=WORDS)
    async with house.transaction() as session:
        row = (await session.execute(select(minutes))).one()
        dossier = await gather_dossier(session, MasterSecret(house.app[SECRETS].working_copy), meeting.id)
    assert WORDS.encode() not in row.text
    assert [(one.kind, one.text, one.participant_id) for one in dossier.course.statements] == [
        (StatementKind.MESSAGE, WORDS, meeting.seats[OFFICER])
    ]


async def test_who_has_not_been_let_in_reads_and_writes_nothing(house: House, meeting: Meeting) -> None:
    early = await meeting_in(house)
    await early.officer_waits(house)
    assert (await read(early.officer, early)).status == 404
    assert (await send(early.officer, early, "messages", text=WORDS)).status == 404
    async with house.transaction() as session:
        assert (await session.execute(select(minutes))).all() == []
    async with house.transaction() as session:
        seat = participants.c.id == meeting.seats[OFFICER]
        await session.execute(update(participants).where(seat).values(removed_at=house.clock()))
    assert (await read(meeting.officer, meeting)).status == 404


async def test_in_a_private_consultation_nothing_is_written_and_who_is_cut_off_reads_nothing(
    meeting: Meeting,
) -> None:
    await send(meeting.officer, meeting, "messages", text=WORDS)
    assert (await send(meeting.host, meeting, "consultation", turn="begin")).status == 200
    assert (await read(meeting.officer, meeting)).status == 409
    assert len((await read(meeting.host, meeting)).json["messages"]) == 1
    for browser in (meeting.host, meeting.officer):
        answer = await send(browser, meeting, "messages", text="Que se passe-t-il ?")
        assert answer.status == 409
        assert answer.json["title"].startswith("Une consultation privée est en cours")
    assert (await send(meeting.host, meeting, "consultation", turn="end")).status == 200
    assert len((await read(meeting.officer, meeting)).json["messages"]) == 1


async def test_nothing_is_written_during_a_pause_before_the_start_or_after_the_end(meeting: Meeting) -> None:
    await send(meeting.host, meeting, "notice", language="fr", consent="yes")
    for run in ("start", "pause"):
        assert (await send(meeting.host, meeting, "recording", run=run)).status == 200
    assert (await send(meeting.officer, meeting, "messages", text=WORDS)).status == 409
    await send(meeting.host, meeting, "recording", run="resume")
    assert (await send(meeting.officer, meeting, "messages", text=" ")).status == 422
    assert (await send(meeting.host, meeting, "end", ending="normal")).status == 200
    assert (await send(meeting.officer, meeting, "messages", text=WORDS)).status == 409


async def test_the_minutes_take_no_line_that_says_it_is_a_message(meeting: Meeting) -> None:
    answer = await send(meeting.officer, meeting, "minutes", kind="message", text=WORDS)
    assert answer.status == 422
    assert list(answer.json["errors"]) == ["kind"]
