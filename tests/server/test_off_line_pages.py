"""Interviews by telephone or in person: no page leads to the room, yet they are held, noted and ended."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduling import tables
from scheduling.admit import enter
from scheduling.booking import Modality
from scheduling.errors import NotForYou
from server.i18n import load_languages
from server.ways import how_it_is_held
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
WAYS = ["telephone", "in_person"]


async def agreed(world: World, modality: str) -> tuple[str, str]:
    """Ask and answer for an interview held this way; gives the paths of booking and interview."""
    page = await world.ask(await world.case(), modality=modality)
    booking = f"/bookings/{last_of(page.location)}"
    assert (await world.officer.post(f"{booking}/confirm")).status == 303
    (row,) = await world.rows(tables.interviews, booking_id=last_of(booking))
    return booking, f"/interviews/{row['id']}"


async def comes_soon(world: World, booking: str) -> None:
    """Let it begin within the hour, when a door would be offered."""
    b, now = tables.bookings, world.house.clock()
    async with world.house.transaction() as session:
        times = {"starts_at": now + timedelta(minutes=5), "ends_at": now + timedelta(minutes=50)}
        await session.execute(update(b).where(b.c.id == last_of(booking)).values(times))


@pytest.mark.parametrize("modality", WAYS)
async def test_no_page_leads_to_the_room_of_an_interview_without_a_line(world: World, modality: str) -> None:
    booking, path = await agreed(world, modality)
    await comes_soon(world, booking)
    for browser in (world.staff, world.officer):
        for page in ("/", "/day", "/week", "/interviews", path, booking):
            shown = await browser.get(page)
            assert shown.status == 200
            assert f"{path}/room" not in shown.text, page
            assert f"{path}/check" not in shown.text, page
        for door in ("room", "check"):
            page_there = await browser.get(f"{path}/{door}")
            assert (page_there.status, page_there.location) == (303, path)
        assert (await browser.get(path)).says("Aucune liaison n’est ouverte")  # noqa: RUF001 - French typography
        calendar = (await browser.get(f"{booking}/calendar")).text
        assert {"telephone": "téléphone", "in_person": "en personne"}[modality] in calendar.replace(
            "\r\n ", ""
        )
    async with world.house.transaction() as session:
        with pytest.raises(NotForYou):
            await enter(session, world.house.clock, world.actors["staff"], interview_id=last_of(path))
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})


@pytest.mark.parametrize("modality", WAYS)
async def test_it_is_begun_noted_and_ended_on_its_page(world: World, modality: str) -> None:
    made, path = await agreed(world, modality)
    await comes_soon(world, made)
    seats = await world.rows(tables.participants, interview_id=last_of(path))
    officer = next(row["id"] for row in seats if row["role"] == "consular_officer")
    for stranger in ("officer", "other_staff", "supervisor"):
        page = await world.people[stranger].post(f"{path}/begin", {"present": officer})
        assert page.status == 404, stranger
    assert (await world.staff.post(f"{path}/begin", {"present": officer})).location == path
    assert (await world.staff.post(f"{path}/begin", {"present": officer})).status == 303
    (booking,) = await world.rows(tables.bookings, id=await booking_of(world, path))
    assert booking["status"] == "in_progress"
    assert (await world.staff.post(f"{path}/admit", {"participant_id": officer})).status == 404
    await world.staff.post(f"{path}/notice", {"language": "fr", "answer": "yes"})
    assert (await world.staff.post(f"{path}/recording", {"run": "start"})).status == 404
    assert (await world.officer.post(f"{path}/recording", {"run": "start"})).status == 404
    notes = f'action="{path}/minutes"'
    assert notes in (await world.officer.get(path)).text
    said = await world.officer.post(f"{path}/minutes", {"kind": "answer", "text": "Il parle poular."})
    assert said.status == 303
    assert (await world.officer.get(path)).says("entrée au procès-verbal")
    assert notes not in (await world.staff.get(path)).text
    adds = f'action="{path}/evidence"'
    assert adds in (await world.officer.get(path)).text
    shown = {"kind": "birth_certificate", "form": "original", "presented_by": "detainee", "note": ""}
    assert (await world.officer.post(f"{path}/evidence", {**shown, "kind": ""})).status == 400
    assert (await world.officer.post(f"{path}/evidence", shown)).status == 303
    assert (await world.officer.get(path)).says("Extrait d’acte de naissance")  # noqa: RUF001 - French typography
    assert adds not in (await world.staff.get(path)).text
    assert (await world.officer.post(f"{path}/end", {"ending": "normal"})).location == path
    assert (await world.officer.get(path)).says("relisez le procès-verbal à la personne")
    ended = await world.officer.post(f"{path}/end", {"ending": "normal", "unread": "person_refused"})
    assert ended.location == f"{path}/outcome"
    assert (await world.officer.get(f"{path}/outcome")).status == 200
    attended = {
        row["role"]: row["attendance"]
        for row in await world.rows(tables.participants, interview_id=last_of(path))
    }
    assert attended == dict.fromkeys(("detainee", "centre_host", "consular_officer"), "attended")
    assert not await world.rows(tables.quanta, booking_id=booking["id"])


async def test_an_interview_with_a_line_has_its_door_and_is_not_begun_by_hand(world: World) -> None:
    booking, path = await world.confirmed()
    await comes_soon(world, booking)
    for page in ("/day", "/interviews", path):
        assert f"{path}/room" in (await world.staff.get(page)).text
    assert (await world.staff.post(f"{path}/begin")).status == 404
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})


async def booking_of(world: World, path: str) -> str:
    (row,) = await world.rows(tables.interviews, id=last_of(path))
    return str(row["booking_id"])


async def test_each_way_says_who_does_what_in_both_languages() -> None:
    french, english = (load_languages().choose(code) for code in ("fr", "en"))
    assert how_it_is_held(Modality.TELEPHONE, "+32 2 1", french).startswith("Le poste appelle le centre")
    assert "+32 2 1" in how_it_is_held(Modality.TELEPHONE, "+32 2 1", english)
    assert "who calls" in how_it_is_held(Modality.TELEPHONE, "", english)
    assert "at the post" in how_it_is_held(Modality.IN_PERSON, "", english)
    assert {how_it_is_held(each, "1", english) for each in (Modality.VIDEO, Modality.AUDIO)} == {""}
