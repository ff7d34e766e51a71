"""Chromium and Firefox in one interview: each decodes the other, as host, officer or guest."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from tests.support.interview import book
from tests.support.likeness import OFFICER, THE_PERSON
from tests.support.person import PATIENCE_MS, Person, person
from tests.support.scene import RunningClock, Scene, give_code, guest_with_code
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


@asynccontextmanager
async def meeting(root: Path, firefox: Role) -> AsyncIterator[Scene]:
    """An interview whose host or officer has a Firefox; the other has a Chromium."""
    async with running_house(root, clock=RunningClock()) as house, async_playwright() as playwright:
        interview_id, _, _ = await book(house)
        roles = {Role.CENTRE_STAFF: THE_PERSON, Role.CONSULAR_OFFICER: OFFICER}
        async with AsyncExitStack() as stack:
            people = [
                person(playwright, house, role, likeness, in_firefox=role is firefox)
                for role, likeness in roles.items()
            ]
            host, officer = [await stack.enter_async_context(each) for each in people]
            for somebody in (host, officer):
                await somebody.page.add_init_script(f"({_CONNECTIONS})()")
            yield Scene(house, interview_id, host, officer, playwright)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with meeting(tmp_path, Role.CONSULAR_OFFICER) as made:
        yield made


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Scene]:
    async with meeting(tmp_path, Role.CENTRE_STAFF) as made:
        yield made


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


async def test_a_host_in_firefox_writes_and_brings_a_still_and_a_guest_in_firefox_takes_part(
    world: Scene,
) -> None:
    await world.meet()
    async with guest_with_code(world, ParticipantRole.LAWYER, in_firefox=True) as (lawyer, code):
        await give_code(lawyer, code)
        await lawyer.click("[data-enter]")
        await lawyer.is_in("waiting")
        await world.host.click("[data-part=waiting] button")
        for somebody in (lawyer, world.host, world.officer):
            await somebody.is_in("room")
            await somebody.sees()
        await world.officer.page.wait_for_selector("figure:has-text('Avocat') video:not([hidden])")
        await world.host.page.fill("#message", "Le document arrive.")
        await world.host.page.press("#message", "Enter")
        for somebody in (lawyer, world.officer):
            await somebody.reads_in_time("messages", "Le document arrive.")
        assert not lawyer.trouble
    await world.host.page.bring_to_front()
    await world.officer.click("[data-evidence=picture]")
    await world.officer.reads_in_time("evidence-form", "Prise par la caméra elle-même")
    for somebody in (world.host, world.officer):
        assert not somebody.trouble
