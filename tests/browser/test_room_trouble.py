"""Problems told to the host, messages read aloud, and the telephone, with real browsers."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.browser import PHONE, Visitor
from tests.support.lawyer import LINE, lawyer_of
from tests.support.media_peer import keep_to_loopback
from tests.support.scene import Scene, scene

ALARM_SECONDS = 3
_WHEN_ALARMED = """() => {
  const seen = new MutationObserver(() => { window.alarmed ??= Date.now(); });
  seen.observe(document.querySelector("[data-part=alarm]"), { childList: true });
}"""


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path, LINE) as made:
        await made.meet()
        yield made


async def test_a_problem_is_told_by_the_keyboard_and_said_at_once_to_the_host(two: Scene) -> None:
    page = two.officer.page
    await page.focus("[aria-controls=problem]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#trouble-hears_nothing:focus")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await two.officer.reads_in_time("problem-done", "Le centre est prévenu")
    said = "Agent consulaire, consular_officer of tests : n’entend rien, ou mal"
    await two.host.reads_in_time("trouble-alert", said)
    await two.host.reads_in_time("troubles", said)
    assert await page.is_hidden("#problem fieldset")  # the confirmation stands in its place
    await page.wait_for_selector("#problem [data-close]:focus")
    await page.keyboard.press("Escape")
    await page.wait_for_selector("[aria-controls=problem]:focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#trouble-hears_nothing:focus")  # the next one is asked anew
    assert not await two.officer.reads("problem-done")
    await two.host.page.reload()
    await two.host.reads_in_time("troubles", said)
    assert not await two.host.page.inner_text("[data-part=trouble-alert]")


PANELS = ("settings", "problem", "end")


async def test_one_panel_is_open_at_a_time_and_escape_closes_it(two: Scene) -> None:
    page = two.host.page
    for panel in PANELS:
        await two.host.click(f"[aria-controls={panel}]")
        for other in PANELS:
            is_open = other == panel
            assert await page.is_visible(f"#{other}") == is_open, (panel, other)
            said = await page.locator(f"[aria-controls={other}]").first.get_attribute("aria-expanded")
            assert said == str(is_open).lower(), (panel, other)
    await page.keyboard.press("Escape")
    await page.wait_for_selector("[aria-controls=end]:focus")
    await two.host.click("[aria-controls=settings]")
    await page.focus("[aria-controls=settings]")
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#settings", state="hidden")


async def test_the_host_goes_on_by_telephone_and_everybody_reads_it(two: Scene) -> None:
    await two.host.click("[aria-controls=problem]")
    await two.host.click("button[value=telephone]")
    for somebody in (two.host, two.officer):
        await somebody.reads_in_time("telephone-note", "L’entretien continue par téléphone depuis")
    await two.host.click("button[value=line]")
    await two.officer.page.wait_for_selector("[data-part=telephone-note]", state="hidden")


async def test_messages_reach_those_inside_stay_on_a_reload_and_are_gone_for_who_is_cut_off(
    two: Scene,
) -> None:
    await two.host.page.fill("#message", "Le micro est coupé")
    await two.host.page.press("#message", "Enter")
    await two.officer.reads_in_time("messages", "Le micro est coupé")
    await two.officer.reads_in_time("messages", "Hôte du centre")
    await two.officer.reads_in_time("minutes", "Message : Hôte du centre")
    assert await two.officer.page.locator("[role=log] [data-part=messages]").count() == 1
    await two.officer.page.reload()
    await two.officer.reads_in_time("messages", "Le micro est coupé")
    async with lawyer_of(two.house, two.interview_id) as lawyer:
        await lawyer.come()
        await two.host.click("[data-part=waiting] button")
        await two.host.click("[aria-controls=consult]")
        await two.host.page.check(f"#stays-{lawyer.id}")
        await two.host.click("#consult button[name=turn]")
        await two.officer.page.wait_for_selector("[data-part=messages]:empty", state="attached")
        for somebody in (two.host, two.officer):
            await expect(somebody.page.locator("#message")).to_be_disabled()
        await two.host.click("[data-part=resume]")
        await two.officer.reads_in_time("messages", "Le micro est coupé")
        assert await two.officer.page.is_enabled("#message")
    assert not two.host.trouble


async def test_a_message_out_of_sight_is_counted_on_its_button_until_it_is_read(two: Scene) -> None:
    page, marked = two.host.page, two.host.page.locator("[data-part=messages-open]")
    await page.set_viewport_size(PHONE)
    title = await page.title()
    await expect(marked).to_have_accessible_name("Messages")
    for n, name in ((1, "1 nouveau message"), (2, "2 nouveaux messages")):
        await two.officer.page.fill("#message", f"Message {n}")
        await two.officer.page.press("#message", "Enter")
        await expect(marked).to_have_accessible_name(name)
        assert name.startswith(await marked.inner_text())
        assert await page.title() == f"({n}) {title}"
    await expect(marked.locator("[data-dot]")).to_be_visible()
    assert await Visitor(page).breaches() == []
    await expect(two.officer.page.locator("[data-part=messages-open]")).to_have_accessible_name("Messages")

    await marked.press("Enter")
    await expect(page.locator("#message")).to_be_focused()
    await expect(page.locator("[data-part=messages] > li").last).to_be_in_viewport()
    await expect(marked).to_have_accessible_name("Messages")
    await expect(marked.locator("[data-dot]")).to_be_hidden()
    assert await page.title() == title

    await page.reload()
    await two.host.is_in("room")
    await two.host.reads_in_time("messages", "Message 2")
    await expect(marked).to_have_accessible_name("Messages")


async def test_the_host_hears_within_three_seconds_that_the_recorder_has_stopped(two: Scene) -> None:
    await two.record()
    folder = two.house.settings.data / "recordings" / two.interview_id
    await two.host.page.evaluate(_WHEN_ALARMED)
    folder.rename(folder.with_suffix(".away"))
    gone = time.time()
    await two.host.reads_in_time("alarm", "L’enregistrement s’est arrêté de lui-même")
    alarmed = float(await two.host.page.evaluate("() => window.alarmed"))
    assert alarmed / 1000 - gone < ALARM_SECONDS
    assert await two.host.page.is_visible("[data-part=alarm]")
    for somebody in (two.host, two.officer):
        await somebody.reads_in_time("recording", "L’enregistrement s’est arrêté")
    assert await two.officer.page.locator("[data-part=alarm]").count() == 0
    folder.with_suffix(".away").rename(folder)
    await two.host.click("button[value=resume]")
    for somebody in (two.host, two.officer):
        await somebody.reads_in_time("recording", "Enregistrement en cours")
    assert await two.host.page.is_hidden("[data-part=alarm]")


async def test_who_is_about_to_let_somebody_in_keeps_the_button_whatever_happens_meanwhile(
    two: Scene,
) -> None:
    button = two.host.page.locator("[data-part=waiting] button")
    async with lawyer_of(two.house, two.interview_id) as lawyer:
        await lawyer.come()
        await button.focus()
        await two.officer.page.get_by_role("button", name="Micro ouvert").click()
        await expect(two.host.page.locator("[data-part=main] [data-silent]")).to_be_visible()
        await expect(button).to_be_focused()
        await button.press("Enter")
        await expect(button).to_have_count(0)


_SEEN = """(selector) => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
  const bar = document.querySelector("[data-part=controls]").getBoundingClientRect();
  const isBeside = getComputedStyle(document.querySelector(".p-side")).overflowY === "auto";
  return top >= 0 && bottom <= (isBeside ? window.innerHeight : bar.top);
}"""


async def test_the_host_is_led_to_the_notice_until_the_answer_is_noted(two: Scene) -> None:
    page = two.host.page
    await two.host.reads_in_time("notice-due", "D’abord l’information")
    for answer in ("#language", "#consent-no"):  # in sight at once beside the picture
        assert await page.evaluate(_SEEN, answer), answer
    assert await two.officer.page.locator("[data-part=notice-due]").count() == 0
    await page.set_viewport_size(PHONE)
    assert await page.evaluate(_SEEN, "[data-part=notice-due]")
    await two.host.click("[data-part=notice-due] button")
    await page.wait_for_selector("#h-notice:focus")
    assert await page.evaluate(_SEEN, "#h-notice")
    await page.select_option("#language", "fr")
    await page.check("#consent-yes")
    await page.click(".p-notice button:not([type])")
    await page.wait_for_selector("[data-part=notice-due]", state="hidden")
