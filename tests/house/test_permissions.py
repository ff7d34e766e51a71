"""Every row of the table, asked by those whom it does not concern: nothing, a sign-in, and never content."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduling import tables
from scheduling.actor import Role
from server.permissions import Permission, allows
from server.routes import ROUTES, Route
from tests.support.strangers import Known, about_something, known_interview, stranger
from tests.support.web import Browser, House, Page, running_house

SIGN_IN = {303, 401}
TO_ONESELF = {"sign_out", "account_logins", "account_password"}
READS_EVERYWHERE = {
    Permission.READ_CASES,
    Permission.READ_BOOKINGS,
    Permission.OPEN_SEALED,
    Permission.PROTECT,
}
EDITS_EVERYWHERE = {Permission.EDIT_HOURS, Permission.EDIT_PLACES}  # an administrator, who sees no case


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as running:
        yield running


async def ask(browser: Browser, known: Known, route: Route, *, empty: bool = False) -> Page:
    if route.method == "GET":
        async with browser.session.get(known.path(route), allow_redirects=False) as answer:
            text = (await answer.read()).decode(errors="replace")
            return Page(answer.status, route.path, text, answer.headers)
    return await browser.post(known.path(route), {} if empty else known.form(route))


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


async def test_the_people_of_the_interview_find_what_the_table_says(house: House) -> None:
    known = await known_interview(house)
    browsers = {
        Role.CENTRE_STAFF: known.meeting.host,
        Role.CONSULAR_OFFICER: known.meeting.officer,
        Role.SUPERVISOR: await house.sign_in_as(Role.SUPERVISOR),
    }
    found: dict[str, int] = {}
    for route in about_something():
        for role, browser in browsers.items():
            if allows(role, route.permission) and route.method == "GET":
                answer = await ask(browser, known, route)
                found[named(route)] = max(found.get(named(route), 0), int(answer.status < 400))
    line = "GET /interviews/{interview_id}/line"  # asks for a WebSocket
    transferred = "GET /cases/{case_id}/transferred"  # the person has not been
    assert {name for name, is_there in found.items() if not is_there} <= {line, transferred}
    assert set(found) == {named(route) for route in about_something() if route.method == "GET"}


async def test_nobody_is_asked_to_sign_in_and_is_shown_nothing(house: House) -> None:
    known, nobody, wrong = await known_interview(house), house.browser(), []
    await nobody.get("/sign-in")
    for route in ROUTES:
        answer = await ask(nobody, known, route)
        expected = answer.status < 500 if route.permission is Permission.PUBLIC else answer.status in SIGN_IN
        if not expected or known.gives_away(answer.text):
            wrong.append((named(route), answer.status, known.gives_away(answer.text)))
        elif route.permission is not Permission.PUBLIC and answer.status == 303:
            assert answer.location.startswith("/sign-in"), route
    assert wrong == []


@pytest.mark.parametrize("role", Role)
async def test_somebody_of_another_organisation_finds_nothing(house: House, role: Role) -> None:
    known, other, wrong = await known_interview(house), await stranger(house, role), []
    before = await facts_of(house)
    for route in ROUTES:
        reads = route.name == "desk" or route.permission in READS_EVERYWHERE
        edits = role is Role.ADMINISTRATOR and route.permission in EDITS_EVERYWHERE
        if route.name in TO_ONESELF or edits or (role is Role.SUPERVISOR and reads):
            continue
        is_own = allows(role, route.permission) and "_id}" not in route.path
        for empty in (False, True) if route.method == "POST" else (False,):
            answer = await ask(other, known, route, empty=empty)
            hidden = (
                answer.status == 404 or (is_own and answer.status < 500) or (empty and answer.status == 400)
            )
            given = known.gives_away(answer.text)
            if not hidden or given:
                wrong.append((named(route), "empty" if empty else "filled", answer.status, given))
    assert wrong == []
    assert await facts_of(house) == before


@pytest.mark.parametrize("role", [Role.CENTRE_STAFF, Role.CONSULAR_OFFICER])
async def test_what_exists_elsewhere_and_what_does_not_exist_are_answered_alike(
    house: House, role: Role
) -> None:
    known, other = await known_interview(house), await stranger(house, role)
    nothing = Known(known.meeting, dict.fromkeys(known.ids, "0" * 26))
    for route in about_something():
        for empty in (False, True):
            there, nowhere = [await ask(other, which, route, empty=empty) for which in (known, nothing)]
            assert (there.status, bare(there.text)) == (nowhere.status, bare(nowhere.text)), named(route)


async def test_after_a_protection_stop_the_post_finds_what_any_cancelled_booking_shows(house: House) -> None:
    stopped, cancelled = await known_interview(house), await known_interview(house)
    assert (await stopped.meeting.officer.get(f"/bookings/{stopped.ids['booking_id']}")).says("Diallo")
    answer = await stopped.meeting.host.post(f"/cases/{stopped.ids['case_id']}/protection", {"open": "yes"})
    assert answer.status == 303, answer.text
    await cancelled.meeting.host.post(
        f"/bookings/{cancelled.ids['booking_id']}/cancel", {"code": "by_centre"}
    )
    await assert_alike_to_the_post(stopped, cancelled)


async def test_after_a_stop_in_a_running_interview_the_post_finds_what_a_release_leaves(
    house: House,
) -> None:
    stopped, ended = await known_interview(house), await known_interview(house)
    for known in (stopped, ended):
        await begin(house, known)
    answer = await stopped.meeting.host.post(f"/cases/{stopped.ids['case_id']}/protection", {"open": "yes"})
    assert answer.status == 303, answer.text
    answer = await ended.meeting.host.post(f"/cases/{ended.ids['case_id']}/leaving", {"status": "released"})
    assert answer.status == 303, answer.text
    await assert_alike_to_the_post(stopped, ended)


async def assert_alike_to_the_post(stopped: Known, usual: Known) -> None:
    """No address that the post knew gives the person away, or tells the stop from any other reason."""
    await assert_nothing_of_the_person(stopped)
    for route in about_something():
        mine, theirs = [await ask(known.meeting.officer, known, route) for known in (stopped, usual)]
        texts = [bare(page.text, known) for page, known in ((mine, stopped), (theirs, usual))]
        assert (mine.status, texts[0]) == (theirs.status, texts[1]), named(route)


async def assert_nothing_of_the_person(stopped: Known) -> None:
    for route in ROUTES:
        if route.name in TO_ONESELF:
            continue
        page = await ask(stopped.meeting.officer, stopped, route)
        assert page.status < 500, named(route)
        assert "Diallo" not in page.text, named(route)
        assert "protection" not in page.text.lower(), named(route)
        assert "asile" not in page.text.lower(), named(route)


async def begin(house: House, known: Known) -> None:
    await known.meeting.officer_waits(house)
    fields = {"participant_id": known.meeting.seats[list(known.meeting.seats)[2]]}
    answer = await known.meeting.host.ask_json("POST", known.meeting.path("admit"), fields)
    assert answer.status == 200, answer.text


async def facts_of(house: House) -> list[object]:
    """Every row of what the interview consists of."""
    rows: list[object] = []
    async with house.transaction() as session:
        for table in (tables.cases, tables.requests, tables.bookings, tables.interviews, tables.participants):
            rows += [tuple(row) for row in await session.execute(select(table))]
    return rows


def bare(text: str, known: Known | None = None) -> str:
    """A page without its tokens, and without what names this one case."""
    names = (known.meeting.reference, *known.ids.values()) if known else ()
    for value in sorted(names, key=len, reverse=True):  # a reference may hold the letters of a country
        text = text.replace(value, "X")
    text = re.sub(r"\b[0-9a-f]{64}\b", "TOKEN", text)
    return re.sub(r"\b[0-9a-z]{26}\b", "ID", text)
