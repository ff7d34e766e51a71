"""The equipment check: kept with its line, carried to the door of the same day, and its probe limited."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from scheduling.actor import Role
from scheduling.participant import ParticipantRole
from scheduling.tables import participants
from server import attempts
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House

pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


async def line_of(house: House, meeting: Meeting, role: ParticipantRole) -> tuple[bool, str | None]:
    chosen = participants.c.id == meeting.seats[role]
    columns = participants.c.checked_at, participants.c.checked_line
    async with house.transaction() as session:
        at, line = (await session.execute(select(*columns).where(chosen))).one()
    return at is not None, line


@asynccontextmanager
async def probe(browser: Browser, **headers: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with browser.session.ws_connect("/check/line", headers=headers) as socket:
        yield socket


async def hear(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=10)


@pytest.mark.parametrize(
    ("line", "words"),
    [("good", "bonne liaison"), ("sound", "son seul"), ("weak", "liaison trop faible")],
)
async def test_a_kept_check_is_seen_with_its_line_by_both_sides(
    house: House, meeting: Meeting, line: str, words: str
) -> None:
    answer = await meeting.officer.post(meeting.path("check"), {"line": line})
    assert (answer.status, answer.location) == (303, meeting.path("room"))
    assert await line_of(house, meeting, ParticipantRole.CONSULAR_OFFICER) == (True, line)
    for browser in (meeting.host, meeting.officer):
        page = await browser.get(f"/interviews/{meeting.id}")
        assert page.says("Équipement contrôlé aujourd’hui")  # noqa: RUF001 - typography
        assert page.says(words)


async def test_a_check_days_ahead_says_its_day(house: House, meeting: Meeting) -> None:
    await meeting.officer.post(meeting.path("check"), {"line": "good"})
    house.clock.advance(days=2)
    page = await (await house.sign_in_as(Role.CENTRE_STAFF)).get(f"/interviews/{meeting.id}")
    assert page.says("Équipement contrôlé le")
    assert not page.says("Équipement contrôlé aujourd’hui")  # noqa: RUF001 - typography


@pytest.mark.parametrize("fields", [{}, {"line": "splendid"}])
@pytest.mark.parametrize("path", ["/check", "check"])
async def test_a_check_without_its_line_is_refused(
    house: House, meeting: Meeting, path: str, fields: dict[str, str]
) -> None:
    answer = await meeting.officer.post(path if path[0] == "/" else meeting.path(path), fields)
    assert answer.status == 400
    assert await line_of(house, meeting, ParticipantRole.CONSULAR_OFFICER) == (False, None)


async def test_the_door_needs_no_second_check_on_a_device_that_passed_today(
    house: House, meeting: Meeting
) -> None:
    asked = "n’ont pas été contrôlés"  # noqa: RUF001 - typography
    told = "ont été contrôlés aujourd’hui sur cet appareil"  # noqa: RUF001 - typography
    assert (await meeting.officer.get(meeting.path("room"))).says(asked)
    assert (await meeting.officer.post("/check", {"line": "sound"})).status == 303
    page = await meeting.officer.get(meeting.path("room"))
    assert page.says(told)
    assert page.says("son seul")
    other_device = await house.sign_in_as(Role.CONSULAR_OFFICER)
    assert (await other_device.get(meeting.path("room"))).says(asked)
    house.clock.advance(days=1)
    next_day = await meeting.officer.get(meeting.path("room"))
    assert not next_day.says(told)


async def test_a_device_whose_line_is_too_weak_is_asked_again(meeting: Meeting) -> None:
    await meeting.officer.post("/check", {"line": "weak"})
    page = await meeting.officer.get(meeting.path("room"))
    assert page.says("n’ont pas été contrôlés")  # noqa: RUF001 - typography


async def test_what_the_device_was_found_good_for_goes_with_it_through_the_door(
    house: House, meeting: Meeting
) -> None:
    await meeting.officer.post("/check", {"line": "sound"})
    assert await line_of(house, meeting, ParticipantRole.CONSULAR_OFFICER) == (False, None)
    async with meeting.officer.session.ws_connect(meeting.path("line")) as socket:
        await hear(socket)
    assert await line_of(house, meeting, ParticipantRole.CONSULAR_OFFICER) == (True, "sound")


@pytest.mark.parametrize("value", ["", "good", "good.x", "splendid.5", "good.99999999999999999", "good.-1"])
async def test_a_cookie_that_says_nonsense_says_nothing(meeting: Meeting, value: str) -> None:
    meeting.officer.session.cookie_jar.update_cookies({"parloir-check": value})
    page = await meeting.officer.get(meeting.path("room"))
    assert page.status == 200
    assert page.says("n’ont pas été contrôlés")  # noqa: RUF001 - typography


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CENTRE_STAFF, 200),
        (Role.CONSULAR_OFFICER, 200),
        (Role.SUPERVISOR, 404),
        (Role.ADMINISTRATOR, 404),
    ],
)
async def test_who_may_hold_interviews_checks_their_device_at_any_time(
    house: House, role: Role, status: int
) -> None:
    browser = await house.sign_in_as(role)
    assert (await browser.get("/check")).status == status
    assert ('href="/check"' in (await browser.get("/")).text) is (status == 200)


async def test_a_probe_is_piped_to_the_node_and_is_in_no_room(meeting: Meeting) -> None:
    async with probe(meeting.officer) as socket:
        told = await hear(socket)
        assert told == {"type": "probing", "host": "127.0.0.1", "port": 1, "protocols": ["udp", "tcp"]}
        await socket.send_json({"type": "offer", "sdp": "v=0"})
        assert await hear(socket) == {"type": "echo", "said": {"type": "offer", "sdp": "v=0"}}


async def test_the_line_is_over_once_the_node_has_said_what_arrived(meeting: Meeting) -> None:
    async with probe(meeting.officer) as socket:
        await hear(socket)
        await socket.send_json({"type": "leave"})
        assert (await hear(socket))["type"] == "probed"
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE


async def test_somebody_has_one_probe_at_a_time(meeting: Meeting) -> None:
    async with probe(meeting.officer) as first:
        await hear(first)
        async with probe(meeting.officer) as second:
            assert (await hear(second))["type"] == "probing"
            assert (await first.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE
            async with probe(meeting.host) as other:
                assert (await hear(other))["type"] == "probing"


async def test_somebody_measures_a_few_times_and_then_waits(
    house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PROBES", RateLimitItemPerMinute(2, 10))
    other_device = await house.sign_in_as(Role.CONSULAR_OFFICER)
    for browser in (meeting.officer, other_device):
        async with probe(browser) as socket:
            assert (await hear(socket))["type"] == "probing"
    async with probe(meeting.officer) as socket:
        assert await hear(socket) == {"type": "probed", "reason": "too_often"}
    async with probe(meeting.host) as socket:
        assert (await hear(socket))["type"] == "probing"


async def status_of(browser: Browser, **headers: str) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with probe(browser, **headers):
            pass
    return refusal.value.status


async def test_nobody_else_probes(house: House, meeting: Meeting) -> None:
    assert await status_of(house.browser(), Accept="application/json") == 401
    assert await status_of(await house.sign_in_as(Role.SUPERVISOR)) == 404
    assert await status_of(meeting.host, Origin="https://elsewhere.example") == 404


async def test_what_will_happen_is_told_to_each_side_and_both_read_what_the_person_is_told(
    meeting: Meeting,
) -> None:
    host, officer = [await browser.get(meeting.path("before")) for browser in (meeting.host, meeting.officer)]
    assert host.says("Vous lisez l’information et notez la réponse")  # noqa: RUF001 - typography
    assert officer.says("Après la fin, vous rendez le résultat")
    for page in (host, officer):
        assert page.says("Vous dites oui ou non à l’enregistrement")  # noqa: RUF001 - typography
        assert page.says("consulat\u00a0: Guinée")
        assert not page.says("Diallo")
    for browser in (meeting.host, meeting.officer):
        assert 'before"' in (await browser.get(f"/interviews/{meeting.id}")).text
