"""One booking for both sides: the post's answer, giving it up, the calendar, and who never sees it."""

import re

import pytest

from scheduling import tables
from tests.support.pages import FAMILY_NAME, GIVEN_NAMES, World, field_error, last_of, ticked
from tests.support.web import CENTRE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_officer_confirms_and_the_interview_stands(world: World) -> None:
    booking, interview = await world.confirmed()
    for browser in (world.staff, world.officer, world.supervisor):
        page = await browser.get(booking)
        assert page.status == 200
        assert interview in page.text
    assert f"{booking}/confirm" not in (await world.officer.get(booking)).text


async def test_officer_declines_with_a_code_and_a_word(world: World) -> None:
    booking = await world.requested()
    page = await world.officer.post(f"{booking}/decline", {"code": "not_on_file", "text": "Plutôt le matin."})
    assert page.location == booking
    page = await world.staff.get(booking)
    assert page.says("n’est pas connue comme ressortissante")  # noqa: RUF001 - French typography
    assert page.says("Plutôt le matin.")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"text": "Plutôt le matin."}, "code", "Choisissez un motif"),
        ({"code": "by_centre", "text": "Plutôt le matin."}, "code", "Choisissez un motif"),
        ({"code": "other", "text": " "}, "text", "Dites pourquoi en quelques mots"),
        ({"code": "other", "text": "x" * 1001}, "text", "1000 caractères au plus"),
    ],
)
async def test_each_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    world: World, fields: dict[str, str], field: str, words: str
) -> None:
    booking = await world.requested()
    page = await world.officer.post(f"{booking}/decline", fields)
    assert page.status == 422
    assert field_error(page, field).endswith(words)
    assert page.says(fields["text"])
    assert ticked(page, "code") == {fields.get("code", "")} & {"other"}
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert row["status"] == "requested"


async def test_an_answer_that_comes_too_late_says_how_it_stands(world: World) -> None:
    booking = await world.requested()
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    for rest, fields in (("confirm", {}), ("decline", {"code": "no_capacity"})):
        page = await world.officer.post(f"{booking}/{rest}", fields)
        assert page.status == 422
        assert page.says("Le centre a retiré cette demande. Si un entretien reste souhaité")
        assert page.says("Retiré par le centre")


async def test_centre_withdraws_a_request_and_cancels_an_interview(world: World) -> None:
    requested, (confirmed, _) = await world.requested(), await world.confirmed()
    for booking, status in ((requested, "withdrawn"), (confirmed, "cancelled")):
        page = await world.staff.post(f"{booking}/cancel", {"code": "room_unavailable"})
        assert page.location == booking
        (row,) = await world.rows(tables.bookings, id=last_of(booking))
        assert (row["status"], row["reason"]) == (status, "room_unavailable")
        assert (await world.officer.get(booking)).says("Le local n’est pas disponible")  # noqa: RUF001 - typography
        assert not await world.rows(tables.quanta, booking_id=last_of(booking))


async def test_each_side_gives_its_own_reasons_only(world: World) -> None:
    booking, _ = await world.confirmed()
    for browser, foreign in ((world.staff, "officer_unavailable"), (world.officer, "person_unwell")):
        page = await browser.get(booking)
        assert f'value="{foreign}"' not in page.text
        page = await browser.post(f"{booking}/cancel", {"code": foreign})
        assert page.status == 422
        assert field_error(page, "code")
    page = await world.officer.post(f"{booking}/cancel", {})
    assert field_error(page, "code").endswith("Choisissez un motif")
    assert (await world.officer.post(f"{booking}/cancel", {"code": "technical"})).location == booking


async def test_released_fields_are_read_while_the_request_lives(world: World) -> None:
    booking = await world.requested()
    assert (await world.officer.get(booking)).says(FAMILY_NAME)
    await world.officer.post(f"{booking}/decline", {"code": "no_capacity"})
    assert not (await world.officer.get(booking)).says(FAMILY_NAME)
    assert (await world.staff.get(booking)).says(FAMILY_NAME)


async def test_history_names_sides_to_the_post_and_not_people(world: World) -> None:
    booking, _ = await world.confirmed()
    page = await world.officer.get(booking)
    assert page.says(CENTRE)
    assert not page.says(world.actors["staff"].name)


@pytest.mark.parametrize("who", ["other_staff", "other_officer", "administrator"])
async def test_nobody_else_finds_the_booking(world: World, who: str) -> None:
    booking = await world.requested()
    browser = world.people[who]
    assert (await browser.get(booking)).status == 404
    assert (await browser.get(f"{booking}/calendar")).status == 404
    for rest, fields in (
        ("confirm", {}),
        ("decline", {"code": "no_capacity"}),
        ("decline", {}),
        ("cancel", {"code": "technical"}),
        ("cancel", {}),
    ):
        assert (await browser.post(f"{booking}/{rest}", fields)).status == 404, rest
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert (row["status"], row["version"]) == ("requested", 1)


async def test_neither_side_does_what_is_the_others(world: World) -> None:
    booking = await world.requested()
    assert (await world.staff.post(f"{booking}/confirm")).status == 404
    assert (await world.staff.post(f"{booking}/decline", {"code": "other"})).status == 404
    assert (await world.supervisor.post(f"{booking}/cancel", {"code": "technical"})).status == 404
    page = await world.officer.post(f"{booking}/cancel", {"code": "technical"})
    assert page.status == 422
    assert page.says("La demande attend la réponse du poste")


async def test_the_calendar_entry_is_offered_once_confirmed_and_names_nobody(world: World) -> None:
    booking = await world.requested()
    assert f"{booking}/calendar" not in (await world.officer.get(booking)).text
    await world.officer.post(f"{booking}/confirm")
    for browser in (world.staff, world.officer):
        assert f'href="{booking}/calendar"' in (await browser.get(booking)).text
        entry = await browser.get(f"{booking}/calendar")
        assert entry.headers["Content-Type"].startswith("text/calendar")
        assert re.fullmatch(
            r'attachment; filename="[0-9A-Z]{3}-[0-9A-Z]{3}\.ics"', entry.headers["Content-Disposition"]
        )
        assert re.search(r"SUMMARY:Entretien [0-9A-Z]{3}-[0-9A-Z]{3}\r", entry.text)
        assert re.search(r"DTSTART:\d{8}T\d{6}Z", entry.text)
        for words in (FAMILY_NAME, GIVEN_NAMES, "of tests", "@example.org"):
            assert words not in entry.text
    assert ("view", "calendar") in await world.audited(last_of(booking))


async def test_every_view_is_audited(world: World) -> None:
    booking = await world.requested()
    for browser in (world.staff, world.officer, world.supervisor):
        await browser.get(booking)
    views = await world.rows(tables.audit, noun_id=last_of(booking), act="view")
    assert [row["account_id"] for row in views] == [
        world.actors[who].account_id for who in ("staff", "officer", "supervisor")
    ]
