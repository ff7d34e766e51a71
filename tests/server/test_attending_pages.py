"""Who attends an agreed interview, on its page: a guest more with link and code, one taken off, one again."""

import re

import pytest

from scheduling import tables
from server.jobs import JOBS
from server.tables import guest_links, mails
from tests.support.guests import knock, make_code, secret_for
from tests.support.pages import World, field_error, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUARDIAN = {
    "role_1": "guardian",
    "name_1": "Claire Peeters",
    "email_1": "peeters@example.org",
    "telephone_1": "+32 2 000 00 00",
    "language_1": "en",
}
LAWYER = {**GUARDIAN, "role_1": "lawyer", "name_1": "Maître Maes", "email_1": "maes@example.org"}


async def guest_of(world: World, booking: str) -> str:
    (row,) = await world.rows(tables.guests, booking_id=last_of(booking))
    return str(row["id"])


async def mailed(world: World, booking: str, address: str) -> list[str]:
    """The events of which somebody heard, by name."""
    await world.house.app[JOBS].run()
    rows = await world.rows(mails, booking_id=last_of(booking), to_address=address)
    return sorted(row["event"] for row in rows)


async def test_a_guest_invited_late_comes_in_as_those_named_at_the_booking_do(world: World) -> None:
    booking, interview = await world.confirmed()
    assert (await world.staff.get(interview)).says("Inviter quelqu’un d’autre")  # noqa: RUF001 - typography
    page = await world.staff.get(booking)
    assert page.says("Inviter quelqu’un")  # noqa: RUF001 - typography
    assert (await world.staff.post(f"{booking}/invite", GUARDIAN)).location == booking
    assert (await world.staff.get(booking)).says("L’invitation est faite")  # noqa: RUF001 - typography
    assert await mailed(world, booking, GUARDIAN["email_1"]) == ["confirmed"]
    (mail,) = await world.rows(mails, booking_id=last_of(booking), to_address=GUARDIAN["email_1"])
    assert mail["language"] == "en"
    assert mail["link_id"]
    (seat,) = await world.rows(tables.participants, guest_id=await guest_of(world, booking))
    interview_id = last_of(interview)
    code = await make_code(world.staff, interview_id, seat["id"])
    browser = world.house.browser()
    answer = await knock(browser, await secret_for(world.house, seat["id"]), code)
    assert answer.location == f"{interview}/room"


async def test_the_post_is_asked_about_a_lawyer_and_its_yes_invites(world: World) -> None:
    booking, _ = await world.confirmed()
    await world.staff.post(f"{booking}/invite", LAWYER)
    assert (await world.staff.get(booking)).says("Le poste ne s’est pas encore prononcé")  # noqa: RUF001 - typography
    await world.house.app[JOBS].run()
    (asked,) = await world.rows(mails, booking_id=last_of(booking), event="guest_asked")
    assert booking in asked["text"]
    assert not re.search(r"Maes|of tests", asked["text"] + asked["html"] + asked["subject"])
    assert await mailed(world, booking, LAWYER["email_1"]) == []
    page = await world.officer.get(booking)
    assert "Maes" not in page.text
    guest = await guest_of(world, booking)
    assert (await world.officer.post(f"{booking}/guests", {"agreed": guest})).status == 303
    assert await mailed(world, booking, LAWYER["email_1"]) == ["confirmed"]


async def test_who_is_taken_off_hears_of_it_and_their_link_opens_nothing(world: World) -> None:
    booking, interview = await world.confirmed()
    await world.staff.post(f"{booking}/invite", GUARDIAN)
    await mailed(world, booking, GUARDIAN["email_1"])
    guest = await guest_of(world, booking)
    (seat,) = await world.rows(tables.participants, guest_id=guest)
    code = await make_code(world.staff, last_of(interview), seat["id"])
    secret = await secret_for(world.house, seat["id"])
    browser = world.house.browser()
    await knock(browser, secret, code)
    fields = {"guest_id": guest, "change": "take_off"}
    assert (await world.staff.post(f"{booking}/guest", fields)).location == booking
    assert (await world.staff.get(booking)).says("N’est plus invité")  # noqa: RUF001 - typography
    assert not (await world.officer.get(booking)).says("Tuteur")
    assert await world.rows(guest_links, participant_id=seat["id"]) == []
    assert (await browser.get(f"{interview}/room")).status != 200
    assert (await knock(browser, secret)).status == 404
    assert await mailed(world, booking, GUARDIAN["email_1"]) == ["confirmed", "left"]
    fields["change"] = "invite_again"
    assert (await world.staff.post(f"{booking}/guest", fields)).location == booking
    assert await mailed(world, booking, GUARDIAN["email_1"]) == ["confirmed", "confirmed", "left"]


@pytest.mark.parametrize("name", ["role_1", "name_1"])
async def test_what_is_missing_is_said_beside_its_field(world: World, name: str) -> None:
    booking, _ = await world.confirmed()
    page = await world.staff.post(f"{booking}/invite", {**GUARDIAN, name: ""})
    assert page.status == 422
    assert field_error(page, name)
    assert 'value="peeters@example.org"' in page.text
    assert await world.rows(tables.guests, booking_id=last_of(booking)) == []


async def test_a_role_that_is_no_guests_is_refused(world: World) -> None:
    booking, _ = await world.confirmed()
    page = await world.staff.post(f"{booking}/invite", {**GUARDIAN, "role_1": "consular_officer"})
    assert page.status == 422
    assert field_error(page, "role_1")


async def test_after_the_end_nobody_is_invited_and_the_page_says_why(world: World) -> None:
    path = await world.ended()
    (row,) = await world.rows(tables.interviews, id=last_of(path))
    booking = f"/bookings/{row['booking_id']}"
    assert not (await world.staff.get(booking)).says("Inviter quelqu’un")  # noqa: RUF001 - typography
    page = await world.staff.post(f"{booking}/invite", GUARDIAN)
    assert page.status == 422
    assert page.says("L’entretien est terminé")  # noqa: RUF001 - typography


@pytest.mark.parametrize("who", ["officer", "supervisor"])
async def test_nobody_else_changes_who_attends(world: World, who: str) -> None:
    booking, _ = await world.confirmed()
    browser = world.people[who]
    assert not (await browser.get(booking)).says("Inviter quelqu’un")  # noqa: RUF001 - typography
    assert (await browser.post(f"{booking}/invite", GUARDIAN)).status == 404
    assert (await browser.post(f"{booking}/guest", {"change": "take_off"})).status == 404
