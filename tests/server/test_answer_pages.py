"""The post's answer on its page: one of the ranked slots, the guests, and another slot proposed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from scheduling import tables
from scheduling.identifier import new_id
from scheduling.propose import propose
from tests.support.pages import World, field_error, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def with_second_wish(world: World, *, days: int = 7) -> str:
    booking = await world.requested()
    (wish,) = await world.rows(tables.wishes, booking_id=last_of(booking))
    later = {name: wish[name] + timedelta(days=days) for name in ("starts_at", "ends_at")}
    async with world.house.transaction() as session:
        await session.execute(insert(tables.wishes).values({**wish, **later, "rank": 2}))
    return booking


async def invited(world: World, booking: str, name: str) -> str:
    guest = {"id": new_id(), "booking_id": last_of(booking), "role": "lawyer", "name": name, "language": "fr"}
    async with world.house.transaction() as session:
        await session.execute(insert(tables.guests).values(guest))
    return guest["id"]


async def status_of(world: World, booking: str) -> str:
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    return str(row["status"])


async def proposed_by(world: World, who: str, booking: str) -> None:
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    room_id, _, starts_at = (await world.slots(await world.case()))[-1].partition("|")
    async with world.house.transaction() as session:
        await propose(
            session,
            world.house.clock,
            world.actors[who],
            booking_id=row["id"],
            room_id=room_id,
            starts_at=datetime.fromisoformat(starts_at),
        )


async def test_officer_confirms_the_second_slot(world: World) -> None:
    booking = await with_second_wish(world)
    second = (await world.rows(tables.wishes, booking_id=last_of(booking), rank=2))[0]
    assert (await world.officer.post(f"{booking}/confirm", {"rank": "2"})).location == booking
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert (row["status"], row["starts_at"]) == ("confirmed", second["starts_at"])


@pytest.mark.parametrize("fields", [{}, {"rank": "3"}, {"rank": "x"}])
async def test_no_slot_is_chosen_for_the_officer(world: World, fields: dict[str, str]) -> None:
    booking = await with_second_wish(world)
    page = await world.officer.post(f"{booking}/confirm", fields)
    assert page.status == 422
    assert field_error(page, "rank")
    assert await status_of(world, booking) == "requested"


async def test_a_past_slot_is_shown_and_cannot_be_chosen(world: World) -> None:
    booking = await with_second_wish(world, days=-60)
    page = await world.officer.get(booking)
    assert page.says("Ce créneau est passé.")
    assert 'value="2"' not in page.text
    assert (await world.officer.post(f"{booking}/confirm", {"rank": "2"})).status == 422
    assert await status_of(world, booking) == "requested"


async def test_a_slot_after_an_end_of_detention_that_moved_is_not_confirmed(world: World) -> None:
    booking = await with_second_wish(world)
    first, second = sorted(
        await world.rows(tables.wishes, booking_id=last_of(booking)), key=lambda row: int(row["rank"])
    )
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    ends_on = second["starts_at"].date() - timedelta(days=1)
    async with world.house.transaction() as session:
        c = tables.cases
        await session.execute(update(c).where(c.c.id == row["case_id"]).values(detention_ends_on=ends_on))
    page = await world.officer.post(f"{booking}/confirm", {"rank": "2"})
    assert page.status == 422
    assert page.says("Le centre ne peut plus tenir ce créneau.")
    assert "détention" not in page.text
    assert await status_of(world, booking) == "requested"
    assert (await world.officer.post(f"{booking}/confirm", {"rank": "1"})).location == booking
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert (row["status"], row["starts_at"]) == ("confirmed", first["starts_at"])


async def test_a_post_reads_no_guests_name_and_agrees_to_each(world: World) -> None:
    booking = await world.requested()
    agreed, other = await invited(world, booking, "Maître Peeters"), await invited(world, booking, "Claes")
    assert "Peeters" not in (await world.officer.get(booking)).text
    assert (await world.staff.get(booking)).says("Maître Peeters")
    await world.officer.post(f"{booking}/confirm", {"rank": "1", "agreed": agreed})
    rows = await world.rows(tables.guests, booking_id=last_of(booking))
    assert {row["id"]: row["is_agreed"] for row in rows} == {agreed: True, other: False}
    assert "Peeters" not in (await world.officer.get(booking)).text


@pytest.mark.parametrize(("answer", "status"), [("accept", "confirmed"), ("refuse", "requested")])
async def test_centre_answers_the_posts_proposal(world: World, answer: str, status: str) -> None:
    booking = await world.requested()
    await proposed_by(world, "officer", booking)
    page = await world.staff.get(booking)
    assert page.says("Le poste propose un autre créneau")
    assert not page.says("pas encore répondu")
    assert (await world.staff.post(f"{booking}/proposal", {"answer": answer})).location == booking
    assert await status_of(world, booking) == status
    assert not await world.rows(tables.proposals, booking_id=last_of(booking))


async def test_only_the_side_that_proposed_takes_it_back(world: World) -> None:
    booking = await world.requested()
    await proposed_by(world, "officer", booking)
    assert (await world.staff.post(f"{booking}/proposal", {"answer": "take_back"})).status == 422
    assert (await world.officer.post(f"{booking}/proposal", {"answer": "accept"})).status == 422
    assert (await world.officer.post(f"{booking}/proposal", {"answer": "take_back"})).location == booking
    assert not await world.rows(tables.proposals, booking_id=last_of(booking))


async def test_strangers_find_no_proposal(world: World) -> None:
    booking = await world.requested()
    for who in ("other_staff", "other_officer", "supervisor"):
        page = await world.people[who].post(f"{booking}/proposal", {"answer": "refuse"})
        assert page.status == 404


async def agreed_elsewhere(world: World) -> tuple[str, str, str]:
    """A booking in a slot that the post proposed, and two guests of whom nobody has said a word."""
    booking = await world.requested()
    lawyer, other = await invited(world, booking, "Peeters"), await invited(world, booking, "Claes")
    await proposed_by(world, "officer", booking)
    assert (await world.staff.post(f"{booking}/proposal", {"answer": "accept"})).location == booking
    return booking, lawyer, other


async def test_guests_of_a_slot_that_the_post_proposed_are_decided_on_the_page_of_the_booking(
    world: World,
) -> None:
    booking, lawyer, other = await agreed_elsewhere(world)
    page = await world.officer.get(booking)
    assert page.says("Vous n’avez pas encore dit qui peut assister")  # noqa: RUF001 - typography
    assert f'value="{lawyer}"' in page.text
    assert "Peeters" not in page.text
    assert (await world.officer.post(f"{booking}/guests", {"agreed": lawyer})).location == booking
    rows = await world.rows(tables.guests, booking_id=last_of(booking))
    assert {row["id"]: row["is_agreed"] for row in rows} == {lawyer: True, other: False}
    page = await world.officer.get(booking)
    assert page.says("Participation des personnes invitées décidée")
    assert f"{booking}/guests" not in page.text


async def test_who_says_it_twice_reads_that_it_was_said(world: World) -> None:
    booking, lawyer, _ = await agreed_elsewhere(world)
    await world.officer.post(f"{booking}/guests")
    page = await world.officer.post(f"{booking}/guests", {"agreed": lawyer})
    assert page.status == 422
    assert page.says("Votre poste a déjà dit qui assiste")
    assert 'href="#h-history"' in page.text


async def test_only_an_officer_of_the_post_is_asked_who_attends(world: World) -> None:
    booking, lawyer, _ = await agreed_elsewhere(world)
    for who in ("staff", "supervisor", "other_officer"):
        assert f"{booking}/guests" not in (await world.people[who].get(booking)).text
        assert (await world.people[who].post(f"{booking}/guests", {"agreed": lawyer})).status == 404
    (row,) = await world.rows(tables.guests, id=lawyer)
    assert row["is_agreed"] is None
