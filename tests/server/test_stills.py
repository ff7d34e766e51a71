"""Stills at full resolution: who asks, brings, sees and keeps one, and that none lies about."""

from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from recordings.tables import evidence, sealed_files, stills
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import guest_answers, participants
from server.app_keys import MEDIA
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

OFFICER, PERSON = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.DETAINEE
PICTURE = b"\xff\xd8\xff\xe0" + bytes(500) + b"\xff\xd9"
KEPT = {"kind": "birth_certificate", "form": "original", "presented_by": "detainee"}


@pytest.fixture
async def meeting(house: House) -> Meeting:
    """A running interview; the person's seat is taken, as by the line."""
    meeting = await meeting_in(house)
    await meeting.officer_waits(house)
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[OFFICER])).status == 200
    async with house.transaction() as session:
        person = participants.c.id == meeting.seats[PERSON]
        await session.execute(update(participants).where(person).values(admitted_at=house.clock()))
    return meeting


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def ask(meeting: Meeting, role: ParticipantRole = PERSON) -> Any:
    return await send(meeting.officer, meeting, "stills", participant_id=meeting.seats[role])


async def bring(browser: Browser, meeting: Meeting, still: str, content: bytes = PICTURE) -> int:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="still.jpg", content_type="image/jpeg")
    headers = {"Accept": "application/json", "X-CSRF-Token": browser.token}
    path = meeting.path(f"stills/{still}")
    async with browser.session.post(path, data=form, headers=headers) as response:
        return response.status


async def waiting(house: House) -> list[Any]:
    async with house.transaction() as session:
        return list(await session.execute(select(stills)))


async def test_what_the_sender_brings_is_what_the_officer_sees_and_keeps(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(house.app[MEDIA], "tell", lambda _room, message: told.append(message))
    still = (await ask(meeting)).json["still"]
    assert told == [{"type": "still_wanted", "participant": meeting.seats[PERSON], "still": still}]
    assert await bring(meeting.host, meeting, still) == 200
    assert told[-1] == {"type": "still_brought", "still": still}
    (row,) = await waiting(house)
    assert PICTURE not in row.picture
    path = meeting.path(f"stills/{still}")
    async with meeting.officer.session.get(path) as answer:
        assert (answer.content_type, await answer.read()) == ("image/jpeg", PICTURE)
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await send(meeting.officer, meeting, "evidence", **KEPT, still=still)).status == 200
    assert await waiting(house) == []
    async with house.transaction() as session:
        item = (await session.execute(select(evidence))).one()
        file = (await session.execute(select(sealed_files))).one()
    assert (item.size_bytes, item.file_id) == (len(PICTURE), file.id)


async def test_only_the_officer_asks_and_looks_and_only_who_was_asked_brings(
    house: House, meeting: Meeting
) -> None:
    assert (await send(meeting.host, meeting, "stills", participant_id=meeting.seats[PERSON])).status == 404
    still = (await ask(meeting)).json["still"]
    assert await bring(meeting.officer, meeting, still) == 404
    assert await bring(meeting.host, meeting, still) == 200
    assert await bring(meeting.host, meeting, still) == 409
    assert (await meeting.host.get(meeting.path(f"stills/{still}"))).status == 404
    other = await meeting_in(house)
    assert (await send(meeting.officer, meeting, "stills", participant_id=other.seats[PERSON])).status == 404


@pytest.mark.parametrize(
    ("role", "agrees", "status"),
    [
        ("lawyer", None, 409),
        ("observer", None, 409),
        ("interpreter", None, 409),
        ("interpreter", False, 409),
        ("interpreter", True, 200),
    ],
)
async def test_who_is_not_recorded_is_not_pictured(
    house: House, meeting: Meeting, role: str, agrees: bool | None, status: int
) -> None:
    seat, now = new_id(), house.clock()
    row = {"id": seat, "interview_id": meeting.id, "role": role, "name": "Maes", "admitted_at": now}
    said: dict[str, Any] = {
        "id": new_id(),
        "interview_id": meeting.id,
        "participant_id": seat,
        "agrees": agrees,
    }
    said |= {"text_version": "1", "language": "fr", "answered_at": now}
    async with house.transaction() as session:
        await session.execute(insert(participants).values(row))
        if agrees is not None:
            await session.execute(insert(guest_answers).values(said))
    answer = await send(meeting.officer, meeting, "stills", participant_id=seat)
    assert answer.status == status
    assert len(await waiting(house)) == (status == 200)


async def test_a_still_that_comes_late_or_is_no_picture_is_refused(house: House, meeting: Meeting) -> None:
    still = (await ask(meeting)).json["still"]
    assert await bring(meeting.host, meeting, still, b"no picture") == 422
    house.clock.advance(minutes=2)
    assert await bring(meeting.host, meeting, still) == 409
    assert (await waiting(house))[0].picture is None


async def test_nothing_is_asked_for_or_brought_in_a_private_consultation(meeting: Meeting) -> None:
    still = (await ask(meeting)).json["still"]
    assert (await send(meeting.host, meeting, "consultation", turn="begin")).status == 200
    assert (await ask(meeting)).status == 409
    assert await bring(meeting.host, meeting, still) == 409


async def test_a_still_that_is_dropped_or_asked_for_anew_is_gone(house: House, meeting: Meeting) -> None:
    first = (await ask(meeting)).json["still"]
    assert await bring(meeting.host, meeting, first) == 200
    second = (await ask(meeting)).json["still"]
    assert [row.id for row in await waiting(house)] == [second]
    assert (await send(meeting.officer, meeting, f"stills/{second}/drop")).status == 200
    assert await waiting(house) == []
    assert (await meeting.officer.ask_json("GET", meeting.path(f"stills/{first}"))).status == 409
    assert (await send(meeting.officer, meeting, "evidence", **KEPT, still=first)).status == 409


async def test_the_officer_inside_asks_for_a_sharper_picture_and_nobody_else_does(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(house.app[MEDIA], "tell", lambda _room, message: told.append(message))
    wish = {"participant_id": meeting.seats[PERSON], "sharpness": "document"}
    assert (await send(meeting.host, meeting, "sharpness", **wish)).status == 404
    assert (await send(meeting.officer, meeting, "sharpness", **wish)).status == 200
    assert told == [{"type": "sharpness", "participant": meeting.seats[PERSON], "sharp": True}]
    early = await meeting_in(house)
    assert (await send(early.officer, early, "sharpness", **wish)).status == 404
    await send(meeting.host, meeting, "consultation", turn="begin")
    assert (await send(meeting.officer, meeting, "sharpness", **wish)).status == 409
