"""Technical problems and the telephone: the host is told, and both stand in the record."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from typing import Any

import pytest
from sqlalchemy import insert, select

from recordings.dossier import gather_dossier
from recordings.timeline import timeline_of
from recordings.working_copy import MasterSecret
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import audit, focal_points, interviews
from server.app_keys import MEDIA, SECRETS
from tests.support.interview import Meeting, meeting_in
from tests.support.web import CENTRE, POST, Browser, House

OFFICER, PERSON = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.DETAINEE


@pytest.fixture
async def meeting(house: House) -> Meeting:
    """A running interview."""
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    return meeting


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def facts(browser: Browser, meeting: Meeting) -> dict[str, Any]:
    told: dict[str, Any] = (await browser.ask_json("GET", meeting.path("room"))).json
    return told


async def events(house: House, meeting: Meeting) -> list[tuple[int, str, str | None]]:
    async with house.transaction() as session:
        dossier = await gather_dossier(session, MasterSecret(house.app[SECRETS].working_copy), meeting.id)
    happened = timeline_of(dossier.course)["events"]
    kinds = ("participant:trouble_", "interview:by_")
    return [
        (each["at_ms"], each["what"], each["participant"])
        for each in happened
        if each["what"].startswith(kinds)
    ]


async def test_a_problem_reaches_the_host_at_once_with_its_time_and_role_and_stands_in_the_record(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(house.app[MEDIA], "tell", lambda _room, message: told.append(message))
    house.clock.advance(minutes=2)
    assert (await send(meeting.officer, meeting, "trouble", trouble="hears_nothing")).status == 200
    assert told == [{"type": "notice_changed"}]
    house.clock.advance(minutes=1)
    await send(meeting.host, meeting, "trouble", trouble="sees_nothing")
    seen = [
        (one["role"], one["what"], one["time"]) for one in (await facts(meeting.host, meeting))["troubles"]
    ]
    assert seen == [(PERSON, "sees_nothing", "12:03"), (OFFICER, "hears_nothing", "12:02")]
    assert "troubles" not in await facts(meeting.officer, meeting)
    assert await events(house, meeting) == [
        (120_000, "participant:trouble_hears_nothing", meeting.seats[OFFICER]),
        (180_000, "participant:trouble_sees_nothing", meeting.seats[PERSON]),
    ]
    page = await meeting.host.get(f"/interviews/{meeting.id}")
    assert page.says("Agent consulaire. Problème technique\u00a0: n’entend rien, ou mal.")
    async with house.transaction() as session:
        noted = await session.scalars(select(audit.c.detail).where(audit.c.act == "trouble"))
        assert list(noted) == ["hears_nothing", "sees_nothing"]


async def test_an_unknown_problem_is_refused_beside_its_field(meeting: Meeting) -> None:
    answer = await send(meeting.officer, meeting, "trouble", trouble="bad_day")
    assert answer.status == 422
    assert answer.json["errors"] == {"trouble": "Choisissez ce qui ne marche pas"}


async def test_nothing_is_told_any_more_once_it_is_over(meeting: Meeting) -> None:
    assert (await send(meeting.host, meeting, "end", ending="normal")).status == 200
    assert (await send(meeting.officer, meeting, "trouble", trouble="other")).status == 409


async def test_the_host_goes_on_by_telephone_and_back_and_both_know_and_it_is_declared(
    house: House, meeting: Meeting
) -> None:
    house.clock.advance(minutes=5)
    for _ in range(2):
        assert (await send(meeting.host, meeting, "telephone", way="telephone")).status == 200
    for browser in (meeting.host, meeting.officer):
        assert (await facts(browser, meeting))["by_telephone"] == "12:05"
    house.clock.advance(minutes=10)
    assert (await send(meeting.host, meeting, "telephone", way="line")).status == 200
    assert (await facts(meeting.officer, meeting))["by_telephone"] == ""
    assert await events(house, meeting) == [
        (300_000, "interview:by_telephone", None),
        (900_000, "interview:by_line", None),
    ]


async def test_only_the_host_says_so_and_only_once_it_has_begun(house: House, meeting: Meeting) -> None:
    assert (await send(meeting.officer, meeting, "telephone", way="telephone")).status == 404
    early = await meeting_in(house)
    assert (await send(early.host, early, "telephone", way="telephone")).status == 409
    async with house.transaction() as session:
        assert set(await session.scalars(select(interviews.c.by_telephone_at))) == {None}


async def test_the_centre_reads_both_numbers_and_the_post_the_centres(house: House, meeting: Meeting) -> None:
    numbers = {CENTRE: "+32 2 755 11 22", POST: "+32 2 640 33 44"}
    async with house.transaction() as session:
        for name, number in numbers.items():
            row = {"id": new_id(), "organisation_id": house.organisations[name], "name": "A", "email": ""}
            await session.execute(insert(focal_points).values(telephone=number, **row))
    host, officer = [await each.get(meeting.path("room")) for each in (meeting.host, meeting.officer)]
    assert all(host.says(number) for number in numbers.values())
    assert officer.says(numbers[CENTRE])
    assert not officer.says(numbers[POST])
    assert 'href="tel:+3227551122"' in officer.text
