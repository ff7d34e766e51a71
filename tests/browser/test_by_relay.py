"""Behind a firewall that lets TLS on one port out and nothing else: a real coturn carries the interview."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduling.actor import Role
from server.app_keys import TURN
from server.settings import Address
from server.turn import VALID_FOR, Turn
from tests.support.browser import PHONE, WIDE, Visitor
from tests.support.connection import BEFORE, SEES_AND_HEARS, report_of_check
from tests.support.coturn import HOST, RELAY, coturn
from tests.support.interview import book
from tests.support.likeness import OFFICER, THE_PERSON
from tests.support.lossy_road import NODE, ROAD, LossyRoad, free_port, lossy_road
from tests.support.person import PATIENCE_MS, person
from tests.support.scene import RunningClock, Scene
from tests.support.web import running_house

TRUST = ("--ignore-certificate-errors",)  # that of the relay is of tests
_GOES_BY = """async (protocol) => {
  const report = await window.connection.getStats();
  const used = [...report.values()].filter(
    ({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const ways = used.map(({ localCandidateId }) => report.get(localCandidateId).relayProtocol ?? "");
  return ways.length === 1 && ways[0] === protocol;
}"""

_CANDIDATES = """async (iceServers) => {
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  const found = [];
  const done = new Promise((resolve) => {
    connection.onicecandidate = ({ candidate }) => (candidate ? found.push(candidate.type) : resolve());
  });
  const refused = new Promise((resolve) => {
    connection.onicecandidateerror = ({ errorCode }) => resolve(found.push(errorCode));
  });
  connection.createDataChannel("");
  await connection.setLocalDescription();
  await Promise.race([done, refused]);
  return found;
}"""


@dataclass
class Office(Scene):
    """An interview with a relay that takes TCP, and a road to the node that can be closed to browsers."""

    road: LossyRoad
    turn: str


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Office]:
    port, turn_port = free_port(), free_port()
    turn = f"turns:{HOST}:{turn_port}?transport=tcp"
    media = Address(NODE, port)
    house_of = running_house(tmp_path, clock=RunningClock(), media=media, media_address=ROAD, turn=(turn,))
    async with (
        lossy_road(port) as road,
        coturn(tmp_path, turn_port),
        house_of as house,
        async_playwright() as playwright,
    ):
        road.lets_through = RELAY
        interview_id, _, _ = await book(house)
        async with (
            person(playwright, house, Role.CENTRE_STAFF, THE_PERSON, more=TRUST) as host,
            person(playwright, house, Role.CONSULAR_OFFICER, OFFICER, more=TRUST) as officer,
        ):
            for somebody in (host, officer):
                await somebody.page.add_init_script(f"({BEFORE})()")
            yield Office(house, interview_id, host, officer, playwright, road, turn)


async def test_where_nothing_else_is_open_both_see_and_hear_by_the_relay_and_the_check_says_so(
    two: Office,
) -> None:
    two.road.is_closed = True
    await two.meet()
    for somebody in (two.host, two.officer):
        await somebody.page.wait_for_function(SEES_AND_HEARS, timeout=PATIENCE_MS)
        await somebody.page.wait_for_function(_GOES_BY, arg="tls", timeout=PATIENCE_MS)
    report = await report_of_check(two.officer)
    assert "Par le relais seulement" in await two.officer.page.inner_text("[data-part=network-way]")
    for line in ("UDP\u00a0: essayé, pas de réponse", "TCP\u00a0: essayé, pas de réponse"):
        assert line in report
    assert "TURN\u00a0: essayé, fonctionne" in report
    assert f"le relais {two.turn} (TURN)" in report
    assert "relay tls" in report
    for size in (PHONE, WIDE):
        await two.officer.page.set_viewport_size(size)
        assert await Visitor(two.officer.page).breaches() == []
        assert await Visitor(two.officer.page).overflow() == 0
    assert not two.host.trouble + two.officer.trouble


async def test_where_udp_is_open_nobody_goes_by_the_relay_and_the_check_only_reaches_it(two: Office) -> None:
    await two.meet()
    for somebody in (two.host, two.officer):
        await somebody.page.wait_for_function(SEES_AND_HEARS, timeout=PATIENCE_MS)
        await somebody.page.wait_for_function(_GOES_BY, arg="", timeout=PATIENCE_MS)
    report = await report_of_check(two.officer)
    assert "Par UDP" in await two.officer.page.inner_text("[data-part=network-way]")
    assert "UDP\u00a0: essayé, fonctionne" in report
    assert "TURN\u00a0: essayé, fonctionne" in report


async def test_the_relay_opens_with_a_credential_until_its_end(two: Office) -> None:
    turn, now = two.house.app[TURN], two.house.clock()
    for end, found in ((now, "relay"), (now - VALID_FOR - timedelta(seconds=1), 401)):
        assert found in await two.host.page.evaluate(_CANDIDATES, turn.servers(end))
    strange = Turn((two.turn,), b"another word").servers(now)
    assert 401 in await two.host.page.evaluate(_CANDIDATES, strange)
