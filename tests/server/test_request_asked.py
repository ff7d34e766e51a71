"""After a request: until when its slots are held, and the page that says what happens next."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from scheduling import tables
from scheduling.deadline import chase_at, expires_at
from server.i18n import load_languages
from server.moments import Moments
from tests.support.pages import World, last_of, send
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE, THERE = "Europe/Brussels", "Africa/Conakry"


def hour(at: datetime, zone: str) -> str:
    return str(Moments(load_languages()["fr"].locale, zone).time(at))


async def test_the_slots_say_until_when_they_would_be_held_in_both_zones(world: World) -> None:
    o = tables.organisations
    post_id = world.house.organisations[POST]
    zone = await world.one(select(o.c.zone).where(o.c.id == post_id))
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(zone=THERE))
    case = await world.case()
    slots = (await world.slots(case))[:2]
    query = "&".join(f"slot={slot.replace('+', '%2B')}" for slot in slots)
    page = await world.staff.get(f"{case}/request/{post_id}?modality=video&{query}")
    last = max(datetime.fromisoformat(slot.partition("|")[2]) for slot in slots)
    until = expires_at(world.house.clock(), last)
    told = page.text.partition("ils sont tenus")[2].partition("</p>")[0]
    assert hour(until, HERE) in told
    assert f"Conakry {hour(until, THERE)}" in told
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(zone=zone))


async def test_without_a_wish_nothing_is_held(world: World) -> None:
    case = await world.case()
    page = await world.staff.get(f"{case}/request/{world.house.organisations[POST]}")
    assert not page.says("ils sont tenus")


async def test_what_happens_next_can_be_looked_at_again(world: World) -> None:
    profiles = tables.country_profiles
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(documents_wanted=["photograph"]))
    answer = await world.ask(await world.case(), role_1="lawyer", name_1="Me Dubois")
    assert answer.status == 303
    booking_id = last_of(answer.location)
    (booking,) = await world.rows(tables.bookings, id=booking_id)
    (asked,) = await world.rows(tables.requests, id=booking["request_id"])
    until = expires_at(asked["sent_at"], booking["starts_at"])
    for _ in range(2):
        page = await world.staff.get(answer.location)
        assert page.status == 200
        assert page.says("La demande est partie")
        assert hour(until, HERE) in page.text.partition("Les créneaux sont tenus")[2]
        assert hour(chase_at(asked["sent_at"], until), HERE) in page.text.partition("le poste est relancé")[2]
        assert page.says("sera invité si le poste est d’accord")  # noqa: RUF001 - typography
        assert page.says("photographie récente")
        assert f'href="/bookings/{booking_id}"' in page.text
        assert not page.says("La demande était déjà partie")
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(documents_wanted=[]))


@pytest.mark.parametrize("who", ["officer", "supervisor", "administrator", "other_staff"])
async def test_nobody_else_finds_what_happens_next(world: World, who: str) -> None:
    booking = await world.requested()
    assert (await world.people[who].get(f"/requests/{last_of(booking)}")).status == 404


async def test_a_request_withdrawn_meanwhile_promises_nothing_more(world: World) -> None:
    booking = await world.requested()
    await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    page = await world.staff.get(f"/requests/{last_of(booking)}")
    assert page.status == 200
    assert not page.says("Les créneaux sont tenus")


async def test_a_form_sent_twice_at_once_asks_once_and_says_so(world: World) -> None:
    case = await world.case()
    slot = (await world.slots(case))[0]
    answers = await asyncio.gather(*(replace(world).ask(case, slot=slot) for _ in range(2)))
    first, second = sorted(answer.location for answer in answers)
    assert second == f"{first}?again=1"
    assert len(await world.rows(tables.requests, case_id=last_of(case))) == 1
    assert (await world.staff.get(second)).says("La demande était déjà partie")


async def test_a_post_that_confirms_by_itself_takes_one_slot_and_has_confirmed_it(world: World) -> None:
    profiles = tables.country_profiles
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(auto_confirms=True))
    case = await world.case()
    path = f"{case}/request/{world.house.organisations[POST]}"
    first, second = (await world.slots(case))[:2]
    page = await send(world.staff, path, {"modality": "video", "slot": first, "add": second})
    shown = await world.staff.get(page.location)
    assert shown.says("Ce poste confirme d’office")  # noqa: RUF001 - typography
    assert not shown.says("ils sont tenus")
    assert (await world.ask(case, slot=[first, second])).status == 422
    answer = await world.ask(case, slot=second)
    assert (await world.staff.get(answer.location)).says("L’entretien est confirmé")  # noqa: RUF001 - typography
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(auto_confirms=False))


async def test_the_quota_and_the_end_of_detention_stand_on_the_page(world: World) -> None:
    o = tables.organisations
    post_id = world.house.organisations[POST]
    today = world.house.clock().date()
    case = await world.case(detention_ends_on=(today + timedelta(days=16)).isoformat())
    slot = (await world.slots(case, query="?from=2026-09-30"))[-1]
    assert (await world.ask(await world.case(), slot=slot)).status == 303
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(daily_quota=1))
    page = await world.staff.get(f"{case}/request/{post_id}?from=2026-09-30")
    assert page.says("Quota du poste atteint")
    assert page.says("1 entretien par jour")
    page = await world.staff.get(f"{case}/request/{post_id}?from=2026-10-07")
    assert page.says("Après la fin de détention")
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(daily_quota=None))
