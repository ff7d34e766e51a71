"""Another language on a page with a form: all that was typed comes back, and nothing is done or blamed."""

from typing import Any

import pytest

from scheduling import tables
from tests.support.pages import CASE, World, last_of, send
from tests.support.web import CENTRE, POST, Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPED = "words of tests"


async def in_english(browser: Browser, path: str, button: str, fields: dict[str, Any]) -> Page:
    """Press the button of the other language as its page has it, and follow where the browser goes."""
    assert f"keep={button}" in (await browser.get(path)).text.replace("%2F", "/")
    answer = await send(browser, f"/language?keep={button}", {"speak": "en", **fields})
    assert (answer.status, answer.location) == (307, button)
    page = await send(browser, button, {"speak": "en", **fields})
    assert page.status == 200
    assert 'lang="en"' in page.text
    assert "govuk-error-summary" not in page.text
    assert page.says(TYPED)
    await send(browser, "/language", {"language": "fr", "next": "/"})
    return page


async def everything(world: World) -> list[int]:
    known = (tables.cases, tables.bookings, tables.history, tables.proposals, tables.outbox)
    return [await world.count(table) for table in known]


async def test_forms_of_a_centre_keep_what_was_typed(world: World) -> None:
    centre = world.house.organisations[CENTRE]
    booking, _ = await world.confirmed()
    before = await everything(world)
    for path, fields in (
        ("/cases/new", {**CASE, "birth_place": TYPED}),
        ("/cases/new", {"birth_place": TYPED, "born_on": "x"}),
        (f"/places/{centre}/rooms/new", {"name": TYPED}),
        (f"/places/{world.room_id}", {"name": TYPED, "is_active": "yes"}),
        (f"/places/{world.room_id}/hours", {"shut-on-0": "2026-12-24", "shut-reason-0": TYPED}),
    ):
        await in_english(world.staff, path, path, fields)
    page = await world.staff.get(f"{booking}/other-slot")
    (action,) = {
        each.partition('"')[0] for each in page.text.split('<form id="draft" method="post" action="')[1:]
    }
    assert action.startswith(f"{booking}/other-slot?from=")
    page = await send(world.staff, action, {"speak": "en", "remark": TYPED})
    assert (page.status, page.says(TYPED)) == (200, True)
    await send(world.staff, "/language", {"language": "fr", "next": "/"})
    assert await everything(world) == before


async def test_forms_of_a_post_and_of_an_administrator_keep_what_was_typed(world: World) -> None:
    post, admin = world.house.organisations[POST], world.people["administrator"]
    booking = await world.requested()
    interview = await world.ended()
    before = await everything(world)
    decline = {"code": "other", "text": TYPED}
    await in_english(world.officer, booking, f"{booking}/decline", decline)
    outcome = {"value": "inconclusive", "reasons": TYPED, "travel_document": "no"}
    await in_english(world.officer, f"{interview}/outcome", f"{interview}/outcome", outcome)
    await in_english(world.officer, f"/places/{post}", f"/places/{post}", {"contact-name-0": TYPED})
    new = {"name": TYPED, "language": "fr"}
    page = await in_english(admin, "/places/new/interpreter", "/places/new/interpreter", new)
    assert '<option value="fr" selected>' in page.text
    await in_english(admin, "/profiles/ML/BE", "/profiles/ML/BE", {"days_to_issue": TYPED})
    assert await everything(world) == before
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert row["status"] == "requested"
