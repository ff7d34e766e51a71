"""Changing the details of a case: what is written, refused, and what lies after the end of detention."""

from datetime import timedelta

import pytest

from scheduling import tables
from tests.support.pages import CASE, World, carried, field_error, last_of, save, send
from tests.support.web import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def changed(world: World, case: str, **fields: str) -> Page:
    return await save(world.staff, f"{case}/details", {**CASE, **fields})


async def test_details_are_changed_and_each_version_stays_in_the_history(world: World) -> None:
    case = await world.case()
    assert f'href="{case}/details"' in (await world.staff.get(case)).text
    page = await changed(world, case, family_name="Barry", languages="fr", detention_ends_on="2027-01-31")
    assert page.location == case
    page = await world.staff.get(case)
    assert page.says("Les informations sont enregistrées.")
    for words in ("Barry", "français", "31 janvier 2027"):
        assert page.says(words), words
    history = await world.rows(tables.history, noun_id=last_of(case))
    assert [row["event"] for row in history] == ["case:opened", "case:changed"]
    assert [row["copy"]["family_name"] for row in history] == [CASE["family_name"], "Barry"]
    assert ("changed", "") in await world.audited(last_of(case))
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert (row["suitability"], row["version"]) == ("suitable", 2)


async def test_what_is_saved_as_it_stands_makes_no_version(world: World) -> None:
    case = await world.case()
    assert (await changed(world, case)).status == 303
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert row["version"] == 1


async def test_each_fault_stands_beside_its_field(world: World) -> None:
    case = await world.case()
    for field, text in (
        ("family_name", " "),
        ("detention_ends_on", "2026-09-15"),
        ("born_on", "20266-01-01"),
    ):
        page = await changed(world, case, **{field: text})
        assert page.status == 422
        assert field_error(page, field), field
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert row["version"] == 1


async def test_the_country_stays_while_a_post_is_asked(world: World) -> None:
    case = await world.case()
    booking = await world.requested(case)
    page = await changed(world, case, country="ML")
    assert "Un poste est déjà saisi" in field_error(page, "country")
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    assert (await changed(world, case, country="ML")).status == 303


async def test_what_somebody_else_saved_meanwhile_is_shown_first(world: World) -> None:
    case = await world.case()
    shown = carried(await world.staff.get(f"{case}/details"), "shown")
    await changed(world, case, birth_place="Kindia")
    page = await send(world.staff, f"{case}/details", {**CASE, "shown": shown, "sex": "F"})
    assert page.status == 422
    assert page.says("Kindia</dd>")
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert (row["birth_place"], row["sex"]) == ("Kindia", "M")


async def test_an_interview_after_the_new_end_of_detention_is_named(world: World) -> None:
    case = await world.case()
    booking, _ = await world.confirmed(case)
    assert not (await world.staff.get(case)).says("après la fin de la détention")
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    end = row["starts_at"] - timedelta(days=1)
    end = max(end, world.house.clock())
    assert (await changed(world, case, detention_ends_on=f"{end:%Y-%m-%d}")).status == 303
    page = await world.staff.get(case)
    assert page.says("1\N{NO-BREAK SPACE}entretien est prévu après la fin de la détention.")
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    assert not (await world.staff.get(case)).says("après la fin de la détention")


async def test_a_closed_case_is_opened_again_and_gives_nothing_back(world: World) -> None:
    case = await world.case()
    booking, _ = await world.confirmed(case)
    await world.staff.post(f"{case}/leaving", {"status": "released"})
    assert (await world.staff.get(f"{case}/details")).location == case
    page = await world.staff.post(f"{case}/details", CASE)
    assert page.status == 422
    assert f'action="{case}/reopen"' in (await world.staff.get(case)).text
    assert (await world.staff.post(f"{case}/reopen")).location == case
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert row["status"] == "open"
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert row["status"] == "cancelled"
    assert (await world.staff.post(f"{case}/reopen")).location == case
    events = [row["event"] for row in await world.rows(tables.history, noun_id=last_of(case))]
    assert events == ["case:opened", "case:closed", "case:reopened"]


@pytest.mark.parametrize("who", ["officer", "supervisor", "administrator", "other_staff"])
async def test_nobody_else_changes_or_reopens_a_case(world: World, who: str) -> None:
    case = await world.case()
    assert (await world.people[who].get(f"{case}/details")).status == 404
    for rest in ("details", "reopen"):
        assert (await world.people[who].post(f"{case}/{rest}", CASE)).status == 404
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert row["version"] == 1
