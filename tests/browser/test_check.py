"""The equipment check in a real browser: what it measures follows what happens to the packets."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from scheduling.actor import Role
from server.settings import Address
from tests.support.browser import PHONE, WIDE, Visitor
from tests.support.interview import book
from tests.support.likeness import LARGE, OFFICER
from tests.support.lossy_road import NODE, ROAD, LossyRoad, free_port, lossy_road
from tests.support.person import Person, person
from tests.support.scene import RunningClock
from tests.support.web import House, running_house

MEASURED_MS = 30_000
_DENIED = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""
_MUTE = """() => Object.defineProperty(BaseAudioContext.prototype, "state", { get: () => "suspended" })"""
_OPEN_GUIDES = """(guides) => guides.filter(({ open }) => open)
  .map(({ dataset }) => dataset.system ?? `${dataset.browsers} on ${dataset.systems}`)"""
_IDENTIFY = """async (agent) => {
  const { browser, system } = (await import("/static/js/check/browser.js")).identify(agent);
  return [browser, system];
}"""
_JUDGE = """async (measured) => (await import("/static/js/check/network.js")).judge(measured)"""
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
AGENTS = [
    (f"{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", ["safari", "macos"]),
    (f"{MAC} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", ["chrome", "macos"]),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", ["firefox", "linux"]),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
        ["edge", "windows"],
    ),
    ("Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", ["firefox", "android"]),
    ("Mozilla/5.0 (Linux; Android 15) Chrome/156.0.0.0 Mobile Safari/537.36", ["chrome", "android"]),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/156.0 Mobile Safari", ["chrome", "ios"]),
    ("Something else", ["other", "other"]),
]
GOOD: dict[str, object] = {
    "state": "measured",
    "upLoss": 0.01,
    "downLoss": 0,
    "rtt": 0.08,
    "upBps": 9e5,
    "downBps": 9e5,
}
LINES: list[tuple[dict[str, object], str]] = [
    ({}, "good"),
    ({"rtt": None}, "good"),
    ({"downLoss": 0.05}, "sound"),
    ({"upBps": 150_000}, "sound"),
    ({"rtt": 0.6}, "sound"),
    ({"upLoss": 0.2}, "weak"),
    ({"rtt": 2}, "weak"),
    ({"downBps": 20_000}, "weak"),
    ({"state": "blocked"}, "weak"),
]


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

    async def is_accessible(self) -> None:
        for size in (PHONE, WIDE):
            await self.page.set_viewport_size(size)
            assert await Visitor(self.page).breaches() == []
            assert await Visitor(self.page).overflow() == 0

    async def says(self, check: str) -> str:
        return await self.page.inner_text(f"[data-check={check}] [data-word]")

    async def report(self) -> str:
        return await self.page.input_value("[data-part=report]")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    port = free_port()
    media = Address(NODE, port)
    house_of = running_house(tmp_path, clock=RunningClock(), media=media, media_address=ROAD)
    likeness = replace(OFFICER, size=LARGE)
    async with lossy_road(port) as road, house_of as house, async_playwright() as playwright:
        interview_id, _, _ = await book(house)
        async with person(playwright, house, Role.CONSULAR_OFFICER, likeness) as officer:
            yield Desk(house, interview_id, officer, road)


def figures(report: str, pattern: str) -> list[float]:
    found = re.search(pattern, report.replace("\u00a0", " "))
    assert found, report
    return [float(each) for each in found.groups()]


def losses(report: str) -> list[float]:
    return figures(report, r"Paquets perdus : ([\d.]+) % à l’envoi, ([\d.]+) % à la réception")  # noqa: RUF001 - typography


async def test_a_good_line_is_measured_reported_and_kept_up_to_the_door(desk: Desk) -> None:
    await desk.road.open_tcp()
    await desk.check(f"/interviews/{desk.interview_id}/check")
    assert await desk.page.inner_text("h1") == "Cet appareil est prêt pour l’entretien"  # noqa: RUF001 - typography
    assert "bonne pour l’image et le son" in await desk.says("network")  # noqa: RUF001 - typography
    report = await desk.report()
    up, down = figures(report, r"Débit : (\d+) kbit/s à l’envoi, (\d+) kbit/s à la réception")  # noqa: RUF001 - typography
    assert min(up, down) > 350
    assert max(losses(report)) < 3
    assert f"vers host udp {ROAD}:{desk.house.settings.media.port}" in report
    assert "Par UDP" in await desk.page.inner_text("[data-part=network-way]")
    assert "UDP\u00a0: essayé, fonctionne" in report
    assert "TCP\u00a0: essayé, fonctionne" in report
    assert "TURN\u00a0: pas offert par ce serveur" in report
    assert not re.search("Diallo|Mamadou", report)
    async with desk.page.expect_download() as saved:
        await desk.officer.click("[data-part=download]")
    kept = Path(await (await saved.value).path())
    assert await asyncio.to_thread(kept.read_text, encoding="utf-8") == report
    await desk.is_accessible()
    assert await desk.page.is_hidden("[data-part=unkept]")  # there is no way to the door that loses the check
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


async def test_closed_ways_are_named_with_their_port_until_one_opens(desk: Desk) -> None:
    desk.road.is_closed = True
    await desk.check()
    assert "le chemin est fermé" in await desk.says("network")
    assert "n’est pas encore prêt" in await desk.page.inner_text("h1")  # noqa: RUF001 - typography
    port = desk.house.settings.media.port
    assert f"{ROAD}, port {port}" in await desk.page.inner_text("[data-part=network-advice]")
    report = await desk.report()
    for way in ("UDP", "TCP"):
        assert f"{way}\u00a0: essayé, pas de réponse" in report
        assert f"{way} vers {ROAD}, port {port}" in report
    desk.road.is_closed = False
    await desk.officer.click("[data-part=network-again] button")
    await desk.page.wait_for_selector("[data-part=measured]:has-text('aller-retour')", timeout=MEASURED_MS)
    assert "UDP\u00a0: essayé, fonctionne" in await desk.report()


async def test_denied_permission_opens_the_steps_for_this_browser_alone(desk: Desk) -> None:
    await desk.page.add_init_script(f"({_DENIED})()")
    await desk.page.goto("/check")
    await desk.officer.click("[data-begin]")
    await desk.page.wait_for_selector("#check[data-state=blocked]")
    assert await desk.page.inner_text("h1") == "Cet appareil n’est pas encore prêt"  # noqa: RUF001 - typography
    opened = await desk.page.eval_on_selector_all("[data-part=guide] details", _OPEN_GUIDES)
    assert opened == ["chrome edge on windows macos linux other"]
    await desk.is_accessible()
    for agent, names in AGENTS:
        assert await desk.page.evaluate(_IDENTIFY, agent) == names
    for measured, line in LINES:
        assert await desk.page.evaluate(_JUDGE, {**GOOD, **measured}) == line


async def test_a_device_without_sound_output_is_told_so_and_not_that_its_voice_is_faint(desk: Desk) -> None:
    await desk.page.add_init_script(f"({_MUTE})()")
    await desk.page.goto("/check")
    await desk.officer.click("[data-begin]")
    await desk.page.wait_for_selector("[data-check=speaker]:has-text('aucune sortie de son')")
    assert "Branchez un casque" in await desk.page.inner_text("[data-part=more]")
    assert await desk.page.is_hidden("[data-part=keep]")
