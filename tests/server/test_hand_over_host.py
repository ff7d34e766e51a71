"""The host hands over to a colleague of the same centre: from when on, and to nobody else."""

from typing import Any

import pytest
from sqlalchemy import select, update

from scheduling.actor import Role
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import accounts, history, participants
from server.accounts import add_account
from tests.support.interview import Meeting, meeting_in
from tests.support.web import CENTRE, PASSWORD, POST, Browser, House, cheap_passwords

OFFICER, HOST = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST


@pytest.fixture
async def meeting(house: House) -> Meeting:
    """A running interview."""
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    fields = {"participant_id": meeting.seats[OFFICER]}
    assert (await meeting.host.ask_json("POST", meeting.path("admit"), fields)).status == 200
    async with house.transaction() as session:
        person = participants.c.id == meeting.seats[ParticipantRole.DETAINEE]
        await session.execute(update(participants).where(person).values(admitted_at=house.clock()))
    return meeting


async def colleague(house: House, workplace: str, role: Role) -> str:
    async with house.transaction() as session:
        await add_account(
            session,
            cheap_passwords(),
            organisation_id=house.organisations[workplace],
            role=role,
            name="Lieve Claes",
            email=f"{new_id()}@example.org",
            password=PASSWORD,
            clock=house.clock,
        )
        found = await session.scalar(select(accounts.c.id).where(accounts.c.name == "Lieve Claes"))
    return str(found)


async def hand_over(browser: Browser, meeting: Meeting, account_id: str) -> int:
    return (await browser.ask_json("POST", meeting.path("host"), {"account_id": account_id})).status


async def host_now(meeting: Meeting) -> Any:
    return (await meeting.host.ask_json("GET", meeting.path("room"))).json["host"]


async def test_a_colleague_is_the_host_from_then_on_and_it_is_remembered_once(
    house: House, meeting: Meeting
) -> None:
    lieve = await colleague(house, CENTRE, Role.CENTRE_STAFF)
    assert await host_now(meeting) == "centre_staff of tests"
    assert (await meeting.host.get(meeting.path("room"))).says("Passer le relais à un collègue")
    for _ in range(2):
        assert await hand_over(meeting.host, meeting, lieve) == 200
    assert await host_now(meeting) == "Lieve Claes"
    async with house.transaction() as session:
        seat = participants.c.id == meeting.seats[HOST]
        assert await session.scalar(select(participants.c.account_id).where(seat)) == lieve
        told = select(history.c.noun_id).where(history.c.event == "participant:handed_over")
        assert list(await session.scalars(told)) == [meeting.seats[HOST]]


@pytest.mark.parametrize(("workplace", "role"), [(POST, Role.CONSULAR_OFFICER), (CENTRE, Role.SUPERVISOR)])
async def test_nobody_of_another_house_or_role_becomes_the_host(
    house: House, meeting: Meeting, workplace: str, role: Role
) -> None:
    other = await colleague(house, workplace, role)
    assert await hand_over(meeting.host, meeting, other) == 409
    assert await host_now(meeting) == "centre_staff of tests"


async def test_who_has_left_the_house_becomes_no_host_and_is_not_offered(
    house: House, meeting: Meeting
) -> None:
    lieve = await colleague(house, CENTRE, Role.CENTRE_STAFF)
    async with house.transaction() as session:
        await session.execute(update(accounts).where(accounts.c.id == lieve).values(is_active=False))
    assert await hand_over(meeting.host, meeting, lieve) == 409
    assert not (await meeting.host.get(meeting.path("room"))).says("Passer le relais")


async def test_a_post_hands_nothing_over_and_nobody_does_before_there_is_a_host(
    house: House, meeting: Meeting
) -> None:
    lieve = await colleague(house, CENTRE, Role.CENTRE_STAFF)
    assert await hand_over(meeting.officer, meeting, lieve) == 404
    early = await meeting_in(house)
    assert await hand_over(early.host, early, lieve) == 409
