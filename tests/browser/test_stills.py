"""A document kept as the sender's own camera sees it, larger than what comes over the line."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from sqlalchemy import select

from recordings.age_stream import AgeReader
from recordings.tables import evidence, stills
from tests.support.likeness import FULL, THE_PERSON
from tests.support.scene import Scene, scene

PATIENCE_MS = 60_000
_LINE_WIDTH = "() => document.querySelector('[data-part=main] video').videoWidth"
_HEAR = """() => {
  const live = document.querySelector("[data-part=live]");
  window.heard = [];
  new MutationObserver(() => window.heard.push(live.textContent)).observe(live, { childList: true });
}"""
_OUT_OF_SIGHT = "() => { HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0; }"


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, host=replace(THE_PERSON, size=FULL)) as made:
        yield made


async def test_the_officer_keeps_the_full_picture_of_the_sender_and_the_call_goes_on(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await two.host.page.evaluate(_HEAR)
    await two.officer.click("[data-evidence=picture]")
    await two.officer.reads_in_time("evidence-form", "à sa pleine résolution")
    await two.officer.reads_in_time("evidence-form", "Prise par la caméra elle-même")
    width = int(await page.evaluate("() => document.querySelector('.p-take canvas').width"))
    await two.host.reads_in_time("live", "L’agent a pris une image avec votre caméra")
    heard = await two.host.page.evaluate("() => window.heard")
    assert "L’agent prend une image de votre caméra." in heard[:-1]  # and it is gone once it was taken
    assert width > 1280
    await two.host.page.evaluate(_OUT_OF_SIGHT)
    await two.officer.click("[data-again]")
    await two.officer.reads_in_time("evidence-form", "Prise par la caméra elle-même")
    await page.select_option("#evidence-kind", "birth_certificate")
    await two.officer.click("[data-part=evidence-form] button:not([type=button])")
    await two.officer.reads_in_time("evidence", "Image scellée")
    async with two.house.transaction() as session:
        item = (await session.execute(select(evidence))).one()
        assert (await session.execute(select(stills))).all() == []
    base = two.house.settings.data / "recordings" / two.interview_id / item.file_id
    sealed = base.with_suffix(".hdr").read_bytes() + base.with_suffix(".body").read_bytes()
    kept = AgeReader(io.BytesIO(sealed), [two.house.supervisor]).read()
    with av.open(io.BytesIO(kept)) as picture:
        assert picture.streams.video[0].width == width
    await page.wait_for_function(f"() => ({_LINE_WIDTH})() <= 1280")
    await two.officer.sees()
    assert not two.officer.trouble
    assert not two.host.trouble


async def test_a_document_is_shown_with_more_pixels_while_the_officer_asks_for_them(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await two.officer.click("[data-part=sharp]")
    await page.wait_for_selector("[data-part=sharp][aria-pressed=true]")
    await page.wait_for_function(f"() => ({_LINE_WIDTH})() > 1280", timeout=PATIENCE_MS)
    await two.officer.sees()
    await two.officer.click("[data-part=sharp]")
    await page.wait_for_function(f"() => ({_LINE_WIDTH})() <= 1280", timeout=PATIENCE_MS)
    assert not two.host.trouble
