"""The pages of cases: the list, opening one, what is decided about the person, and who never sees any."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

import re
from datetime import timedelta
from html import unescape

import pytest

from scheduling import tables
from tests.support.pages import CASE, FAMILY_NAME, World, field_error, last_of, send, ticked

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_case_opens_and_its_page_shows_the_person(world: World) -> None:
    path = await world.case()
    page = await world.staff.get(path)
    assert page.status == 200
    for words in (FAMILY_NAME, "Labé", "4 mai 1998", "Homme", "passeport perdu", "pular"):
        assert page.says(words), words


async def test_each_fault_stands_beside_its_field_and_nothing_typed_is_lost(world: World) -> None:
    before = await world.count(tables.cases)
    typed = {**CASE, "family_name": " ", "country": "ZZ", "born_on": "5/4/98", "detained_on": "", "sex": "F"}
    page = await send(world.staff, "/cases/new", {**typed, "languages": ["fr", "ha"], "suitability": ""})
    assert page.status == 422
    for name in ("family_name", "country", "born_on", "detained_on", "suitability"):
        assert field_error(page, name), name
        assert f'href="#{name}"' in page.text
    assert page.says(CASE["given_names"])
    assert page.says('value="5/4/98"')
    assert page.says(CASE["documents"])
    assert ticked(page, "languages") == {"fr", "ha"}
    assert '<option value="F" selected>' in page.text
    assert await world.count(tables.cases) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"born_on": "2030-01-01"}, "born_on"),
        ({"detained_on": "2030-01-01"}, "detained_on"),
        ({"detention_ends_on": "2026-01-01"}, "detention_ends_on"),
        ({"detention_ends_on": "9999-12-31"}, "detention_ends_on"),
        ({"born_on": "0001-01-01"}, "born_on"),
        ({"sex": "Z"}, "sex"),
        ({"country": "BEL"}, "country"),
        ({"given_names": "x" * 201}, "given_names"),
        ({"documents": "\n".join(["a document"] * 21)}, "documents"),
        ({"documents": "x" * 201}, "documents"),
    ],
)
async def test_a_case_that_cannot_be_is_refused_in_words(
    world: World, changes: dict[str, str], field: str
) -> None:
    page = await world.staff.post("/cases/new", {**CASE, **changes})
    assert page.status == 422
    message = field_error(page, field)
    assert message
    assert "> 2" not in message


async def test_a_module_gets_the_faults_as_json(world: World) -> None:
    page = await world.staff.ask_json("POST", "/cases/new", {**CASE, "family_name": ""})
    assert page.status == 422
    assert set(page.json["errors"]) == {"family_name"}
    page = await world.staff.ask_json("POST", "/cases/new", CASE)
    assert page.json["ok"] is True
    assert page.json["next"].startswith("/cases/")


async def test_the_list_names_cases_by_reference_only(world: World) -> None:
    path = await world.case()
    reference = await world.one(
        tables.cases.select()
        .with_only_columns(tables.cases.c.reference)
        .where(tables.cases.c.id == last_of(path))
    )
    page = await world.staff.get("/cases")
    assert page.says(reference)
    assert not page.says(FAMILY_NAME)


async def test_the_list_and_the_case_say_who_has_to_answer(world: World) -> None:
    case = await world.case()
    booking = await world.requested(case)
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    (found,) = await world.rows(tables.cases, id=last_of(case))
    listed = f"/cases?reference={found['reference']}"
    assert (await world.staff.get(listed)).says('<strong class="govuk-tag govuk-tag--yellow">Le poste doit')
    at = row["starts_at"] + timedelta(days=1)
    await world.officer.post(
        f"{booking}/other-slot", {"slot": f"{world.room_id}|{at.isoformat()}", "send": "1"}
    )
    for who, words in (
        ("staff", "Vous devez répondre</strong>"),
        ("supervisor", "Le centre doit répondre</strong>"),
    ):
        for path in (listed, f"{listed}&step=answer", case, booking):
            page = await world.people[who].get(path)
            assert page.says(words), (who, path)
            assert not page.says("Réponse attendue</strong>"), (who, path)
    assert booking in (await world.staff.get(listed)).text
    assert not (await world.staff.get(f"{listed}&step=await_answer")).says(booking)


@pytest.mark.parametrize("who", ["officer", "administrator", "other_staff", "other_officer"])
async def test_nobody_else_finds_the_case(world: World, who: str) -> None:
    path = await world.case()
    browser = world.people[who]
    assert (await browser.get(path)).status == 404
    for rest, fields in (
        ("suitability", {"suitability": "suitable"}),
        ("suitability", {}),
        ("protection", {"open": "yes"}),
        ("leaving", {"status": "released"}),
    ):
        page = await browser.post(f"{path}/{rest}", fields)
        assert page.status == 404, rest
    (row,) = await world.rows(tables.cases, id=last_of(path))
    assert (row["protection_open"], row["status"], row["version"]) == (False, "open", 1)


async def test_supervisor_reads_the_case_and_may_not_assess_or_close_it(world: World) -> None:
    path = await world.case()
    page = await world.supervisor.get(path)
    assert page.says(FAMILY_NAME)
    assert f"{path}/suitability" not in page.text
    assert (await world.supervisor.post(f"{path}/suitability", {"suitability": "suitable"})).status == 404
    assert (await world.supervisor.post(f"{path}/leaving", {"status": "released"})).status == 404


async def test_a_reader_is_offered_no_act_of_the_centre(world: World) -> None:
    case = await world.case()
    (found,) = await world.rows(tables.cases, id=last_of(case))
    listed = f"/cases?reference={found['reference']}"
    for is_confirmed, staffs, readers in (
        (False, "Demander", "Lire le dossier"),
        (True, "Préparer l’entretien", "Voir l’entretien"),
    ):
        if is_confirmed:
            await world.confirmed(case)
        for browser, words in ((world.staff, staffs), (world.supervisor, readers)):
            (link,) = re.findall(r'class="p-c-act"><a [^>]*>([^<]+)<', (await browser.get(listed)).text)
            assert unescape(link) == words


async def test_every_view_is_audited(world: World) -> None:
    path = await world.case()
    for browser in (world.staff, world.supervisor):
        await browser.get(path)
    viewers = [row["account_id"] for row in await world.rows(tables.audit, noun_id=last_of(path), act="view")]
    assert viewers == [world.actors["staff"].account_id, world.actors["supervisor"].account_id]


async def test_suitability_is_answered_with_yes_or_no(world: World) -> None:
    path = await world.case(suitability="not_assessed")
    for fields in ({}, {"suitability": "not_assessed"}, {"suitability": "perhaps"}):
        page = await world.staff.post(f"{path}/suitability", fields)
        assert page.status == 422
        assert field_error(page, "suitability").endswith("Choisissez oui ou non")
    assert (await world.staff.post(f"{path}/suitability", {"suitability": "suitable"})).location == path
    assert ("assess", "suitable") in await world.audited(last_of(path))


async def test_an_assessment_can_change_and_then_the_page_says_how_else_to_ask(world: World) -> None:
    path = await world.case()
    assert f"{path}/request" in (await world.staff.get(path)).text
    await world.staff.post(f"{path}/suitability", {"suitability": "unsuitable"})
    page = await world.staff.get(path)
    assert page.says("Demandez un entretien en personne, par téléphone ou par le son seul")
    assert ticked(page, "suitability") == {"unsuitable"}


async def test_a_closed_case_gives_up_what_was_planned(world: World) -> None:
    path = await world.case()
    booking, _ = await world.confirmed(path)
    assert (await world.staff.post(f"{path}/leaving", {})).status == 422
    assert (await world.staff.post(f"{path}/leaving", {"status": "open"})).status == 422
    assert (await world.staff.post(f"{path}/leaving", {"status": "transferred"})).location == path
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert (row["status"], row["reason"]) == ("cancelled", "by_centre")
    page = await world.staff.get(path)
    assert page.says("La personne a été libérée, transférée ou")
    assert f"{path}/leaving" not in page.text
    assert (await world.staff.post(f"{path}/leaving", {"status": "released"})).location == path
