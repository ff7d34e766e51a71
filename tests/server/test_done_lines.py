"""After each save the next page says once what was done; another slot is looked at before it is proposed."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from scheduling import tables
from server.said import Done
from tests.support.pages import CASE, World, last_of, save, send
from tests.support.web import CENTRE, PASSWORD, POST, Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
ALERT = 'id="done" role="alert" data-module="govuk-notification-banner"'


async def said(browser: Browser, path: str) -> str:
    """What the page says was done; nothing when it is loaded again."""
    page = await browser.get(path)
    assert page.status == 200
    assert ALERT not in (await browser.get(path)).text
    return page.text.partition(ALERT)[2].partition("</p>")[0].rpartition(">")[2]


async def one_day_later(world: World, booking: str) -> dict[str, Any]:
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    return {"slot": f"{world.room_id}|{(row['starts_at'] + timedelta(days=1)).isoformat()}"}


async def test_each_act_on_a_case_is_said_once(world: World) -> None:
    page = await world.staff.post("/cases/new", CASE)
    case = page.location
    assert await said(world.staff, case) == "Le dossier est ouvert."
    for rest, fields, words in (
        ("suitability", {"suitability": "suitable"}, "Votre réponse sur la visio"),
        ("presentation", {"presentation": "photograph"}, "Ce qui est prêt"),
        ("protection", {"open": "yes"}, "L’envoi est suspendu"),  # noqa: RUF001 - typography
        ("protection", {"open": "no"}, "La procédure est close"),
        ("leaving", {"status": "released"}, "Le dossier est clos"),
    ):
        page = await world.staff.post(f"{case}/{rest}", fields)
        assert (await said(world.staff, page.location)).startswith(words), rest


async def test_each_answer_is_said_once(world: World) -> None:
    asked, other = await world.requested(), await world.requested()
    steps: list[tuple[str, str, str, dict[str, Any], str]] = [
        ("officer", asked, "confirm", {}, "entretien est confirmé"),
        ("staff", asked, "other-slot", {**await one_day_later(world, asked), "send": "1"}, "est proposé"),
        ("officer", asked, "proposal", {"answer": "refuse"}, "Le créneau proposé est refusé"),
        ("staff", asked, "other-slot", {**await one_day_later(world, asked), "send": "1"}, "est proposé"),
        ("staff", asked, "proposal", {"answer": "take_back"}, "Votre proposition est reprise"),
        ("officer", asked, "other-slot", {**await one_day_later(world, asked), "send": "1"}, "est proposé"),
        ("staff", asked, "proposal", {"answer": "accept"}, "Le créneau proposé est accepté"),
        ("staff", asked, "cancel", {"code": "technical"}, "entretien est annulé"),
        ("officer", other, "decline", {"code": "no_capacity"}, "La demande est déclinée"),
        ("staff", await world.requested(), "cancel", {"code": "technical"}, "La demande est retirée"),
    ]
    for who, booking, rest, fields, words in steps:
        page = await world.people[who].post(f"{booking}/{rest}", fields)
        assert page.status == 303, (rest, page.text)
        assert words in await said(world.people[who], page.location), rest


async def test_each_place_that_is_saved_is_said_once(world: World) -> None:
    centre, post = world.house.organisations[CENTRE], world.house.organisations[POST]
    admin, staff, officer = world.people["administrator"], world.staff, world.officer
    room = {"name": "Visio 1", "is_active": "yes"}
    page = await save(staff, f"/places/{world.room_id}", room)
    assert await said(staff, page.location) == "Le local est enregistré."
    page = await send(staff, f"/places/{centre}/rooms/new", {**room, "name": "Visio 9"})
    assert (await said(staff, page.location)).startswith("C’est ajouté.")  # noqa: RUF001 - typography
    page = await save(officer, f"/places/{post}", {"languages": ["fr"]})
    assert await said(officer, page.location) == "Le poste est enregistré."
    page = await save(admin, "/profiles/ML/BE", {"accepts_video": "yes"})
    assert await said(admin, page.location) == "La fiche pays est enregistrée."
    week = {"days-0": ["MO", "TU", "WE", "TH", "FR"], "from-0": "09:00", "to-0": "17:00"}
    page = await save(staff, f"/places/{world.room_id}/hours", week)
    assert page.location == f"/places/{world.room_id}/hours"
    assert (await said(staff, page.location)).startswith("Enregistré.")


async def test_a_closure_that_hits_an_interview_leads_to_it(world: World) -> None:
    booking, _ = await world.confirmed()
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    week = {"days-0": ["MO", "TU", "WE", "TH", "FR"], "from-0": "09:00", "to-0": "17:00"}
    shut = {"shut-on-0": f"{row['starts_at']:%Y-%m-%d}", "shut-until-0": f"{row['starts_at']:%Y-%m-%d}"}
    path = f"/places/{world.room_id}/hours"
    assert (await save(world.staff, path, {**week, **shut})).status == 303
    page = await world.staff.get(path)
    line = page.text.partition(ALERT)[2].partition("</div>")[0]
    assert "1 entretien ne peut plus se tenir comme prévu" in line
    assert 'href="/bookings/affected"' in line
    await save(world.staff, path, week)


async def test_busy_times_are_counted_in_the_line(world: World) -> None:
    path = f"/places/{world.house.organisations[POST]}/busy"
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART:20261005T080000Z\r\n"
        "DTEND:20261005T090000Z\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    data = aiohttp.FormData({"csrf_token": world.officer.token})
    data.add_field("calendar", calendar.encode(), filename="busy.ics", content_type="text/calendar")
    async with world.officer.session.post(path, data=data, allow_redirects=False) as response:
        where = response.headers["Location"]
    assert (await said(world.officer, where)).startswith("1 période occupée")


async def test_the_account_says_what_changed(world: World) -> None:
    browser = world.people["other_officer"]
    page = await browser.post("/account/logins")
    assert await said(browser, page.location) == "Vous êtes déconnecté partout ailleurs."
    changed = {"current_password": PASSWORD, "new_password": f"{PASSWORD} anew"}
    page = await browser.post("/account/password", changed)
    assert (await said(browser, page.location)).startswith("Votre mot de passe est changé")


@pytest.mark.parametrize(
    "text",
    ["nothing", "hours_saved.x", "busy_imported", "busy_imported.1", "<b>", f"{Done.ASSESSED}.9999999"],
)
async def test_a_cookie_that_says_nothing_known_is_dropped(world: World, text: str) -> None:
    page = await world.staff.get("/cases", cookies={"parloir-said": text})
    assert page.status == 200
    assert ALERT not in page.text
    assert page.headers["Set-Cookie"].startswith('parloir-said="";')


async def test_a_page_that_is_not_there_leaves_the_line_to_the_next_one(world: World) -> None:
    case = await world.case()
    assert (await world.staff.get("/cases/nothing")).status == 404
    assert await said(world.staff, case) == "Le dossier est ouvert."


async def test_another_slot_is_looked_at_before_it_is_proposed(world: World) -> None:
    booking, _ = await world.confirmed()
    fields = {**await one_day_later(world, booking), "remark": "Plutôt ce jour."}
    for who in ("staff", "officer"):
        before = [await world.count(table) for table in (tables.proposals, tables.history, tables.outbox)]
        page = await world.people[who].post(f"{booking}/other-slot", fields)
        assert page.status == 200
        assert page.says("Vérifier avant l’envoi")  # noqa: RUF001 - typography
        assert page.says("Plutôt ce jour.")
        assert page.says("Visio 1") is (who == "staff")
        assert page.says("Vous pouvez reprendre la proposition tant qu’il n’a pas répondu.")  # noqa: RUF001
        after = [await world.count(table) for table in (tables.proposals, tables.history, tables.outbox)]
        assert before == after
    page = await world.staff.post(f"{booking}/other-slot", {**fields, "edit": "1"})
    assert page.says("Plutôt ce jour.</textarea>")
    await world.staff.post(f"{booking}/other-slot", {**fields, "send": "1"})
    (row,) = await world.rows(tables.proposals, booking_id=last_of(booking))
    assert row["remark"] == "Plutôt ce jour."
