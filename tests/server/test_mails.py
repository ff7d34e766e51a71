"""What becomes of an event: who gets a mail, in which words, with which calendar entry, and never twice."""

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from scheduling import tables
from scheduling.actor import Role
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from server.jobs import JOBS, Jobs
from server.mails.dispatch import MOST_ATTEMPTS
from server.tables import mails
from tests.support.pages import World, last_of
from tests.support.web import email_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

STAFF, OFFICER = email_of(Role.CENTRE_STAFF), email_of(Role.CONSULAR_OFFICER)
GUARDIAN, LAWYER = "guardian@example.org", "lawyer@example.org"
_VARIES = ((r"\b[0-9a-z]{26}\b", "ID"), (r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b", "REF"), (r"\d+", "N"))
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi"


async def mails_of(world: World, booking: str, **where: Any) -> list[dict[str, Any]]:
    """Every mail about a booking, once the jobs are through."""
    await world.house.app[JOBS].run()
    found = await world.rows(mails, booking_id=last_of(booking), **where)
    return sorted(found, key=lambda row: (row["event"], row["to_address"]))


async def invite(world: World, booking: str, role: ParticipantRole, email: str, **values: Any) -> None:
    row = {
        "id": new_id(),
        "booking_id": last_of(booking),
        "role": role,
        "name": "Claire Peeters",
        "email": email,
    }
    async with world.house.transaction() as session:
        await session.execute(insert(tables.guests).values({**row, **values}))


def to(rows: list[dict[str, Any]], event: str) -> list[str]:
    return [row["to_address"] for row in rows if row["event"] == event]


async def test_a_request_is_told_to_the_post_and_to_nobody_else(world: World) -> None:
    rows = await mails_of(world, await world.requested())
    assert [(row["event"], row["to_address"]) for row in rows] == [("requested", OFFICER)]
    assert rows[0]["calendar"] is None
    assert f"{world.house.settings.url}/bookings/" in rows[0]["text"]


async def test_a_confirmed_interview_is_told_to_everybody_who_takes_part(world: World) -> None:
    booking = await world.requested()
    await invite(world, booking, ParticipantRole.GUARDIAN, GUARDIAN, language="en", is_agreed=True)
    await invite(world, booking, ParticipantRole.LAWYER, LAWYER)
    await world.officer.post(f"{booking}/confirm")
    rows = await mails_of(world, booking, event="confirmed")
    assert to(rows, "confirmed") == [STAFF, OFFICER, GUARDIAN]  # the post did not agree to the lawyer
    for row in rows:
        assert "METHOD:REQUEST" in row["calendar"]
        assert "SEQUENCE:1" in row["calendar"]
        assert re.findall(
            r"^ATTENDEE.*?mailto:(\S+)", row["calendar"].replace("\r\n ", ""), re.MULTILINE
        ) == [row["to_address"]]
    assert rows[2]["subject"].startswith("Interview confirmed: ")
    assert rows[1]["subject"].startswith("Entretien confirmé")
    assert "/bookings/" not in rows[2]["text"] + rows[2]["html"] + rows[2]["calendar"]


async def test_a_guest_agreed_to_later_is_invited_and_the_others_hear_of_a_change(world: World) -> None:
    booking = await world.requested()
    await invite(world, booking, ParticipantRole.GUARDIAN, GUARDIAN, is_agreed=True)
    await world.officer.post(f"{booking}/confirm")
    assert to(await mails_of(world, booking), "confirmed") == [STAFF, OFFICER, GUARDIAN]
    await invite(world, booking, ParticipantRole.LAWYER, LAWYER)
    await invite(world, booking, ParticipantRole.LIAISON_OFFICER, "liaison@example.org")
    (lawyer,) = await world.rows(tables.guests, booking_id=last_of(booking), email=LAWYER)
    assert (await world.officer.post(f"{booking}/guests", {"agreed": lawyer["id"]})).location == booking
    rows = [row for row in await mails_of(world, booking) if row["sequence"] == 2]
    assert to(rows, "confirmed") == [LAWYER]
    assert to(rows, "guests_decided") == [STAFF, OFFICER, GUARDIAN]
    assert len(rows) == 4  # nobody writes to whom the post refused
    for row in rows:
        assert "METHOD:REQUEST" in row["calendar"]
        assert "SEQUENCE:2" in row["calendar"]
        assert row["state"] != "overtaken"
    assert rows[-1]["subject"].startswith("Participation décidée")
    await world.staff.post(f"{booking}/cancel", {"code": "technical"})
    assert to(await mails_of(world, booking), "cancelled") == [STAFF, OFFICER, GUARDIAN, LAWYER]


async def test_no_mail_names_a_person(world: World) -> None:
    booking = await world.requested()
    await invite(world, booking, ParticipantRole.GUARDIAN, GUARDIAN, is_agreed=True)
    await world.officer.post(f"{booking}/confirm")
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    rows = await mails_of(world, booking)
    assert {row["event"] for row in rows} >= {"cancelled"}
    for row in rows:
        said = " ".join(str(row[name]) for name in ("subject", "text", "html", "calendar"))
        assert not re.search(r"Diallo|Mamadou|Peeters|of tests", said)


async def test_a_cancelled_interview_leaves_every_calendar_it_was_in(world: World) -> None:
    booking = await world.requested()
    await invite(world, booking, ParticipantRole.GUARDIAN, GUARDIAN, is_agreed=True)
    await world.officer.post(f"{booking}/confirm")
    confirmed = await mails_of(world, booking, event="confirmed")
    await world.staff.post(f"{booking}/cancel", {"code": "technical"})
    cancelled = await mails_of(world, booking, event="cancelled")
    assert to(cancelled, "cancelled") == to(confirmed, "confirmed")
    uid = re.search(r"UID:(\S+)", confirmed[0]["calendar"])
    assert uid
    for row in cancelled:
        assert "METHOD:CANCEL" in row["calendar"]
        assert "SEQUENCE:2" in row["calendar"]
        assert uid[0] in row["calendar"]


@pytest.mark.parametrize("stands", [False, True], ids=["a request", "an interview that stands"])
async def test_a_protection_stop_writes_the_mails_of_any_other_withdrawal(world: World, stands: bool) -> None:
    seen = []
    for how in ("stop", "give up"):
        case = await world.case()
        booking = await world.requested(case)
        await mails_of(world, booking)
        await invite(world, booking, ParticipantRole.GUARDIAN, GUARDIAN, is_agreed=True)
        if stands:
            await world.officer.post(f"{booking}/confirm")
        await mails_of(world, booking)
        if how == "stop":
            await world.staff.post(f"{case}/protection", {"open": "yes"})
        else:
            await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
        seen.append([plain(row) for row in await mails_of(world, booking)])
    assert seen[0] == seen[1]
    assert seen[0][0][0] == ("cancelled" if stands else "requested")
    assert not re.search(r"protect|asile|asyl|claim", str(seen[0]), re.IGNORECASE)


def plain(row: dict[str, Any]) -> list[str]:
    names = ("event", "to_address", "language", "subject", "text", "html", "calendar", "state")
    values = [str(row[name]).replace("\r\n ", "") for name in names]
    for pattern, instead in (*_VARIES, (_DAYS, "DAY")):
        values = [re.sub(pattern, instead, value) for value in values]
    return values


async def test_what_the_house_alone_must_know_reaches_no_mailbox(world: World) -> None:
    interview = await world.running()
    case = (await world.rows(tables.interviews, id=last_of(interview)))[0]
    before = len(await mails_of(world, case["booking_id"]))
    (booking,) = await world.rows(tables.bookings, id=case["booking_id"])
    await world.staff.post(f"/cases/{booking['case_id']}/protection", {"open": "yes"})
    assert len(await mails_of(world, case["booking_id"])) == before
    assert not await world.rows(tables.outbox, delivered_at=None)


async def test_two_that_dispatch_together_write_each_mail_once(world: World) -> None:
    booking = await world.requested()
    await asyncio.gather(*(Jobs(world.house.app).run() for _ in range(4)))
    assert len(await mails_of(world, booking)) == 1


async def test_an_event_told_again_writes_nothing_new(world: World) -> None:
    booking, _ = await world.confirmed()
    before = await mails_of(world, booking)
    async with world.house.transaction() as session:
        told = update(tables.outbox).where(tables.outbox.c.event == "booking:confirmed")
        await session.execute(told.values(delivered_at=None))
    assert await mails_of(world, booking) == before


async def test_a_bad_event_does_not_stop_the_others(world: World) -> None:
    row = {"event": "booking:requested", "payload": {}, "created_at": world.house.clock(), "attempts": 0}
    async with world.house.transaction() as session:
        position = (await session.execute(insert(tables.outbox).values(row))).inserted_primary_key
    booking = await world.requested()
    assert to(await mails_of(world, booking), "requested") == [OFFICER]
    for _ in range(MOST_ATTEMPTS):
        await world.house.app[JOBS].run()
    (left,) = await world.rows(tables.outbox, delivered_at=None)
    assert left["attempts"] == MOST_ATTEMPTS
    async with world.house.transaction() as session:
        await session.execute(delete(tables.outbox).where(tables.outbox.c.position == position[0]))


async def test_what_is_overtaken_before_it_was_told_is_told_once_as_it_stands(world: World) -> None:
    booking = await world.requested()
    await mails_of(world, booking)
    await world.officer.post(f"{booking}/confirm")
    async with world.house.transaction() as session:
        b = tables.bookings
        await session.execute(update(b).where(b.c.id == last_of(booking)).values(sequence=b.c.sequence + 1))
        await session.execute(delete(mails).where(mails.c.booking_id == last_of(booking)))
        told = update(tables.outbox).where(tables.outbox.c.event == "booking:confirmed")
        await session.execute(told.values(delivered_at=None))
    assert to(await mails_of(world, booking), "confirmed") == []
