"""The pages of long lists: narrowed by their address, page by page, and nothing of another place."""

from datetime import date, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from scheduling import queries_of_bookings, tables
from scheduling.listing import Slice
from server.views import lists, proposals
from tests.support.pages import World, last_of
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def reference_of(world: World, interview: str) -> str:
    (row,) = await world.rows(tables.interviews, id=last_of(interview))
    (booking,) = await world.rows(tables.bookings, id=row["booking_id"])
    (case,) = await world.rows(tables.cases, id=booking["case_id"])
    return str(case["reference"])


async def test_the_address_narrows_the_interviews(world: World) -> None:
    _, interview = await world.confirmed()
    _, other = await world.confirmed()
    reference = await reference_of(world, interview)
    page = await world.staff.get(f"/interviews?reference={reference}")
    assert interview in page.text
    assert other not in page.text
    assert f'value="{reference}"' in page.text
    for query, is_there in (
        ("status=confirmed", True),
        ("status=completed", False),
        ("when=past", False),
        (f"room={world.room_id}", True),
        (f"post={world.house.organisations[POST]}", True),
        ("room=nothing", False),
        ("until=2026-01-01", False),
        ("from=2026-09-21&until=2027-09-21", True),
    ):
        page = await world.staff.get(f"/interviews?{query}")
        assert page.status == 200
        assert (other in page.text) is is_there, query


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-1",
        "page=0",
        "page=99999999999",
        "page=²",
        "status=x",
        "when=x",
        "from=2026-99-99",
        "from=x",
    ],
)
async def test_an_address_that_says_nothing_narrows_nothing(world: World, query: str) -> None:
    assert (await world.staff.get(f"/interviews?{query}")).status == 200


async def test_pages_keep_what_narrows_the_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "Slice", lambda number=1: Slice(number, 1))
    for _ in range(2):
        await world.confirmed()
    page = await world.staff.get("/interviews?status=confirmed")
    assert "/interviews?status=confirmed&amp;page=2" in page.text
    page = await world.staff.get("/interviews?status=confirmed&page=2")
    assert 'rel="prev" href="/interviews?status=confirmed"' in page.text


async def test_an_officer_narrows_by_centre_and_never_by_room(world: World) -> None:
    page = await world.officer.get("/interviews")
    assert 'name="centre"' in page.text
    assert 'name="room"' not in page.text
    assert "Visio 1" not in page.text


async def test_answered_requests_are_narrowed_and_those_to_answer_stay(world: World) -> None:
    waiting, declined = await world.requested(), await world.requested()
    await world.officer.post(f"{declined}/decline", {"code": "no_capacity"})
    for query, is_there in (("status=declined", True), ("status=cancelled", False), ("reference=ZZZ", False)):
        page = await world.officer.get(f"/requests?{query}")
        assert waiting in page.text, query
        assert (declined in page.text) is is_there, query


async def test_the_late_request_stands_on_top_with_its_days(world: World) -> None:
    first, late = await world.requested(), await world.requested()
    (booking,) = await world.rows(tables.bookings, id=last_of(late))
    r = tables.requests
    async with world.house.transaction() as session:
        at = r.c.id == booking["request_id"]
        await session.execute(update(r).where(at).values(arrange_by_on=date(2026, 9, 18)))
    page = await world.officer.get("/requests")
    assert page.text.index(late) < page.text.index(first)
    assert page.says("En retard de 3\N{NO-BREAK SPACE}jours")


async def test_an_inbox_that_is_full_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.requested()
    assert not (await world.officer.get("/requests")).says("les autres suivent")
    monkeypatch.setattr(queries_of_bookings, "MOST_WAITING", 1)
    monkeypatch.setattr(proposals, "MOST_WAITING", 1)
    page = await world.officer.get("/requests")
    assert page.says("Les 1 premières sont montrées")
    assert page.says("les autres suivent")


async def test_an_answer_is_not_expected_after_the_request_has_ended(world: World) -> None:
    booking = await world.requested()
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    (request,) = await world.rows(tables.requests, id=row["request_id"])
    r = tables.requests
    late = request["expires_at"].date() + timedelta(days=9)
    async with world.house.transaction() as session:
        await session.execute(update(r).where(r.c.id == request["id"]).values(arrange_by_on=late))
    page = await world.officer.get("/requests")
    shown = page.text.partition(booking)[2].partition("</li>")[0]
    ends_at = request["expires_at"].astimezone(ZoneInfo("Europe/Brussels"))
    assert f"Réponse attendue au plus tard le {ends_at.day} sept., {ends_at:%H:%M}<" in unescape(shown)
    assert not (await world.officer.get(booking)).says("Réponse attendue au plus tard")


async def test_an_inbox_of_several_kinds_is_full_only_when_one_of_them_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.requested()
    booking, _ = await world.confirmed()
    slot = (await world.slots(await world.case()))[-1]
    assert (await world.staff.post(f"{booking}/other-slot", {"slot": slot, "send": "1"})).status == 303
    waiting = (await world.officer.get("/requests")).text.partition('id="group-2"')[0].count("p-meeting__act")
    monkeypatch.setattr(proposals, "MOST_WAITING", waiting)
    page = await world.officer.get("/requests")
    assert booking in page.text.partition('id="group-2"')[0]
    assert not page.says("les autres suivent")


async def test_what_the_centre_has_to_answer_stands_by_itself(world: World) -> None:
    booking = await world.requested()
    assert not (await world.officer.get("/requests")).says("Le centre doit répondre")
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    slot = f"{world.room_id}|{(row['starts_at'] + timedelta(days=1)).isoformat()}"
    await world.officer.post(f"{booking}/other-slot", {"slot": slot, "send": "1"})
    text = (await world.officer.get("/requests")).text
    to_answer, theirs, answered = text.split('<section class="p-panel"')[1:]
    assert booking not in to_answer
    assert "Le centre doit répondre" in theirs
    assert booking in theirs
    assert booking not in answered
