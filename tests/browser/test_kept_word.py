"""What the room says once and means: its clocks, a note that was closed, a draft's list, and who is host."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from server.accounts import add_account
from tests.support.browser import watched
from tests.support.media_peer import keep_to_loopback
from tests.support.person import passer_by
from tests.support.scene import Scene, guest_known, scene
from tests.support.web import CENTRE, PASSWORD, cheap_passwords

COLLEAGUE, ADDRESS = "Bea Colleague", "bea@example.org"


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path) as made:
        yield made


async def test_each_clock_of_the_room_says_what_it_counts(two: Scene) -> None:
    await two.meet()
    await two.record()
    page = two.officer.page
    await expect(page.locator("[data-part=clock]")).to_have_text(re.compile(r"^Entretien\s: 0:\d\d:\d\d$"))
    recorded = page.locator("[data-rec-time]")
    await expect(recorded).to_have_text(re.compile(r"^0:\d\d:\d\d enregistrées$"))
    await expect(page.locator("#hint-text")).to_have_text(
        re.compile(r"^Figurera à 0:\d\d:\d\d de l’entretien$")
    )
    labelled = page.locator("section[aria-labelledby=h-minutes]")
    await expect(labelled).to_contain_text("Les temps se comptent depuis le début de l’entretien.")


async def test_a_note_that_was_closed_stays_closed_when_the_page_is_loaded_again(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await two.officer.click("[data-part=pause-ask]")
    await two.host.page.get_by_role("button", name="Continuer sans pause").click()
    await two.officer.reads_in_time("pause-said", "n’est pas possible maintenant")
    await two.officer.click("[data-part=pause-said] [data-close]")
    await page.reload()
    await two.officer.is_in("room")
    await expect(page.locator("[data-part=pause-said] [data-text]")).to_contain_text("n’est pas possible")
    await expect(page.locator("[data-part=pause-said]")).to_be_hidden()


async def test_a_draft_names_what_is_missing_only_when_something_is(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    before = page.get_by_text("Avant de pouvoir signer")
    await page.get_by_text("Projet de résultat").click()
    await expect(page.locator("#reasons")).to_be_visible()
    await expect(before).to_be_hidden()
    await page.check("#value-inconclusive")
    await expect(before).to_be_visible()
    missing = ["Dites si un laissez-passer sera délivré", "Écrivez vos motifs"]
    await expect(page.locator("[data-missing] li")).to_have_text(missing)

    await page.reload()
    await two.officer.is_in("room")
    await page.get_by_text("Projet de résultat").click()
    await expect(before).to_be_visible()
    assert await watched(page).breaches() == []
    await page.fill("#reasons", "Hésite sur son école.")
    await page.check("#travel_document-later")
    await expect(before).to_be_hidden()


async def test_the_host_hands_over_to_a_colleague_who_comes_in_from_another_machine(two: Scene) -> None:
    await _hire(two)
    await two.meet()
    await two.host.page.get_by_text("Passer le relais à un collègue").click()
    button = two.host.page.get_by_role("button", name="Passer le relais")
    await button.click()  # nobody is chosen before the host chooses
    await expect(two.host.page.locator("#colleague")).to_be_focused()
    await two.host.reads_in_time("host-name", "centre_staff of tests")
    await two.host.page.select_option("#colleague", label=COLLEAGUE)
    await button.click()
    await two.host.reads_in_time("host-name", COLLEAGUE)
    async with passer_by(two.playwright, two.house) as colleague:
        await colleague.page.goto("/sign-in")
        await colleague.page.fill("#email", ADDRESS)
        await colleague.page.fill("#password", PASSWORD)
        async with colleague.page.expect_navigation():
            await colleague.page.press("#password", "Enter")
        await colleague.page.goto(two.path)
        await colleague.click("[data-enter]")
        await colleague.is_in("room")
        await two.host.is_in("replaced")
        await colleague.sees()
        await two.officer.sees()
        assert not colleague.trouble
    await two.officer.page.goto(two.path.removesuffix("/room"))
    await expect(two.officer.page.locator("main")).to_contain_text("Un autre hôte du centre prend le relais")


async def test_who_does_not_agree_is_interviewed_without_recording(two: Scene) -> None:
    await two.meet()
    host = two.host.page
    await host.select_option("#language", "fr")
    await host.check("#consent-no")
    await two.host.click(".p-notice button")
    await expect(host.locator("[data-notice=no]:visible").first).to_be_visible()
    await expect(host.locator("button[value=start]")).to_be_hidden()
    for somebody in (two.host, two.officer):
        await somebody.reads_in_time("recording", "Pas d’enregistrement")
    await two.officer.watch()
    await two.officer.goes_on()
    await two.officer.click("[aria-controls=end]")
    async with two.officer.page.expect_navigation(url="**/outcome"):
        await two.officer.click("#end .govuk-button--warning")
    await expect(two.officer.page.locator("main")).to_contain_text("sans enregistrement")


async def test_a_guest_is_put_out_for_a_reason_that_the_host_chose(two: Scene) -> None:
    await two.meet()
    async with guest_known(two, ParticipantRole.LAWYER) as lawyer:
        await two.host.click("button[name=lock]")
        await two.host.page.wait_for_selector("button[name=lock][value=open]")
        await lawyer.click("[data-enter]")
        await lawyer.is_in("waiting")
        await two.host.reads_in_time("waiting", "Avocat")
        await two.host.click("[data-part=waiting] button")
        await two.host.reads_in_time("waiting", "L’accès est verrouillé")
        await lawyer.is_in("waiting")
        await two.host.click("button[name=lock]")
        await two.host.page.wait_for_selector("button[name=lock][value=locked]")
        await two.host.click("[data-part=waiting] button")
        await lawyer.is_in("room")

        await two.host.click("[data-part=inside] button")
        await two.host.click("[data-part=remove-form] .govuk-button--warning")
        await expect(two.host.page.locator("#removal")).to_be_focused()
        await lawyer.is_in("room")
        await two.host.page.select_option("#removal", "not_needed")
        await two.host.click("[data-part=remove-form] .govuk-button--warning")
        await lawyer.is_in("removed")


async def _hire(two: Scene) -> None:
    house = two.house
    async with house.transaction() as session:
        await add_account(
            session,
            cheap_passwords(),
            organisation_id=house.organisations[CENTRE],
            role=Role.CENTRE_STAFF,
            name=COLLEAGUE,
            email=ADDRESS,
            password=PASSWORD,
            clock=house.clock,
        )
