"""Whose name the script of the room is told: none of the person's, and to a post none but its own."""

import pytest
from sqlalchemy import insert

from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER, HOST = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST
LAWYER = ParticipantRole.LAWYER


@pytest.fixture
async def meeting(house: House) -> Meeting:
    meeting = await meeting_in(house)
    meeting.seats[LAWYER] = new_id()
    row = {"id": meeting.seats[LAWYER], "interview_id": meeting.id, "role": LAWYER, "name": "Maître Maes"}
    async with house.transaction() as session:
        await session.execute(insert(participants).values(row))
    await meeting.officer_waits(house)
    return meeting


async def names(browser: Browser, meeting: Meeting) -> dict[str, str]:
    told: dict[str, str] = (await browser.ask_json("GET", meeting.path("room"))).json["names"]
    return told


async def test_nobody_outside_learns_a_name(meeting: Meeting) -> None:
    assert await names(meeting.host, meeting) == {}
    assert await names(meeting.officer, meeting) == {}


async def test_the_centre_knows_all_but_the_person_by_name_and_the_post_its_own(
    house: House, meeting: Meeting
) -> None:
    fields = {"participant_id": meeting.seats[OFFICER]}
    assert (await meeting.host.ask_json("POST", meeting.path("admit"), fields)).status == 200
    async with house.transaction() as session:
        person = participants.c.id == meeting.seats[ParticipantRole.DETAINEE]
        now = {"admitted_at": house.clock()}
        await session.execute(participants.update().where(person).values(**now))
    assert await names(meeting.host, meeting) == {
        meeting.seats[LAWYER]: "Maître Maes",
        meeting.seats[OFFICER]: "consular_officer of tests",
        meeting.seats[HOST]: "centre_staff of tests",
    }
    assert await names(meeting.officer, meeting) == {meeting.seats[OFFICER]: "consular_officer of tests"}


async def test_the_page_asks_for_as_many_seats_as_there_are_people_six_at_most(
    house: House, meeting: Meeting
) -> None:
    assert 'data-seats="4"' in (await meeting.host.get(meeting.path("room"))).text
    more = [
        {"id": new_id(), "interview_id": meeting.id, "role": ParticipantRole.OBSERVER, "name": "P"}
        for _ in range(5)
    ]
    async with house.transaction() as session:
        await session.execute(insert(participants), more)
    assert 'data-seats="6"' in (await meeting.host.get(meeting.path("room"))).text
