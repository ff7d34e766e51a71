"""Who was invited hears of the end, even who takes no part any more: the entry leaves their calendar."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert, update

from scheduling import store_hours, store_places, tables
from scheduling.actor import Role
from scheduling.availability import WeeklyHours
from scheduling.case import DisclosedField
from scheduling.confirm import confirm
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.propose import accept_proposal, propose
from scheduling.request import request_interview
from scheduling.site import Room
from server.accounts import add_account
from server.database import create_engine
from server.jobs import JOBS
from server.migrations import migrate_to, upgrade
from server.tables import invitations, mails
from tests.support.agreements import PULAR, an_interpreter
from tests.support.pages import OTHER_CENTRE, World, last_of, running_world
from tests.support.people import WEEKDAYS
from tests.support.web import PASSWORD, POST, cheap_passwords, email_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

STAFF, OFFICER, SECOND_OFFICER = (
    email_of(Role.CENTRE_STAFF),
    email_of(Role.CONSULAR_OFFICER),
    "o2@example.org",
)
BINTA, OUMOU, LAWYER = "binta@example.org", "oumou@example.org", "lawyer@example.org"
MORNING = datetime(2026, 9, 24, 8, 0, tzinfo=UTC)  # a Thursday, 10:00 in Brussels
AFTERNOON = MORNING + timedelta(hours=4)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One interpreter for mornings and one for afternoons, two officers, and a room at the other centre."""
    root: Path = tmp_path_factory.mktemp("house")
    async with running_world(root) as running:
        async with running.house.transaction() as session:
            await an_interpreter(session, "Binta", opens=8, closes=12)
            await an_interpreter(session, "Oumou", opens=12, closes=18)
            room = Room(id=new_id(), centre_id=running.house.organisations[OTHER_CENTRE], name="Visio S")
            await store_places.add_room(session, room)
            hours = WeeklyHours(WEEKDAYS, date(2024, 1, 1), time(9), time(17), "Europe/Brussels")
            await store_hours.add_hours(session, room.id, hours)
            await add_account(
                session,
                cheap_passwords(),
                organisation_id=running.house.organisations[POST],
                role=Role.CONSULAR_OFFICER,
                name="Second officer",
                email=SECOND_OFFICER,
                password=PASSWORD,
                clock=running.house.clock,
            )
        yield running


async def standing(world: World, day: int) -> str:
    """Let an interpreted interview stand on the morning of a day, and tell it; gives its identifier."""
    case, clock = await world.case(), world.house.clock
    async with world.house.transaction() as session:
        asked = await request_interview(
            session,
            clock,
            world.actors["staff"],
            case_id=last_of(case),
            post_id=world.house.organisations[POST],
            slots=[(world.room_id, MORNING + timedelta(days=day))],
            disclosed=[DisclosedField.FAMILY_NAME],
            interpreter_language=PULAR,
        )
    async with world.house.transaction() as session:
        await confirm(session, clock, world.actors["officer"], booking_id=asked.booking.id)
    await told(world, asked.booking.id)
    return asked.booking.id


async def move_to(world: World, booking_id: str, starts_at: datetime) -> None:
    clock, room_id = world.house.clock, world.room_id
    async with world.house.transaction() as session:
        await propose(
            session,
            clock,
            world.actors["staff"],
            booking_id=booking_id,
            room_id=room_id,
            starts_at=starts_at,
        )
    async with world.house.transaction() as session:
        await accept_proposal(session, clock, world.actors["officer"], booking_id=booking_id)


async def told(world: World, booking_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything written about a booking by address, in the order of what it tells."""
    await world.house.app[JOBS].run()
    found: dict[str, list[dict[str, Any]]] = {}
    rows = await world.rows(mails, booking_id=booking_id)
    for row in sorted(rows, key=lambda each: int(each["sequence"])):
        found.setdefault(row["to_address"], []).append(row)
    return found


def is_called_off(mail: dict[str, Any], *, booking_id: str, sequence: int, starts_at: datetime) -> None:
    entry = mail["calendar"].replace("\r\n ", "")
    assert "METHOD:CANCEL" in entry
    assert "STATUS:CANCELLED" in entry
    assert f"UID:{booking_id}@" in entry
    assert f"SEQUENCE:{sequence}\r\n" in entry
    assert f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}" in entry
    assert re.findall(r"ATTENDEE.*?mailto:(\S+)", entry) == [mail["to_address"]]
    assert "/bookings/" not in mail["text"] + mail["html"] + entry


async def test_an_interpreter_who_is_not_needed_any_more_is_called_off(world: World) -> None:
    booking_id = await standing(world, 0)
    await move_to(world, booking_id, AFTERNOON)
    by_address = await told(world, booking_id)
    invited, left = by_address[BINTA]
    assert ("SEQUENCE:1" in invited["calendar"], invited["event"], left["event"]) == (
        True,
        "confirmed",
        "left",
    )
    is_called_off(left, booking_id=booking_id, sequence=2, starts_at=MORNING)
    assert left["subject"].startswith("Votre présence n’est plus attendue")  # noqa: RUF001 - typography
    assert "10:00\N{EN DASH}11:00" in left["text"]
    assert "14:00" not in left["text"] + left["html"]  # where it went is not theirs to know
    (new,) = by_address[OUMOU]
    assert (new["event"], "METHOD:REQUEST" in new["calendar"]) == ("confirmed", True)
    assert "SEQUENCE:2" in new["calendar"]
    assert [row["event"] for row in by_address[STAFF]] == ["confirmed", "moved"]


async def test_a_move_told_too_late_still_calls_off_whoever_was_invited(world: World) -> None:
    booking_id = await standing(world, 1)
    await move_to(world, booking_id, AFTERNOON + timedelta(days=1))
    await world.staff.post(f"/bookings/{booking_id}/cancel", {"code": "by_centre"})
    by_address = await told(world, booking_id)
    assert [row["event"] for row in by_address[BINTA]] == ["confirmed", "cancelled"]
    starts_at = MORNING + timedelta(days=1)
    is_called_off(by_address[BINTA][1], booking_id=booking_id, sequence=3, starts_at=starts_at)
    assert OUMOU not in by_address  # she has never heard of it
    assert await world.rows(invitations, booking_id=booking_id) == []


async def test_the_centre_that_a_person_left_is_called_off_and_learns_nothing_more(world: World) -> None:
    booking_id = await standing(world, 4)
    (row,) = await world.rows(tables.bookings, id=booking_id)
    centre_id = world.house.organisations[OTHER_CENTRE]
    page = await world.staff.post(
        f"/cases/{row['case_id']}/transfer", {"centre_id": centre_id, "plans": "move_along"}
    )
    assert page.status == 303, page.text
    by_address = await told(world, booking_id)
    assert [mail["event"] for mail in by_address[STAFF]] == ["confirmed", "left"]
    left = by_address[STAFF][1]
    is_called_off(left, booking_id=booking_id, sequence=2, starts_at=MORNING + timedelta(days=4))
    assert "Centre de la Dyle, Visio 1" in left["text"]
    assert "Senne" not in left["text"] + left["html"] + left["calendar"]
    (new,) = by_address["other_staff@example.org"]
    assert (new["event"], "Senne" in new["text"], "/bookings/" in new["text"]) == ("confirmed", True, True)
    assert [mail["event"] for mail in by_address[OFFICER]] == ["confirmed", "moved"]


async def test_a_guest_and_an_officer_who_take_no_part_any_more_are_called_off(world: World) -> None:
    booking_id = await standing(world, 5)
    async with world.house.transaction() as session:
        row = {
            "id": new_id(),
            "booking_id": booking_id,
            "role": ParticipantRole.LAWYER,
            "name": "Claire Peeters",
        }
        await session.execute(insert(tables.guests).values(email=LAWYER, is_agreed=True, **row))
    await move_to(world, booking_id, AFTERNOON + timedelta(days=5))
    assert [mail["event"] for mail in (await told(world, booking_id))[LAWYER]] == ["confirmed"]
    g, a = tables.guests, tables.accounts
    async with world.house.transaction() as session:
        await session.execute(update(g).where(g.c.id == row["id"]).values(is_agreed=False))
        await session.execute(update(a).where(a.c.email == SECOND_OFFICER).values(is_active=False))
    await move_to(world, booking_id, MORNING + timedelta(days=5))
    by_address = await told(world, booking_id)
    for address, event in ((LAWYER, "left"), (SECOND_OFFICER, "left"), (OFFICER, "moved")):
        assert by_address[address][-1]["event"] == event
    is_called_off(
        by_address[LAWYER][-1], booking_id=booking_id, sequence=3, starts_at=AFTERNOON + timedelta(days=5)
    )


async def test_once_one_officer_holds_the_seat_a_cancellation_reaches_all_who_were_invited(
    world: World,
) -> None:
    a, p, i = tables.accounts, tables.participants, tables.interviews
    async with world.house.transaction() as session:
        await session.execute(update(a).where(a.c.email == SECOND_OFFICER).values(is_active=True))
    booking_id = await standing(world, 6)
    (interview,) = await world.rows(i, booking_id=booking_id)
    async with world.house.transaction() as session:
        of_the_officer = (p.c.interview_id == interview["id"], p.c.role == ParticipantRole.CONSULAR_OFFICER)
        seat = update(p).where(*of_the_officer)
        await session.execute(seat.values(account_id=world.actors["officer"].account_id))
    await world.staff.post(f"/bookings/{booking_id}/cancel", {"code": "by_centre"})
    by_address = await told(world, booking_id)
    for address in (STAFF, OFFICER, SECOND_OFFICER, BINTA):
        assert [mail["event"] for mail in by_address[address]][-2:] == ["confirmed", "cancelled"], address
        assert "METHOD:CANCEL" in by_address[address][-1]["calendar"]


async def test_whoever_was_called_off_is_not_called_off_again(world: World) -> None:
    booking_id = await standing(world, 7)
    await move_to(world, booking_id, AFTERNOON + timedelta(days=7))
    await told(world, booking_id)
    await world.staff.post(f"/bookings/{booking_id}/cancel", {"code": "by_centre"})
    by_address = await told(world, booking_id)
    assert [mail["event"] for mail in by_address[BINTA]] == ["confirmed", "left"]
    assert [mail["event"] for mail in by_address[OUMOU]] == ["confirmed", "cancelled"]


async def test_who_was_invited_by_an_older_version_of_the_program_is_known_to_the_new_one(
    world: World,
) -> None:
    booking_id = await standing(world, 11)
    engine = create_engine(world.house.settings.database)
    before = await invited(world, booking_id)
    assert {row["address"] for row in before} == {STAFF, OFFICER, SECOND_OFFICER, BINTA}
    async with world.house.app[JOBS].turn:
        await migrate_to(engine, "0006")
        await upgrade(engine)
    await engine.dispose()
    assert await invited(world, booking_id) == before


async def invited(world: World, booking_id: str) -> list[dict[str, Any]]:
    rows = await world.rows(invitations, booking_id=booking_id)
    return sorted(rows, key=lambda row: str(row["person_id"]))
