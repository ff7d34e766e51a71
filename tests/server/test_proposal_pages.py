"""Proposals and moves as their pages tell them: each step a line, who offers, and what changed nothing."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import pytest_asyncio
from sqlalchemy import insert, update

from scheduling import store, tables
from scheduling.claims import release
from scheduling.move import place_in
from tests.support.agreements import an_interpreter
from tests.support.pages import World, last_of, running_world
from tests.support.web import CENTRE, POST, Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The post's clock is that of Conakry; the supervisor and the other centre read English."""
    async with running_world(tmp_path_factory.mktemp("house")) as running:
        o, post_id = tables.organisations, running.house.organisations[POST]
        async with running.house.transaction() as session:
            await session.execute(update(o).where(o.c.id == post_id).values(zone="Africa/Conakry"))
        await running.supervisor.post("/language", {"language": "en", "next": "/"})
        yield running


async def starts_at(world: World, booking: str) -> datetime:
    found: datetime = (await world.rows(tables.bookings, id=last_of(booking)))[0]["starts_at"]
    return found


def value(world: World, at: datetime) -> str:
    return f"{world.room_id}|{at.isoformat()}"


async def proposed(world: World, browser: Browser, booking: str, days: int = 1) -> datetime:
    """Offer the same hour some days later; gives it."""
    other = await starts_at(world, booking) + timedelta(days=days)
    page = await browser.post(f"{booking}/other-slot", {"slot": value(world, other), "send": "1"})
    assert page.status == 303, page.text
    return other


async def history(browser: Browser, booking: str) -> list[str]:
    """The lines of what happened, as they are read."""
    page = await browser.get(booking)
    lines = re.findall(r"<li>(.*?)</li>", page.text.partition('id="h-history"')[2], re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def written(at: datetime, *, hours: int) -> str:
    return f"{at + timedelta(hours=hours):%H:%M}"


async def test_each_step_of_a_proposal_is_a_line_with_its_slot_and_its_side(world: World) -> None:
    booking, _ = await world.confirmed()
    first = await proposed(world, world.officer, booking)
    await world.staff.post(f"{booking}/proposal", {"answer": "refuse"})
    await proposed(world, world.officer, booking, 2)
    await world.officer.post(f"{booking}/proposal", {"answer": "take_back"})
    lines = (await history(world.staff, booking))[2:]
    words = ["Autre créneau proposé", "Créneau proposé refusé"]
    words += ["Autre créneau proposé", "Créneau proposé repris"]
    sides = [POST, CENTRE, POST, POST]
    for line, said, side in zip(lines, words, sides, strict=True):
        assert line.startswith(f"{said} par {side}"), line
    slot = f"{written(first, hours=2)} (Conakry {written(first, hours=0)}), Visio 1"
    assert all(slot in line for line in lines[:2])
    (at_the_post, *_) = (await history(world.officer, booking))[2:]
    assert f"{written(first, hours=0)} (Bruxelles {written(first, hours=2)}), Visio 1" in at_the_post
    (in_english, *_) = (await history(world.supervisor, booking))[2:]
    assert in_english.startswith(f"Another slot proposed by {POST}")


async def test_a_move_is_told_from_where_to_where_in_both_zones(world: World) -> None:
    booking, _ = await world.confirmed()
    before = await starts_at(world, booking)
    after = await proposed(world, world.staff, booking)
    await world.officer.post(f"{booking}/proposal", {"answer": "accept"})
    was, now = (f"{written(at, hours=2)} (Conakry {written(at, hours=0)})" for at in (before, after))
    (line,) = [each for each in await history(world.staff, booking) if each.startswith("Déplacé")]
    days = [(at + timedelta(hours=2)).day for at in (before, after)]
    assert f"Du {days[0]} sept., {was} au {days[1]} sept., {now}" in line
    (line,) = [each for each in await history(world.supervisor, booking) if each.startswith("Moved")]
    assert f"From {days[0]} Sep, {was} to {days[1]} Sep, {now}" in line


async def test_an_interpreter_is_added_replaced_or_removed(world: World) -> None:
    booking, _ = await world.confirmed()
    async with world.house.transaction() as session:
        interpreters = [(await an_interpreter(session, name)).id for name in ("Binta", "Oumou")]
    for interpreter_id in (*interpreters, None):
        async with world.house.transaction() as session:
            found = await store.load_booking(session, last_of(booking))
            wish = found.placed._replace(interpreter_id=interpreter_id)
            await place_in(session, world.house.clock, world.actors["staff"], found, wish)
    moves = (await history(world.staff, booking))[2:]
    for line, said in zip(moves, ("ajouté", "remplacé", "retiré"), strict=True):
        assert f"interprète a été {said}" in line


async def test_what_stands_already_is_not_offered_and_refused_with_what_to_do(world: World) -> None:
    booking, _ = await world.confirmed()
    standing = value(world, await starts_at(world, booking))
    for browser in (world.staff, world.officer):
        assert standing not in unescape((await browser.get(f"{booking}/other-slot")).text)
        page = await browser.post(f"{booking}/other-slot", {"slot": standing, "send": "1"})
        assert page.status == 422
        assert page.says("Rien n’a changé")  # noqa: RUF001 - typography
        assert page.says("l’entretien est déjà prévu à ce créneau. Choisissez-en un autre.")  # noqa: RUF001
    assert len(await history(world.staff, booking)) == 2


async def test_a_post_does_not_propose_what_the_centre_asks_for(world: World) -> None:
    booking = await world.requested()
    wished = value(world, await starts_at(world, booking))
    assert wished not in unescape((await world.officer.get(f"{booking}/other-slot")).text)
    page = await world.officer.post(f"{booking}/other-slot", {"slot": wished, "send": "1"})
    assert page.status == 422
    assert page.says("confirmez-le sur la page de la demande")
    assert not await world.rows(tables.proposals, booking_id=last_of(booking))


async def test_whoever_comes_too_late_with_another_slot_reads_where_the_booking_stands(world: World) -> None:
    booking, _ = await world.confirmed()
    other = value(world, await starts_at(world, booking) + timedelta(days=1))
    await world.staff.post(f"{booking}/cancel", {"code": "technical"})
    for browser in (world.officer, world.staff):
        page = await browser.post(f"{booking}/other-slot", {"slot": other, "send": "1"})
        assert page.status == 422
        assert page.says("Cet entretien est annulé. ")
        assert "#h-history" in page.text


async def test_no_answer_is_asked_for_or_taken_once_the_hour_is_past(world: World) -> None:
    booking, _ = await world.confirmed()
    await proposed(world, world.officer, booking, 2)
    assert (await world.staff.get(booking)).says("Accepter ce créneau")
    b, hour = tables.bookings, world.house.clock() - timedelta(hours=3)
    async with world.house.transaction() as session:
        past = {"starts_at": hour, "ends_at": hour + timedelta(hours=1)}
        await session.execute(update(b).where(b.c.id == last_of(booking)).values(**past))
        await release(session, last_of(booking))
    for browser, answers in ((world.staff, ("accept", "refuse")), (world.officer, ("take_back",))):
        assert f'action="{booking}/proposal"' not in (await browser.get(booking)).text
        for answer in answers:
            page = await browser.post(f"{booking}/proposal", {"answer": answer})
            assert page.status == 422
            assert page.says("L’heure de l’entretien est venue.")  # noqa: RUF001 - typography
    assert await starts_at(world, booking) == hour.astimezone(UTC)


async def test_each_reader_learns_which_side_proposes(world: World) -> None:
    for who, side in (("staff", "centre"), ("officer", "post")):
        booking, _ = await world.confirmed()
        await proposed(world, world.people[who], booking)
        assert (await world.people[who].get(booking)).says("Vous proposez un autre créneau")
        page = await world.supervisor.get(booking)
        assert page.says(f"The {side} proposes another slot")
        assert not page.says("You propose")
        assert f'action="{booking}/proposal"' not in page.text


async def test_a_request_with_several_slots_says_so_and_lists_them_to_who_waits(world: World) -> None:
    booking = await world.requested()
    (wish,) = await world.rows(tables.wishes, booking_id=last_of(booking))
    later = {name: wish[name] + timedelta(days=7) for name in ("starts_at", "ends_at")}
    assert not (await world.staff.get(booking)).says("créneaux demandés")
    async with world.house.transaction() as session:
        await session.execute(insert(tables.wishes).values({**wish, **later, "rank": 2}))
    for browser in (world.staff, world.officer):
        assert (await browser.get(booking)).says("2 créneaux demandés, le premier le ")
    assert (await world.staff.get(booking)).says("Créneaux demandés")
    assert (await world.supervisor.get(booking)).says("2 slots asked for, the first on ")
    await world.officer.post(f"{booking}/confirm", {"rank": "2"})
    assert not (await world.staff.get(booking)).says("créneaux demandés")


async def test_a_post_reads_first_that_its_proposal_waits_until_when_and_how_to_change_it(
    world: World,
) -> None:
    booking = await world.requested()
    await proposed(world, world.officer, booking)
    page = await world.officer.get(booking)
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    (request,) = await world.rows(tables.requests, id=row["request_id"])
    assert page.says("Il attend la réponse du centre")
    assert page.says(
        f"à {written(request['expires_at'], hours=0)}. Sans réponse, la demande prend fin alors."
    )
    in_order = [
        "Retirer la proposition",
        "Proposer un autre créneau à la place",
        "h-person",
        "Votre proposition tombe",
        "Confirmer ce créneau",
    ]
    places = [page.text.index(words) for words in in_order]
    assert places == sorted(places)
    assert not page.says("Ou proposer un autre créneau")
    primary = re.findall(r'class="govuk-button p-flush"[^>]*>([^<]*)<', page.text)
    assert primary == []
    await world.officer.post(f"{booking}/proposal", {"answer": "take_back"})
    page = await world.officer.get(booking)
    assert re.findall(r'class="govuk-button p-flush"[^>]*>([^<]*)<', page.text) == ["Confirmer ce créneau"]
