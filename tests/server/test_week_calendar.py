"""The week as a calendar: every stretch stands on its own five minutes, whatever the length of a slot."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, update

from scheduling import store_hours, tables
from scheduling.offer import Closure
from scheduling.slot import Interval
from server.views.slots import Day, Entry
from tests.support.pages import World
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENTRY = re.compile(r'<li class="p-r(\d+) p-h(\d+)">(?:<button[^>]*value="[^"|]*\|([^"]*)")?')
DAY = datetime(2026, 10, 14, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


def days_of(text: str) -> list[list[tuple[int, int, str]]]:
    """The stretches of each day: first row, rows, and the moment of a free slot."""
    return [
        [(int(row), int(rows), at) for row, rows, at in ENTRY.findall(day.partition("</ul>")[0])]
        for day in text.split('<ul class="p-week__day"')[1:]
    ]


async def week(world: World, minutes: int) -> str:
    case, post_id = await world.case(), world.house.organisations[POST]
    o = tables.organisations
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(slot_minutes=minutes))
    page = await world.staff.get(f"{case}/request/{post_id}?from=2026-10-14")
    async with world.house.transaction() as session:
        await session.execute(update(o).where(o.c.id == post_id).values(slot_minutes=60))
    return page.text


@pytest.mark.parametrize("minutes", [15, 35, 50, 55])
async def test_no_stretch_overlaps_another_and_each_begins_on_its_own_minute(
    world: World, minutes: int
) -> None:
    post_id = world.house.organisations[POST]
    closed = Interval(DAY + timedelta(hours=8, minutes=10), DAY + timedelta(hours=8, minutes=40))
    async with world.house.transaction() as session:
        await store_hours.add_closure(session, Closure(post_id, closed, "Réunion"))
    days = days_of(await week(world, minutes))
    async with world.house.transaction() as session:
        await session.execute(delete(tables.closures).where(tables.closures.c.owner_id == post_id))
    assert len(days) == 5
    for entries in days:
        assert entries
        for (first, rows, _), (following, _, _) in pairwise(entries):
            assert first + rows <= following
        for first, rows, at in entries:
            if at:
                local = datetime.fromisoformat(at.replace("&#43;", "+")).astimezone(BRUSSELS)
                assert (first, rows) == ((local.hour - 8) * 12 + local.minute // 5, minutes // 5)
    assert (26, 6, "") in days[2]  # 10:10 to 10:40


async def test_slots_too_short_to_be_drawn_are_a_list(world: World) -> None:
    text = await week(world, 10)
    assert not days_of(text)
    assert 'name="add"' in text
    assert 'name="view"' not in text


async def test_what_takes_the_same_time_stands_beside_each_other() -> None:
    def entry(begins: int, ends: int) -> Entry:
        return Entry("free", DAY + timedelta(minutes=begins), DAY + timedelta(minutes=ends))

    touching, crossing = (entry(0, 35), entry(35, 70)), (entry(90, 125), entry(110, 145), entry(120, 155))
    day = Day(DAY.date(), 5, "", (*touching, *crossing))
    assert day.lanes == 3
    assert all(day.stands_alone(each) for each in touching)
    assert not any(day.stands_alone(each) for each in crossing)
    assert Day(DAY.date(), 2, "", touching).lanes == Day(DAY.date(), 0, "", ()).lanes == 1
