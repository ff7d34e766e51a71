"""The first page of each role: what needs doing now, and nothing that is not for them."""

import re

import pytest

from tests.support.pages import FAMILY_NAME, World
from tests.support.web import AUTHORITY, CENTRE, POST, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCLUSION = {"value": "inconclusive", "travel_document": "no", "reasons": "Rien de tangible."}


def panel(page: Page, anchor: str) -> str:
    """The part of a page below a heading of this identifier, up to the next section."""
    return page.text.partition(f'id="{anchor}"')[2].partition("</section>")[0]


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
