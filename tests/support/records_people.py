"""One booked interview with its people on a real database, for tests of what remains of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from recordings import tables as records
from recordings.age_keys import Identity, new_identity
from recordings.sealed_file import SealedFolder, open_plaintext
from recordings.working_copy import MasterSecret
from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.identifier import new_id
from scheduling.interview import Ending
from server.database import create_engine
from tests.support.clock import NOON, FixedClock
from tests.support.database import Content, bytes_of, new_database
from tests.support.vault_keys import keyring_of

REFERENCE = "K7Q-4M2"
SECRET = MasterSecret(bytes(range(32)))


@dataclass
class World:
    """A database, a folder of sealed files, a supervisor's key, and one interview with two sides."""

    folder: Path
    address: str
    engine: AsyncEngine
    clock: FixedClock = field(default_factory=FixedClock)
    identity: Identity = field(default_factory=new_identity)
    secret: MasterSecret = SECRET
    ids: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Give `interview_id`, `case_id` and the like by name."""
        ids = self.__dict__.get("ids", {})
        if name.removesuffix("_id") in ids and name.endswith("_id"):
            return ids[name.removesuffix("_id")]
        raise AttributeError(name)

    @property
    def officer(self) -> Actor:
        return Actor(self.officer_id, Role.CONSULAR_OFFICER, self.post_id, "Mariama Officer")

    @property
    def foreign_officer(self) -> Actor:
        return Actor(self.foreign_officer_id, Role.CONSULAR_OFFICER, self.other_post_id, "Foreign Officer")

    @property
    def host(self) -> Actor:
        return Actor(self.host_id, Role.CENTRE_STAFF, self.centre_id, "Jan Host")

    @property
    def foreign_host(self) -> Actor:
        return Actor(self.foreign_host_id, Role.CENTRE_STAFF, self.other_centre_id, "Foreign Host")

    @property
    def supervisor(self) -> Actor:
        return Actor(self.supervisor_id, Role.SUPERVISOR, self.authority_id, "Anne Supervisor")

    @property
    def administrator(self) -> Actor:
        return Actor(self.administrator_id, Role.ADMINISTRATOR, self.authority_id, "Ada Administrator")

    @property
    def sealer(self) -> SealedFolder:
        return SealedFolder(self.vault, keyring_of(self.identity))

    @property
    def vault(self) -> Path:
        return Path(self.folder, "recordings", self.interview_id)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed unless the block raises."""
        async with self.engine.begin() as session:
            yield session

    def opened(self, file_id: str) -> bytes:
        """Open a sealed file with the supervisor's key, as no server can."""
        return open_plaintext(self.vault / file_id, [self.identity]).read()

    def bytes_on_disk(self) -> bytes:
        """Every byte of the database's files."""
        return bytes_of(self.address)

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        async with self.session() as session:
            return [dict(row) for row in (await session.execute(select(table))).mappings()]

    async def change(self, table: Table, row_id: str, **values: Any) -> None:
        async with self.session() as session:
            await session.execute(update(table).where(table.c.id == row_id).values(values))

    async def set_profile(self, **values: Any) -> None:
        row = {"country": "GN", "member_state": "BE", **values}
        async with self.session() as session:
            await session.execute(insert(tables.country_profiles).values(row))

    async def give_notice(self, *, agrees: bool | None = True) -> None:
        """Have the notice read, and the answer heard unless `agrees` is None."""
        notice = {
            "id": new_id(),
            "interview_id": self.interview_id,
            "text_version": "2026-09",
            "language": "ful",
            "read_by": self.host_id,
            "given_at": self.clock(),
        }
        async with self.session() as session:
            await session.execute(insert(tables.notices).values(notice))
            if agrees is not None:
                consent = {
                    "id": new_id(),
                    "interview_id": self.interview_id,
                    "agrees": agrees,
                    "heard_by": self.host_id,
                    "answered_at": self.clock(),
                }
                await session.execute(insert(tables.consents).values(consent))

    async def begin(self) -> None:
        """Start the interview, both sides in."""
        now = self.clock()
        await self.change(tables.interviews, self.interview_id, started_at=now)
        for participant_id in (self.detainee_seat_id, self.officer_seat_id):
            await self.change(
                tables.participants, participant_id, admitted_at=now, joined_at=now, attendance="attended"
            )

    async def end(self, ending: Ending = Ending.NORMAL) -> None:
        now = self.clock()
        await self.change(tables.interviews, self.interview_id, ended_at=now, ending=ending)
        for participant_id in (self.detainee_seat_id, self.officer_seat_id):
            await self.change(tables.participants, participant_id, left_at=now)

    async def custody_acts(self, subject_id: str) -> list[str]:
        rows = [row for row in await self.rows(records.custody) if row["subject_id"] == subject_id]
        return [row["act"] for row in sorted(rows, key=lambda row: row["at"])]

    async def audited(self) -> list[tuple[str, str | None]]:
        return [(row["act"], row["account_id"]) for row in await self.rows(tables.audit)]


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[World]:
    """Yield a database with one confirmed interview between a centre and a post."""
    with new_database(folder / "parloir.db", Content.TABLES) as address:
        world = await _filled(folder, address)
        try:
            yield world
        finally:
            await world.engine.dispose()
            await asyncio.sleep(0)  # the driver's thread needs a turn of the loop to end


async def _filled(folder: Path, address: str) -> World:
    names = (
        "centre other_centre post other_post authority officer foreign_officer host foreign_host supervisor "
        "administrator room case request booking interview detainee_seat officer_seat host_seat"
    )
    world = World(folder, address, create_engine(address), ids={name: new_id() for name in names.split()})
    async with world.session() as session:
        for table, row in _rows(world):
            await session.execute(insert(table).values(row))
    return world


def _rows(world: World) -> list[tuple[Table, dict[str, Any]]]:
    starts_at = NOON
    organisations = [
        _organisation(world.centre_id, "centre", "Centre de Steenokkerzeel", "BE", "Europe/Brussels"),
        _organisation(world.other_centre_id, "centre", "Centre de Vottem", "BE", "Europe/Brussels"),
        _organisation(world.post_id, "post", "Ministère, Conakry", "GN", "Africa/Conakry"),
        _organisation(world.other_post_id, "post", "Ambassade du Sénégal", "SN", "Europe/Brussels"),
        _organisation(world.authority_id, "authority", "Office des étrangers", "BE", "Europe/Brussels"),
    ]
    actors = [
        world.officer,
        world.foreign_officer,
        world.host,
        world.foreign_host,
        world.supervisor,
        world.administrator,
    ]
    case = {
        "id": world.case_id,
        "reference": REFERENCE,
        "centre_id": world.centre_id,
        "country": "GN",
        "family_name": "Diallo",
        "given_names": "Ousmane",
        "detained_on": (starts_at - timedelta(days=30)).date(),
        "detention_ends_on": (starts_at + timedelta(days=60)).date(),
        "opened_at": starts_at,
    }
    sent_at = starts_at - timedelta(days=5)
    request = {
        "id": world.request_id,
        "case_id": world.case_id,
        "post_id": world.post_id,
        "route": 3,
        "modality": "video",
        "sent_by": world.host_id,
        "sent_at": sent_at,
        "chase_at": starts_at,
        "expires_at": starts_at,
    }
    booking = {
        "id": world.booking_id,
        "request_id": world.request_id,
        "case_id": world.case_id,
        "post_id": world.post_id,
        "room_id": world.room_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "modality": "video",
        "status": "confirmed",
        "uid": f"{world.booking_id}@parloir",
        "requested_at": sent_at,
    }
    return [
        *((tables.organisations, row) for row in organisations),
        *((tables.accounts, _account(actor)) for actor in actors),
        (tables.rooms, {"id": world.room_id, "centre_id": world.centre_id, "name": "Visio 1"}),
        (tables.cases, case),
        (tables.requests, request),
        (tables.bookings, booking),
        (tables.interviews, {"id": world.interview_id, "booking_id": world.booking_id}),
        *((tables.participants, row) for row in _seats(world)),
    ]


def _organisation(organisation_id: str, kind: str, name: str, country: str, zone: str) -> dict[str, Any]:
    return {
        "id": organisation_id,
        "kind": kind,
        "name": name,
        "country": country,
        "host_country": country,
        "city": name.rpartition(" ")[2],
        "zone": zone,
    }


def _account(actor: Actor) -> dict[str, Any]:
    return {
        "id": actor.account_id,
        "organisation_id": actor.organisation_id,
        "role": actor.role,
        "name": actor.name,
        "email": f"{actor.account_id}@example.org",
        "created_at": NOON,
    }


def _seats(world: World) -> list[dict[str, Any]]:
    seats = {
        world.detainee_seat_id: ("detainee", None),
        world.host_seat_id: ("centre_host", world.host_id),
        world.officer_seat_id: ("consular_officer", world.officer_id),
    }
    return [
        {"id": seat_id, "interview_id": world.interview_id, "role": role, "account_id": account_id}
        for seat_id, (role, account_id) in seats.items()
    ]


of_both_sides_alone = pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("officer", True),
        ("host", True),
        ("supervisor", True),
        ("foreign_officer", False),
        ("foreign_host", False),
        ("administrator", False),
    ],
)
"""What the two sides of an interview and the supervisor see, and nobody else."""
