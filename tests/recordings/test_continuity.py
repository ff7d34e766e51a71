"""The continuity log: what is written down, that nobody reads it in the database, and where it ends up."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from recordings import tables as records
from recordings.continuity import note_continuity
from recordings.custody import SealedFile
from scheduling.interview import Ending
from tests.support.records_acts import concluded, ongoing, say, sealed
from tests.support.records_people import World

MARK = "only-the-supervisor-reads-this"


def people(mark: str = MARK) -> list[dict[str, Any]]:
    way = {"packets": 500, "lost": 3, "bps": 48_000}
    presence = {"line_seconds": 10, "media_seconds": 9}
    return [{"participant": mark, **presence, "rtt_ms": 40, "up": way, "down": way}]


async def note(world: World, at: datetime | None = None, mark: str = MARK) -> None:
    """A window of ten seconds that ends now, or then."""
    async with world.session() as session:
        await note_continuity(
            session,
            world.clock,
            world.secret,
            interview_id=world.interview_id,
            at=at or world.clock(),
            seconds=10,
            people=people(mark),
        )


async def windows(world: World) -> int:
    return len(await world.rows(records.continuity))


async def over(world: World) -> tuple[SealedFile, ...]:
    await say(world)
    await world.end(Ending.TECHNICAL_FAILURE)
    await concluded(world, ongoing(world.clock().date() + timedelta(days=9)))
    return await sealed(world)


def transcript(world: World, files: tuple[SealedFile, ...]) -> Any:
    (document,) = [
        world.opened(file.id)
        for file in files
        if (file.kind.value, file.media_type) == ("transcript", "application/json")
    ]
    return json.loads(document)


async def test_the_supervisor_reads_every_window_in_order(world: World) -> None:
    await world.begin()
    began = world.clock()
    for second in (20, 10):
        await note(world, began + timedelta(seconds=second), f"after-{second}")
    world.clock.advance(seconds=30)
    log = transcript(world, await over(world))["continuity"]
    assert [window["people"][0]["participant"] for window in log] == ["after-10", "after-20"]
    assert log[0]["people"] == people("after-10")
    assert log[0]["to"] == log[1]["from"]
    assert datetime.fromisoformat(log[0]["from"]) == began


async def test_nobody_reads_it_in_the_database_and_it_is_gone_once_it_is_sealed(world: World) -> None:
    await world.begin()
    world.clock.advance(seconds=10)
    await note(world)
    (row,) = await world.rows(records.continuity)
    assert MARK.encode() not in row["content"]
    assert b"participant" not in row["content"]
    await over(world)
    assert await windows(world) == 0


async def test_a_window_told_twice_stands_once(world: World) -> None:
    await world.begin()
    world.clock.advance(seconds=10)
    await note(world)
    await note(world)
    assert await windows(world) == 1


async def test_nothing_is_written_before_the_beginning_nor_after_the_end(world: World) -> None:
    await note(world)
    assert await windows(world) == 0
    await world.begin()
    await note(world)
    assert await windows(world) == 0
    world.clock.advance(seconds=5)
    await note(world)
    assert await windows(world) == 1  # it began before, and lasted into the interview
    await world.end()
    world.clock.advance(seconds=9)
    await note(world)
    assert await windows(world) == 2
    world.clock.advance(seconds=1)
    await note(world)
    assert await windows(world) == 2


async def test_a_window_that_comes_after_the_sealing_makes_no_new_working_copy(world: World) -> None:
    await world.begin()
    world.clock.advance(seconds=5)
    await over(world)
    await note(world, world.clock() - timedelta(seconds=1))
    assert await windows(world) == 0
    (copy,) = await world.rows(records.working_copies)
    assert copy["wrapped_key"] is None


@pytest.mark.parametrize("interview_id", ["nothing"])
async def test_an_interview_that_is_not_there_is_passed_over(world: World, interview_id: str) -> None:
    async with world.session() as session:
        await note_continuity(
            session,
            world.clock,
            world.secret,
            interview_id=interview_id,
            at=world.clock(),
            seconds=10,
            people=people(),
        )
    assert await windows(world) == 0
