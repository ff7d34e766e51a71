"""Everything loses its power in the middle of an interview: the transcript still shows how the lines were."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from recordings.tables import continuity
from server.clock import utc_now
from server.rehearsal.opening import document_of
from tests.support.encounter import Encounter, encounter
from tests.support.instance import Instance
from tests.support.recovery import downloads_of

WINDOW_SECONDS = 10
BACK_SECONDS = 20.0


async def test_the_windows_before_a_loss_of_power_and_after_it_are_in_the_transcript(
    instance: Instance, tmp_path: Path
) -> None:
    async with encounter(instance, tmp_path) as held:
        await held.gather()
        await held.start_recording()
        before = await until_windows(held, 1)
        cut_at = utc_now()
        await asyncio.to_thread(instance.lose_power)
        await asyncio.to_thread(instance.start)
        await held.both_see_each_other_after(held.elapsed(), seconds=BACK_SECONDS)
        await until_windows(held, before + 1)
        await held.end()
        await held.conclude()
        opened, _ = await downloads_of(held, files=8)
        log = document_of(opened, "transcript")["continuity"]
        assert len(log) >= before + 1
        early = [window for window in log if datetime.fromisoformat(window["to"]) <= cut_at]
        assert len(early) == before
        assert (cut_at - datetime.fromisoformat(early[-1]["to"])).total_seconds() < WINDOW_SECONDS + 1
        for window in (early[-1], log[before]):
            assert_both_were_there(window)
        assert await asyncio.to_thread(rows, held) == 0


def assert_both_were_there(window: dict[str, Any]) -> None:
    assert len(window["people"]) == 2
    for one in window["people"]:
        assert 0 < one["media_seconds"] <= one["line_seconds"] <= WINDOW_SECONDS
        assert one["up"]["packets"] > 0 < one["down"]["packets"]
        assert one["up"]["bps"] > 0 < one["down"]["bps"]


async def until_windows(held: Encounter, count: int) -> int:
    await held.until(lambda: rows(held) >= count, 2 * WINDOW_SECONDS)
    return rows(held)


def rows(held: Encounter) -> int:
    """How many windows stand in the database."""
    (row,) = held.instance.rows(select(func.count().label("count")).select_from(continuity))
    return int(row["count"])
