"""The interview between two real browsers, with a media node of its own: what each of the two sees."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from server.app_keys import MEDIA
from server.clock import utc_now
from tests.support.clock import FixedClock
from tests.support.interview import book
from tests.support.person import Person, person
from tests.support.web import House, running_house

FREEZE_MS = 1000
WATCHED_SECONDS = 30
BACK_SECONDS = 10


class RunningClock(FixedClock):
    """The machine's own time."""

    def __call__(self) -> datetime:
        return utc_now()


@dataclass
class Scene:
    """One interview: its house, and the two people in it."""

    house: House
    path: str
    host: Person
    officer: Person

    async def enter(self) -> None:
        for somebody in (self.host, self.officer):
            await somebody.page.goto(self.path)
            await somebody.click("[data-enter]")
        await self.host.is_in("room")
        await self.officer.is_in("waiting")

    async def meet(self) -> None:
        await self.enter()
        await self.host.click("[data-part=waiting] button")
        for somebody in (self.officer, self.host):
            await somebody.is_in("room")
            await somebody.sees()

    async def record(self) -> None:
        await self.host.page.select_option("#language", "fr")
        await self.host.page.check("#consent-yes")
        await self.host.click(".p-notice button")
        await self.host.click("button[value=start]")
        for somebody in (self.host, self.officer):
            await somebody.reads_in_time("recording", "Enregistrement en cours")


@asynccontextmanager
async def scene(root: Path) -> AsyncIterator[Scene]:
    async with running_house(root, clock=RunningClock()) as house, async_playwright() as playwright:
        interview_id, _, _ = await book(house)
        async with (
            person(playwright, house, Role.CENTRE_STAFF) as host,
            person(playwright, house, Role.CONSULAR_OFFICER) as officer,
        ):
            yield Scene(house, f"/interviews/{interview_id}/room", host, officer)


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
    pid = two.house.app[MEDIA].pid
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
