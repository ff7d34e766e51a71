"""The day and the week: what takes place for whom, on every clock, and what the address may say."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from scheduling import tables
from scheduling.queries_of_days import Appointment, appointments_within
from scheduling.slot import Interval
from server.views import days
from server.views.day import Day
from tests.server.test_exports import rows_of
from tests.support.pages import World, last_of
from tests.support.web import CENTRE, POST

pytestmark = pytest.mark.asyncio(loop_scope="module")

_REFERENCE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b")
MONDAY = date(2026, 9, 21)


async def booked(world: World) -> tuple[str, str, date]:
    """A confirmed interview: the paths of its booking and of itself, and its day in Brussels."""
    booking, interview = await world.confirmed()
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    return booking, interview, row["starts_at"].date()


async def test_each_side_finds_the_interview_on_its_day_and_in_its_week(world: World) -> None:
    _, interview, on = await booked(world)
    for who, other_side in (("staff", POST), ("officer", CENTRE), ("supervisor", POST)):
        for path in (f"/day?on={on}", f"/week?on={on}"):
            page = await world.people[who].get(path)
            assert page.status == 200
            assert f'href="{interview}"' in page.text
            assert page.says(other_side)
            assert page.says("Visio 1")
    for path in (f"/day?on={on + timedelta(days=1)}", f"/week?on={on + timedelta(days=7)}"):
        assert interview not in (await world.staff.get(path)).text


async def test_nobody_else_does(world: World) -> None:
    booking, interview, on = await booked(world)
    for who in ("other_staff", "other_officer"):
        for path in ("/day", "/week", "/day.csv", "/week.csv"):
            page = await world.people[who].get(f"{path}?on={on}")
            assert page.status == 200
            assert booking not in page.text
            assert interview not in page.text
    assert (await world.people["administrator"].get("/day")).status == 404
    centre = world.house.organisations[CENTRE]
    other = next(each for name, each in world.house.organisations.items() if "Senne" in name)
    chosen = [await world.supervisor.get(f"/week?on={on}&centre={each}") for each in (centre, other)]
    assert [interview in page.text for page in chosen] == [True, False]
    narrowed = await world.staff.get(f"/week?on={on}&centre={other}")
    assert interview in narrowed.text


async def test_every_wish_is_shown_with_its_rank(world: World) -> None:
    case = await world.case()
    slots = await world.slots(case)
    first, second = (
        slots[0],
        next(each for each in slots if each.split("|")[1][:10] != slots[0].split("|")[1][:10]),
    )
    page = await world.ask(case, slot=[second, first])
    assert page.status == 303, page.text
    for slot, rank in ((second, 1), (first, 2)):
        day = await world.staff.get(f"/day?on={slot.split('|')[1][:10]}")
        assert last_of(page.location) in day.text
        assert day.says(f"souhait {rank}, réponse attendue")


async def test_an_interview_over_midnight_stands_on_both_days(world: World) -> None:
    booking, interview, on = await booked(world)
    b, begins = tables.bookings, datetime(on.year, on.month, on.day, 21, 30, tzinfo=UTC)  # 23:30 in Brussels
    (row,) = await world.rows(b, id=last_of(booking))
    this, usual = update(b).where(b.c.id == row["id"]), {name: row[name] for name in ("starts_at", "ends_at")}
    async with world.house.transaction() as session:
        await session.execute(this.values(starts_at=begins, ends_at=begins + timedelta(hours=1)))
    for day in (on, on + timedelta(days=1)):
        page = await world.staff.get(f"/day?on={day}")
        assert interview in page.text
        assert page.says("23:30–00:30")  # noqa: RUF001 - typography
    assert interview not in (await world.staff.get(f"/day?on={on + timedelta(days=2)}")).text
    assert (await world.staff.get(f"/week?on={on}")).text.count(f'href="{interview}"') == 2
    async with world.house.transaction() as session:
        await session.execute(this.values(usual))


async def test_the_sheet_holds_what_the_page_shows(world: World) -> None:
    _, _, on = await booked(world)
    for name in ("day", "week"):
        page = await world.staff.get(f"/{name}?on={on}")
        head, *rows = rows_of(await world.staff.get(f"/{name}.csv?on={on}"))
        assert head[-2:] == ["Local visio", "Interprète"]
        assert {row[3] for row in rows} == {POST}
        assert {row[2] for row in rows} == set(_REFERENCE.findall(page.text))
    assert ("export", f"rows={len(rows)}") in await world.audited("week")


@pytest.mark.parametrize("text", ["2026-02-30", "demain", "0001-01-01", "9999-12-31", "2026-09-21x", "%00"])
async def test_a_day_that_is_none_is_today_and_says_so(world: World, text: str) -> None:
    for path in ("/day", "/week"):
        page = await world.staff.get(f"{path}?on={text}")
        assert page.status == 200
        assert page.says("L’adresse ne nomme aucun jour du calendrier")  # noqa: RUF001 - typography
    assert not (await world.staff.get("/day")).says("aucun jour du calendrier")


async def test_the_ways_lead_to_the_days_beside(world: World) -> None:
    page = await world.staff.get("/day?on=2026-12-31")
    assert 'rel="prev" href="/day?on=2026-12-30"' in page.text
    assert 'rel="next" href="/day?on=2027-01-01"' in page.text
    week = await world.staff.get("/week?on=2027-01-03")
    assert week.says("Semaine du 28 décembre 2026")
    assert 'rel="next" href="/week?on=2027-01-04"' in week.text
    assert "/day?on=2026-09-22" in (await world.staff.get("/")).text


async def test_a_public_holiday_is_named(world: World) -> None:
    assert (await world.staff.get("/day?on=2026-11-11")).says("Armistice")
    assert (await world.staff.get("/week?on=2026-11-09")).says("Armistice")


async def test_a_page_that_is_full_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, on = await booked(world)

    async def first_of(*given: Any, **_: Any) -> tuple[list[Appointment], bool]:
        return await appointments_within(*given, most=0)

    monkeypatch.setattr(days, "appointments_within", first_of)
    page = await world.supervisor.get(f"/week?on={on}")
    assert page.says("Il y a plus que cette page ne peut montrer")


async def test_who_has_something_to_do_finds_the_way(world: World) -> None:
    booking = await world.requested()
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    path = f"/day?on={row['starts_at'].date()}"
    officer, staff = await world.officer.get(path), await world.staff.get(path)
    assert officer.says("Répondre")
    assert not staff.says("Répondre")
    for page in (officer, staff):
        assert page.says("retenu jusqu")
    running = await world.running()
    (interview,) = await world.rows(tables.interviews, id=last_of(running))
    (held,) = await world.rows(tables.bookings, id=interview["booking_id"])
    path = f"/day?on={held['starts_at'].date()}"
    found = [
        f'href="{running}/room"' in (await world.people[who].get(path)).text
        for who in ("staff", "officer", "supervisor")
    ]
    assert found == [True, True, False]


async def test_the_calendar_ends_where_it_is_known(world: World) -> None:
    for path, way in (("/day?on=2000-01-01", "prev"), ("/day?on=2100-12-31", "next")):
        page = await world.staff.get(path)
        assert not page.says("aucun jour du calendrier")
        assert f'rel="{way}"' not in page.text
    assert (await world.staff.get("/day.csv?on=demain")).status == 404


@pytest.mark.parametrize(
    ("on", "hours"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (MONDAY, 24)], ids=str
)
async def test_a_day_is_as_long_as_its_clock_makes_it(on: date, hours: int) -> None:
    day = Day(on, "Europe/Brussels")
    begins, ends = day.span
    assert ends - begins == timedelta(hours=hours)
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=begins.tzinfo)
    assert day.minutes(Interval(begins - timedelta(hours=1), ends + timedelta(hours=1))) == (0, 24 * 60)
    first, last = day.minutes(Interval(noon, noon + timedelta(hours=1)))
    assert last - first == 60
    assert day.minutes(Interval(ends - timedelta(hours=1), ends)) == (23 * 60, 24 * 60)


async def test_what_was_booked_stays_on_the_grid_of_a_room_out_of_use(world: World) -> None:
    _, interview, on = await booked(world)
    r = tables.rooms
    for is_active in (False, True):
        async with world.house.transaction() as session:
            await session.execute(update(r).where(r.c.id == world.room_id).values(is_active=is_active))
        page = await world.staff.get(f"/day?on={on}")
        grid = page.text.partition("p-day__head")[2].partition("</section>")[0]
        assert interview in grid
        assert ("hors service" in grid) is not is_active
