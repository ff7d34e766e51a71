"""The first page of each role: what needs doing now, and nothing that is not for them."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from scheduling import tables
from scheduling.identifier import new_id
from tests.support.pages import FAMILY_NAME, World, last_of
from tests.support.web import AUTHORITY, CENTRE, POST, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCLUSION = {"value": "inconclusive", "travel_document": "no", "reasons": "Rien de tangible."}


def panel(page: Page, anchor: str) -> str:
    """The part of a page below a heading of this identifier, up to the next section."""
    return page.text.partition(f'id="{anchor}"')[2].partition("</section>")[0]


def line_of(page: Page, path: str) -> str:
    """The first line of a list that leads to a path."""
    return unescape(
        next(line for line in re.findall(r"<li[ >].*?</li>", page.text, re.DOTALL) if path in line)
    )


async def test_officer_finds_what_to_answer_and_what_to_conclude(world: World) -> None:
    booking, interview = await world.requested(), await world.ended()
    page = await world.officer.get("/")
    assert booking in panel(page, "h-requests")
    assert f"{interview}/outcome" in panel(page, "h-outcomes")
    await world.officer.post(f"{booking}/confirm")
    await world.officer.post(f"{interview}/outcome", CONCLUSION)
    page = await world.officer.get("/")
    assert booking not in panel(page, "h-requests")
    assert interview not in panel(page, "h-outcomes")


async def test_verifications_stand_on_both_desks_by_day_when_they_near_and_in_their_cases(
    world: World,
) -> None:
    today, cases, interviews = world.house.clock().date(), [], []
    for days in (7, 1, 8):
        cases.append(await world.case())
        interviews.append(await world.ended(cases[-1]))
        wanted = {"value": "verification_ongoing", "travel_document": "later", "reasons": "Au pays."}
        day = (today + timedelta(days=days)).isoformat()
        page = await world.officer.post(f"{interviews[-1]}/outcome", {**wanted, "back_on": day})
        assert page.status == 303, page.text
    assert (await world.staff.get(cases[2])).says("Retour prévu le")
    week, tomorrow, beyond = interviews
    for who in ("officer", "staff"):
        shown = panel(await world.people[who].get("/"), "h-verifications")
        assert shown.index(tomorrow) < shown.index(week)
        assert beyond not in shown
        assert "de retard" not in shown
    for who in ("other_officer", "other_staff", "supervisor"):
        assert tomorrow not in panel(await world.people[who].get("/"), "h-verifications")
    conclusion = CONCLUSION | {"supersedes": "1"}
    for path in interviews:
        assert (await world.officer.post(f"{path}/outcome", conclusion)).status == 303
    for who in ("officer", "staff"):
        assert not panel(await world.people[who].get("/"), "h-verifications")


async def test_staff_find_what_to_settle_and_whom_they_wait_for(world: World) -> None:
    unassessed = await world.case(suitability="not_assessed")
    urgent = await world.case(detention_ends_on="2026-09-28")
    booking = await world.requested()
    page = await world.staff.get("/")
    assert unassessed in panel(page, "h-settle")
    assert urgent in panel(page, "h-settle")
    assert page.says("La détention finit dans 7 jours")  # noqa: RUF001 - typography
    assert booking in panel(page, "h-awaited")
    assert page.says("Visio 1")


async def offer(world: World, who: str, booking: str) -> datetime:
    """Propose the last free slot of the calendar; gives its start."""
    page = await world.people[who].get(f"{booking}/other-slot")
    slot = unescape(re.findall(r'name="slot" value="([^"]+)"', page.text)[-1])
    page = await world.people[who].post(f"{booking}/other-slot", {"slot": slot, "send": "1"})
    assert page.status == 303, page.text
    return datetime.fromisoformat(slot.partition("|")[2])


def hour_of(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo('Europe/Brussels')):%H:%M}"


async def test_a_slot_that_the_post_proposes_is_for_the_centre_to_settle(world: World) -> None:
    booking, other = await world.requested(), await world.requested()
    starts_at = await offer(world, "officer", booking)
    page = await world.staff.get("/")
    point = panel(page, "h-settle").partition(booking)[0].rpartition("<li>")[2]
    assert "Vous devez répondre" in point
    assert hour_of(starts_at) in point
    assert booking not in panel(page, "h-awaited")
    assert other in panel(page, "h-awaited")
    line = line_of(await world.officer.get("/"), booking)
    assert "le centre doit répondre" in line
    assert "Donner une réponse" not in line
    assert "Le centre doit répondre" in line_of(await world.officer.get("/requests"), booking)
    await world.staff.post(f"{booking}/proposal", {"answer": "refuse"})
    page = await world.staff.get("/")
    assert booking not in panel(page, "h-settle")
    assert booking in panel(page, "h-awaited")


async def test_a_slot_that_the_centre_proposes_is_for_the_post_to_answer(world: World) -> None:
    booking, _ = await world.confirmed()
    starts_at = await offer(world, "staff", booking)
    for path, words in (("/", "Le centre propose ce créneau"), ("/requests", "Autre créneau proposé")):
        line = line_of(await world.officer.get(path), booking)
        assert words in line
        assert hour_of(starts_at) in line
    assert booking not in panel(await world.staff.get("/"), "h-settle")
    await offer(world, "officer", booking)
    assert "au lieu du" in panel(await world.staff.get("/"), "h-settle").partition(booking)[0]
    await offer(world, "staff", booking)
    for who in ("other_officer", "other_staff"):
        assert booking not in (await world.people[who].get("/")).text
    await world.officer.post(f"{booking}/proposal", {"answer": "accept"})
    assert booking not in panel(await world.officer.get("/"), "h-requests")


async def test_guests_of_whom_the_post_said_no_word_are_on_its_desk_till_it_has(world: World) -> None:
    booking, _ = await world.confirmed()
    guest = {"id": new_id(), "booking_id": last_of(booking), "role": "lawyer", "name": "Claire Peeters"}
    async with world.house.transaction() as session:
        await session.execute(insert(tables.guests).values(guest))
    line = line_of(await world.officer.get("/"), booking)
    assert "Vous n’avez pas encore dit qui peut assister" in line  # noqa: RUF001 - typography
    assert "Peeters" not in line
    assert "Invités à accepter ou non" in line_of(await world.officer.get("/requests"), booking)
    for who in ("staff", "supervisor", "other_officer"):
        assert "qui peut assister" not in (await world.people[who].get("/")).text
    await world.officer.post(f"{booking}/guests", {"agreed": guest["id"]})
    assert booking not in panel(await world.officer.get("/"), "h-requests")


async def test_a_supervisor_reads_that_the_centre_is_awaited(world: World) -> None:
    booking = await world.requested()
    assert POST in line_of(await world.supervisor.get("/"), booking)
    await offer(world, "officer", booking)
    line = line_of(await world.supervisor.get("/"), booking)
    assert CENTRE in line
    assert POST not in line


async def test_the_case_whose_detention_ends_first_stands_on_top(world: World) -> None:
    later, first = (
        await world.case(detention_ends_on="2026-09-24"),
        await world.case(detention_ends_on="2026-09-22"),
    )
    cases = re.findall(r'href="(/cases/[0-9a-z]{26})"', panel(await world.staff.get("/"), "h-cases"))
    assert cases.index(first) < cases.index(later)


async def test_supervisor_sees_every_centre_and_what_was_sealed_last(world: World) -> None:
    interview = await world.ended()
    await world.officer.post(f"{interview}/outcome", CONCLUSION)
    running = await world.running()
    page = await world.supervisor.get("/")
    assert running in panel(page, "h-running")
    assert f"{interview}/sealed" in panel(page, "h-sealed")
    assert page.says(CENTRE)


async def test_administrator_sees_organisations_and_never_a_case(world: World) -> None:
    case = await world.case()
    page = await world.people["administrator"].get("/")
    for name in (CENTRE, POST, AUTHORITY):
        assert page.says(name)
    assert case not in page.text
    for path in ("/cases", "/interviews", "/requests"):
        assert (await world.people["administrator"].get(path)).status == 404


@pytest.mark.parametrize("who", ["staff", "officer", "supervisor", "administrator"])
async def test_no_desk_names_a_person(world: World, who: str) -> None:
    await world.confirmed()
    page = await world.people[who].get("/")
    assert page.status == 200
    assert not page.says(FAMILY_NAME)


@pytest.mark.parametrize("who", ["other_staff", "other_officer"])
async def test_the_desk_of_another_place_is_empty(world: World, who: str) -> None:
    case = await world.case()
    booking, interview = await world.confirmed(case)
    page = await world.people[who].get("/")
    assert page.status == 200
    for path in (case, booking, interview):
        assert path not in page.text


async def test_nobody_signed_in_is_sent_to_sign_in(world: World) -> None:
    page = await world.house.browser().get("/")
    assert (page.status, page.location) == (303, "/sign-in")


async def test_no_two_links_of_the_cases_read_alike_and_each_says_what_it_leads_to(world: World) -> None:
    for _ in range(2):  # urgent ones, which every desk shows
        await world.confirmed(await world.case(detention_ends_on="2026-10-10"))
    page = await world.staff.get("/")
    links = re.findall(r'<td role="cell" class="p-c-act"><a [^>]*>(.*?)</a>', page.text)
    said = [" ".join(unescape(re.sub(r"<[^>]+>", "", link)).split()) for link in links]
    assert len(said) > 1
    assert len(set(said)) == len(said), said
    assert all(" : dossier " in each for each in said), said
    assert sum(each.startswith("Préparer l’entretien : dossier ") for each in said) > 1, said  # noqa: RUF001
