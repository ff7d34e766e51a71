"""The interview between two real browsers, with a media node of its own: what each of the two sees."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.app_keys import MEDIA
from tests.support.person import Person
from tests.support.scene import Scene, scene

FREEZE_MS = 1000
WATCHED_SECONDS = 30
BACK_SECONDS = 10


_DEVICES = """() => {
  return document.querySelector("[data-part=self]").srcObject.getTracks().map((each) => each.readyState);
}"""
_SOCKETS = """() => {
  const Made = window.WebSocket;
  let away = false;
  let last = null;
  window.WebSocket = class extends Made {
    constructor(url) {
      super(away ? url.toString().replace("/line", "/nowhere") : url);
      last = this;
    }
  };
  window.cut = (isAway) => {
    away = isAway;
    if (away) last.close();
  };
}"""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as made:
        yield made


async def test_officer_sees_and_shows_nothing_before_the_host_lets_them_in(two: Scene) -> None:
    await two.enter()
    assert await two.officer.page.is_hidden("[data-part=main] video")
    assert await two.host.page.is_hidden("[data-part=main] video")
    assert "Pas d’enregistrement" in await two.officer.reads("recording")  # noqa: RUF001 - typography


async def test_two_people_see_each_other_for_thirty_seconds_without_a_frozen_one(two: Scene) -> None:
    await two.meet()
    await two.record()
    for somebody in (two.host, two.officer):
        await somebody.watch()
    await asyncio.sleep(WATCHED_SECONDS)
    for somebody in (two.host, two.officer):
        assert await somebody.longest_freeze_ms() < FREEZE_MS
        assert not somebody.trouble


async def test_minutes_and_a_still_survive_a_reload_that_needs_no_click(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await page.fill("#text", "Parle pular avec aisance.")
    await two.officer.click(".p-say button")
    await two.officer.reads_in_time("minutes", "Parle pular avec aisance.")
    await two.officer.click("[data-evidence=picture]")
    await page.select_option("#evidence-kind", "birth_certificate")
    await two.officer.click("[data-part=evidence-form] button:not([type=button])")
    await two.officer.reads_in_time("evidence", "Image scellée")
    await page.fill("#text", "Une phrase commencée")
    await page.reload()
    await two.officer.sees()
    await two.officer.reads_in_time("minutes", "Parle pular avec aisance.")
    await two.officer.reads_in_time("evidence", "Image scellée")
    assert await page.input_value("#text") == "Une phrase commencée"


async def test_a_node_that_is_killed_costs_seconds_and_no_click(two: Scene) -> None:
    await two.meet()
    await two.record()
    pid = two.house.app[MEDIA].pids[0]
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await two.officer.reads_in_time("recording", "Enregistrement interrompu")
    async with asyncio.timeout(BACK_SECONDS):
        for somebody in (two.officer, two.host):
            await somebody.sees()
            await somebody.reads_in_time("recording", "Enregistrement en cours")


async def test_a_second_window_takes_over_and_the_first_can_take_back(two: Scene) -> None:
    await two.meet()
    second = Person(await two.officer.page.context.new_page())
    await second.page.goto(two.path)
    await second.click("[data-enter]")
    await second.sees()
    await two.officer.is_in("replaced")
    await two.officer.click("[data-enter]")
    await two.officer.sees()
    await second.is_in("replaced")


async def test_the_window_that_lost_the_seat_sends_nothing_and_leaves_no_second_one_behind(
    two: Scene,
) -> None:
    await two.meet()
    second = Person(await two.officer.page.context.new_page())
    await second.page.goto(two.path)
    await second.click("[data-enter]")
    await second.sees()
    await two.officer.is_in("replaced")
    assert await two.officer.page.evaluate(_DEVICES) == ["ended", "ended"]
    await two.host.sees()
    assert await two.host.page.locator("[data-part=crew] [data-remote]").count() == 0
    assert not await two.host.reads("roll")
    await two.officer.page.reload()
    await two.officer.is_in("door")
    assert await second.page.get_attribute("#room", "data-state") == "room"


async def test_a_line_that_comes_back_by_itself_leaves_the_seat_to_the_device_opened_since(
    two: Scene,
) -> None:
    await two.officer.page.add_init_script(f"({_SOCKETS})()")
    await two.meet()
    await two.officer.page.evaluate("() => window.cut(true)")
    await two.host.reads_in_time("live", "Sortie")
    second = Person(await two.officer.page.context.new_page())
    await second.page.goto(two.path)
    await second.click("[data-enter]")
    await second.sees()
    await two.officer.page.evaluate("() => window.cut(false)")
    await two.officer.is_in("replaced")
    assert await two.officer.page.evaluate(_DEVICES) == ["ended", "ended"]
    await second.watch()
    await two.host.sees()
    assert await second.page.get_attribute("#room", "data-state") == "room"
    assert await second.longest_freeze_ms() < FREEZE_MS


async def test_a_pause_is_seen_by_both_and_closes_the_minutes(two: Scene) -> None:
    await two.meet()
    await two.record()
    await two.host.click("button[value=pause]")
    for somebody in (two.host, two.officer):
        await somebody.reads_in_time("recording", "Enregistrement suspendu")
    assert await two.officer.page.is_disabled("#text")
    await two.host.click("button[value=resume]")
    await two.officer.reads_in_time("recording", "Enregistrement en cours")
    assert await two.officer.page.is_enabled("#text")


async def test_the_end_reaches_both_and_leads_the_officer_to_the_outcome(two: Scene) -> None:
    await two.meet()
    await two.officer.click("[aria-controls=end]")
    await two.officer.click("#end .govuk-button--warning")
    await two.host.is_in("ended")
    await two.officer.page.wait_for_url("**/outcome")
