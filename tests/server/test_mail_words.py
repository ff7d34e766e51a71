"""What reminders, chasers and proposals say: in French and in English, with the hours of all concerned."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert, update

from scheduling import tables
from scheduling.identifier import new_id
from server.jobs import JOBS
from server.tables import mails
from tests.support.pages import World, last_of, running_world
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")

STARTS_AT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Brussels, 08:00 in Conakry
GUARDIAN = "guardian@example.org"
IN_FRENCH = {
    "brussels": "mercredi 30 septembre 2026, 10:00\N{EN DASH}11:00 (Bruxelles, UTC+2)",
    "conakry": "mercredi 30 septembre 2026, 08:00\N{EN DASH}09:00 (Conakry, UTC)",
}
IN_ENGLISH = {
    "brussels": "Wednesday 30 September 2026, 10:00\N{EN DASH}11:00 (Brussels, UTC+2)",
    "conakry": "Wednesday 30 September 2026, 08:00\N{EN DASH}09:00 (Conakry, UTC)",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The post's clock is that of Conakry and its officer reads English; the centre reads French."""
    async with running_world(tmp_path_factory.mktemp("house")) as running:
        o, a = tables.organisations, tables.accounts
        post_id, officer = running.house.organisations[POST], running.actors["officer"]
        async with running.house.transaction() as session:
            await session.execute(update(o).where(o.c.id == post_id).values(zone="Africa/Conakry"))
            await session.execute(update(a).where(a.c.id == officer.account_id).values(language="en"))
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def booking(world: World) -> AsyncIterator[str]:
    """A request for the Wednesday; after the test it is withdrawn and the clock goes back."""
    now = world.house.clock()
    page = await world.ask(await world.case(), slot=f"{world.room_id}|{STARTS_AT.isoformat()}")
    assert page.status == 303, page.text
    booking = f"/bookings/{last_of(page.location)}"
    yield booking
    world.house.clock.set(now)
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})


async def stands(world: World, booking: str) -> None:
    """Let it stand, with a guardian who reads English in Brussels."""
    guest = {"booking_id": last_of(booking), "role": "guardian", "name": "Claire Peeters", "email": GUARDIAN}
    async with world.house.transaction() as session:
        row = {"id": new_id(), "language": "en", "is_agreed": True, **guest}
        await session.execute(insert(tables.guests).values(row))
    assert (await world.officer.post(f"{booking}/confirm")).status == 303


async def told(world: World, booking: str, event: str) -> dict[str, dict[str, Any]]:
    """The newest mail of an event to each of those who get one."""
    await world.house.app[JOBS].run()
    rows = await world.rows(mails, booking_id=last_of(booking), event=event)
    return {row["to_address"].partition("@")[0]: row for row in rows}


def reads(mail: dict[str, Any], *lines: str, subject: str) -> None:
    """The subject, and each line both in the plain text and in the HTML, where labels stand apart."""
    assert mail["subject"].startswith(subject)
    for line in lines:
        label, _, text = line.replace("\N{NO-BREAK SPACE}:", ":").partition(": ")
        assert line in mail["text"]
        assert f"<td>{label}</td><td><strong>{text}</strong></td>" in mail["html"]
    assert mail["calendar"] is None


@pytest.mark.parametrize("hours", [48, 1])
async def test_a_reminder_tells_each_the_hour_in_their_own_zone_first(
    world: World, booking: str, hours: int
) -> None:
    await stands(world, booking)
    world.house.clock.set(STARTS_AT - timedelta(hours=hours))
    found = await told(world, booking, "reminder")
    assert set(found) == {"centre_staff", "consular_officer", "guardian"}
    reads(
        found["centre_staff"],
        f"Quand\N{NO-BREAK SPACE}: {IN_FRENCH['brussels']}",
        f"Soit\N{NO-BREAK SPACE}: {IN_FRENCH['conakry']}",
        "Modalité\N{NO-BREAK SPACE}: Visio",
        "Où se trouve la personne\N{NO-BREAK SPACE}: Centre de la Dyle, Visio 1",
        subject="Rappel d’un entretien\N{NO-BREAK SPACE}: ",  # noqa: RUF001 - typography
    )
    assert "L’entretien ci-dessous aura lieu bientôt." in found["centre_staff"]["text"]  # noqa: RUF001
    reads(
        found["consular_officer"],
        f"When: {IN_ENGLISH['conakry']}",
        f"That is: {IN_ENGLISH['brussels']}",
        "Modality: Video",
        subject="Reminder of an interview: ",
    )
    assert "The interview below takes place soon." in found["consular_officer"]["text"]
    reads(found["guardian"], f"When: {IN_ENGLISH['brussels']}", subject="Reminder of an interview: ")
    assert "Conakry" not in found["guardian"]["text"]
    assert "/bookings/" not in found["guardian"]["text"]
    assert "Peeters" not in str(found)


async def test_both_reminders_are_written_once_however_often_the_jobs_run(world: World, booking: str) -> None:
    await stands(world, booking)
    for hours in (48, 47, 1, 0.5):
        world.house.clock.set(STARTS_AT - timedelta(hours=hours))
        for _ in range(2):
            await told(world, booking, "reminder")
    rows = await world.rows(mails, booking_id=last_of(booking), event="reminder")
    assert sorted(row["to_address"] for row in rows if row["to_address"] == GUARDIAN) == [GUARDIAN] * 2
    assert len(rows) == 6


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_chaser_tells_the_post_alone_what_waits_and_what_follows(
    world: World, booking: str, language: str
) -> None:
    a, officer = tables.accounts, world.actors["officer"]
    async with world.house.transaction() as session:
        await session.execute(update(a).where(a.c.id == officer.account_id).values(language=language))
    (request,) = await world.rows(
        tables.requests, id=(await world.rows(tables.bookings, id=last_of(booking)))[0]["request_id"]
    )
    world.house.clock.set(request["chase_at"])
    found = await told(world, booking, "chased")
    async with world.house.transaction() as session:
        await session.execute(update(a).where(a.c.id == officer.account_id).values(language="en"))
    assert set(found) == {"consular_officer"}
    mail = found["consular_officer"]
    if language == "en":
        lines = (f"When: {IN_ENGLISH['conakry']}", f"That is: {IN_ENGLISH['brussels']}")
        reads(mail, *lines, subject="An answer is awaited: ")
        assert "Without one it ends by itself, and its slot is free again." in mail["text"]
    else:
        lines = (
            f"Quand\N{NO-BREAK SPACE}: {IN_FRENCH['conakry']}",
            f"Soit\N{NO-BREAK SPACE}: {IN_FRENCH['brussels']}",
        )
        reads(mail, *lines, subject="Réponse attendue\N{NO-BREAK SPACE}: ")
        assert "elle prendra fin d’elle-même et son créneau sera libéré" in mail["text"]  # noqa: RUF001
    assert f"{world.house.settings.url}{booking}" in mail["text"]


async def test_a_proposal_tells_the_other_side_the_slot_that_is_offered(world: World, booking: str) -> None:
    await stands(world, booking)
    offered = f"{world.room_id}|{(STARTS_AT + timedelta(hours=2)).isoformat()}"
    for who, other in (("staff", "consular_officer"), ("officer", "centre_staff")):
        assert (
            await world.people[who].post(f"{booking}/other-slot", {"slot": offered, "send": "1"})
        ).status == 303
        (to,) = {
            key for key, row in (await told(world, booking, "proposed")).items() if row["state"] == "waiting"
        }
        assert to == other
        await world.people[who].post(f"{booking}/proposal", {"answer": "take_back"})
        world.house.clock.advance(seconds=1)
    found = await told(world, booking, "proposed")
    reads(
        found["consular_officer"],
        "When: Wednesday 30 September 2026, 10:00\N{EN DASH}11:00 (Conakry, UTC)",
        "That is: Wednesday 30 September 2026, 12:00\N{EN DASH}13:00 (Brussels, UTC+2)",
        subject="Another slot proposed: ",
    )
    assert "Accept or refuse it on the page of the booking." in found["consular_officer"]["text"]
    reads(
        found["centre_staff"],
        "Quand\N{NO-BREAK SPACE}: mercredi 30 septembre 2026, 12:00\N{EN DASH}13:00 (Bruxelles, UTC+2)",
        "Soit\N{NO-BREAK SPACE}: mercredi 30 septembre 2026, 10:00\N{EN DASH}11:00 (Conakry, UTC)",
        subject="Autre créneau proposé\N{NO-BREAK SPACE}: ",
    )
    assert "Acceptez-le ou refusez-le sur la page de la réservation." in found["centre_staff"]["text"]


async def test_a_refused_proposal_and_one_taken_back_tell_that_what_stood_still_stands(
    world: World, booking: str
) -> None:
    await stands(world, booking)
    offered = {"slot": f"{world.room_id}|{(STARTS_AT + timedelta(hours=2)).isoformat()}", "send": "1"}
    await world.officer.post(f"{booking}/other-slot", offered)
    await world.staff.post(f"{booking}/proposal", {"answer": "refuse"})
    (mail,) = (await told(world, booking, "proposal_refused")).values()
    assert mail["to_address"].startswith("consular_officer")
    reads(mail, f"When: {IN_ENGLISH['conakry']}", subject="Proposed slot refused: ")
    await world.officer.post(f"{booking}/other-slot", offered)
    await world.officer.post(f"{booking}/proposal", {"answer": "take_back"})
    (mail,) = (await told(world, booking, "proposal_dropped")).values()
    assert mail["to_address"].startswith("centre_staff")
    line = f"Quand\N{NO-BREAK SPACE}: {IN_FRENCH['brussels']}"
    reads(mail, line, subject="Créneau proposé repris\N{NO-BREAK SPACE}: ")
    assert "Ce qui était prévu reste valable." in mail["text"]
