"""Closing an interview in a real browser: minutes read back and corrected, an outcome drafted and kept."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.browser import watched
from tests.support.scene import Scene, scene

SAID, CORRECTED = "Je suis né à Labé.", "Je suis né à Pita."


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as made:
        yield made


async def test_the_minutes_are_read_back_before_it_ends(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await page.check("#kind-answer")
    await page.fill("#text", SAID)
    await two.officer.click("[data-part=compose] button")
    await two.officer.reads_in_time("minutes", SAID)

    await two.officer.click("[aria-controls=end]")
    await page.fill("#text", "Une phrase commencée")
    await two.officer.click("#end .govuk-button--warning")
    await expect(page.locator("#end [data-error]")).to_contain_text("tapée sans être consignée")
    await page.fill("#text", "")
    await two.officer.click("#end .govuk-button--warning")
    await expect(page.locator("#end [data-error]")).to_contain_text("Relisez d’abord le procès-verbal")
    await two.officer.click("#end [data-close]")

    await page.get_by_role("button", name="Relire le procès-verbal").press("Enter")
    await expect(page.locator("#corrects")).to_be_focused()
    await page.select_option("#corrects", label=SAID)
    await page.fill("#correction", CORRECTED)
    await two.officer.click("[data-part=correct] button")
    await two.officer.reads_in_time("minutes", CORRECTED)
    lines = page.locator("[data-part=minutes] > li")
    await expect(lines).to_have_count(2)
    assert SAID in await lines.first.inner_text()
    await page.select_option("#read-in", "fuf")
    await page.check("#reply-corrected")
    assert await watched(page).breaches() == []
    await page.locator("form[data-part=read-back] button:not([type])").click()
    await two.officer.reads_in_time("read-back-said", "La personne a corrigé")
    assert await page.get_attribute("[data-part=read-back-said]", "role") == "status"
    await expect(page.locator("[data-part=read-back-said]")).to_be_in_viewport()
    await expect(page.locator("#read-back")).to_be_hidden()
    await expect(page.get_by_role("button", name="Relire le procès-verbal")).to_be_focused()
    await expect(page.locator("#reply-corrected")).not_to_be_checked()


async def test_a_draft_survives_a_reload_and_overwrites_nobody(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await page.get_by_text("Projet de résultat").click()
    saved = page.locator("[data-part=draft] [data-saved]")
    await page.check("#value-inconclusive")
    await page.fill("#reasons", "Hésite sur son école.")
    await expect(saved).to_contain_text("Enregistré à")
    assert await watched(page).breaches() == []

    await page.reload()
    await two.officer.is_in("room")
    await page.get_by_text("Projet de résultat").click()
    await expect(page.locator("#reasons")).to_have_value("Hésite sur son école.")
    await expect(page.locator("#value-inconclusive")).to_be_checked()

    elsewhere = """async (url) => {
      const token = document.querySelector('meta[name="csrf-token"]').content;
      const headers = { "X-CSRF-Token": token, Accept: "application/json" };
      for (;;) {  // what this page has typed may be saved just then
        const { version } = await (await fetch(url, { headers })).json();
        const body = new URLSearchParams({ after: version, value: "inconclusive", reasons: "Autre avis." });
        const { status } = await fetch(url, { method: "POST", headers, body });
        if (status !== 409) return status;
      }
    }"""
    assert await page.evaluate(elsewhere, two.path.replace("/room", "/draft")) == 200
    await page.fill("#reasons", "Le mien.")
    told = page.locator("[data-conflict]")
    await expect(told).to_contain_text("Vos motifs : Autre avis.")
    await expect(saved).to_contain_text("Non enregistré")
    assert await watched(page).breaches() == []
    await two.officer.click("[data-theirs]")
    await expect(page.locator("#reasons")).to_have_value("Autre avis.")


async def test_a_pause_is_asked_for_and_begins(two: Scene) -> None:
    await two.meet()
    host, officer = two.host.page, two.officer.page
    await officer.get_by_role("button", name="Demander une pause").press("Enter")
    await two.officer.reads_in_time("pause-said", "Vous avez demandé une pause")
    await expect(host.locator("[data-part=pauses] [role=alert]").first).to_contain_text(
        "Une pause est demandée par : Agent consulaire"
    )
    for page in (host, officer):
        assert await watched(page).breaches() == []
    await host.get_by_role("button", name="Continuer sans pause").click()
    await two.officer.reads_in_time("pause-said", "n’est pas possible maintenant")
    await expect(host.locator("[data-part=pauses]")).to_be_hidden()
    assert await watched(officer).breaches() == []
    await officer.locator("[data-part=pause-said]").get_by_role("button", name="Fermer").press("Enter")
    await expect(officer.locator("[data-part=pause-said]")).to_be_hidden()
    await expect(officer.get_by_role("button", name="Demander une pause")).to_be_focused()

    await two.host.click("[aria-controls=consult]")
    await two.host.click("button[value=begin]")
    await expect(officer.locator("[data-part=private]")).to_be_visible()
    await host.get_by_role("button", name="Changer qui reste").press("Enter")
    await expect(host.locator("button[value=change]")).to_be_visible()
    await expect(host.locator("button[value=begin]")).to_be_hidden()
    assert await watched(host).breaches() == []

    await host.get_by_role("button", name="Reprendre l’entretien").click()
    await expect(officer.locator("[data-part=private]")).to_be_hidden()
    await expect(officer.locator("[data-part=pause-said]")).to_be_hidden()


async def test_a_pause_that_is_asked_for_suspends_the_recording(two: Scene) -> None:
    await two.meet()
    await two.record()
    await two.officer.page.get_by_role("button", name="Demander une pause").press("Enter")
    asked = two.host.page.locator("[data-part=pauses]")
    await asked.get_by_role("button", name="Suspendre l’enregistrement").click()
    await two.officer.reads_in_time("pause-said", "a commencé")
    await two.officer.reads_in_time("recording", "Enregistrement suspendu")
    await expect(asked).to_be_hidden()
