"""The media node is killed in the middle of an interview: everybody is back within seconds, by themselves."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from server.clock import utc_now
from server.rehearsal.opening import document_of
from tests.support.encounter import encounter
from tests.support.guest import Guest
from tests.support.instance import Instance
from tests.support.recovery import downloads_of, newest_card, recovered

BACK_SECONDS = 8.0  # from the kill until both see each other again; 1.8 on a quiet machine
RECORDED_SECONDS = 2.5
LOST_MS = 1_000  # of media before the kill
WAY_MS = 400  # a picture takes that long from the camera to the recorder at most
CLOCK_MS = 100  # between our reading of the clock and the kill


async def test_people_and_recording_survive_the_death_of_the_media_node(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.gather()
        await held.start_recording()
        await held.note("Avant la panne")
        await held.both_see_each_other_after(held.elapsed() + RECORDED_SECONDS)
        before = await held.until_parts("open", "open")
        marks = [guest.mark() for guest in held.guests]
        dead, killed_at, moment = shared_instance.kill_node(), held.elapsed(), utc_now()

        await held.both_see_each_other_after(killed_at + 0.5, seconds=BACK_SECONDS)
        for guest, mark in zip(held.guests, marks, strict=True):
            assert_back_inside(guest, mark)
        assert shared_instance.node_pid() != dead
        assert await held.minutes() == ["Avant la panne"]

        parts = await held.until_parts("interrupted", "interrupted", "open", "open")
        cut = [part["id"] for part in parts if part["state"] == "interrupted"]
        assert set(cut) == {part["id"] for part in before}
        for part_id in cut:
            media = await asyncio.to_thread(recovered, held, part_id)
            assert newest_card(media) >= killed_at * 1000 - LOST_MS - WAY_MS
            assert len(media.heard) * 250 >= media.pictures[-1].pts_ms - 2 * 250

        await held.both_see_each_other_after(held.elapsed() + 0.5)
        await held.stage.officer.act(held.path("recording"), {"run": "stop"})
        await held.end()
        await held.conclude()
        opened, tails = await downloads_of(held, files=8)
        assert len(tails) == 2
        assert_gap_is_declared(document_of(opened, "timeline"), moment, cut)
        assert document_of(opened, "manifest")["gaps"] == document_of(opened, "timeline")["gaps"]


async def test_a_node_that_dies_in_a_pause_or_at_the_door_lets_nothing_through(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.come_to_the_door()
        mark = held.officer.mark()
        shared_instance.kill_node()
        await held.officer.hears("waiting", since=mark)
        assert "admitted" not in held.officer.kinds(mark)

        await held.admit_officer()
        await held.both_see_each_other_after(held.elapsed())
        await held.start_recording()
        await held.until_parts("open", "open")
        await held.stage.staff.act(held.path("recording"), {"run": "pause"})
        await held.until_parts("finished", "finished")
        mark, killed_at = held.officer.mark(), held.elapsed()
        shared_instance.kill_node()
        await held.both_see_each_other_after(killed_at + 0.5, seconds=BACK_SECONDS)
        welcome = await held.officer.hears("welcome", since=mark)
        assert welcome["recording"]["state"] == "paused"
        await held.until_parts("finished", "finished")
        await held.stage.staff.act(held.path("recording"), {"run": "resume"})
        await held.until_parts("finished", "finished", "open", "open")


def assert_back_inside(guest: Guest, mark: int) -> None:
    """They heard that the line was lost, and came in anew without a click, a new line or a new admission."""
    kinds = guest.kinds(mark)
    order = [kinds.index(kind) for kind in ("line_lost", "welcome", "admitted", "answer")]
    assert order == sorted(order)
    assert "waiting" not in kinds
    assert guest.messages[mark:][kinds.index("welcome")]["recording"]["state"] == "recording"
    assert guest.lines == 1


def assert_gap_is_declared(timeline: dict[str, Any], killed_at: datetime, cut: list[str]) -> None:
    """For each of the two, one gap from the end of the cut part to the beginning of the next one."""
    killed_ms = (killed_at - datetime.fromisoformat(timeline["zero_at"])).total_seconds() * 1000
    parts = {part["id"]: part for part in timeline["parts"]}
    assert sorted(parts[part_id]["was_interrupted"] for part_id in parts) == [False, False, True, True]
    assert all(parts[part_id]["was_interrupted"] for part_id in cut)
    gaps = {gap["participant"]: gap for gap in timeline["gaps"]}
    assert len(gaps) == len(timeline["gaps"]) == 2
    for part_id in cut:
        part = parts[part_id]
        gap = gaps[part["participant"]]
        (following,) = (
            each["from_ms"]
            for each in parts.values()
            if each["participant"] == part["participant"] and not each["was_interrupted"]
        )
        assert (gap["from_ms"], gap["to_ms"]) == (part["to_ms"], following)
        assert killed_ms - LOST_MS - WAY_MS <= gap["from_ms"] <= killed_ms + CLOCK_MS
        assert killed_ms < gap["to_ms"] < killed_ms + BACK_SECONDS * 1000
        assert gap["reason"] in {"failed", "interrupted"}
