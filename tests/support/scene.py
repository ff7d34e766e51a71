"""One interview between real browsers, with a media node of its own: its house and the people in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright, async_playwright

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from server.clock import utc_now
from server.routes import Route
from tests.support.clock import FixedClock
from tests.support.guests import guest_in, seat_guest, secret_for
from tests.support.interview import book
from tests.support.likeness import OF_ROLE, OFFICER, THE_PERSON, Likeness
from tests.support.person import Person, let_in, passer_by, person
from tests.support.web import House, running_house


class RunningClock(FixedClock):
    """The machine's own time."""

    def __call__(self) -> datetime:
        return utc_now()


@dataclass
class Scene:
    """One interview: its house, and the two people in it."""

    house: House
    interview_id: str
    host: Person
    officer: Person
    playwright: Playwright

    @property
    def path(self) -> str:
        return f"/interviews/{self.interview_id}/room"

    async def enter(self) -> None:
        for somebody in (self.host, self.officer):
            await somebody.page.goto(self.path)
            await somebody.click("[data-enter]")
        await self.host.is_in("room")
        await self.officer.is_in("waiting")

    async def meet(self) -> None:
        await self.enter()
        await self.host.click("[data-part=waiting] button")
        for somebody in (self.officer, self.host):
            await somebody.is_in("room")
            await somebody.sees()

    async def record(self) -> None:
        await self.host.page.select_option("#language", "fr")
        await self.host.page.check("#consent-yes")
        await self.host.click(".p-notice button")
        await self.host.click("button[value=start]")
        for somebody in (self.host, self.officer):
            await somebody.reads_in_time("recording", "Enregistrement en cours")


@asynccontextmanager
async def scene(
    root: Path,
    *more_routes: Route,
    host: Likeness | None = THE_PERSON,
    officer: Likeness | None = OFFICER,
    **changes: Any,
) -> AsyncIterator[Scene]:
    """Open an interview between two likenesses; `changes` replace settings."""
    house_of = running_house(root, clock=RunningClock(), more_routes=more_routes, **changes)
    async with house_of as house, async_playwright() as playwright:
        interview_id, _, _ = await book(house)
        async with (
            person(playwright, house, Role.CENTRE_STAFF, host) as staff,
            person(playwright, house, Role.CONSULAR_OFFICER, officer) as consul,
        ):
            yield Scene(house, interview_id, staff, consul, playwright)


@asynccontextmanager
async def guest_with_code(
    two: Scene, role: ParticipantRole, *, in_firefox: bool = False
) -> AsyncIterator[tuple[Person, str]]:
    """The host makes link and code; the guest opens the one and holds the other."""
    seat = await seat_guest(two.house, two.interview_id, role)
    desk = await two.host.page.context.new_page()
    await desk.goto(f"/interviews/{two.interview_id}")
    await desk.click("form[action*='/guest-link#'] button")
    await desk.wait_for_selector("#fresh .p-hash")
    await desk.click("form[action*='/guest-code#'] button")
    code = await desk.inner_text("#fresh .p-ref")
    await desk.close()
    async with passer_by(two.playwright, two.house, OF_ROLE.get(role), in_firefox=in_firefox) as guest:
        await guest.page.goto(f"/guest#{await secret_for(two.house, seat)}")
        await guest.page.wait_for_selector("#code")
        yield guest, code


@asynccontextmanager
async def guest_known(two: Scene, role: ParticipantRole) -> AsyncIterator[Person]:
    """Somebody who gave the code of their link before: their browser, at the door of the room."""
    staff = await two.house.sign_in_as(Role.CENTRE_STAFF)
    _, known = await guest_in(two.house, staff, two.interview_id, role)
    async with passer_by(two.playwright, two.house, OF_ROLE[role]) as guest:
        await let_in(guest, two.house, known)
        await guest.page.goto(two.path)
        yield guest


async def give_code(guest: Person, code: str) -> None:
    """Type the code, up to the door."""
    await guest.page.fill("#code", code)
    await guest.page.press("#code", "Enter")
    await guest.page.wait_for_url("**/room")
