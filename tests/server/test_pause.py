"""A pause asked of the host through the room: who is told what, and the change of who stays."""

from typing import Any

import pytest
from sqlalchemy import update

from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from tests.server.test_host import LAWYER, OFFICER, PERSON, Orders, meeting, orders, record, send
from tests.support.guests import guest_in
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

__all__ = ["meeting", "orders"]


async def facts(browser: Browser, meeting: Meeting) -> Any:
    return (await browser.ask_json("GET", meeting.path("room"))).json


async def test_the_host_is_told_who_asks_and_the_asker_that_it_was_asked(
    meeting: Meeting, orders: Orders
) -> None:
    assert (await facts(meeting.officer, meeting))["pause"] is None
    assert (await send(meeting.officer, meeting, "pause")).status == 200
    assert orders.given == [("tell", {"type": "notice_changed"})]
    asked = (await facts(meeting.host, meeting))["pauses"]
    assert asked == [{"participant": meeting.seats[OFFICER], "role": OFFICER}]
    assert (await facts(meeting.officer, meeting))["pause"]["answer"] == "asked"
    again = await send(meeting.officer, meeting, "pause")
    assert (again.status, again.json["title"][:28]) == (409, "Vous venez de le demander, e")


async def test_a_no_reaches_the_asker(meeting: Meeting) -> None:
    await send(meeting.officer, meeting, "pause")
    assert (await send(meeting.officer, meeting, "pause/decline")).status == 404
    assert (await send(meeting.host, meeting, "pause/decline")).status == 200
    assert (await facts(meeting.host, meeting))["pauses"] == []
    assert (await facts(meeting.officer, meeting))["pause"]["answer"] == "declined"


@pytest.mark.parametrize("how", ["consultation", "recording"])
async def test_the_pause_itself_is_the_yes(house: House, meeting: Meeting, how: str) -> None:
    await record(meeting)
    house.clock.advance(minutes=1)
    await send(meeting.officer, meeting, "pause")
    granted = {"consultation": {"turn": "begin"}, "recording": {"run": "pause"}}
    assert (await send(meeting.host, meeting, how, **granted[how])).status == 200
    assert (await facts(meeting.host, meeting))["pauses"] == []
    assert (await facts(meeting.officer, meeting))["pause"]["answer"] == "granted"


async def test_a_consultation_after_a_no_clears_it(house: House, meeting: Meeting) -> None:
    await send(meeting.officer, meeting, "pause")
    house.clock.advance(minutes=1)
    await send(meeting.host, meeting, "pause/decline")
    house.clock.advance(minutes=1)
    for turn in ("begin", "end"):
        assert (await send(meeting.host, meeting, "consultation", turn=turn)).status == 200
        assert (await facts(meeting.officer, meeting))["pause"]["answer"] == "granted"


async def test_the_host_asks_nobody(meeting: Meeting) -> None:
    assert (await send(meeting.host, meeting, "pause")).status == 404
    assert "pause" not in await facts(meeting.host, meeting)
    assert "pauses" not in await facts(meeting.officer, meeting)


async def test_the_node_is_told_of_the_others_at_once_and_the_recording_rests(
    meeting: Meeting, orders: Orders
) -> None:
    await record(meeting)
    lawyer, person = meeting.seats[LAWYER], meeting.seats[PERSON]
    assert (await send(meeting.host, meeting, "consultation", turn="change")).status == 409
    await send(meeting.host, meeting, "consultation", turn="begin")
    orders.given.clear()
    assert (await send(meeting.host, meeting, "consultation", turn="change", stays=lawyer)).status == 200
    assert orders.given == [("consult", (person, lawyer))]
    assert (await send(meeting.officer, meeting, "consultation", turn="change")).status == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(ParticipantRole.LAWYER, 200), (ParticipantRole.GUARDIAN, 200), (ParticipantRole.INTERPRETER, 404)],
)
async def test_of_the_guests_those_ask_who_may_speak_for_the_person(
    house: House, role: ParticipantRole, status: int
) -> None:
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])
    seat, guest = await guest_in(house, meeting.host, meeting.id, role)
    async with house.transaction() as session:
        own = participants.c.id == seat
        await session.execute(update(participants).where(own).values(admitted_at=house.clock()))
    assert (await send(guest, meeting, "pause")).status == status
    asked = (await facts(meeting.host, meeting))["pauses"]
    assert [one["participant"] for one in asked] == ([seat] if status == 200 else [])
    assert (await send(guest, meeting, "pause/decline")).status == 404
