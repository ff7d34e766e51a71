"""Behind a firewall that lets no UDP out: Chromium and Firefox see and hear each other by TCP, and say so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from server.settings import Address
from tests.support.connection import BEFORE, GOES_BY_TCP, SEES_AND_HEARS, report_of_check
from tests.support.interview import book
from tests.support.likeness import THE_PERSON
from tests.support.lossy_road import NODE, ROAD, LossyRoad, free_port, lossy_road
from tests.support.person import PATIENCE_MS, person
from tests.support.scene import RunningClock, Scene
from tests.support.web import running_house


@dataclass
class Office(Scene):
    """An interview whose road to the node carries TCP alone."""

    road: LossyRoad


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Office]:
    port = free_port()
    house_of = running_house(tmp_path, clock=RunningClock(), media=Address(NODE, port), media_address=ROAD)
    async with lossy_road(port) as road, house_of as house, async_playwright() as playwright:
        road.is_closed = True
        await road.open_tcp()
        interview_id, _, _ = await book(house)
        async with (
            person(playwright, house, Role.CENTRE_STAFF, THE_PERSON) as host,
            person(playwright, house, Role.CONSULAR_OFFICER, in_firefox=True) as officer,
        ):
            for somebody in (host, officer):
                await somebody.page.add_init_script(f"({BEFORE})()")
            yield Office(house, interview_id, host, officer, playwright, road)


async def test_without_udp_both_see_and_hear_by_tcp_and_the_check_says_so(two: Office) -> None:
    await two.meet()
    for somebody in (two.host, two.officer):
        await somebody.page.wait_for_function(SEES_AND_HEARS, timeout=PATIENCE_MS)
        await somebody.page.wait_for_function(GOES_BY_TCP, timeout=PATIENCE_MS)
    people = two.host, two.officer
    for somebody, report in zip(people, await asyncio.gather(*map(report_of_check, people)), strict=True):
        assert "Par TCP seulement" in await somebody.page.inner_text("[data-part=network-way]")
        assert "UDP\u00a0: essayé, pas de réponse" in report
        assert "TCP\u00a0: essayé, fonctionne" in report
        port = two.house.settings.media.port
        for way in ("UDP", "TCP"):
            assert f"{way} vers {ROAD}, port {port}" in report
        assert not somebody.trouble
