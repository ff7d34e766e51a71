"""Six people in a room, who is large in it, and devices that change in the call, with real browsers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scheduling.participant import NEVER_RECORDED
from scheduling.participant import ParticipantRole as Part
from tests.support.figures import grows, keep_connections, stands
from tests.support.guests import NAME
from tests.support.likeness import OF_ROLE
from tests.support.person import Person
from tests.support.recognition import recognises
from tests.support.scene import Scene, guest_known, scene

NAMES = {
    Part.DETAINEE: "La personne",
    Part.CONSULAR_OFFICER: "Agent consulaire",
    Part.INTERPRETER: "Interprète",
    Part.LAWYER: "Avocat",
    Part.GUARDIAN: "Tuteur",
    Part.LIAISON_OFFICER: "Officier de liaison",
}
GUESTS = tuple(NAMES)[2:]
_SILENT = """async ([most, looks]) => {
  const pc = window.made.at(-1);
  for (let quiet = 0; quiet < looks; ) {
    const all = [...(await pc.getStats()).values()];
    const heard = all.filter((one) => one.type === "inbound-rtp" && one.kind === "audio");
    quiet = heard.every((one) => one.audioLevel <= most) ? quiet + 1 : 0;
    await new Promise((done) => setTimeout(done, 200));
  }
}"""
_LAST_BIT = 1.01 / 32767  # a decoder of 16 bits may leave it set in silence
_DEVICE = """(kind) => {
  const tracks = document.querySelector("[data-part=self]").srcObject.getTracks();
  return tracks.find((track) => track.kind === kind).label;
}"""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as made:
        await keep_connections(made)
        yield made


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Scene]:
    """The officer has two cameras and two microphones."""
    async with scene(tmp_path, officer=None) as made:
        await keep_connections(made)
        yield made


async def hears_nothing(somebody: Person) -> None:
    """Wait until what is decoded is silence."""
    await somebody.page.evaluate(_SILENT, [_LAST_BIT, 5])


async def all_meet(two: Scene, stack: AsyncExitStack, *roles: Part) -> dict[Part, Person]:
    """Guests stand at the door, the two meet, and the host lets in one after the other; gives everybody."""
    come = [stack.enter_async_context(guest_known(two, role)) for role in roles]
    guests = dict(zip(roles, await asyncio.gather(*come), strict=True))
    await two.meet()
    for role, guest in guests.items():
        if role not in NEVER_RECORDED:
            await guest.page.check("#own-yes")
            async with guest.page.expect_navigation():
                await guest.page.keyboard.press("Enter")
        await guest.click("[data-when=door] [data-enter]")
        await two.host.click(f"[data-part=waiting] li:has-text('{NAMES[role]}') button")
        await guest.is_in("room")
    return {Part.DETAINEE: two.host, Part.CONSULAR_OFFICER: two.officer, **guests}


async def recognises_others(somebody: Person, everybody: Mapping[Part, Person]) -> None:
    """Wait until somebody sees and hears each of the others below their own name."""
    others = {role: OF_ROLE[role] for role, each in everybody.items() if each is not somebody}
    await recognises(somebody, {NAMES[role]: likeness for role, likeness in others.items()})


async def test_six_people_see_and_hear_each_other_by_role_and_name(two: Scene) -> None:
    async with AsyncExitStack() as stack:
        everybody = await all_meet(two, stack, *GUESTS)
        for somebody in everybody.values():
            await recognises_others(somebody, everybody)
            assert await somebody.page.locator("[data-part=crew] [data-remote]").count() == 4
            assert (NAME in await somebody.page.inner_text("body")) is (somebody is two.host)
        await two.host.reads_in_time("crew", f"Interprète, {NAME}")

        await two.officer.click("[data-part=crew] figure:has-text('Avocat') [data-large]")
        await two.officer.reads_in_time("main", "Avocat")
        await recognises_others(two.officer, everybody)
        await two.officer.page.wait_for_selector("[data-usual]:focus")
        await two.officer.page.keyboard.press("Enter")
        await two.officer.reads_in_time("main", "La personne")
        for somebody in everybody.values():
            assert not somebody.trouble


async def test_three_people_see_and_hear_each_other_and_the_large_picture_follows_who_speaks(
    two: Scene,
) -> None:
    async with AsyncExitStack() as stack:
        everybody = await all_meet(two, stack, Part.INTERPRETER)
        for somebody in everybody.values():
            await recognises_others(somebody, everybody)
        await two.host.page.keyboard.press("Alt+m")
        await two.officer.click("[data-part=speaker]")
        await two.officer.reads_in_time("main", "Interprète")
        await two.officer.sees()
        await two.officer.click("[data-part=speaker]")
        await two.officer.reads_in_time("main", "La personne")


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


async def test_devices_change_in_the_call_and_keys_close_them(world: Scene) -> None:
    await world.meet()
    page = world.officer.page
    await world.officer.click("[aria-controls=settings]")
    for kind in ("audio", "video"):
        await page.wait_for_function(
            "(kind) => document.querySelector(`#device-${kind}`).options.length > 1", arg=kind
        )
        before = await page.evaluate(_DEVICE, kind)
        await page.select_option(f"#device-{kind}", index=1)
        await page.wait_for_function(f"([kind, before]) => ({_DEVICE})(kind) !== before", arg=[kind, before])
    assert await page.locator("#device-sound option").count() > 0
    for name in ("seen", "heard", "energy"):
        await grows(world.host, name)
    await page.keyboard.press("Alt+m")
    await world.host.reads_in_time("main", "micro fermé")
    await hears_nothing(world.host)
    await page.keyboard.press("Alt+v")
    await world.host.reads_in_time("main", "Caméra coupée")
    await page.keyboard.press("Alt+m")
    await grows(world.host, "energy")
    assert not world.officer.trouble


async def test_the_whole_screen_keeps_the_state_of_the_recording_in_sight(two: Scene) -> None:
    await two.meet()
    page = two.officer.page
    await page.keyboard.press("Alt+p")
    await page.wait_for_selector("[data-part=full][aria-pressed=true]")
    assert await page.evaluate("() => document.fullscreenElement.id") == "room"
    assert await page.is_visible("[data-part=recording]")
    await page.keyboard.press("Alt+p")
    await page.wait_for_selector("[data-part=full][aria-pressed=false]")
