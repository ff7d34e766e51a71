"""Another slot, a transfer, and the history of both, on the pages of each side."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from scheduling import store_hours, tables
from scheduling.offer import Closure
from scheduling.slot import Interval
from tests.support.pages import OTHER_CENTRE, World, last_of, save
from tests.support.web import POST, Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SLOT = re.compile(r'name="slot" value="([^"]+)"')


async def free_slots(browser: Browser, booking: str) -> list[str]:
    page = await browser.get(f"{booking}/other-slot")
    assert page.status == 200, page.text
    return [unescape(value) for value in _SLOT.findall(page.text)]


async def row_of(world: World, booking: str) -> dict[str, object]:
    return (await world.rows(tables.bookings, id=last_of(booking)))[0]


async def test_a_post_answers_a_request_with_a_slot_that_the_centre_accepts(world: World) -> None:
    booking = await world.requested()
    wanted = (await free_slots(world.officer, booking))[-1]
    page = await world.officer.post(
        f"{booking}/other-slot", {"slot": wanted, "remark": "Plutôt ce jour.", "send": "1"}
    )
    assert page.status == 303, page.text
    assert (await world.staff.get(booking)).says("Plutôt ce jour.")
    page = await world.staff.post(f"{booking}/proposal", {"answer": "accept"})
    assert page.status == 303, page.text
    found = await row_of(world, booking)
    assert found["status"] == "confirmed"
    assert wanted.endswith(str(found["starts_at"].isoformat()))  # type: ignore[attr-defined]


async def test_what_stands_stays_until_the_post_agrees_to_a_move(world: World) -> None:
    booking, _ = await world.confirmed()
    before = await row_of(world, booking)
    page = await world.staff.get(f"{booking}/other-slot")
    assert page.says("Le poste doit accepter une autre heure")
    wanted = (await free_slots(world.staff, booking))[-1]
    await world.staff.post(f"{booking}/other-slot", {"slot": wanted, "send": "1"})
    assert (await row_of(world, booking))["starts_at"] == before["starts_at"]
    await world.officer.post(f"{booking}/proposal", {"answer": "accept"})
    after = await row_of(world, booking)
    assert after["starts_at"] != before["starts_at"]
    assert (after["uid"], after["sequence"]) == (before["uid"], int(str(before["sequence"])) + 1)
    for reader in (world.staff, world.officer, world.supervisor):
        assert (await reader.get(booking)).says("Déplacé")


async def test_at_an_open_post_a_move_is_done_at_once_and_the_page_says_so_before(world: World) -> None:
    booking, _ = await world.confirmed()
    post_id = world.house.organisations[POST]
    o = tables.organisations
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(auto_confirms=True))
    try:
        assert (await world.staff.get(f"{booking}/other-slot")).says("passe aussitôt")
        before, wanted = await row_of(world, booking), (await free_slots(world.staff, booking))[-1]
        await world.staff.post(f"{booking}/other-slot", {"slot": wanted, "send": "1"})
        assert (await row_of(world, booking))["starts_at"] != before["starts_at"]
    finally:
        async with world.house.transaction() as session:
            await session.execute(update(o).where(o.c.id == post_id).values(auto_confirms=False))


async def test_a_slot_that_is_gone_comes_back_with_what_is_near(world: World) -> None:
    booking, _ = await world.confirmed()
    other, _ = await world.confirmed()
    taken = await row_of(world, other)
    value = f"{taken['room_id']}|{taken['starts_at'].isoformat()}"  # type: ignore[attr-defined]
    page = await world.staff.post(f"{booking}/other-slot", {"slot": value, "send": "1"})
    assert page.status == 422
    assert page.says("Les créneaux libres les plus proches")


@pytest.mark.parametrize("value", ["", "nothing", "x|2026-13-45", "|2026-09-30T08:00:00+00:00"])
async def test_what_is_no_slot_is_refused_beside_the_field(world: World, value: str) -> None:
    booking, _ = await world.confirmed()
    page = await world.staff.post(f"{booking}/other-slot", {"slot": value, "send": "1"})
    assert page.status in {404, 422}


async def test_a_centre_proposes_nothing_for_its_own_request(world: World) -> None:
    booking = await world.requested()
    page = await world.staff.get(f"{booking}/other-slot")
    assert (page.status, page.location) == (303, booking)


async def test_strangers_find_no_other_slots(world: World) -> None:
    booking, _ = await world.confirmed()
    for who in ("other_staff", "other_officer", "supervisor"):
        assert (await world.people[who].get(f"{booking}/other-slot")).status == 404
        assert (
            await world.people[who].post(f"{booking}/other-slot", {"slot": "x", "send": "1"})
        ).status == 404


async def test_a_transfer_hands_the_case_over_and_lists_what_moved(world: World) -> None:
    case = await world.case()
    booking, _ = await world.confirmed(case)
    centre_id = world.house.organisations[OTHER_CENTRE]
    page = await world.staff.post(f"{case}/transfer", {"centre_id": centre_id, "plans": "move_along"})
    assert page.status == 303, page.text
    for _ in range(2):
        shown = await world.staff.get(page.location)
        assert shown.status == 200
        assert shown.says("Le dossier a été remis")
        assert shown.says(POST)
    for who in ("other_staff", "officer", "supervisor"):
        assert (await world.people[who].get(page.location)).status == 404
    assert (await world.staff.get(case)).status == 404
    assert (await world.people["other_staff"].get(case)).status == 200
    assert (await row_of(world, booking))["status"] in {"confirmed", "cancelled"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"plans": "give_up"}, {"plans": "give_up", "centre_id": "nowhere"}, {"plans": "x"}],
)
async def test_a_transfer_says_what_is_missing(world: World, fields: dict[str, str]) -> None:
    case = await world.case()
    page = await world.staff.post(f"{case}/transfer", fields)
    assert page.status == 422
    assert (await world.staff.get(case)).status == 200


async def test_who_has_left_meanwhile_is_not_transferred_and_the_page_says_so(world: World) -> None:
    case = await world.case()
    await world.staff.post(f"{case}/leaving", {"status": "released"})
    centre_id = world.house.organisations[OTHER_CENTRE]
    page = await world.staff.post(f"{case}/transfer", {"centre_id": centre_id, "plans": "give_up"})
    assert page.status == 422
    assert page.says("La personne est déjà partie et le dossier est clos.")


async def test_a_person_is_not_transferred_out_of_a_running_interview(world: World) -> None:
    case = await world.case()
    path = await world.running(case)
    centre_id = world.house.organisations[OTHER_CENTRE]
    page = await world.staff.post(f"{case}/transfer", {"centre_id": centre_id, "plans": "give_up"})
    assert page.status == 422
    assert page.says("terminez-le d’abord")  # noqa: RUF001 - French typography
    await world.officer.post(f"{path}/end", {"ending": "normal"})


async def test_a_closed_room_lists_what_it_hits_for_its_centre_and_tells_the_post_no_more(
    world: World,
) -> None:
    booking, _ = await world.confirmed()
    found = await row_of(world, booking)
    starts_at, ends_at = found["starts_at"], found["ends_at"]
    async with world.house.transaction() as session:
        closure = Closure(str(found["room_id"]), Interval(starts_at, ends_at), "Travaux de peinture")  # type: ignore[arg-type]
        await store_hours.add_closure(session, closure)
    page = await world.staff.get("/bookings/affected")
    assert page.says("Travaux de peinture")
    assert booking in page.text
    assert (await world.staff.get("/")).says("à revoir")
    page = await world.officer.get("/bookings/affected")
    assert booking in page.text
    assert not page.says("Travaux de peinture")
    for who in ("other_staff", "other_officer"):
        assert booking not in (await world.people[who].get("/bookings/affected")).text
    await world.staff.post(f"{booking}/cancel", {"code": "room_unavailable"})
    assert booking not in (await world.staff.get("/bookings/affected")).text


async def test_a_room_put_out_of_use_tells_its_editor_how_many_interviews_it_hits(world: World) -> None:
    booking, _ = await world.confirmed()
    room_id = str((await row_of(world, booking))["room_id"])
    (room,) = await world.rows(tables.rooms, id=room_id)
    out: dict[str, Any] = {"name": room["name"], "equipment": room["equipment"]}
    live = [
        row
        for row in await world.rows(tables.bookings, room_id=room_id)
        if row["status"] in {"requested", "confirmed"}
    ]
    one, many = "entretien ne peut plus se tenir", "entretiens ne peuvent plus se tenir"
    said = f"{len(live)} {one if len(live) == 1 else many} comme prévu"
    boss = world.people["administrator"]
    saved = await save(boss, f"/places/{room_id}", out)
    page = await boss.get(saved.location)
    assert page.says(said)
    assert "/bookings/affected" not in page.text, "an administrator reads no bookings"
    await save(boss, f"/places/{room_id}", out | {"is_active": "yes"})
    assert booking not in (await world.staff.get("/bookings/affected")).text
    saved = await save(world.staff, f"/places/{room_id}", out)
    page = await world.staff.get(saved.location)
    assert page.says(said)
    assert 'href="/bookings/affected"' in page.text
    page = await world.staff.get("/bookings/affected")
    assert page.says("Le local n’est plus en service")  # noqa: RUF001 - French typography
    assert f'href="{booking}/other-slot"' in page.text
    await save(boss, f"/places/{room_id}", out | {"is_active": "yes"})
    await world.staff.post(f"{booking}/cancel", {"code": "room_unavailable"})


async def test_words_typed_beside_a_slot_stay_through_other_weeks(world: World) -> None:
    booking = await world.requested()
    page = await world.officer.get(f"{booking}/other-slot")
    monday = re.search(r'name="week" value="([^"]+)"', page.text)
    assert monday is not None
    typed = {"week": monday[1], "remark": "Le matin plutôt."}
    page = await world.officer.post(f"{booking}/other-slot", typed)
    assert page.status == 200
    assert page.says("Le matin plutôt.")
    assert f"from={monday[1]}" in page.text
    wanted = _SLOT.findall(page.text)[0]
    page = await world.officer.post(f"{booking}/other-slot", {**typed, "week": "", "slot": unescape(wanted)})
    assert page.says("Le matin plutôt.")
    assert not await world.rows(tables.proposals, booking_id=last_of(booking))
