"""A line that loses packets or changes its network, and a device that sleeps: all back without a click."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from recordings.tables import parts
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server.settings import Address
from tests.support.figures import BACK_MS, grows, keep_connections, port_of, stands
from tests.support.likeness import OFFICER, THE_PERSON
from tests.support.lossy_road import NODE, ROAD, LossyRoad, free_port, lossy_road
from tests.support.person import Person
from tests.support.recognition import recognises
from tests.support.scene import Scene, scene

ASLEEP_SECONDS = 30
LONGEST_FREEZE_MS = 4_000


@dataclass
class Way:
    """Two people in an interview, whose media go over one road."""

    two: Scene
    road: LossyRoad


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Way]:
    port = free_port()
    async with (
        lossy_road(port) as road,
        scene(tmp_path, media=Address(NODE, port), media_address=ROAD) as made,
    ):
        await keep_connections(made)
        yield Way(made, road)


@asynccontextmanager
async def asleep(somebody: Person) -> AsyncIterator[None]:
    """Every process of a browser stands still, as when the lid of a computer is closed."""
    browser = somebody.page.context.browser
    assert browser is not None
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    pids = [int(each["id"]) for each in processes]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def parts_of_officer(two: Scene) -> int:
    query = select(parts.c.id).join(participants, participants.c.id == parts.c.participant_id)
    async with two.house.transaction() as session:
        rows = await session.execute(query.where(participants.c.role == ParticipantRole.CONSULAR_OFFICER))
        return len(rows.all())


def lost(percent: int) -> Callable[[int], bool]:
    """So many of a hundred packets, some of them in a row."""
    return lambda number: number * 19 % 100 < percent


async def hear_each_other(two: Scene) -> None:
    await recognises(two.host, {"Agent consulaire": OFFICER}, by_voice_alone=True)
    await recognises(two.officer, {"La personne": THE_PERSON}, by_voice_alone=True)


async def test_lost_packets_cost_the_pictures_on_a_bad_line_alone_never_the_voices_and_all_comes_back(
    two: Way,
) -> None:
    host, officer, road = two.two.host, two.two.officer, two.road
    await two.two.meet()
    await two.two.record()
    road.port = await port_of(officer)
    road.loses_up = road.loses_down = lost(4)
    await officer.reads_in_time("line", "Liaison correcte")
    await recognises(host, {"Agent consulaire": OFFICER})
    await recognises(officer, {"La personne": THE_PERSON})
    assert await officer.page.is_hidden("[data-part=sound-note]")

    road.loses_up = road.loses_down = lost(10)
    await officer.reads_in_time("sound-note", "les images sont arrêtées")
    await host.reads_in_time("main", "Son seul : liaison fragile")
    for figure in ("seen", "shown"):
        await stands(officer, figure)
    for somebody in (host, officer):
        assert await somebody.page.is_hidden("[data-part=main] video")
        await grows(somebody, "heard")
    await hear_each_other(two.two)
    road.loses_up = road.loses_down = lost(40)
    for somebody in (host, officer):
        await grows(somebody, "heard")
    await hear_each_other(two.two)
    await officer.reads_in_time("recording", "Enregistrement en cours")
    assert await host.page.is_hidden("[data-part=sound-note]")

    road.loses_up = road.loses_down = lost(0)
    await officer.page.wait_for_selector("[data-part=sound-note]", state="hidden", timeout=BACK_MS)
    await recognises(host, {"Agent consulaire": OFFICER})
    await recognises(officer, {"La personne": THE_PERSON})
    assert await parts_of_officer(two.two) == 1


async def test_whose_line_is_cut_does_not_read_that_the_recording_is(two: Way) -> None:
    await two.two.meet()
    await two.two.record()
    await two.two.officer.page.context.set_offline(True)
    await two.two.officer.reads_in_time("recording", "Votre liaison est coupée")
    assert "Enregistrement en cours" in await two.two.host.reads("recording")
    await two.two.officer.page.context.set_offline(False)
    await two.two.officer.reads_in_time("recording", "Enregistrement en cours")


async def test_who_is_seen_no_more_is_said_to_have_lost_the_line(two: Way) -> None:
    await two.two.meet()
    two.road.is_closed = True
    await two.two.host.reads_in_time("main", "Sa liaison est coupée")
    two.road.is_closed = False
    await two.two.host.sees()


async def test_another_network_costs_a_moment_and_nobody_leaves(two: Way) -> None:
    await two.two.meet()
    await two.two.record()
    for somebody in (two.two.host, two.two.officer):
        await somebody.watch()
    two.road.change_network()
    for somebody in (two.two.host, two.two.officer):
        await somebody.goes_on()
        assert await somebody.longest_freeze_ms() < LONGEST_FREEZE_MS
    assert "Sortie" not in await two.two.host.reads("live")
    assert await parts_of_officer(two.two) == 1


async def test_a_device_that_slept_for_half_a_minute_is_back_without_a_click(two: Way) -> None:
    await two.two.meet()
    await two.two.record()
    async with asleep(two.two.officer):
        await two.two.host.reads_in_time("live", "Sortie")
        await asyncio.sleep(ASLEEP_SECONDS)
        await two.two.host.reads_in_time("recording", "Enregistrement en cours")
    for somebody in (two.two.officer, two.two.host):
        await somebody.is_in("room")
        await somebody.sees()
    await two.two.officer.reads_in_time("recording", "Enregistrement en cours")
    assert await parts_of_officer(two.two) == 2
