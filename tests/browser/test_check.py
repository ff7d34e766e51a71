"""The equipment check in a real browser: what it measures follows what happens to the packets."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from scheduling.actor import Role
from server.settings import Address
from tests.support.interview import book
from tests.support.lossy_road import NODE, ROAD, LossyRoad, free_port, lossy_road
from tests.support.person import Person, person
from tests.support.scene import RunningClock
from tests.support.web import House, running_house

MEASURED_MS = 30_000


@dataclass
class Desk:
    """A consular officer before the check, with a road to the node on which packets can be lost."""

    house: House
    interview_id: str
    officer: Person
    road: LossyRoad

    @property
    def page(self) -> Page:
        return self.officer.page

    async def check(self, path: str = "/check") -> None:
        """Go through the check up to the verdict."""
        await self.page.goto(path)
        await self.officer.click("[data-begin]")
        await self.officer.click("[data-play]")
        await self.officer.click("[data-heard=yes]")
        await self.page.wait_for_selector("#check[data-state=done]", timeout=MEASURED_MS)

    async def says(self, check: str) -> str:
        return await self.page.inner_text(f"[data-check={check}] [data-word]")

    async def report(self) -> str:
        return await self.page.input_value("[data-part=report]")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    port = free_port()
    media = Address(NODE, port)
    house_of = running_house(tmp_path, clock=RunningClock(), media=media, media_address=ROAD)
    with lossy_road(port) as road:
        async with house_of as house, async_playwright() as playwright:
            interview_id, _, _ = await book(house)
            async with person(playwright, house, Role.CONSULAR_OFFICER) as officer:
                yield Desk(house, interview_id, officer, road)


def figures(report: str, pattern: str) -> list[float]:
    found = re.search(pattern, report.replace("\u00a0", " "))
    assert found, report
    return [float(each) for each in found.groups()]


def losses(report: str) -> list[float]:
    return figures(report, r"Paquets perdus : ([\d.]+) % à l’envoi, ([\d.]+) % à la réception")  # noqa: RUF001 - typography


async def test_a_good_line_is_measured_reported_and_kept_up_to_the_door(desk: Desk) -> None:
    await desk.check(f"/interviews/{desk.interview_id}/check")
    assert await desk.page.inner_text("h1") == "Cet appareil est prêt pour l’entretien"  # noqa: RUF001 - typography
    assert "bonne pour l’image et le son" in await desk.says("network")  # noqa: RUF001 - typography
    report = await desk.report()
    up, down = figures(report, r"Débit : (\d+) kbit/s à l’envoi, (\d+) kbit/s à la réception")  # noqa: RUF001 - typography
    assert min(up, down) > 350
    assert max(losses(report)) < 3
    assert f"vers host udp {ROAD}:{desk.house.settings.media.port}" in report
    assert "TCP\u00a0: pas essayé, ce serveur ne l’offre pas" in report  # noqa: RUF001 - typography
    assert not re.search("Diallo|Mamadou", report)
    await desk.officer.click("[data-part=keep] button")
    await desk.page.wait_for_url("**/room")
    assert "ont été contrôlés aujourd’hui sur cet appareil" in await desk.page.inner_text(".p-door__check")  # noqa: RUF001 - typography
    assert not desk.officer.trouble


async def test_what_is_lost_on_the_way_is_what_the_check_says(desk: Desk) -> None:
    desk.road.loses_up = lambda n: n % 12 == 0
    desk.road.loses_down = lambda n: n % 20 == 0
    await desk.check()
    up, down = losses(await desk.report())
    assert abs(up - 100 / 12) < 2
    assert abs(down - 5) < 2
    assert "son seul" in await desk.page.inner_text("h1")
    await desk.officer.click("[data-part=keep] button")
    await desk.page.goto(f"/interviews/{desk.interview_id}/room")
    assert "son seul" in await desk.page.inner_text(".p-door__check")


async def test_a_closed_way_is_named_with_its_port_and_no_other_way_is_claimed(desk: Desk) -> None:
    desk.road.is_closed = True
    await desk.check()
    assert "le chemin est fermé" in await desk.says("network")
    assert "n’est pas encore prêt" in await desk.page.inner_text("h1")  # noqa: RUF001 - typography
    port = desk.house.settings.media.port
    assert f"{ROAD}, port {port}" in await desk.page.inner_text("[data-part=network-advice]")
    report = await desk.report()
    assert "UDP\u00a0: essayé, pas de réponse" in report
    assert f"UDP vers {ROAD}, port {port}" in report
    desk.road.is_closed = False
    await desk.officer.click("[data-part=network-again] button")
    await desk.page.wait_for_selector("[data-part=measured]:has-text('aller-retour')", timeout=MEASURED_MS)
    assert "UDP\u00a0: essayé, fonctionne" in await desk.report()
