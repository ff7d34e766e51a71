"""Guests without an account, in browsers: link, code, waiting room, the room, out and in, link taken back."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from scheduling.admission import OPENS_BEFORE
from scheduling.participant import ParticipantRole
from scheduling.tables import bookings
from tests.support.browser import PHONE, WIDE, Visitor
from tests.support.media_peer import keep_to_loopback
from tests.support.person import PATIENCE_MS, Person
from tests.support.scene import Scene, give_code, guest_with_code, scene


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    keep_to_loopback(monkeypatch.setattr)
    async with scene(tmp_path) as made:
        yield made


@asynccontextmanager
async def guest_at_the_door(
    two: Scene, role: ParticipantRole = ParticipantRole.LAWYER
) -> AsyncIterator[Person]:
    """Somebody who came by link and code; both pages were looked at."""
    async with guest_with_code(two, role) as (guest, code):
        assert "#" not in guest.page.url
        await fits(guest)
        await give_code(guest, code)
        yield guest


async def fits(guest: Person) -> None:
    """Whatever is shown now breaks no rule of accessibility, wide or on a telephone."""
    seen = Visitor(guest.page)
    for size in (WIDE, PHONE):
        await guest.page.set_viewport_size(size)
        assert await seen.breaches() == []
        assert await seen.overflow() == 0
    await guest.page.set_viewport_size(WIDE)


async def is_let_in(two: Scene, lawyer: Person) -> None:
    await lawyer.click("[data-enter]")
    await two.host.reads_in_time("waiting", "Avocat")
    await two.host.click("[data-part=waiting] button")
    await lawyer.is_in("room")


async def test_a_lawyer_comes_in_is_seen_put_out_let_in_again_and_ends_with_the_link(two: Scene) -> None:
    async with guest_at_the_door(two) as lawyer:
        await lawyer.is_in("door")
        await fits(lawyer)
        await lawyer.click("[data-enter]")
        await lawyer.is_in("waiting")
        await lawyer.reads_in_time("company", "Agent consulaire")
        await two.enter()
        await two.host.click("[data-part=waiting] li:has-text('Agent consulaire') button")
        await two.officer.is_in("room")
        await lawyer.page.wait_for_selector(
            "[data-part=company] li:has-text('La personne'):has-text('dans la salle')"
        )
        await fits(lawyer)

        await two.host.reads_in_time("waiting", "Maître Maes")
        await two.host.click("[data-part=waiting] button")
        await lawyer.is_in("room")
        await lawyer.sees()
        await fits(lawyer)
        assert await lawyer.page.is_hidden("#end")
        assert await lawyer.page.locator("[data-evidence], [data-part=minutes], [name=run]").count() == 0
        for somebody in (two.host, two.officer):
            await somebody.page.wait_for_selector("figure:has-text('Avocat') video:not([hidden])")

        await two.host.click("[data-part=inside] button")
        await two.host.page.select_option("#removal", "not_needed")
        await two.host.click("[data-part=remove-form] .govuk-button--warning")
        await lawyer.is_in("removed")
        await two.host.click("[data-part=removed] button")
        await lawyer.click("[data-when=removed] [data-enter]")
        await lawyer.is_in("room")
        await lawyer.sees()

        await lawyer.click("[data-leave]")
        await lawyer.is_in("left")
        await fits(lawyer)
        await lawyer.click("[data-when=left] [data-enter]")
        await lawyer.is_in("room")

        desk = await two.host.page.context.new_page()
        await desk.goto(f"/interviews/{two.interview_id}")
        await desk.click("form[action$='/revoke'] button")
        await lawyer.is_in("removed")
        await lawyer.page.reload()
        await lawyer.page.wait_for_selector("h1:has-text('Aucun entretien n’est ouvert ici')")
        assert lawyer.page.url.endswith("/guest")
        await fits(lawyer)
        assert not lawyer.trouble


async def test_a_second_device_takes_over_and_the_first_says_so(two: Scene) -> None:
    async with guest_at_the_door(two) as lawyer:
        await two.meet()
        await is_let_in(two, lawyer)
        second = Person(await lawyer.page.context.new_page())
        await second.page.goto(lawyer.page.url)
        await second.click("[data-enter]")
        await second.is_in("room")
        await lawyer.is_in("replaced")
        await second.sees()
        await lawyer.click("[data-when=replaced] [data-enter]")
        await lawyer.is_in("room")
        await second.is_in("replaced")


async def test_an_observer_sees_and_opens_no_device_of_their_own(two: Scene) -> None:
    async with guest_at_the_door(two, ParticipantRole.OBSERVER) as observer:
        await two.meet()
        await observer.click("[data-enter]")
        await two.host.reads_in_time("waiting", "Observateur")
        await two.host.click("[data-part=waiting] button")
        await observer.is_in("room")
        await observer.sees()
        await fits(observer)
        assert not await observer.page.evaluate(_OPENED)
        assert await observer.page.locator("[data-turn]").count() == 0
        for somebody in (two.host, two.officer):
            await somebody.reads_in_time("roll", "voit et entend, sans parole")
            assert await somebody.page.locator("figure:has-text('Observateur')").count() == 0
        await observer.page.reload()
        await observer.is_in("room")
        assert not observer.trouble


async def test_who_comes_too_early_stays_and_the_waiting_room_opens_by_itself(two: Scene) -> None:
    async with guest_at_the_door(two, ParticipantRole.INTERPRETER) as interpreter:
        start = two.house.clock() + OPENS_BEFORE + timedelta(seconds=8)
        async with two.house.transaction() as session:
            times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
            await session.execute(update(bookings).values(**times))
        await interpreter.page.reload()
        await interpreter.is_in("early")
        await interpreter.reads_in_time("live", "La salle d’attente est ouverte")
        await interpreter.is_in("door")
        await fits(interpreter)
        assert await interpreter.page.is_hidden("[data-when=door] [data-enter]")
        await interpreter.page.focus("#own-no")
        await interpreter.page.keyboard.press("Space")
        async with interpreter.page.expect_navigation():
            await interpreter.page.keyboard.press("Enter")
        await interpreter.click("[data-when=door] [data-enter]")
        await interpreter.is_in("waiting")


async def test_who_comes_too_early_is_let_to_the_door_once_the_host_opens_before_the_hour(two: Scene) -> None:
    async with guest_at_the_door(two, ParticipantRole.INTERPRETER) as interpreter:
        start = two.house.clock() + timedelta(days=2)
        async with two.house.transaction() as session:
            times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
            await session.execute(update(bookings).values(**times))
        await interpreter.page.reload()
        await interpreter.is_in("early")
        await two.officer.page.goto(two.path)
        await two.officer.page.wait_for_selector("text=le centre n’a pas ouvert la salle")
        await fits(two.officer)
        await two.host.page.goto(two.path)
        await two.host.page.get_by_role("button", name="Oui, l’ouvrir avant l’heure").click()
        await two.host.is_in("door")
        await interpreter.is_in("door")
        await two.officer.page.reload()
        assert await two.officer.page.locator("text=le centre n’a pas ouvert la salle").count() == 0


async def test_who_waits_reads_that_the_interview_has_ended(two: Scene) -> None:
    async with guest_at_the_door(two) as lawyer:
        await lawyer.click("[data-enter]")
        await lawyer.is_in("waiting")
        await two.host.page.goto(two.path)
        answer = await two.host.page.evaluate(_END, two.interview_id)
        assert answer == 200
        await lawyer.is_in("ended")
        await fits(lawyer)
        await lawyer.page.reload()
        await lawyer.page.wait_for_selector("h1:has-text('L’entretien est terminé')", timeout=PATIENCE_MS)
        assert "remplacé" not in await lawyer.page.inner_text("main")
        await fits(lawyer)


async def test_who_was_put_out_or_has_left_reads_that_it_has_ended_and_is_not_asked_back(two: Scene) -> None:
    async with guest_at_the_door(two) as lawyer:
        await two.meet()
        await is_let_in(two, lawyer)
        await two.host.click("[data-part=inside] button")
        await two.host.page.select_option("#removal", "not_needed")
        await two.host.click("[data-part=remove-form] .govuk-button--warning")
        await lawyer.is_in("removed")
        await two.host.page.evaluate(_END, two.interview_id)
        await lawyer.page.wait_for_selector("h1:has-text('L’entretien est terminé')", timeout=PATIENCE_MS)
        assert await lawyer.page.locator("[data-enter]").count() == 0
        await fits(lawyer)


_OPENED = """() => document.querySelector("[data-part=self]").srcObject !== null"""
_END = """async (id) => {
  const page = await (await fetch(`/interviews/${id}/room`)).text();
  const token = page.match(/csrf-token" content="([^"]*)/)[1];
  const headers = { Accept: "application/json", "X-CSRF-Token": token };
  const body = new URLSearchParams({ ending: "person_absent" });
  return (await fetch(`/interviews/${id}/end`, { method: "POST", headers, body })).status;
}"""
