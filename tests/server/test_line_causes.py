"""Why a line ended stands in the log, with identifiers and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from scheduling.participant import ParticipantRole
from server.app_keys import MEDIA
from server.browser_line import MOST_WAITING, Line
from server.handlers import line as line_module
from server.handlers.line import MOST_MESSAGE_BYTES
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House
from webrtc.ports import Json

pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


@asynccontextmanager
async def welcomed(
    browser: Browser, meeting: Meeting, query: str = ""
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A line on which the node has said its welcome."""
    async with browser.session.ws_connect(meeting.path("line") + query) as socket:
        assert (await socket.receive_json(timeout=10))["type"] == "welcome"
        await socket.receive_json(timeout=10)
        yield socket


async def end_of_line(logged: list[EventDict], event: str = "line:closed") -> EventDict:
    """The next line of the log that tells of an end."""
    async with asyncio.timeout(10):
        while not (found := [line for line in logged if line["event"] == event]):  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)
    return found[0]


async def test_a_line_that_the_page_closes(meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting):
        pass
    ended = await end_of_line(logged)
    (opened,) = [line for line in logged if line["event"] == "line:opened"]
    assert ended == {**opened, "event": "line:closed", "cause": "page_closed"}
    assert set(opened) == {"event", "log_level", "interview_id", "participant_id", "peer_id"}
    assert opened["participant_id"] == meeting.seats[ParticipantRole.DETAINEE]


async def test_somebody_who_leaves(meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        await socket.send_json({"type": "leave"})
        await socket.receive_json(timeout=10)
    assert (await end_of_line(logged))["cause"] == "left"


async def test_a_browser_that_is_gone_without_a_word(meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        transport = socket.get_extra_info("socket")
        assert transport is not None
        response = socket._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()
        assert (await end_of_line(logged))["cause"] == "browser_gone"


async def test_a_browser_that_answers_no_heartbeat(
    meeting: Meeting, logged: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "HEARTBEAT_SECONDS", 0.2)
    path = meeting.path("line")
    async with meeting.host.session.ws_connect(path, autoping=False):
        assert (await end_of_line(logged))["cause"] == "silence"


async def test_a_message_beyond_the_limit(meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        await socket.send_str("x" * (MOST_MESSAGE_BYTES + 1))
        assert (await end_of_line(logged))["cause"] == "message_too_big"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"type": "replaced"}, "replaced"),
        ({"type": "removed"}, "removed"),
        ({"type": "ended", "reason": "concluded"}, "ended"),
    ],
)
async def test_what_the_node_says_last_is_the_cause(
    house: House, meeting: Meeting, logged: list[EventDict], said: Json, cause: str
) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        (line,) = house.app[MEDIA]._lines.values()
        house.app[MEDIA]._pass_on(line.peer_id, said)
        assert (await socket.receive_json(timeout=10)) == said
    assert (await end_of_line(logged))["cause"] == cause


async def test_a_node_that_stops_is_not_the_end_of_the_line(
    house: House, meeting: Meeting, logged: list[EventDict]
) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        (line,) = house.app[MEDIA]._lines.values()
        house.app[MEDIA]._pass_on(line.peer_id, {"type": "ended", "reason": "node_stopped"})
        assert (await socket.receive_json(timeout=10)) == {"type": "line_lost"}
    assert (await end_of_line(logged))["cause"] == "page_closed"


async def test_a_server_that_stops(house: House, meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting) as socket:
        house.app[MEDIA].hang_up()
        assert (await end_of_line(logged))["cause"] == "server_stopped"
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE


async def test_a_link_that_was_taken_back(house: House, meeting: Meeting, logged: list[EventDict]) -> None:
    async with welcomed(meeting.host, meeting):
        house.app[MEDIA].turn_away(meeting.id, meeting.seats[ParticipantRole.DETAINEE])
        assert (await end_of_line(logged))["cause"] == "link_taken_back"


async def test_who_may_not_have_the_seat_from_this_device(meeting: Meeting, logged: list[EventDict]) -> None:
    async with (
        welcomed(meeting.host, meeting, "?device=desk"),
        meeting.host.session.ws_connect(meeting.path("line") + "?device=tablet&back") as other,
    ):
        assert await other.receive_json(timeout=10) == {"type": "replaced"}
        refused = await end_of_line(logged, "line:refused")
    assert refused == {
        "event": "line:refused",
        "log_level": "info",
        "interview_id": meeting.id,
        "cause": "replaced",
    }


def test_a_browser_that_does_not_read() -> None:
    line = Line("peer", "room", "person", "detainee")
    for number in range(MOST_WAITING + 1):
        line.put({"number": number})
    line.end("server_stopped")
    assert line.cause == "does_not_read"
