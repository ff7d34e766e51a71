"""The link to the media node: a real child process that speaks the control protocol and carries no media."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from scheduling.participant import NEVER_RECORDED
from server import media
from server.browser_line import MOST_WAITING, Line
from server.media import LINE_LOST, NodeLink, Standing
from server.node_run import STOP_SECONDS, NodeRun
from webrtc.ports import Json
from webrtc.role import RIGHTS

ROOM, PERSON, OFFICER = "room", "person", "officer"


class Journal:
    """Remembers what it was told, and says how the room stands."""

    def __init__(self, standing: Standing | None = None) -> None:
        self.stands = standing or Standing(admitted=frozenset({PERSON}))
        self.taken: list[Json] = []
        self.losses: list[set[str] | None] = []
        self.fails_once = False
        self.meanwhile: Callable[[], None] | None = None  # happens once, while a standing is being read

    async def standing(self, room_id: str) -> Standing:
        assert room_id
        read, happens, self.meanwhile = self.stands, self.meanwhile, None
        if happens is not None:
            happens()
        return read

    async def take(self, event: Json) -> None:
        await asyncio.sleep(0)
        if self.fails_once:
            self.fails_once = False
            raise RuntimeError("a row that cannot be written")
        self.taken.append(event)

    async def node_lost(self, rooms: Collection[str] | None) -> None:
        self.losses.append(None if rooms is None else set(rooms))


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
    link = NodeLink([node_that(manner, starts)], journal)
    await link.start()
    try:
        yield link
    finally:
        await link.stop()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "FIRST_WAIT_SECONDS", 0.01)


async def heard(line: Line) -> Json | None:
    async with asyncio.timeout(10):
        return await line.waiting.get()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.01)


async def test_the_node_records_nobody_of_whom_no_gap_is_declared() -> None:
    never = {role.value for role, rights in RIGHTS.items() if not rights.be_recorded}
    assert never == {role.value for role in NEVER_RECORDED}


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
    journal = Journal()
    async with linked(journal) as link:

        def admit() -> None:
            journal.stands = Standing(admitted=frozenset({PERSON, OFFICER}))
            link.admit(ROOM, OFFICER)

        journal.meanwhile = admit
        line = await link.enter(ROOM, OFFICER, "consular_officer")
        await heard(line)
        assert await heard(line) == {"type": "admitted"}


async def test_a_removal_counts_even_while_the_introduction_is_on_its_way() -> None:
    journal = Journal(Standing(admitted=frozenset({OFFICER})))
    async with linked(journal) as link:

        def remove() -> None:
            journal.stands = Standing(removed=frozenset({OFFICER}))
            link.remove(ROOM, OFFICER)

        journal.meanwhile = remove
        line = await link.enter(ROOM, OFFICER, "lawyer")
        assert await heard(line) == {"type": "removed"}
        assert await heard(line) is None


def orders(link: NodeLink) -> list[Json]:
    """What the node was ordered about a consultation, as it reports back."""
    seen: list[Json] = []
    receive = link._receive

    def listen(run: NodeRun, event: Json) -> None:
        if event.get("order", {}).get("do") in {"consult", "enter"}:
            seen.append(event["order"])
        receive(run, event)

    link._receive = listen  # type: ignore[method-assign]
    return seen


async def test_a_room_that_opens_is_told_of_its_consultation_before_anybody_enters() -> None:
    async with linked(Journal(Standing(admitted=frozenset({PERSON}), stays=frozenset({PERSON})))) as link:
        seen = orders(link)
        line = await link.enter(ROOM, PERSON, "detainee")
        await heard(line)
        assert [order["do"] for order in seen] == ["consult", "enter"]
        assert seen[0]["stays"] == [PERSON]
        link.consult(ROOM, None)
        await until(lambda: len(seen) == 3)
        assert seen[2] == {"do": "consult", "room": ROOM, "stays": None}


async def test_a_consultation_that_begins_while_a_room_opens_is_not_missed() -> None:
    journal = Journal()
    async with linked(journal) as link:
        seen = orders(link)

        def consult() -> None:
            journal.stands = Standing(admitted=frozenset({PERSON}), stays=frozenset({PERSON}))
            link.consult(ROOM, [PERSON])

        journal.meanwhile = consult
        line = await link.enter(ROOM, PERSON, "detainee")
        await heard(line)
        assert [order["do"] for order in seen] == ["consult", "enter"]


@pytest.mark.parametrize("words", ["replaced", "removed"])
async def test_the_last_words_end_a_line_for_good(words: str) -> None:
    async with linked(Journal()) as link:
        line = await link.enter(ROOM, PERSON, "detainee")
        assert (await heard(line) or {})["type"] == "welcome"
        await heard(line)
        link._pass_on(line.peer_id, {"type": words})
        assert await heard(line) == {"type": words}
        assert await heard(line) is None
        assert line.peer_id not in link._lines  # the next node hears nothing of it


def test_a_device_that_reconnects_by_itself_does_not_take_the_seat_back() -> None:
    link = NodeLink([node_that("steady")], Journal())
    come = partial(link.may_come_back, ROOM, PERSON)
    assert come("desk", by_itself=False)
    assert come("desk", by_itself=True)
    assert come("tablet", by_itself=False)
    assert not come("desk", by_itself=True)
    assert link.may_come_back(ROOM, OFFICER, "desk", by_itself=True)
    assert come("desk", by_itself=False)
    assert not come("tablet", by_itself=True)
    link.close(ROOM, "closed")
    assert come("tablet", by_itself=True)


async def test_no_node_runs_before_somebody_wants_one() -> None:
    starts: list[int] = []
    async with linked(Journal(), starts=starts) as link:
        await asyncio.sleep(0.05)
        assert not starts
        link.wake()
        async with asyncio.timeout(10):
            await link.ready.wait()
        assert len(starts) == 1


async def test_a_node_that_dies_is_replaced_and_everybody_is_introduced_again() -> None:
    starts: list[int] = []
    journal = Journal()
    async with linked(journal, "dies", starts) as link:
        line = await link.enter(ROOM, PERSON, "detainee")
        assert await heard(line) == LINE_LOST
        assert await heard(line) == LINE_LOST
        await until(lambda: len(starts) >= 3)
        assert journal.losses[:3] == [None, {ROOM}, {ROOM}]


@asynccontextmanager
async def two_nodes(journal: Journal) -> AsyncIterator[NodeLink]:
    """A link to two nodes that are both ready."""
    link = NodeLink([node_that("steady"), node_that("steady")], journal)
    await link.start()
    link.wake()
    try:
        await until(lambda: len(link._runs) == 2 and all(run.is_ready for run in link._runs))
        yield link
    finally:
        await link.stop()


def rooms_of(link: NodeLink) -> list[set[str]]:
    return [run.rooms for run in link._runs]


async def test_rooms_go_to_the_node_with_the_fewest_and_people_of_one_room_to_one_node() -> None:
    async with two_nodes(Journal(Standing(admitted=frozenset({PERSON, OFFICER})))) as link:
        for room in ("a", "b", "c"):
            for person in (PERSON, OFFICER):
                line = await link.enter(room, person, "detainee")
                assert (await heard(line) or {})["type"] == "welcome"
        assert sorted(map(len, rooms_of(link))) == [1, 2]
        assert set.union(*rooms_of(link)) == {"a", "b", "c"}


async def test_the_rooms_of_a_node_that_dies_go_to_the_other_and_its_own_are_left_alone() -> None:
    journal = Journal(Standing(admitted=frozenset({PERSON}), recording_id="rec", runs=("start",)))
    async with two_nodes(journal) as link:
        lines = {room: await link.enter(room, PERSON, "detainee") for room in ("a", "b")}
        for line in lines.values():
            assert [(await heard(line) or {})["type"] for _ in range(2)] == ["welcome", "admitted"]
        dead = next(run for run in link._runs if "a" in run.rooms)
        assert dead.pid is not None
        os.kill(dead.pid, signal.SIGKILL)
        assert await heard(lines["a"]) == LINE_LOST
        assert (await heard(lines["a"]) or {})["type"] == "welcome"
        assert journal.losses == [None, {"a"}]
        assert next(run for run in link._runs if "a" in run.opened).opened == {"a", "b"}
        assert await heard(lines["a"]) == {"type": "admitted"}
        assert lines["b"].waiting.empty()
        link.say(lines["a"], {"type": "leave"})
        assert (await heard(lines["a"]) or {})["type"] == "echo"
        await until(lambda: len(link.pids) == 2)  # and the dead one is replaced


async def test_nobody_is_introduced_before_a_loss_is_written_down() -> None:
    """Else a fresh room would record what is then noted as cut."""
    journal = Journal()
    async with two_nodes(journal) as link:
        line = await link.enter("a", PERSON, "detainee")
        assert [(await heard(line) or {})["type"] for _ in range(2)] == ["welcome", "admitted"]
        writing, may_go_on = asyncio.Event(), asyncio.Event()

        async def slowly(rooms: Collection[str] | None) -> None:  # noqa: ARG001  the shape of a journal
            writing.set()
            await may_go_on.wait()

        journal.node_lost = slowly  # type: ignore[method-assign]
        dead = next(run for run in link._runs if "a" in run.rooms)
        assert dead.pid is not None
        os.kill(dead.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            await writing.wait()
        late = await link.enter("a", OFFICER, "consular_officer")
        other = await link.enter("b", PERSON, "detainee")
        assert (await heard(other) or {})["type"] == "welcome"
        assert late.waiting.empty()
        may_go_on.set()
        assert (await heard(late) or {})["type"] == "welcome"


async def test_orders_go_to_the_node_that_holds_the_room() -> None:
    journal = Journal()
    async with two_nodes(journal) as link:
        for room in ("a", "b"):
            await heard(await link.enter(room, PERSON, "detainee"))
        link.record("b", "start", "rec-b")
        link.record("a", "start", "rec-a")
        await until(lambda: len(journal.taken) == 2)
        assert {(event["room"], event["recording"]) for event in journal.taken} == {
            ("a", "rec-a"),
            ("b", "rec-b"),
        }
        link.close("a", "closed")
        await until(lambda: set.union(*rooms_of(link)) == {"b"})


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
        async with asyncio.timeout(10):
            await link.ready.wait()
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
    link = NodeLink([node_that("steady")], Journal())
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
    for number in range(MOST_WAITING + 1):
        line.put({"type": "echo", "number": number})
    assert await heard(line) is None
    assert line.waiting.empty()


async def test_a_stop_that_comes_before_the_node_can_hear_it_is_heard() -> None:
    link = NodeLink([node_that("steady")], Journal())
    await link.start()
    link.wake()
    while not link.pids:  # noqa: ASYNC110 - no event says that a process was made
        await asyncio.sleep(0)
    async with asyncio.timeout(STOP_SECONDS / 2):
        await link.stop()
