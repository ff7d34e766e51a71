"""Chromium at the centre and Firefox at the post: each decodes the other, and the check runs in both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from tests.support.interview import book
from tests.support.person import PATIENCE_MS, Person, person
from tests.support.scene import RunningClock, Scene
from tests.support.web import running_house

_CONNECTIONS = """() => {
  const Made = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Made {
    constructor(...options) {
      super(...options);
      window.connection = this;
    }
  };
}"""
_SEES_AND_HEARS = """async () => {
  const report = [...(await window.connection.getStats()).values()];
  const inbound = report.filter(({ type }) => type === "inbound-rtp");
  const sees = inbound.some(({ kind, framesDecoded }) => kind === "video" && framesDecoded > 20);
  const hears = inbound.some(({ kind, totalSamplesReceived, concealedSamples, totalAudioEnergy }) =>
    kind === "audio" && totalSamplesReceived - concealedSamples > 48_000 && totalAudioEnergy > 0.001);
  return sees && hears;
}"""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    house_of = running_house(tmp_path, clock=RunningClock())
    async with house_of as house, async_playwright() as playwright:
        interview_id, _, _ = await book(house)
        async with (
            person(playwright, house, Role.CENTRE_STAFF) as host,
            person(playwright, house, Role.CONSULAR_OFFICER, in_firefox=True) as officer,
        ):
            for somebody in (host, officer):
                await somebody.page.add_init_script(f"({_CONNECTIONS})()")
            yield Scene(house, interview_id, host, officer)


async def sees_and_hears(somebody: Person) -> None:
    await somebody.page.wait_for_function(_SEES_AND_HEARS, timeout=PATIENCE_MS)


async def test_chromium_and_firefox_decode_each_other_and_firefox_measures_its_line(two: Scene) -> None:
    await two.meet()
    for somebody in (two.host, two.officer):
        await sees_and_hears(somebody)
    page = two.officer.page
    await page.goto("/check")
    await two.officer.click("[data-begin]")
    await page.wait_for_selector("[data-part=network-again] >> visible=true", timeout=PATIENCE_MS)
    assert "bonne pour l’image et le son" in await page.inner_text("[data-check=network]")  # noqa: RUF001 - typography
    assert "Firefox" in await page.inner_text("[data-check=browser]")
    assert "image nette" in await page.inner_text("[data-check=camera]")
    assert not two.host.trouble
    assert not two.officer.trouble
