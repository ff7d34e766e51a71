"""Two media nodes: the one that records an interview is killed, and the other carries it on."""

from pathlib import Path

from server.demo.folder import DemoFolder
from tests.stories.test_node_killed import BACK_SECONDS, RECORDED_SECONDS, assert_back_inside
from tests.support.encounter import encounter
from tests.support.instance import running_instance
from tests.support.recovery import downloads_of


async def test_an_interview_goes_on_at_the_other_node(seeded: DemoFolder, tmp_path: Path) -> None:
    with running_instance(seeded, tmp_path / "instance", nodes=2) as instance:
        async with encounter(instance, tmp_path) as held:
            await held.gather()
            await held.start_recording()
            await held.both_see_each_other_after(held.elapsed() + RECORDED_SECONDS)
            await held.until_parts("open", "open")
            marks = [guest.mark() for guest in held.guests]
            nodes, dead = set(instance.node_pids()), instance.recording_node()
            instance.kill_node(dead)
            killed_at = held.elapsed()
            await held.both_see_each_other_after(killed_at + 0.3, seconds=BACK_SECONDS)
            for guest, mark in zip(held.guests, marks, strict=True):
                assert_back_inside(guest, mark)
            await held.until_parts("interrupted", "interrupted", "open", "open")
            assert {instance.recording_node()} == nodes - {dead}
            assert len(instance.node_pids()) == 2  # the dead one was replaced, and waits for other rooms
            await held.end()
            await held.conclude()
            opened, cut = await downloads_of(held, files=8)
            assert len(cut) == 2
            assert all(cut)
            assert len(opened) == 6
