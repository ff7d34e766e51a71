"""Six people in a room, a line that grows bad, and devices that change in the call, with real browsers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scheduling.participant import ParticipantRole
from tests.support.lawyer import LINE, Lawyer, lawyer_of
from tests.support.media_peer import keep_to_loopback
from tests.support.person import Person
from tests.support.scene import Scene, scene

GUESTS = (
    (ParticipantRole.INTERPRETER, "Sow"),
    (ParticipantRole.LAWYER, "Maes"),
    (ParticipantRole.GUARDIAN, "Lambert"),
    (ParticipantRole.OBSERVER, "Peeters"),
)
WORDS = {
    ParticipantRole.INTERPRETER: "Interprète",
    ParticipantRole.LAWYER: "Avocat",
    ParticipantRole.GUARDIAN: "Tuteur",
    ParticipantRole.OBSERVER: "Observateur",
}
BACK_MS = 60_000
_KEEP = """() => {
  const Made = window.RTCPeerConnection;
  window.made = [];
  window.worse = false;
  window.RTCPeerConnection = class extends Made {
    constructor(...all) { super(...all); window.made.push(this); }
    async getStats() {
      const report = await super.getStats();
      if (!window.worse) return report;
      window.worse += 500;
      return new Map([...report].map(([id, one]) => [id, { ...one, packetsLost: window.worse }]));
    }
  };
}"""
_FIGURES = """async () => {
  const pc = window.made.at(-1);
  const figures = { seen: 0, heard: 0, shown: 0, energy: 0 };
  for (const one of (await RTCPeerConnection.prototype.getStats.call(pc)).values()) {
    if (one.type === "inbound-rtp" && one.kind === "video") figures.seen += one.framesDecoded;
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      figures.heard += one.totalSamplesReceived - one.concealedSamples;
      figures.energy += one.totalAudioEnergy;
    }
    if (one.type === "outbound-rtp" && one.kind === "video") figures.shown += one.packetsSent;
  }
  return figures;
}"""
_STANDS = (
    """async ([name, looks]) => {
  const figures = FIGURES;
  let before = -1;
  for (let same = 0; same < looks; ) {
    const now = (await figures())[name];
    same = now === before ? same + 1 : 0;
    before = now;
    await new Promise((done) => setTimeout(done, 200));
  }
  return before;
}"""
).replace("FIGURES", _FIGURES)
_SILENT = """async ([most, looks]) => {
  const pc = window.made.at(-1);
  for (let quiet = 0; quiet < looks; ) {
    const all = [...(await RTCPeerConnection.prototype.getStats.call(pc)).values()];
    const heard = all.filter((one) => one.type === "inbound-rtp" && one.kind === "audio");
    quiet = heard.every((one) => one.audioLevel <= most) ? quiet + 1 : 0;
    await new Promise((done) => setTimeout(done, 200));
  }
}"""
_LAST_BIT = 1.01 / 32767  # a decoder of 16 bits may leave it set in silence
_GROWS = f"async ([name, before]) => (await ({_FIGURES})())[name] > before"
_ALL_MOVE = """(others) => {
  const videos = [...document.querySelectorAll("[data-part=main] video, [data-part=crew] [data-remote]")];
  const shown = videos.filter((video) => !video.hidden && video.videoWidth > 0);
  return shown.filter((video) => video.getVideoPlaybackQuality().totalVideoFrames > 10).length === others;
}"""
_DEVICE = """(kind) => {
  const tracks = document.querySelector("[data-part=self]").srcObject.getTracks();
  return tracks.find((track) => track.kind === kind).label;
}"""


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path, LINE) as made:
        for somebody in (made.host, made.officer):
            await somebody.page.add_init_script(f"({_KEEP})()")
        yield made


async def figures(somebody: Person) -> dict[str, float]:
    found: dict[str, float] = await somebody.page.evaluate(_FIGURES)
    return found


async def grows(somebody: Person, name: str) -> None:
    """Wait until more is seen, heard or shown than now."""
    before = (await figures(somebody))[name]
    await somebody.page.wait_for_function(_GROWS, arg=[name, before], timeout=BACK_MS)


async def stands(somebody: Person, name: str) -> None:
    """Wait until a figure does not change any more."""
    await somebody.page.evaluate(_STANDS, [name, 5])


async def hears_nothing(somebody: Person) -> None:
    """Wait until what is decoded is silence."""
    await somebody.page.evaluate(_SILENT, [_LAST_BIT, 5])


async def all_come(two: Scene, stack: AsyncExitStack) -> dict[ParticipantRole, Lawyer]:
    guests = {}
    for role, name in GUESTS:
        guests[role] = await stack.enter_async_context(lawyer_of(two.house, two.interview_id, role, name))
        await guests[role].come()
        await two.host.click(f"[data-part=waiting] li:has-text('{WORDS[role]}') button")
    return guests


async def test_six_people_see_and_hear_each_other_by_role_and_name(two: Scene) -> None:
    await two.meet()
    async with AsyncExitStack() as stack:
        guests = await all_come(two, stack)
        for somebody in (two.host, two.officer):
            await somebody.page.wait_for_function(_ALL_MOVE, arg=4, timeout=BACK_MS)
            await grows(somebody, "heard")
            assert await somebody.page.locator("[data-part=crew] [data-remote]").count() == 3
            await somebody.reads_in_time("roll", "Observateur")
        for guest in guests.values():
            await guest.sees()
        await two.host.reads_in_time("crew", "Interprète, Sow")
        assert "Sow" not in await two.officer.page.inner_text("body")

        await two.officer.click("[data-part=crew] figure:has-text('Avocat') [data-large]")
        await two.officer.reads_in_time("main", "Avocat")
        await two.officer.sees()
        await two.officer.page.wait_for_selector("[data-usual]:focus")
        await two.officer.page.keyboard.press("Enter")
        await two.officer.reads_in_time("main", "La personne")
        assert not two.host.trouble
        assert not two.officer.trouble


async def test_the_large_picture_follows_who_speaks(two: Scene) -> None:
    await two.meet()
    async with lawyer_of(two.house, two.interview_id) as lawyer:
        await lawyer.come()
        await two.host.click("[data-part=waiting] button")
        await two.officer.reads_in_time("crew", "Avocat")
        await two.host.page.keyboard.press("Alt+m")
        await two.officer.click("[data-part=speaker]")
        await two.officer.reads_in_time("main", "Avocat")
        await two.officer.sees()
        await two.officer.click("[data-part=speaker]")
        await two.officer.reads_in_time("main", "La personne")


async def test_on_a_bad_line_the_pictures_stop_the_voices_go_on_and_all_comes_back_by_itself(
    two: Scene,
) -> None:
    await two.meet()
    await two.record()
    await two.officer.page.evaluate("() => { window.worse = 1; }")
    await two.officer.reads_in_time("sound-note", "les images sont arrêtées")
    await stands(two.officer, "seen")
    await stands(two.officer, "shown")
    await grows(two.officer, "heard")
    await grows(two.host, "heard")
    await two.host.reads_in_time("main", "Son seul : liaison fragile")
    assert await two.host.page.is_hidden("[data-part=main] video")
    assert await two.officer.page.is_hidden("[data-part=main] video")
    await two.officer.reads_in_time("recording", "Enregistrement en cours")

    await two.officer.page.evaluate("() => { window.worse = false; }")
    await two.officer.page.wait_for_selector("[data-part=sound-note]", state="hidden", timeout=BACK_MS)
    for somebody in (two.host, two.officer):
        await somebody.sees()
        await grows(somebody, "seen")


async def test_somebody_asks_for_the_sound_alone_keeps_it_on_a_reconnection_and_takes_the_pictures_back(
    two: Scene,
) -> None:
    await two.meet()
    await two.officer.click("[aria-controls=settings]")
    await two.officer.click("[data-part=sound-ask]")
    await stands(two.officer, "seen")
    await two.host.page.reload()
    await two.host.is_in("room")
    await grows(two.officer, "heard")
    await stands(two.officer, "seen")
    await two.officer.click("[data-part=sound-back]")
    for somebody in (two.host, two.officer):
        await somebody.sees()


async def test_devices_change_in_the_call_and_keys_close_them(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await two.officer.click("[aria-controls=settings]")
    for kind in ("audio", "video"):
        await page.wait_for_function(
            "(kind) => document.querySelector(`#device-${kind}`).options.length > 1", arg=kind
        )
        before = await page.evaluate(_DEVICE, kind)
        await page.select_option(f"#device-{kind}", index=1)
        await page.wait_for_function(f"([kind, before]) => ({_DEVICE})(kind) !== before", arg=[kind, before])
    assert await page.locator("#device-sound option").count() > 0
    for name in ("seen", "heard", "energy"):
        await grows(two.host, name)
    await page.keyboard.press("Alt+m")
    await two.host.reads_in_time("main", "micro fermé")
    await hears_nothing(two.host)
    await page.keyboard.press("Alt+v")
    await two.host.reads_in_time("main", "Caméra coupée")
    await page.keyboard.press("Alt+m")
    await grows(two.host, "energy")
    assert not two.officer.trouble


async def test_the_whole_screen_keeps_the_state_of_the_recording_in_sight(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await page.keyboard.press("Alt+p")
    await page.wait_for_selector("[data-part=full][aria-pressed=true]")
    assert await page.evaluate("() => document.fullscreenElement.id") == "room"
    assert await page.is_visible("[data-part=recording]")
    await page.keyboard.press("Alt+p")
    await page.wait_for_selector("[data-part=full][aria-pressed=false]")
