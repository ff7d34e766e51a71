"""Lists as CSV: the rows of the screen and no others, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from scheduling import tables
from scheduling.identifier import new_id
from server.csv_text import csv_text
from tests.support.pages import World, last_of
from tests.support.web import POST, Page

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def rows_of(page: Page) -> list[list[str]]:
    assert page.status == 200, page.text
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(page.text.removeprefix("\ufeff"))))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_no_cell_begins_as_a_formula_and_nothing_else_changes(rows: list[list[str]]) -> None:
    text = csv_text(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    for before, after in zip(
        (cell for row in rows for cell in row), (c for r in read[1:] for c in r), strict=True
    ):
        assert not after.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert after in {before, f"'{before}"}


@pytest.mark.asyncio(loop_scope="module")
async def test_an_export_holds_what_the_list_shows_to_its_reader_and_is_audited(world: World) -> None:
    case = await world.case()
    await world.confirmed(case)
    reference = (await world.rows(tables.cases, id=last_of(case)))[0]["reference"]
    for who, path in (("staff", "cases"), ("staff", "interviews"), ("officer", "interviews")):
        rows = rows_of(await world.people[who].get(f"/{path}.csv?reference={reference}"))
        assert [row for row in rows[1:] if reference in row] == rows[1:]
        assert len(rows) == 2
    assert len(rows_of(await world.people["other_staff"].get(f"/cases.csv?reference={reference}"))) == 1
    assert len(rows_of(await world.people["other_officer"].get("/requests.csv"))) == 1
    assert ("export", "rows=1") in await world.audited("cases")


@pytest.mark.asyncio(loop_scope="module")
async def test_whatever_a_post_has_to_answer_is_in_its_file_once(world: World) -> None:
    asked = await world.requested()
    proposed, invited = [(await world.confirmed())[0] for _ in range(2)]
    async with world.house.transaction() as session:
        for booking in (proposed, invited):
            guest = insert(tables.guests).values(id=new_id(), role="lawyer", name="Me Dubois", language="fr")
            await session.execute(guest.values(booking_id=last_of(booking)))
    (stands,) = await world.rows(tables.bookings, id=last_of(proposed))
    at = stands["starts_at"] + timedelta(days=1)
    await world.staff.post(
        f"{proposed}/other-slot", {"slot": f"{world.room_id}|{at.isoformat()}", "send": "1"}
    )
    page = await world.officer.get("/requests")
    answered = page.text.partition('id="group-2"')[2]
    head, *rows = rows_of(await world.officer.get("/requests.csv"))
    said = {}
    for booking in (asked, proposed, invited):
        assert page.text.count(f'href="{booking}"') == 1
        assert booking not in answered
        (row,) = await world.rows(tables.bookings, id=last_of(booking))
        (case,) = await world.rows(tables.cases, id=row["case_id"])
        (said[booking],) = [each for each in rows if case["reference"] in each]
    where, by, instead = head.index("Où en est-on"), len(head) - 2, len(head) - 1
    words = ["Réponse attendue", "Autre créneau proposé", "Invités à accepter ou non"]
    assert [said[each][where] for each in (asked, proposed, invited)] == words
    assert said[asked][by]
    assert said[proposed][instead][:10] == f"{at - timedelta(days=1):%Y-%m-%d}"
    assert said[proposed][0][:10] == f"{at:%Y-%m-%d}"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_hostile_name_is_text_in_the_spreadsheet(world: World) -> None:
    await world.confirmed()
    o = tables.organisations
    named = update(o).where(o.c.id == world.house.organisations[POST])
    async with world.house.transaction() as session:
        await session.execute(named.values(name='=HYPERLINK("http://x")'))
    try:
        rows = rows_of(await world.staff.get("/interviews.csv"))
        assert rows[1][3].startswith("'=HYPERLINK")
    finally:
        async with world.house.transaction() as session:
            await session.execute(named.values(name=POST))


@pytest.mark.asyncio(loop_scope="module")
async def test_who_has_no_list_has_no_export(world: World) -> None:
    assert (await world.officer.get("/cases.csv")).status == 404
    assert (await world.staff.get("/requests.csv")).status == 404
