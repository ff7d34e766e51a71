"""A private consultation in real browsers: the host chooses who stays, and the officer is really cut off."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.app_keys import MEDIA
from tests.support.figures import keep_connections
from tests.support.lawyer import LINE, Lawyer, lawyer_of
from tests.support.media_peer import keep_to_loopback
from tests.support.person import Person
from tests.support.scene import Scene, scene

PRIVATE = "En privé\u00a0: rien n’est enregistré"
_ARRIVED = """async () => {
  let packets = 0;
  for (const one of window.made.filter((each) => each.connectionState === "connected")) {
    for (const figures of (await one.getStats()).values()) {
      if (figures.type === "inbound-rtp") packets += figures.packetsReceived;
    }
  }
  return packets;
}"""
_STILL_CAME = "() => document.querySelector('[data-part=evidence-form]').elements.still.value"
_OPEN = (
    """() => document.querySelector("[data-part=self]").srcObject.getTracks().map((each) => each.enabled)"""
)


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path, LINE) as made:
        await keep_connections(made)
        yield made


@pytest.fixture
async def lawyer(two: Scene) -> AsyncIterator[Lawyer]:
    """The two meet and record, and a lawyer is let in."""
    await two.meet()
    await two.record()
    async with lawyer_of(two.house, two.interview_id) as lawyer:
        await lawyer.come()
        await two.host.reads_in_time("waiting", "Avocat")
        await two.host.click("[data-part=waiting] button")
        await lawyer.sees()
        yield lawyer


async def arrives(somebody: Person) -> int:
    return int(await somebody.page.evaluate(_ARRIVED))


async def is_cut(two: Scene) -> None:
    """The officer is told what happens, and sees, sends and notes nothing."""
    page = two.officer.page
    await two.officer.reads_in_time("recording", PRIVATE)
    await two.officer.reads_in_time("private", "La personne s’entretient en privé. Avec elle : Avocat")
    await two.officer.reads_in_time("private", "Vous n’avez rien à faire")
    assert await page.is_hidden("[data-part=main] video")
    assert await page.locator("[data-part=crew] [data-remote]").count() == 0
    assert "Avocat avec la personne" in await two.officer.reads("roll")
    assert await page.evaluate(_OPEN) == [False, False]
    assert await page.is_disabled("[data-turn=audio]")
    assert await page.is_disabled("#text")
    assert await page.is_hidden("[data-evidence=picture]")


async def test_the_host_begins_by_the_keyboard_and_the_officer_is_cut_off_until_it_ends(
    two: Scene, lawyer: Lawyer
) -> None:
    page, form = two.host.page, two.officer.page.locator("[data-part=evidence-form]")
    await two.officer.click("[data-evidence=picture]")  # what the officer was about to keep stays as it is
    await two.officer.page.wait_for_function(_STILL_CAME)
    await page.focus("[aria-controls=consult]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"#stays-{lawyer.id}:focus")
    assert await page.is_checked(f"#stays-{lawyer.id}")  # who is there to help the person usually stays
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await is_cut(two)
    await form.get_by_text("pourra être conservé ensuite").wait_for()
    assert await form.get_by_role("button", name="Garder et sceller").is_disabled()
    assert await form.get_by_role("button", name="Reprendre l’image").is_disabled()
    await two.host.reads_in_time("private-note", "Avec la personne : Avocat")
    await page.wait_for_selector("[data-part=resume]:focus")
    await two.host.sees()
    assert await page.inner_text("[data-part=main] [data-name]") == "Avocat, Maes"
    await lawyer.sees()
    before = await arrives(two.officer)
    await lawyer.sees(20)
    assert await arrives(two.officer) == before

    await page.keyboard.press("Enter")
    for somebody in (two.host, two.officer):
        await somebody.sees()
        await somebody.reads_in_time("recording", "Enregistrement en cours")
    await two.officer.reads_in_time("live", "La consultation privée est finie")
    assert await two.officer.page.evaluate(_OPEN) == [True, True]
    assert await form.get_by_role("button", name="Garder et sceller").is_enabled()
    assert "pourra être conservé" not in await form.inner_text()
    assert await two.officer.page.is_enabled("#text")
    assert not two.host.trouble
    assert not two.officer.trouble


async def test_it_holds_on_a_reload_and_on_a_new_node(two: Scene, lawyer: Lawyer) -> None:
    await two.host.click("[aria-controls=consult]")
    await two.host.page.check(f"#stays-{lawyer.id}")
    await two.host.click("#consult button[name=turn]")
    await is_cut(two)
    await two.officer.page.reload()
    await is_cut(two)
    pid = two.house.app[MEDIA].pids[0]
    assert pid is not None
    heard = lawyer.mark()
    os.kill(pid, signal.SIGKILL)
    await lawyer.hears("consultation", since=heard)
    await lawyer.sees()
    await is_cut(two)
    await two.host.page.reload()
    await two.host.reads_in_time("private-note", "Avocat")
    await two.host.sees()
    assert await arrives(two.officer) == 0
    await two.host.click("[data-part=resume]")
    await two.officer.sees()
    await two.officer.reads_in_time("recording", "Enregistrement en cours")


async def test_the_person_may_stay_with_whoever_is_in_their_room(two: Scene) -> None:
    await two.meet()
    await two.host.click("[aria-controls=consult]")
    assert "Personne en ligne ne peut rester" in await two.host.page.inner_text("#consult")
    await two.host.click("#consult button[name=turn]")
    await two.host.reads_in_time("private", "Quittez la pièce pendant que la personne parle")
    await two.officer.reads_in_time("private", "La personne s’entretient en privé.")
    assert await two.officer.page.is_disabled("#text")
    for somebody in (two.host, two.officer):
        assert await somebody.page.is_hidden("[data-part=main] video")
        await somebody.reads_in_time("recording", PRIVATE)
    await two.host.click("[data-part=resume]")
    for somebody in (two.host, two.officer):
        await somebody.sees()
        await somebody.reads_in_time("recording", "Pas d’enregistrement")


async def test_who_is_put_out_stays_out_until_let_in_again_through_an_open_door(
    two: Scene, lawyer: Lawyer
) -> None:
    page = two.host.page
    await two.host.reads_in_time("inside", "Avocat")
    await two.host.click("[data-part=inside] button")
    await page.select_option("#removal", "disturbs")
    await two.host.click("[data-part=remove-form] .govuk-button--warning")
    await lawyer.hears("removed")
    await lawyer.hears("closed")
    await two.host.reads_in_time("removed", "Perturbe l’entretien")
    await two.officer.reads_in_time("live", "Sortie : Avocat")

    await two.host.click("button[value=locked]")
    await page.wait_for_selector("button[value=open]:focus")
    await two.host.click("[data-part=removed] button")
    await two.host.reads_in_time("removed", "L’accès est verrouillé")
    await two.host.click("button[value=open]")
    await two.host.click("[data-part=removed] button")
    await page.wait_for_selector("[data-part=removed]:empty", state="attached")
    heard = lawyer.mark()
    await lawyer.come()
    await lawyer.hears("admitted", since=heard)
    await lawyer.sees()
