"""The links that go by mail: whose, in which mails, and that no secret stands in the database."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from scheduling import tables
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from server.app_keys import SECRETS, WRITING
from server.jobs import JOBS
from server.keys import PASSWORD_NAME
from server.mails.deliver import Delivery
from server.mails.letter import LINK_SECRET
from server.tables import guest_links, mails
from tests.support.guests import knock, link_on, make_code, secret_for
from tests.support.mail_server import PASSWORD, Inbox, mail_server
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUARDIAN, LAWYER = "guardian@example.org", "lawyer@example.org"


async def confirmed(world: World) -> tuple[str, str]:
    """An interview with a guardian and a lawyer, to whom the post did not agree; booking and interview."""
    booking = await world.requested()
    for role, email in ((ParticipantRole.GUARDIAN, GUARDIAN), (ParticipantRole.LAWYER, LAWYER)):
        who = {"id": new_id(), "booking_id": last_of(booking), "role": role, "name": "Claire Peeters"}
        agreed = True if role is ParticipantRole.GUARDIAN else None
        async with world.house.transaction() as session:
            await session.execute(insert(tables.guests).values(email=email, is_agreed=agreed, **who))
    assert (await world.officer.post(f"{booking}/confirm")).status == 303
    i = tables.interviews
    return booking, await world.one(select(i.c.id).where(i.c.booking_id == last_of(booking)))


async def told(world: World, booking: str, event: str) -> list[dict[str, Any]]:
    await world.house.app[JOBS].run()
    return list(await world.rows(mails, booking_id=last_of(booking), event=event))


async def seat_of(world: World, interview_id: str) -> str:
    p = tables.participants
    statement = select(p.c.id).where(p.c.interview_id == interview_id, p.c.role == ParticipantRole.GUARDIAN)
    return str(await world.one(statement))


async def test_the_invitation_bears_a_link_for_each_guest_and_for_nobody_else(world: World) -> None:
    booking, interview_id = await confirmed(world)
    rows = {row["to_address"]: row for row in await told(world, booking, "confirmed")}
    assert LAWYER not in rows
    assert f"{world.house.settings.url}/guest#{LINK_SECRET}" in rows[GUARDIAN]["text"]
    assert LINK_SECRET in rows[GUARDIAN]["html"]
    assert LINK_SECRET not in rows[GUARDIAN]["calendar"]
    for address, row in rows.items():
        assert (row["link_id"] is None) is (address != GUARDIAN)
        assert ("/guest" in row["text"]) is (address == GUARDIAN)
    secret = await secret_for(world.house, await seat_of(world, interview_id))
    assert secret not in str(rows)
    found = await world.rows(guest_links, id=rows[GUARDIAN]["link_id"])
    assert [row["code_mac"] for row in found] == [None]


async def test_the_secret_is_put_in_when_the_mail_leaves_and_opens_the_interview(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = world.house
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    (house.settings.keys / PASSWORD_NAME).touch(mode=0o600)
    (house.settings.keys / PASSWORD_NAME).write_text(f"{PASSWORD}\n", encoding="utf-8")
    house.clock.advance(seconds=1)  # so that this mail is the newest
    booking, interview_id = await confirmed(world)
    await told(world, booking, "confirmed")
    inbox, key = Inbox(), house.app[SECRETS].guest
    with mail_server(tmp_path, inbox) as server:
        settings = replace(house.settings, smtp=server, mail_from="parloir@example.org")
        await Delivery(house.app[WRITING], house.clock, settings, key).run()
    message = [each for each in inbox.messages if each["To"] == GUARDIAN][-1]
    kinds = {"text/plain", "text/html"}
    bodies = [part.get_content() for part in message.walk() if part.get_content_type() in kinds]
    secrets = {link_on(body) for body in bodies}
    assert len(secrets) == 1
    assert all(LINK_SECRET not in body for body in bodies)
    code = await make_code(world.staff, interview_id, await seat_of(world, interview_id))
    answer = await knock(house.browser(), secrets.pop(), code)
    assert answer.location == f"/interviews/{interview_id}/room"
    for other in inbox.messages:
        assert other["To"] == GUARDIAN or "/guest#" not in other.as_string()
    async with house.transaction() as session:
        await session.execute(update(mails).values(state="sent"))


async def test_a_move_puts_a_new_link_in_its_place_and_the_code_holds(world: World) -> None:
    booking, interview_id = await confirmed(world)
    await told(world, booking, "confirmed")
    seat = await seat_of(world, interview_id)
    former, code = await secret_for(world.house, seat), await make_code(world.staff, interview_id, seat)
    async with world.house.transaction() as session:
        b = tables.bookings
        statement = update(b).where(b.c.id == last_of(booking)).values(sequence=b.c.sequence + 1)
        await session.execute(statement)
        row = (await session.execute(select(b).where(b.c.id == last_of(booking)))).one()
        payload = {"booking_id": row.id, "sequence": row.sequence}
        event = {"event": "booking:moved", "payload": payload, "created_at": world.house.clock()}
        await session.execute(insert(tables.outbox).values(attempts=0, **event))
    (row,) = [each for each in await told(world, booking, "moved") if each["to_address"] == GUARDIAN]
    fresh = await secret_for(world.house, seat)
    assert fresh != former
    assert row["link_id"] is not None
    assert (await knock(world.house.browser(), former)).status == 404
    assert (await knock(world.house.browser(), fresh, code)).status == 303


async def test_the_staffs_new_link_goes_to_the_one_guest(world: World) -> None:
    booking, interview_id = await confirmed(world)
    await told(world, booking, "confirmed")
    seat = await seat_of(world, interview_id)
    await world.staff.get(f"/interviews/{interview_id}")
    answer = await world.staff.post(f"/interviews/{interview_id}/guest-link", {"participant_id": seat})
    assert link_on(answer.text) == await secret_for(world.house, seat)  # there is no mail server yet
    (row,) = await told(world, booking, "link")
    assert row["to_address"] == GUARDIAN
    (link,) = await world.rows(guest_links, participant_id=seat)
    assert row["link_id"] == link["id"]


async def test_what_was_taken_back_comes_back_by_no_mail(world: World) -> None:
    booking, interview_id = await confirmed(world)
    await told(world, booking, "confirmed")
    seat = await seat_of(world, interview_id)
    await world.staff.get(f"/interviews/{interview_id}")
    await world.staff.post(f"/interviews/{interview_id}/guest-link/revoke", {"participant_id": seat})
    payload = {"booking_id": last_of(booking), "hours": 48}
    (stands,) = await world.rows(tables.bookings, id=last_of(booking))
    async with world.house.transaction() as session:
        event = {"event": "booking:reminder", "created_at": world.house.clock(), "attempts": 0}
        payload["sequence"] = stands["sequence"]
        await session.execute(insert(tables.outbox).values(payload=payload, **event))
    (row,) = [each for each in await told(world, booking, "reminder") if each["to_address"] == GUARDIAN]
    assert row["link_id"] is None
    assert "/guest" not in row["text"]
