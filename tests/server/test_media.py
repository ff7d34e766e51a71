"""The link to the media node: a real child process that speaks the control protocol and carries no media."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server import media
from server.media import LINE_LOST, Line, NodeLink, Standing
from webrtc.ports import Json

ROOM, PERSON, OFFICER = "room", "person", "officer"


class Journal:
    """Remembers what it was told, and says how the room stands."""

    def __init__(self, standing: Standing | None = None) -> None:
        self.stands = standing or Standing(admitted=frozenset({PERSON}))
        self.taken: list[Json] = []
        self.losses = 0
        self.fails_once = False

    async def standing(self, room_id: str) -> Standing:
        assert room_id
        return self.stands

    async def take(self, event: Json) -> None:
        await asyncio.sleep(0)
        if self.fails_once:
            self.fails_once = False
            raise RuntimeError("a row that cannot be written")
        self.taken.append(event)

    async def node_lost(self) -> None:
        self.losses += 1


def node_that(manner: str, starts: list[int] | None = None) -> Callable[[int], list[str]]:
    def command(descriptor: int) -> list[str]:
        if starts is not None:
            starts.append(descriptor)
        return [sys.executable, "-m", "tests.support.fake_node", str(descriptor), manner]

    return command


@asynccontextmanager
async def linked(
    journal: Journal, manner: str = "steady", starts: list[int] | None = None
) -> AsyncIterator[NodeLink]:
    link = NodeLink(node_that(manner, starts), journal)
    await link.start()
    try:
        yield link
    finally:
        await link.stop()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "FIRST_WAIT_SECONDS", 0.01)


async def heard(line: Line) -> Json | None:
    return await asyncio.wait_for(line.waiting.get(), 10)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.01)


async def test_a_browser_is_welcomed_and_its_words_go_to_the_node_and_back() -> None:
    async with linked(Journal()) as link:
        line = await link.enter(ROOM, PERSON, "detainee")
        assert (await heard(line) or {})["type"] == "welcome"
        assert await heard(line) == {"type": "admitted"}
        link.say(line, {"type": "leave"})
        assert await heard(line) == {"type": "echo", "said": {"type": "leave"}}


async def test_nobody_is_introduced_as_admitted_whom_the_database_does_not_admit() -> None:
    async with linked(Journal()) as link:
        line = await link.enter(ROOM, OFFICER, "consular_officer")
        await heard(line)
        assert await heard(line) == {"type": "waiting"}


async def test_an_admission_counts_even_while_the_introduction_is_on_its_way() -> None:
    async with linked(Journal()) as link:
        line = await link.enter(ROOM, OFFICER, "consular_officer")
        link.admit(ROOM, OFFICER)
        await heard(line)
        assert await heard(line) == {"type": "admitted"}


async def test_no_node_runs_before_somebody_wants_one() -> None:
    starts: list[int] = []
    async with linked(Journal(), starts=starts) as link:
        await asyncio.sleep(0.05)
        assert not starts
        link.wake()
        await asyncio.wait_for(link.ready.wait(), 10)
        assert len(starts) == 1


async def test_a_node_that_dies_is_replaced_and_everybody_is_introduced_again() -> None:
    starts: list[int] = []
    journal = Journal()
    async with linked(journal, "dies", starts) as link:
        line = await link.enter(ROOM, PERSON, "detainee")
        assert await heard(line) == LINE_LOST
        assert await heard(line) == LINE_LOST
        await until(lambda: len(starts) >= 3)
        assert journal.losses >= 2


async def test_a_room_that_opens_again_gets_its_recording_back() -> None:
    standing = Standing(admitted=frozenset({PERSON}), recording_id="rec", runs=("start", "pause"))
    journal = Journal(standing)
    async with linked(journal) as link:
        await link.enter(ROOM, PERSON, "detainee")
        await until(lambda: len(journal.taken) == 2)
        assert [event["state"] for event in journal.taken] == ["start", "pause"]


async def test_an_order_to_record_waits_for_the_room_to_open() -> None:
    journal = Journal()
    async with linked(journal) as link:
        link.wake()
        await asyncio.wait_for(link.ready.wait(), 10)
        link.record(ROOM, "start", "rec")
        line = await link.enter(ROOM, PERSON, "detainee")
        await heard(line)
        link.record(ROOM, "pause", "rec")
        await until(lambda: journal.taken)
        assert [event["state"] for event in journal.taken] == ["pause"]


async def test_who_enters_an_interview_that_is_over_hears_that_it_ended() -> None:
    async with linked(Journal(Standing(is_over=True))) as link:
        line = await link.enter(ROOM, OFFICER, "consular_officer")
        assert await heard(line) == {"type": "ended", "reason": "closed"}


async def test_an_end_reaches_browsers_even_while_no_node_holds_the_room() -> None:
    link = NodeLink(node_that("steady"), Journal())
    line = await link.enter(ROOM, PERSON, "detainee")
    link.close(ROOM, "closed")
    assert await heard(line) == {"type": "ended", "reason": "closed"}


async def test_a_failed_event_does_not_stop_the_ones_behind_it() -> None:
    journal = Journal(Standing(admitted=frozenset({PERSON}), recording_id="rec", runs=("start", "pause")))
    journal.fails_once = True
    async with linked(journal) as link:
        await link.enter(ROOM, PERSON, "detainee")
        await until(lambda: journal.taken)
        assert [event["state"] for event in journal.taken] == ["pause"]


async def test_stopping_writes_down_what_the_node_reports_last() -> None:
    journal = Journal()
    async with linked(journal) as link:
        line = await link.enter(ROOM, PERSON, "detainee")
        await heard(line)
    assert {"is": "closed", "room": "last"} in journal.taken


async def test_a_browser_that_does_not_read_loses_its_line() -> None:
    line = Line("peer", ROOM, PERSON, "detainee")
    for number in range(media.MOST_WAITING + 1):
        line.put({"type": "echo", "number": number})
    assert await heard(line) is None
    assert line.waiting.empty()


async def test_a_stop_that_comes_before_the_node_can_hear_it_is_heard() -> None:
    link = NodeLink(node_that("steady"), Journal())
    await link.start()
    link.wake()
    while link.pid is None:  # noqa: ASYNC110 - no event says that a process was made
        await asyncio.sleep(0)
    async with asyncio.timeout(media.STOP_SECONDS / 2):
        await link.stop()
