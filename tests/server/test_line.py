"""A browser's line: who gets one, and that it pipes between the browser and the media node."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server.app_keys import MEDIA
from server.handlers.line import MOST_MESSAGE_BYTES
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


@asynccontextmanager
async def line(
    browser: Browser, meeting: Meeting, query: str = "", **headers: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with browser.session.ws_connect(meeting.path("line") + query, headers=headers) as socket:
        yield socket


async def hear(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=10)


async def status_of(browser: Browser, meeting: Meeting, **headers: str) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with line(browser, meeting, **headers):
            pass
    return refusal.value.status


async def test_host_comes_in_as_the_person_and_needs_nobody_to_admit_them(meeting: Meeting) -> None:
    async with line(meeting.host, meeting) as socket:
        welcome = await hear(socket)
        assert welcome["participant"] == meeting.seats[ParticipantRole.DETAINEE]
        assert welcome["role"] == ParticipantRole.DETAINEE
        assert await hear(socket) == {"type": "admitted"}


async def test_officer_waits_until_the_host_lets_them_in(meeting: Meeting) -> None:
    async with line(meeting.officer, meeting) as socket:
        assert (await hear(socket))["role"] == ParticipantRole.CONSULAR_OFFICER
        assert await hear(socket) == {"type": "waiting"}


async def test_officer_who_was_let_in_is_in_again_after_their_line_was_cut(meeting: Meeting) -> None:
    fields = {"participant_id": meeting.seats[ParticipantRole.CONSULAR_OFFICER]}
    async with line(meeting.officer, meeting) as socket:
        await hear(socket)
        assert await hear(socket) == {"type": "waiting"}
    assert (await meeting.host.ask_json("POST", meeting.path("admit"), fields)).status == 200
    async with line(meeting.officer, meeting) as socket:
        await hear(socket)
        assert await hear(socket) == {"type": "admitted"}


async def test_messages_go_to_the_node_and_come_back(meeting: Meeting) -> None:
    async with line(meeting.host, meeting) as socket:
        await hear(socket)
        await hear(socket)
        await socket.send_json({"type": "offer", "sdp": "v=0"})
        assert await hear(socket) == {"type": "echo", "said": {"type": "offer", "sdp": "v=0"}}


async def test_a_ping_is_answered_without_the_node(meeting: Meeting) -> None:
    async with line(meeting.host, meeting) as socket:
        await socket.send_json({"type": "ping"})
        assert {"type": "pong"} in [await hear(socket) for _ in range(3)]


@pytest.mark.parametrize("said", ["no json", "[]", '"text"'])
async def test_what_is_no_message_is_refused_and_the_line_stays(meeting: Meeting, said: str) -> None:
    async with line(meeting.host, meeting) as socket:
        await hear(socket)
        await hear(socket)
        await socket.send_str(said)
        assert await hear(socket) == {"type": "refused", "code": "not_an_object"}
        await socket.send_json({"type": "ping"})
        assert await hear(socket) == {"type": "pong"}


async def test_a_message_beyond_the_limit_ends_the_line(meeting: Meeting) -> None:
    async with line(meeting.host, meeting) as socket:
        await hear(socket)
        await hear(socket)
        await socket.send_str("x" * (MOST_MESSAGE_BYTES + 1))
        assert (await socket.receive(timeout=10)).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
        assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


@pytest.mark.parametrize(
    "header", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_sites_page_gets_no_line(meeting: Meeting, header: dict[str, str]) -> None:
    assert await status_of(meeting.host, meeting, **header) == 404


async def test_nobody_without_a_login_gets_a_line(house: House, meeting: Meeting) -> None:
    assert await status_of(house.browser(), meeting, Accept="application/json") == 401


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
async def test_who_has_no_seat_finds_nothing(house: House, meeting: Meeting, role: Role) -> None:
    assert await status_of(await house.sign_in_as(role), meeting) == 404


async def test_a_line_after_the_end_says_that_it_ended(meeting: Meeting) -> None:
    answer = await meeting.host.ask_json("POST", meeting.path("end"), {"ending": "person_absent"})
    assert answer.status == 200, answer.text
    async with line(meeting.host, meeting) as socket:
        assert await hear(socket) == {"type": "ended", "reason": "closed"}


async def test_a_device_that_reconnects_by_itself_leaves_the_seat_to_the_one_opened_later(
    meeting: Meeting,
) -> None:
    async with line(meeting.host, meeting, "?device=desk") as desk:
        assert (await hear(desk))["type"] == "welcome"
    async with line(meeting.host, meeting, "?device=tablet") as tablet:
        assert (await hear(tablet))["type"] == "welcome"
        async with line(meeting.host, meeting, "?device=desk&back") as desk:
            assert await hear(desk) == {"type": "replaced"}
            assert (await desk.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE
        async with line(meeting.host, meeting, "?device=desk") as desk:
            assert (await hear(desk))["type"] == "welcome"


async def test_who_was_put_out_hears_so_and_is_not_seated(house: House, meeting: Meeting) -> None:
    seat = participants.c.id == meeting.seats[ParticipantRole.CONSULAR_OFFICER]
    async with house.transaction() as session:
        await session.execute(update(participants).where(seat).values(removed_at=house.clock()))
    async with line(meeting.officer, meeting) as socket:
        assert await hear(socket) == {"type": "removed"}
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE


async def test_nobody_steps_into_a_private_consultation_from_another_device(
    house: House, meeting: Meeting
) -> None:
    await meeting.officer_waits(house)
    whom = {"participant_id": meeting.seats[ParticipantRole.CONSULAR_OFFICER]}
    assert (await meeting.host.ask_json("POST", meeting.path("admit"), whom)).status == 200
    async with line(meeting.host, meeting, "?device=desk") as desk:
        assert (await hear(desk))["type"] == "welcome"
        begun = await meeting.host.ask_json("POST", meeting.path("consultation"), {"turn": "begin"})
        assert begun.status == 200, begun.text
        async with line(meeting.host, meeting, "?device=office") as office:
            assert await hear(office) == {"type": "replaced"}
    async with asyncio.timeout(10):
        while house.app[MEDIA].has_line(meeting.id, meeting.seats[ParticipantRole.DETAINEE]):  # noqa: ASYNC110 - no event says that a line was forgotten
            await asyncio.sleep(0)
    async with line(meeting.host, meeting, "?device=office") as office:
        assert (await hear(office))["type"] == "welcome"


async def test_the_door_says_that_the_room_is_open_elsewhere(meeting: Meeting) -> None:
    says = "Vous êtes déjà dans la salle"
    assert says not in (await meeting.host.get(meeting.path("room"))).text
    async with line(meeting.host, meeting) as socket:
        await hear(socket)
        page = await meeting.host.get(meeting.path("room"))
        assert says in page.text
        assert "Continuer ici" in page.text
        assert says not in (await meeting.officer.get(meeting.path("room"))).text
