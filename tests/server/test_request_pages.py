"""Asking a post for an interview: which post, which slot, what the post sees; and the officer's requests."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scheduling import store_hours, tables
from scheduling.identifier import new_id
from scheduling.offer import Closure
from scheduling.slot import Interval
from tests.support.pages import (
    FAMILY_NAME,
    GIVEN_NAMES,
    OTHER_POST,
    RELEASED,
    World,
    carried,
    field_error,
    last_of,
    send,
    ticked,
)
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_only_posts_of_the_persons_country_are_offered(world: World) -> None:
    page = await world.staff.get(f"{await world.case()}/request")
    assert page.says(POST)
    assert not page.says(OTHER_POST)


async def test_a_slot_becomes_a_request_that_the_officer_finds(world: World) -> None:
    booking = await world.requested()
    for path in ("/requests", "/"):
        assert booking in (await world.officer.get(path)).text
    page = await world.officer.get(booking)
    assert page.says(FAMILY_NAME)
    assert page.says("4 mai 1998")
    assert not page.says(GIVEN_NAMES)
    assert not page.says("Labé")


async def test_each_fault_stands_beside_its_field_and_nothing_typed_is_lost(world: World) -> None:
    case = await world.case()
    page = await world.ask(case, modality="by_post", disclosed=["documents", "sex"])
    assert page.status == 422
    assert field_error(page, "modality").endswith("comment se tient l’entretien")  # noqa: RUF001 - typography
    assert carried(page, "disclosed") == ["documents", "sex"]
    page = await world.ask(case, slot="", disclosed=["documents", "sex"])
    assert page.status == 422
    assert 'href="#slots"' in page.text
    assert page.says("Choisir un créneau")
    assert carried(page, "disclosed") == ["documents", "sex"]
    page = await world.ask(case, modality="audio", disclosed=())
    assert page.status == 422
    assert field_error(page, "disclosed").endswith("au moins une chose que le poste voit")
    assert carried(page, "modality") == ["audio"]


async def test_a_slot_just_taken_comes_back_with_the_nearest_free_ones(world: World) -> None:
    first, second = await world.case(), await world.case()
    slot = (await world.slots(first))[0]
    assert (await world.ask(first, slot=slot)).status == 303
    guest = {"role_1": "lawyer", "name_1": "Me Dubois"}
    page = await world.ask(second, slot=slot, disclosed=["sex"], modality="audio", **guest)
    assert page.status == 422
    assert page.says("Ce créneau vient d’être pris")  # noqa: RUF001 - typography
    offered = page.text.partition("p-taken")[2].partition("</div></div>")[0]
    assert offered.count('name="add"') == 3
    assert slot not in page.text
    assert (carried(page, "disclosed"), carried(page, "modality")) == (["sex"], ["audio"])
    assert carried(page, "name_1") == ["Me Dubois"]


async def test_wishes_are_ranked_moved_and_dropped_without_losing_a_choice(world: World) -> None:
    case = await world.case()
    path = f"{case}/request/{world.house.organisations[POST]}"
    first, second, third, fourth = (await world.slots(case))[:4]
    fields: dict[str, Any] = {"modality": "audio", "slot": [first, second]}
    page = await send(world.staff, path, {**fields, "add": third})
    assert page.status == 303
    page = await world.staff.get(page.location)
    assert carried(page, "slot") == [first, second, third]
    assert carried(page, "modality") == ["audio"]
    assert page.text.count('aria-pressed="true"') == 6  # calendar and list
    for button, wish, expected in (
        ("up", second, [second, first]),
        ("down", first, [second, first]),
        ("up", first, [first, second]),
        ("drop", first, [second]),
        ("add", first, [second]),
    ):
        moved = await send(world.staff, path, {**fields, button: wish})
        assert carried(await world.staff.get(moved.location), "slot") == expected
    page = await send(world.staff, path, {**fields, "slot": [first, second, third], "add": fourth})
    assert page.status == 422
    assert carried(page, "slot") == [first, second, third]


async def test_a_click_on_a_slot_that_is_gone_offers_the_nearest(world: World) -> None:
    case, other = await world.case(), await world.case()
    first, second = (await world.slots(case))[:2]
    assert (await world.ask(other, slot=first)).status == 303
    path = f"{case}/request/{world.house.organisations[POST]}"
    page = await send(world.staff, path, {"modality": "video", "slot": second, "add": first})
    assert page.status == 422
    assert page.says("Les plus proches encore libres")
    assert carried(page, "slot") == [second]


async def test_the_last_look_shows_all_and_no_name_stands_in_an_address(world: World) -> None:
    case = await world.case()
    path = f"{case}/request/{world.house.organisations[POST]}"
    slots = (await world.slots(case))[:2]
    fields: dict[str, Any] = {"modality": "video", "slot": slots}
    page = await send(world.staff, path, {**fields, "next": "1"})
    assert "/participants?" in page.location
    guest = {"role_1": "lawyer", "name_1": "Me Dubois", "email_1": "dubois@example.org"}
    page = await send(world.staff, f"{path}/participants", {**fields, **guest, "done": "1"})
    assert page.status == 200
    assert page.says("Me Dubois")
    assert page.says("le poste doit donner son accord")
    assert carried(page, "slot") == slots
    page = await world.ask(case, slot=slots, **guest)
    assert page.status == 303
    (row,) = await world.rows(tables.guests, booking_id=last_of(page.location))
    assert (row["role"], row["name"], row["is_agreed"]) == ("lawyer", "Me Dubois", None)
    assert len(await world.rows(tables.wishes, booking_id=last_of(page.location))) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"role_1": "lawyer"}, "name_1"),
        ({"name_1": "Me Dubois"}, "role_1"),
        ({"role_2": "lawyer", "name_2": "Me Dubois", "email_2": "nowhere"}, "email_2"),
    ],
)
async def test_a_guest_half_named_is_asked_for(world: World, fields: dict[str, str], field: str) -> None:
    path = f"{await world.case()}/request/{world.house.organisations[POST]}/participants"
    page = await send(world.staff, path, {"modality": "video", "done": "1", **fields})
    assert page.status == 422
    assert field_error(page, field)


async def test_the_guardian_of_a_minor_is_proposed(world: World) -> None:
    case = await world.case(born_on="2012-05-04", guardian_name="Aïssatou Bah")
    path = f"{case}/request/{world.house.organisations[POST]}/participants"
    page = await world.staff.get(f"{path}?modality=video")
    assert page.says("Un mineur est entendu avec son représentant")
    assert "Aïssatou Bah" in page.text


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        ("2026-09-21T15:00:00+00:00", "délai plus long"),
        ("2026-09-26T10:00:00+00:00", "ne travaille pas à cette heure"),
        ("2026-09-23T10:00:07+00:00", "ne travaille pas à cette heure"),
        ("2027-03-15T10:00:00+00:00", "La détention doit avoir pris fin"),
    ],
)
async def test_a_slot_that_cannot_be_had_says_why(world: World, starts_at: str, words: str) -> None:
    case = await world.case()
    page = await world.ask(case, slot=f"{world.room_id}|{starts_at}")
    assert page.status == 422
    assert page.says(words)


@pytest.mark.parametrize(
    "slot",
    ["", "nothing", "|", "room|2026-09-23", "room|9999-12-31T23:59:00+00:00", "room|0001-01-01T00:00+14:00"],
)
async def test_a_slot_that_no_page_offers_is_asked_for_again(world: World, slot: str) -> None:
    page = await world.ask(await world.case(), slot=slot)
    assert page.status == 422
    assert page.says("Choisir un créneau")


async def test_a_room_of_nobody_is_not_found(world: World) -> None:
    page = await world.ask(await world.case(), slot=f"{new_id()}|2026-09-23T10:00:00+00:00")
    assert page.status == 404


@pytest.mark.parametrize("who", ["officer", "supervisor", "administrator", "other_staff"])
async def test_nobody_else_asks_for_an_interview(world: World, who: str) -> None:
    case = await world.case()
    browser = world.people[who]
    path = f"{case}/request/{world.house.organisations[POST]}"
    slot = (await world.slots(case))[0]
    for each in (f"{case}/request", path):
        assert (await browser.get(each)).status == 404
    page = await send(browser, path, {"modality": "video", "disclosed": RELEASED, "slot": slot})
    assert page.status == 404
    assert not await world.rows(tables.requests, case_id=last_of(case))


async def test_a_post_that_does_not_answer_for_the_country_is_not_found(world: World) -> None:
    case = await world.case()
    page = await world.staff.get(f"{case}/request/{world.house.organisations[OTHER_POST]}")
    assert page.status == 404


@pytest.mark.parametrize("modality", ["video", "audio", "telephone", "in_person"])
async def test_somebody_not_assessed_is_not_asked_about_in_any_way(world: World, modality: str) -> None:
    case = await world.case(suitability="not_assessed")
    slot = f"{world.room_id}|2026-09-30T07:00:00+00:00"
    assert (await world.staff.get(f"{case}/request")).location == case
    assert (await world.ask(case, slot=slot, modality=modality)).location == case
    assert not await world.rows(tables.requests, case_id=last_of(case))


async def test_a_case_with_a_live_booking_is_not_asked_about_twice(world: World) -> None:
    case = await world.case()
    slots = await world.slots(case)
    booking = await world.requested(case)
    answer = await world.ask(case, slot=slots[-1])
    assert answer.location == f"/requests/{last_of(booking)}?again=1"
    assert (await world.staff.get(answer.location)).says("La demande était déjà partie")
    assert len(await world.rows(tables.requests, case_id=last_of(case))) == 1


async def test_an_interview_held_may_be_followed_by_another_one(world: World) -> None:
    case = await world.case()
    await world.ended(case, ending="technical_failure")
    assert (await world.ask(case)).status == 303


async def test_weeks_can_be_turned_both_ways_but_not_into_the_past(world: World) -> None:
    case = await world.case()
    path = f"{case}/request/{world.house.organisations[POST]}"
    page = await world.staff.get(f"{path}?from=2026-09-21")
    assert page.says("Semaine d’après")  # noqa: RUF001 - typography
    assert not page.says("Semaine d’avant")  # noqa: RUF001 - typography
    page = await world.staff.get(f"{path}?from=2026-10-01&view=list")
    for monday in ("2026-09-21", "2026-10-05"):
        assert f'name="week" value="{monday}"' in page.text
    page = await world.staff.get(f"{path}?from=2020-01-01")
    assert not page.says("Semaine d’avant")  # noqa: RUF001 - typography


@pytest.mark.parametrize(
    "query", ["?from=9999-12-31", "?from=0001-01-01", "?from=soon&view=%00", "?view=list"]
)
async def test_an_odd_address_still_shows_a_week(world: World, query: str) -> None:
    assert await world.slots(await world.case(), query=query) or "9999" in query


async def test_a_closed_day_says_why(world: World) -> None:
    day = datetime.combine(datetime(2026, 10, 14, tzinfo=UTC).date(), time(), tzinfo=UTC)
    closure = Closure(
        world.house.organisations[POST],
        Interval(day - timedelta(hours=2), day + timedelta(hours=22)),
        "Tabaski",
    )
    async with world.house.transaction() as session:
        await store_hours.add_closure(session, closure)
    case = await world.case()
    page = await world.staff.get(f"{case}/request/{world.house.organisations[POST]}?from=2026-10-14")
    assert page.says("Tabaski")


async def test_every_hour_that_is_not_free_says_why(world: World) -> None:
    case, taken = await world.case(), await world.case()
    await world.ask(taken, slot=f"{world.room_id}|2026-10-07T08:00:00+00:00")
    path = f"{case}/request/{world.house.organisations[POST]}?from=2026-10-07"
    page = await world.staff.get(path)
    for words in ("Poste fermé", "ouvre à 09:00", "Poste pris"):
        assert page.says(words)
    page = await world.staff.get(path.replace("2026-10-07", "2026-11-11"))
    assert page.says("Armistice")
    assert page.says("Jour férié")


async def test_looking_for_a_slot_is_a_view_of_the_case(world: World) -> None:
    case = await world.case()
    await world.staff.get(f"{case}/request")
    await world.slots(case)
    assert (await world.audited(last_of(case))).count(("view", "request")) == 2


async def test_the_list_keeps_what_was_declined(world: World) -> None:
    booking = await world.requested()
    await world.officer.post(f"{booking}/decline", {"code": "no_capacity"})
    page = await world.officer.get("/requests")
    assert booking in page.text
    assert page.says("Décliné par le poste")


async def test_another_post_finds_no_request(world: World) -> None:
    booking = await world.requested()
    page = await world.people["other_officer"].get("/requests")
    assert page.status == 200
    assert booking not in page.text
    assert (await world.staff.get("/requests")).status == 404


async def test_what_was_released_is_what_was_ticked(world: World) -> None:
    booking = await world.requested()
    statement = select(tables.requests.c.disclosed).join(
        tables.bookings, tables.bookings.c.request_id == tables.requests.c.id
    )
    found = await world.one(statement.where(tables.bookings.c.id == last_of(booking)))
    assert set(found) == set(RELEASED)
    page = await world.staff.get(booking)
    assert page.says(FAMILY_NAME)
    assert not page.says(GIVEN_NAMES)


async def test_a_posts_card_says_what_is_not_ready(world: World) -> None:
    profiles = tables.country_profiles
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(documents_wanted=["photograph"]))
    case = await world.case()
    assert (await world.staff.get(f"{case}/request")).says("photographie récente")
    page = await send(world.staff, f"{case}/presentation", {"presentation": ["photograph", "nothing"]})
    assert page.status == 303
    assert ticked(await world.staff.get(case), "presentation") == {"photograph"}
    assert ("prepare", "photograph") in await world.audited(last_of(case))
    assert not (await world.staff.get(f"{case}/request")).says("photographie récente")
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(documents_wanted=[]))


@pytest.mark.parametrize("who", ["officer", "supervisor", "administrator", "other_staff"])
async def test_nobody_else_says_what_is_ready(world: World, who: str) -> None:
    case = await world.case()
    page = await send(world.people[who], f"{case}/presentation", {"presentation": ["photograph"]})
    assert page.status == 404
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert row["presentation"] == []


async def test_nothing_is_prepared_of_a_closed_case(world: World) -> None:
    case = await world.case()
    await world.staff.post(f"{case}/leaving", {"status": "returned"})
    page = await send(world.staff, f"{case}/presentation", {"presentation": ["photograph"]})
    assert page.status == 422
    assert page.says("Le dossier est fermé")
