"""The web process is stopped, or everything loses its power, in the middle of a recorded interview."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import select

from recordings.durable_writer import body_path
from recordings.tables import sealed_files
from server.rehearsal.opening import document_of
from tests.support.encounter import Encounter, encounter
from tests.support.instance import Instance
from tests.support.recovery import downloads_of, newest_card, opened_part, recovered

RECORDED_SECONDS = 2.5
LOST_MS = 1_400  # the last second, and the way of a picture from the camera to the recorder
BACK_SECONDS = 12.0  # from the moment at which the server listens again; browsers try every three seconds
WORDS = "Noté avant l'arrêt"


@asynccontextmanager
async def recorded_interview(instance: Instance, folder: Path) -> AsyncIterator[Encounter]:
    async with encounter(instance, folder) as held:
        await held.gather()
        await held.start_recording()
        await held.note(WORDS)
        await held.both_see_each_other_after(held.elapsed() + RECORDED_SECONDS)
        await held.until_parts("open", "open")
        yield held


async def test_a_stop_finishes_every_part_and_a_start_goes_on_with_the_interview(
    instance: Instance, tmp_path: Path
) -> None:
    async with recorded_interview(instance, tmp_path) as held:
        node, stopped_at = instance.node_pid(), held.elapsed()
        assert await asyncio.to_thread(instance.terminate) == 0
        assert not is_alive(node)
        first = await held.until_parts("finished", "finished")
        for part in first:
            media = await asyncio.to_thread(opened_part, held, part["id"])
            assert newest_card(media) >= stopped_at * 1000 - LOST_MS
            assert abs(part["duration_ms"] - media.pictures[-1].pts_ms) <= 500

        await start_again(held)
        parts = await held.until_parts("finished", "finished", "open", "open")
        assert [part["id"] for part in parts[:2]] == [part["id"] for part in first]
        await held.end()
        await held.conclude()
        opened, tails = await downloads_of(held, files=8)
        assert not tails
        timeline = document_of(opened, "timeline")
        assert not any(part["was_interrupted"] for part in timeline["parts"])
        assert len(timeline["gaps"]) == 2  # the time in which nothing ran is declared


async def test_after_a_loss_of_power_everything_is_still_there(instance: Instance, tmp_path: Path) -> None:
    async with recorded_interview(instance, tmp_path) as held:
        cut_at = held.elapsed()
        await asyncio.to_thread(instance.lose_power)
        await held.until_parts("open", "open")
        await start_again(held)
        parts = await held.until_parts("interrupted", "interrupted", "open", "open")
        for part in parts[:2]:
            assert part["state"] == "interrupted"
            media = await asyncio.to_thread(recovered, held, part["id"])
            assert newest_card(media) >= cut_at * 1000 - LOST_MS
        await held.end()


async def test_a_node_whose_web_process_was_killed_finishes_its_parts_and_leaves_its_port(
    instance: Instance, tmp_path: Path
) -> None:
    async with recorded_interview(instance, tmp_path) as held:
        cut_at, first = held.elapsed(), held.parts()
        node = await asyncio.to_thread(instance.kill_web_process)
        await start_again(held)
        assert not is_alive(node)
        for part in first:
            media = await asyncio.to_thread(opened_part, held, part["id"])
            assert newest_card(media) >= cut_at * 1000 - LOST_MS
            assert hashlib.sha256(body_of(held, part["id"])).hexdigest() == digest_of(held, part["id"])
        await held.until_parts("interrupted", "interrupted", "open", "open")
        await held.end()


def body_of(held: Encounter, part_id: str) -> bytes:
    return body_path(held.instance.part_path(held.id, part_id)).read_bytes()


def digest_of(held: Encounter, part_id: str) -> str:
    (row,) = held.instance.rows(select(sealed_files.c.body_sha256).where(sealed_files.c.id == part_id))
    return str(row["body_sha256"])


async def start_again(held: Encounter) -> None:
    """Start the server; pages show the interview as it was, and both people come back without a click."""
    marks = [guest.mark() for guest in held.guests]
    await asyncio.to_thread(held.instance.start)
    started_at = held.elapsed()
    for visitor in (held.stage.supervisor, held.stage.staff, held.stage.officer):
        page = await visitor.get(held.stage.interview)
        assert page.path == held.stage.interview
        assert "/sign-in" not in page.url
    await held.stage.staff.get(held.path("room"))
    assert await held.minutes() == [WORDS]
    await held.both_see_each_other_after(started_at, seconds=BACK_SECONDS)
    for guest, mark in zip(held.guests, marks, strict=True):
        kinds = guest.kinds(mark)
        assert "admitted" in kinds
        assert "waiting" not in kinds
        assert guest.lines == 2


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    assert state[0] in "RSDZ", state
    return not state.startswith("Z")
