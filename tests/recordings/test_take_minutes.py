"""Who takes the minutes, until when, and what of them lies on the disk."""

from datetime import timedelta

import pytest

from recordings import tables as records
from recordings.capture import Run, capture
from recordings.minutes import StatementKind
from recordings.queries import minutes_for
from recordings.refusals import (
    InterviewNotRunning,
    MinutesClosed,
    NothingKeptInPause,
    NotYoursToDo,
    StatementEmpty,
)
from scheduling import tables
from scheduling.errors import NotForYou
from scheduling.interview import Ending
from tests.support.records_acts import ANSWER, close, read_back, say, show
from tests.support.records_bytes import png
from tests.support.records_people import World


async def texts_seen(world: World) -> list[str | None]:
    async with world.session() as session:
        page = await minutes_for(session, world.officer, world.secret, world.interview_id)
    assert page is not None
    return [statement.text for statement in page.statements]


async def test_lines_keep_their_order_and_their_time_on_the_interviews_clock(world: World) -> None:
    await world.begin()
    first = await say(world, "Where were you born?", StatementKind.QUESTION)
    second = await say(world)
    assert (first.position, first.at_ms, second.position, second.at_ms) == (1, 1000, 2, 2000)
    assert await texts_seen(world) == ["Where were you born?", ANSWER]


async def test_a_line_says_whether_it_was_recorded(world: World) -> None:
    await world.begin()
    await world.give_notice()
    assert not (await say(world)).was_recorded
    async with world.session() as session:
        await capture(session, world.clock, world.host, world.interview_id, run=Run.START)
    assert (await say(world)).was_recorded


async def test_nothing_is_noted_or_taken_during_a_pause(world: World) -> None:
    await world.begin()
    await world.give_notice()
    for run in (Run.START, Run.PAUSE):
        async with world.session() as session:
            await capture(session, world.clock, world.host, world.interview_id, run=run)
    with pytest.raises(NothingKeptInPause):
        await say(world)
    with pytest.raises(NothingKeptInPause):
        await show(world, picture=png())
    assert not list(world.folder.rglob("*.body"))
    async with world.session() as session:
        await capture(session, world.clock, world.host, world.interview_id, run=Run.RESUME)
    assert (await say(world)).was_recorded


async def test_no_word_of_the_minutes_lies_on_the_disk(world: World) -> None:
    await world.begin()
    await say(world)
    assert ANSWER.encode() not in world.bytes_on_disk()
    assert "Labé".encode() not in world.bytes_on_disk()


async def test_the_minutes_go_on_after_the_end_until_they_are_closed(world: World) -> None:
    await world.begin()
    await world.end()
    await say(world)
    await close(world)
    with pytest.raises(MinutesClosed):
        await say(world)
    with pytest.raises(MinutesClosed):
        await close(world)
    assert await texts_seen(world) == [ANSWER]


async def test_closing_keeps_when_by_whom_and_whether_read_back(world: World) -> None:
    await world.begin()
    await say(world)
    await read_back(world)
    await close(world)
    (row,) = await world.rows(records.working_copies)
    assert row["minutes_closed_at"] == world.clock()
    assert (row["minutes_closed_by"], row["minutes_read_back"]) == (world.officer_id, True)


async def test_nothing_is_written_before_the_interview_begins(world: World) -> None:
    with pytest.raises(InterviewNotRunning):
        await say(world)


async def test_a_line_needs_words(world: World) -> None:
    await world.begin()
    with pytest.raises(StatementEmpty):
        await say(world, "  ")


@pytest.mark.parametrize("who", ["host", "supervisor"])
async def test_only_the_officer_writes(world: World, who: str) -> None:
    await world.begin()
    with pytest.raises(NotYoursToDo):
        await say(world, actor=getattr(world, who))
    with pytest.raises(NotYoursToDo):
        await close(world, actor=getattr(world, who))


@pytest.mark.parametrize("who", ["foreign_officer", "foreign_host", "administrator"])
async def test_strangers_learn_of_no_interview(world: World, who: str) -> None:
    await world.begin()
    with pytest.raises(NotForYou):
        await say(world, actor=getattr(world, who))


async def test_a_protection_claim_closes_the_minutes_to_the_post(world: World) -> None:
    await world.begin()
    await say(world)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou):
        await say(world)
    async with world.session() as session:
        assert await minutes_for(session, world.officer, world.secret, world.interview_id) is None


async def test_a_protection_stop_looks_like_a_release_to_the_post(world: World) -> None:
    await world.begin()
    await world.end(Ending.ENDED_BY_CENTRE)
    await world.change(tables.requests, world.request_id, ended_at=world.clock() + timedelta(seconds=1))
    with pytest.raises(NotForYou) as released:
        await say(world)
    await world.change(tables.interviews, world.interview_id, ending=Ending.PROTECTION_STOP)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou) as stopped:
        await say(world)
    assert str(stopped.value) == str(released.value)


async def test_taking_minutes_is_audited_without_their_words(world: World) -> None:
    await world.begin()
    await say(world)
    (row,) = await world.rows(tables.audit)
    assert (row["act"], row["noun_id"], row["detail"]) == ("minutes:taken", world.interview_id, "answer")
