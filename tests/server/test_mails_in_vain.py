"""What waits while it comes to nothing is put aside, and what has long left keeps no word and no address."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from scheduling import tables
from server.jobs import JOBS
from server.mails.purge import KEPT
from server.tables import invitations, mails
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR = timedelta(hours=1)


@pytest.fixture
def now(world: World) -> Iterator[datetime]:
    """The world's hour, to which its clock goes back after the test."""
    before = world.house.clock()
    yield before
    world.house.clock.set(before)


async def states(world: World, booking: str) -> dict[str, set[str]]:
    """In which states the mails of each event are, once the jobs are through."""
    await world.house.app[JOBS].run()
    found: dict[str, set[str]] = {}
    for row in await world.rows(mails, booking_id=last_of(booking)):
        found.setdefault(row["event"], set()).add(row["state"])
    return found


async def confirmed(world: World, case: str = "") -> str:
    """Let an interview stand, each step told before the next; gives the path of the booking."""
    booking = await world.requested(case)
    await states(world, booking)
    await world.officer.post(f"{booking}/confirm")
    await states(world, booking)
    return booking


async def free_slots(world: World, booking: str) -> list[str]:
    page = await world.officer.get(f"{booking}/other-slot")
    return [unescape(value) for value in re.findall(r'name="slot" value="([^"]+)"', page.text)]


async def set_booking(world: World, booking: str, **values: Any) -> None:
    b = tables.bookings
    async with world.house.transaction() as session:
        await session.execute(update(b).where(b.c.id == last_of(booking)).values(**values))


async def set_mails(world: World, booking: str, **values: Any) -> None:
    async with world.house.transaction() as session:
        await session.execute(update(mails).where(mails.c.booking_id == last_of(booking)).values(**values))


async def test_a_post_is_not_asked_for_an_answer_that_it_has_given(world: World) -> None:
    booking = await world.requested()
    assert await states(world, booking) == {"requested": {"waiting"}}
    await world.officer.post(f"{booking}/confirm")
    assert await states(world, booking) == {"requested": {"overtaken"}, "confirmed": {"waiting"}}


async def test_a_chaser_is_not_sent_once_the_post_has_answered(world: World, now: datetime) -> None:
    booking = await world.requested()
    (request,) = await world.rows(tables.requests, id=(await row_of(world, booking))["request_id"])
    world.house.clock.set(request["chase_at"])
    assert (await states(world, booking))["chased"] == {"waiting"}
    world.house.clock.set(now)
    await world.officer.post(f"{booking}/decline", {"code": "no_capacity"})
    assert await states(world, booking) == {
        "requested": {"overtaken"},
        "chased": {"overtaken"},
        "declined": {"waiting"},
    }


async def row_of(world: World, booking: str) -> dict[str, Any]:
    return (await world.rows(tables.bookings, id=last_of(booking)))[0]


@pytest.mark.parametrize("how", ["stop", "give up"])
async def test_no_invitation_and_no_reminder_leaves_for_what_was_cancelled(
    world: World, now: datetime, how: str
) -> None:
    case = await world.case()
    booking = await confirmed(world, case)
    world.house.clock.set((await row_of(world, booking))["starts_at"] - HOUR)
    assert (await states(world, booking))["reminder"] == {"waiting"}
    world.house.clock.set(now)
    if how == "stop":
        await world.staff.post(f"{case}/protection", {"open": "yes"})
    else:
        await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    found = await states(world, booking)
    assert found.pop("cancelled") == {"waiting"}
    assert found == {event: {"overtaken"} for event in ("requested", "confirmed", "reminder")}


@pytest.mark.usefixtures("now")
async def test_no_reminder_leaves_once_the_interview_has_begun(world: World) -> None:
    booking = await confirmed(world)
    starts_at = (await row_of(world, booking))["starts_at"]
    world.house.clock.set(starts_at - HOUR)
    assert (await states(world, booking))["reminder"] == {"waiting"}
    world.house.clock.set(starts_at)
    found = await states(world, booking)
    assert (found["reminder"], found["confirmed"]) == ({"overtaken"}, {"waiting"})
    world.house.clock.set((await row_of(world, booking))["ends_at"])
    assert (await states(world, booking))["confirmed"] == {"overtaken"}


async def test_an_invitation_to_where_it_stands_no_longer_does_not_leave(world: World) -> None:
    booking = await confirmed(world)
    assert (await states(world, booking))["confirmed"] == {"waiting"}
    await set_booking(world, booking, sequence=2)
    assert (await states(world, booking))["confirmed"] == {"overtaken"}


async def test_a_proposal_is_told_while_it_stands(world: World) -> None:
    booking = await confirmed(world)
    value = (await free_slots(world, booking))[-1]
    page = await world.officer.post(f"{booking}/other-slot", {"slot": value, "send": "1"})
    assert page.status == 303, page.text
    assert (await states(world, booking))["proposed"] == {"waiting"}
    await world.officer.post(f"{booking}/proposal", {"answer": "take_back"})
    found = await states(world, booking)
    assert (found["proposed"], found["proposal_dropped"]) == ({"overtaken"}, {"waiting"})


async def test_of_two_proposals_told_together_the_one_that_stands_is_told_once(world: World) -> None:
    booking = await confirmed(world)
    *_, first, second = await free_slots(world, booking)
    async with world.house.app[JOBS].turn:  # the jobs wait meanwhile
        for value in (first, second):
            assert (
                await world.officer.post(f"{booking}/other-slot", {"slot": value, "send": "1"})
            ).status == 303
            world.house.clock.advance(seconds=1)
    await states(world, booking)
    assert len(await world.rows(mails, booking_id=last_of(booking), event="proposed")) == 1


async def test_what_was_sent_or_given_up_stays_as_it_is(world: World) -> None:
    for state in ("sent", "dead"):
        booking = await world.requested()
        await states(world, booking)
        await set_mails(world, booking, state=state)
        await world.officer.post(f"{booking}/decline", {"code": "no_capacity"})
        assert (await states(world, booking))["requested"] == {state}


async def test_administrators_see_what_is_not_needed_any_more(world: World) -> None:
    booking = await world.requested()
    await states(world, booking)
    await world.officer.post(f"{booking}/confirm")
    await states(world, booking)
    page = await world.people["administrator"].get("/mails")
    assert page.says("Devenus inutiles")
    reference = (await world.rows(mails, booking_id=last_of(booking)))[0]["subject"].rpartition(" ")[2]
    assert reference not in page.text


async def test_after_a_month_what_has_left_keeps_its_event_its_state_and_its_times_only(
    world: World, now: datetime
) -> None:
    booking = await confirmed(world)
    await states(world, booking)
    await set_mails(world, booking, state="sent", sent_at=now)
    world.house.clock.set(now + KEPT - timedelta(seconds=1))
    await states(world, booking)
    assert all(row["text"] and row["to_address"] for row in await of(world, booking))
    world.house.clock.set(now + KEPT)
    await states(world, booking)
    rows = await of(world, booking)
    for row in rows:
        assert (row["state"], row["sent_at"], row["purged_at"]) == ("sent", now, now + KEPT)
        for name in ("to_address", "subject", "text", "html", "calendar", "last_error"):
            assert not row[name], name
    assert {row["event"] for row in rows} == {"requested", "confirmed"}
    assert await world.rows(invitations, booking_id=last_of(booking))
    world.house.clock.set((await row_of(world, booking))["ends_at"] + KEPT)
    await states(world, booking)
    assert await world.rows(invitations, booking_id=last_of(booking)) == []


async def of(world: World, booking: str) -> list[dict[str, Any]]:
    rows = await world.rows(mails, booking_id=last_of(booking))
    return [row for row in rows if row["event"] in {"requested", "confirmed"}]


async def test_what_still_waits_keeps_its_words_and_the_dead_are_not_tried_without(
    world: World, now: datetime
) -> None:
    booking = await world.requested()
    await states(world, booking)
    await set_mails(world, booking, created_at=now - KEPT)
    assert await states(world, booking) == {"requested": {"waiting"}}
    (row,) = await of(world, booking)
    assert row["text"]
    await set_mails(world, booking, state="dead")
    assert await states(world, booking) == {"requested": {"dead"}}
    administrator = world.people["administrator"]
    await administrator.get("/mails")
    assert (await administrator.post(f"/mails/{row['id']}/again")).status == 404
