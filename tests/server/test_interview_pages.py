"""The pages of interviews: the list, one before, during and after the act, and who never sees it."""

import pytest

from scheduling import tables
from tests.support.pages import FAMILY_NAME, World, last_of
from tests.support.web import CENTRE, POST

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_both_sides_find_the_interview_in_their_list(world: World) -> None:
    _, interview = await world.confirmed()
    for browser, other_side in ((world.staff, POST), (world.officer, CENTRE)):
        page = await browser.get("/interviews")
        assert f'href="{interview}"' in page.text
        assert page.says(other_side)
        assert not page.says(FAMILY_NAME)


async def test_the_door_is_offered_to_who_has_a_seat(world: World) -> None:
    _, interview = await world.confirmed()
    for browser, is_offered in ((world.staff, True), (world.officer, True), (world.supervisor, False)):
        page = await browser.get(interview)
        assert page.status == 200
        assert (f"{interview}/room" in page.text) is is_offered
        assert (f"{interview}/check" in page.text) is is_offered


async def test_after_the_act_only_the_officer_is_asked_to_conclude(world: World) -> None:
    interview = await world.ended()
    for browser, is_asked in ((world.officer, True), (world.staff, False), (world.supervisor, False)):
        page = await browser.get(interview)
        assert (f"{interview}/outcome" in page.text) is is_asked
        assert f"{interview}/room" not in page.text
        assert (f"{interview}/sealed" in page.text) is (browser is world.supervisor)


async def test_a_supervisor_is_led_to_sealed_files_only_where_there_may_be_some(world: World) -> None:
    _, planned = await world.confirmed()
    running = await world.running()
    for interview, is_led in ((planned, False), (running, True)):
        page = await world.supervisor.get(interview)
        assert (f"{interview}/sealed" in page.text) is is_led


async def test_a_message_is_no_line_of_the_minutes(world: World) -> None:
    interview = await world.running()
    await world.say(interview, "Je suis né à Labé.")
    answer = await world.officer.post(f"{interview}/messages", {"text": "Le micro est coupé."})
    assert answer.status in {200, 303}, answer.text
    assert (await world.staff.get(interview)).says("1\u00a0entrée au procès-verbal")


async def test_evidence_is_listed_by_kind_and_its_note_is_not(world: World) -> None:
    interview = await world.running()
    await world.show(interview, "birth_certificate", note="numéro 4711")
    await world.say(interview, "Je suis né à Labé.")
    for browser in (world.staff, world.officer, world.supervisor):
        page = await browser.get(interview)
        assert page.says("Extrait d’acte de naissance")  # noqa: RUF001 - typography
        assert "4711" not in page.text
        assert "Labé" not in page.text


async def test_the_post_learns_no_name_of_the_centres_staff(world: World) -> None:
    interview = await world.running()
    await world.staff.post(f"{interview}/notice", {"language": "fr", "consent": "yes"})
    page = await world.officer.get(interview)
    assert page.says("La personne accepte d’être enregistrée")  # noqa: RUF001 - typography
    assert not page.says(world.actors["staff"].name)
    assert (await world.staff.get(interview)).says(world.actors["staff"].name)


async def test_a_cancelled_interview_still_opens_for_both_sides(world: World) -> None:
    booking, interview = await world.confirmed()
    await world.staff.post(f"{booking}/cancel", {"code": "person_unwell"})
    for browser in (world.staff, world.officer):
        page = await browser.get(interview)
        assert page.status == 200
        assert page.says("Annulé")
    assert (await world.officer.get(interview)).says("Cette demande a pris fin")
    assert not (await world.staff.get(interview)).says("Cette demande a pris fin")


@pytest.mark.parametrize("who", ["other_staff", "other_officer", "administrator"])
async def test_nobody_else_finds_the_interview(world: World, who: str) -> None:
    _, interview = await world.confirmed()
    browser = world.people[who]
    assert (await browser.get(interview)).status == 404
    page = await browser.get("/interviews")
    assert page.status == (404 if who == "administrator" else 200)
    assert interview not in page.text


async def test_every_view_is_audited(world: World) -> None:
    _, interview = await world.confirmed()
    for browser in (world.staff, world.officer, world.supervisor):
        await browser.get(interview)
    views = await world.rows(tables.audit, noun_id=last_of(interview), act="view")
    assert [row["account_id"] for row in views] == [
        world.actors[who].account_id for who in ("staff", "officer", "supervisor")
    ]
