"""A guest's line: not too early, waiting like all, taken over by their next device, cut with the link."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from scheduling.admission import OPENS_BEFORE
from scheduling.participant import ParticipantRole
from scheduling.tables import audit, bookings, participants
from server.app_keys import MEDIA
from tests.support.guests import guest_in, make_link, seat_guest
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House, journal_of
from webrtc.control import ControlEnd

LAWYER, INTERPRETER = ParticipantRole.LAWYER, ParticipantRole.INTERPRETER


pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


@asynccontextmanager
async def line(
    browser: Browser, meeting: Meeting, query: str = ""
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with browser.session.ws_connect(meeting.path("line") + query) as socket:
        yield socket


async def hear(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=10)


async def starts_in(house: House, away: timedelta) -> None:
    start = house.clock() + away
    async with house.transaction() as session:
        times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        await session.execute(update(bookings).values(**times))


async def test_a_guest_waits_until_the_host_lets_them_in(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    async with line(guest, meeting) as socket:
        welcome = await hear(socket)
        assert (welcome["participant"], welcome["role"]) == (seat, LAWYER)
        assert await hear(socket) == {"type": "waiting"}
        answer = await meeting.host.ask_json("POST", meeting.path("admit"), {"participant_id": seat})
        assert answer.status == 200, answer.text
    async with line(guest, meeting) as socket:
        await hear(socket)
        assert await hear(socket) == {"type": "admitted"}
    async with house.transaction() as session:
        p = participants
        row = (await session.execute(select(p).where(p.c.id == seat))).one()
        assert (row.account_id, row.admitted_by is not None) == (None, True)
        acts = await session.execute(select(audit.c.act).where(audit.c.account_id == seat))
        assert "enter" in set(acts.scalars())


async def test_before_the_waiting_room_opens_a_guest_stays_outside_and_reads_when(
    house: House, meeting: Meeting
) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    await starts_in(house, OPENS_BEFORE + timedelta(minutes=1))
    page = await guest.get(meeting.path("room"))
    assert 'data-state="early"' in page.text
    assert page.says("La salle d’attente ouvre à 12:01")  # noqa: RUF001 - typography
    async with line(guest, meeting) as socket:
        assert await hear(socket) == {"type": "early"}
    house.clock.advance(minutes=1)
    assert 'data-state="door"' in (await guest.get(meeting.path("room"))).text
    async with line(guest, meeting) as socket:
        assert (await hear(socket))["type"] == "welcome"


async def test_the_equipment_is_checked_days_ahead(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    await starts_in(house, timedelta(days=3))
    page = await guest.get(meeting.path("check"))
    assert page.status == 200
    assert f'href="{meeting.path("room")}"' in page.text
    assert f'href="/interviews/{meeting.id}"' not in page.text
    assert (await guest.post(meeting.path("check"), {"line": "good"})).location == meeting.path("room")
    async with house.transaction() as session:
        p = participants
        assert await session.scalar(select(p.c.checked_at).where(p.c.id == seat)) == house.clock()


async def test_who_waits_reads_by_role_who_is_here(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    async with house.transaction() as session:
        p = participants
        here = {"is_present": True, "admitted_at": house.clock()}
        person = meeting.seats[ParticipantRole.DETAINEE]
        await session.execute(update(p).where(p.c.id == person).values(**here))
        officer = meeting.seats[ParticipantRole.CONSULAR_OFFICER]
        await session.execute(update(p).where(p.c.id == officer).values(is_present=True))
    facts = (await guest.ask_json("GET", meeting.path("room"))).json
    assert {one["role"]: one["state"] for one in facts["company"]} == {
        "detainee": "in",
        "consular_officer": "waiting",
    }
    assert "removed" not in facts
    assert seat not in str(facts["company"])


async def test_the_next_device_takes_over_and_the_former_does_not_take_it_back(
    house: House, meeting: Meeting
) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    async with line(guest, meeting, "?device=first") as first:
        await hear(first)
        async with line(guest, meeting, "?device=second") as second:
            assert (await hear(second))["type"] == "welcome"
        async with line(guest, meeting, "?device=first&back") as again:
            assert await hear(again) == {"type": "replaced"}


@pytest.mark.parametrize("rest", ["guest-link", "guest-link/revoke"])
async def test_a_link_taken_back_or_made_anew_ends_the_line_of_who_waits(
    house: House, meeting: Meeting, rest: str
) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    async with line(guest, meeting) as socket:
        await hear(socket)
        assert await hear(socket) == {"type": "waiting"}
        assert (await meeting.host.post(meeting.path(rest), {"participant_id": seat})).status < 400
        assert await hear(socket) == {"type": "removed"}
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with line(guest, meeting):
            pass
    async with house.transaction() as session:
        p = participants
        assert await session.scalar(select(p.c.removed_at).where(p.c.id == seat)) is None


async def test_who_came_in_by_a_link_that_is_taken_back_is_out_until_admitted_anew(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, _ = await guest_in(house, meeting.host, meeting.id)
    fields = {"participant_id": seat}
    assert (await meeting.host.ask_json("POST", meeting.path("admit"), fields)).status == 200
    given: list[tuple[str, str]] = []
    monkeypatch.setattr(house.app[MEDIA], "remove", lambda *order: given.append(order))
    assert (await meeting.host.post(meeting.path("guest-link"), fields)).status == 200
    assert given == [(meeting.id, seat)]
    async with house.transaction() as session:
        p = participants
        row = (await session.execute(select(p.c.removed_at, p.c.removal).where(p.c.id == seat))).one()
        assert (row.removed_at, row.removal) == (house.clock(), "not_expected")


async def test_a_guest_is_recorded_only_after_a_yes_of_their_own(house: House, meeting: Meeting) -> None:
    journal = journal_of(house)
    seat, guest = await guest_in(house, meeting.host, meeting.id, INTERPRETER)
    lawyer = await seat_guest(house, meeting.id)
    await make_link(house, meeting.host, meeting.id, lawyer)
    page = await guest.get(meeting.path("room"))
    assert page.says("Acceptez-vous d’être enregistré")  # noqa: RUF001 - typography
    assert (await journal.standing(meeting.id)).unrecorded == {seat}
    for answer, unrecorded in (("no", {seat}), ("yes", set()), ("no", {seat})):
        house.clock.advance(seconds=1)
        said = await guest.ask_json("POST", meeting.path("answer"), {"consent": answer})
        assert said.json == {"ok": True, "next": meeting.path("room")}
        assert (await journal.standing(meeting.id)).unrecorded == unrecorded
    assert (await guest.ask_json("POST", meeting.path("answer"), {})).status == 422
    for browser in (meeting.host, meeting.officer):
        shown = await browser.get(f"/interviews/{meeting.id}")
        assert shown.says("Interprète\N{NO-BREAK SPACE}: n’accepte pas d’être enregistré")  # noqa: RUF001 - typography


async def test_the_node_is_told_not_to_record_who_did_not_agree(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id, INTERPRETER)
    sent: list[dict[str, Any]] = []
    send = ControlEnd.send

    def noting(end: ControlEnd, order: dict[str, Any]) -> None:
        sent.append(order)
        send(end, order)

    monkeypatch.setattr(ControlEnd, "send", noting)
    for browser in (guest, meeting.host):
        async with line(browser, meeting) as socket:
            await hear(socket)
    told = {order["participant"]: order["recorded"] for order in sent if order["do"] == "enter"}
    assert told == {seat: False, meeting.seats[ParticipantRole.DETAINEE]: True}


async def test_a_lawyer_is_not_asked_and_nobody_answers_for_a_guest(house: House, meeting: Meeting) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    page = await guest.get(meeting.path("room"))
    assert page.says("Ni votre image ni votre voix ne sont jamais enregistrées")
    assert (await guest.ask_json("POST", meeting.path("answer"), {"consent": "yes"})).status == 409
    for browser in (meeting.host, meeting.officer):
        await browser.get(f"/interviews/{meeting.id}")
        assert (await browser.post(meeting.path("answer"), {"consent": "yes"})).status == 404
