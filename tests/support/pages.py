"""A running house with two centres and two posts, people signed in everywhere, and what they do there."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Table, insert, select, text

from scheduling import store_hours, store_places, tables
from scheduling.actor import Actor, Role
from scheduling.admit import admit, enter
from scheduling.availability import WeeklyHours
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.profile import CountryProfile
from scheduling.site import Room
from server.accounts import add_account
from tests.support.clock import FixedClock
from tests.support.database import KIND, POSTGRESQL, SQLITE
from tests.support.people import meant_early
from tests.support.web import CENTRE, PASSWORD, POST, Browser, House, Page, cheap_passwords, running_house

OTHER_CENTRE, OTHER_POST = "Centre de la Senne", "Ambassade du Mali"
FAMILY_NAME, GIVEN_NAMES = "Diallo", "Mamadou Alpha"
CASE = {
    "country": "GN",
    "family_name": FAMILY_NAME,
    "given_names": GIVEN_NAMES,
    "born_on": "1998-05-04",
    "birth_place": "Labé",
    "sex": "M",
    "languages": "fuf",
    "documents": "passeport perdu",
    "detained_on": "2026-09-14",
    "detention_ends_on": "2027-03-13",
    "suitability": "suitable",
}
RELEASED = ("family_name", "born_on")
_SLOT = re.compile(r'name="add" value="([^"]+)"')
_WRITTEN = {SQLITE: "rowid", POSTGRESQL: "xmin::text::bigint, cmin::text::bigint"}  # by act, then by row
_WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


@dataclass
class World:
    """The house, and a browser for each person: staff, officer, supervisor, administrator and two others."""

    house: House
    room_id: str
    people: dict[str, Browser] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def staff(self) -> Browser:
        return self.people["staff"]

    @property
    def officer(self) -> Browser:
        return self.people["officer"]

    @property
    def supervisor(self) -> Browser:
        return self.people["supervisor"]

    async def case(self, **changes: str) -> str:
        """Open a case on its page; gives the path of the case."""
        page = await self.staff.post("/cases/new", {**CASE, **changes})
        assert page.status == 303, page.text
        return page.location

    async def slots(self, case: str, post: str = POST, query: str = "") -> list[str]:
        """The values of the slots on the page of a post."""
        page = await self.staff.get(f"{case}/request/{self.house.organisations[post]}{query}")
        assert page.status == 200, page.text
        return list(dict.fromkeys(unescape(value) for value in _SLOT.findall(page.text)))

    async def ask(self, case: str, **fields: Any) -> Page:
        """Send the last form of a request; the first free slot unless the fields say otherwise."""
        if "slot" not in fields:
            fields["slot"] = (await self.slots(case))[0]
        path = f"{case}/request/{self.house.organisations[POST]}/check"
        return await send(self.staff, path, {"modality": "video", "disclosed": RELEASED, **fields})

    async def requested(self, case: str = "") -> str:
        """Ask for an interview; gives the path of the booking."""
        page = await self.ask(case or await self.case())
        assert page.status == 303, page.text
        return f"/bookings/{last_of(page.location)}"

    async def confirmed(self, case: str = "") -> tuple[str, str]:
        """Ask and answer; gives the paths of booking and interview."""
        booking = await self.requested(case)
        page = await self.officer.post(f"{booking}/confirm")
        assert page.status == 303, page.text
        i = tables.interviews
        found = await self.one(select(i.c.id).where(i.c.booking_id == last_of(booking)))
        return booking, f"/interviews/{found}"

    async def running(self, case: str = "") -> str:
        """Confirm, then let everybody in; gives the path of the interview."""
        _, path = await self.confirmed(case)
        interview_id = last_of(path)
        p = tables.participants
        seat = await self.one(
            select(p.c.id).where(
                p.c.interview_id == interview_id, p.c.role == ParticipantRole.CONSULAR_OFFICER
            )
        )
        clock, host, officer = self.house.clock, self.actors["staff"], self.actors["officer"]
        async with self.house.transaction() as session:
            await meant_early(session, clock, host, interview_id)
            await enter(session, clock, host, interview_id=interview_id)
            await enter(session, clock, officer, interview_id=interview_id)
            await admit(session, clock, host, interview_id=interview_id, participant_id=seat)
        clock.advance(seconds=1)
        return path

    async def ended(self, case: str = "", *, ending: str = "normal") -> str:
        """Hold an interview to its end; gives its path."""
        path = await self.running(case)
        page = await self.officer.post(f"{path}/end", {"ending": ending})
        assert page.status == 303, page.text
        return path

    async def show(self, path: str, kind: str, note: str = "") -> str:
        """Take an item of evidence in a running interview; gives its identifier."""
        fields = {"kind": kind, "presented_by": "detainee", "form": "original", "note": note}
        page = await self.officer.ask_json("POST", f"{path}/evidence", fields)
        assert page.status == 200, page.text
        return str(page.json["id"])

    async def say(self, path: str, text: str) -> None:
        """Take an answer down."""
        page = await self.officer.ask_json("POST", f"{path}/minutes", {"kind": "answer", "text": text})
        assert page.status == 200, page.text

    async def one(self, statement: Any) -> Any:
        async with self.house.transaction() as session:
            return await session.scalar(statement)

    async def rows(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table by the values of some columns, as they were written."""
        narrowed = select(table).where(*(table.c[name] == value for name, value in where.items()))
        statement = narrowed.order_by(text(_WRITTEN[KIND]))
        async with self.house.transaction() as session:
            return [dict(row) for row in (await session.execute(statement)).mappings()]

    async def audited(self, noun_id: str) -> list[tuple[str, str]]:
        """Every act on a thing, with its detail."""
        return [(row["act"], row["detail"]) for row in await self.rows(tables.audit, noun_id=noun_id)]

    async def count(self, table: Table) -> int:
        return len(await self.rows(table))


async def send(browser: Browser, path: str, fields: Mapping[str, Any]) -> Page:
    """Send a form in which a field may stand several times."""
    pairs = [("csrf_token", browser.token)]
    for name, value in fields.items():
        pairs += [(name, value)] if isinstance(value, str) else [(name, each) for each in value]
    async with browser.session.post(path, data=aiohttp.FormData(pairs), allow_redirects=False) as response:
        return Page(response.status, path, await response.text(), response.headers)


async def save(browser: Browser, path: str, fields: Mapping[str, Any]) -> Page:
    """Open a form and send it with what it showed, as a reader does."""
    page = await browser.get(path)
    hidden = {name: carried(page, name) for name in ("shown", "zone")}
    return await send(browser, path, {**hidden, **fields})


def last_of(path: str) -> str:
    """The identifier at the end of a path."""
    return path.rpartition("/")[2]


def field_error(page: Page, name: str) -> str:
    """The message beside a field, or nothing."""
    found = re.search(rf'id="{name}-error"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split()) if found else ""


def carried(page: Page, name: str) -> list[str]:
    """The hidden values of a field, in their order."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return [unescape(value) for each, value in fields if each == name]


def ticked(page: Page, name: str) -> set[str]:
    """The values ticked or chosen of a field."""
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    return {unescape(found[1]) for box in boxes if " checked" in box and (found := _VALUE.search(box))}


_VALUE = re.compile(r'value="([^"]*)"')


@asynccontextmanager
async def running_world(root: Path, clock: FixedClock | None = None, **changes: Any) -> AsyncIterator[World]:
    """Start a house, furnish it, and sign everybody in; `changes` replace settings."""
    async with running_house(root, clock=clock, **changes) as house:
        world = World(house, new_id())
        await _furnish(world)
        for name, email in _EMAILS.items():
            world.people[name] = await _signed_in(house, email)
        yield world


_EMAILS = {
    "staff": "centre_staff@example.org",
    "officer": "consular_officer@example.org",
    "supervisor": "supervisor@example.org",
    "administrator": "administrator@example.org",
    "other_staff": "other_staff@example.org",
    "other_officer": "other_officer@example.org",
}


async def _furnish(world: World) -> None:
    house = world.house
    others = {OTHER_CENTRE: ("centre", "BE", "other_staff"), OTHER_POST: ("post", "ML", "other_officer")}
    async with house.transaction() as session:
        for name, (kind, country, who) in others.items():
            house.organisations[name] = new_id()
            row = {"id": house.organisations[name], "kind": kind, "name": name, "country": country}
            await session.execute(
                insert(tables.organisations).values(host_country="BE", zone="Europe/Brussels", **row)
            )
            await add_account(
                session,
                cheap_passwords(),
                organisation_id=house.organisations[name],
                role=Role.CENTRE_STAFF if kind == "centre" else Role.CONSULAR_OFFICER,
                name=f"{who} of tests",
                email=_EMAILS[who],
                password=PASSWORD,
                clock=house.clock,
            )
        centre, post = house.organisations[CENTRE], house.organisations[POST]
        await store_places.add_room(session, Room(id=world.room_id, centre_id=centre, name="Visio 1"))
        hours = WeeklyHours(_WEEKDAYS, date(2024, 1, 1), time(9), time(17), "Europe/Brussels")
        for owner_id in (world.room_id, post):
            await store_hours.add_hours(session, owner_id, hours)
        agreed = CountryProfile(country="GN", member_state="BE", days_to_arrange=7, days_to_issue=5)
        await store_places.add_profile(session, agreed)
        for row in (await session.execute(select(tables.accounts))).mappings():
            name = next(name for name, email in _EMAILS.items() if email == row["email"])
            world.actors[name] = Actor(row["id"], Role(row["role"]), row["organisation_id"], row["name"])


async def _signed_in(house: House, email: str) -> Browser:
    browser = house.browser()
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", {"email": email, "password": PASSWORD})
    assert answer.status == 303, answer.text
    await browser.get("/account")
    return browser
