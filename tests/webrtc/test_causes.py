"""The log of a node names the cause of every end: of a connection, of its media, of its last path."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from webrtc.ice_lite import CONSENT_SECONDS


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest(silence_seconds=1.0) as house:
        house.open()
        house.enter("a", "A")
        yield house


def causes(logged: list[EventDict], event: str) -> list[tuple[str, str]]:
    """Of which peer, and why."""
    return [(line["peer"], line["cause"]) for line in logged if line["event"] == event and "cause" in line]


async def test_each_end_of_a_connection_says_why(house: NodeInTest, logged: list[EventDict]) -> None:
    house.enter("a2", "A")
    house.do("say", peer="a2", message={"type": "leave"})
    house.enter("b", "B")
    house.do("exit", peer="b")
    house.enter("c", "C")
    house.do("remove", room="r1", participant="C")
    house.enter("c2", "C", admitted=False)
    house.enter("d", "D")
    house.do("close", room="r1", reason="concluded")
    house.enter("e", "E")
    assert causes(logged, "- cut") == [
        ("a", "replaced"),
        ("a2", "left"),
        ("b", "line_closed"),
        ("c", "removed"),
        ("c2", "removed"),
        ("d", "concluded"),
        ("e", "closed"),
    ]
    assert all(line["room"] == "r1" for line in logged if line["event"] == "- cut")


async def test_a_node_that_stops_says_so(house: NodeInTest, logged: list[EventDict]) -> None:
    await house.node.stop()
    assert causes(logged, "- cut") == [("a", "node_stopped")]


async def test_media_that_falls_silent_and_a_goodbye_are_told_apart(
    house: NodeInTest, logged: list[EventDict]
) -> None:
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        a.vanish()
        await house.event(is_="disconnected", peer="a")
        await b.close()
        await house.event(is_="disconnected", peer="b")
    assert causes(logged, "- media") == [("a", "silence"), ("b", "goodbye")]


async def test_a_handshake_with_somebody_else_is_named(house: NodeInTest, logged: list[EventDict]) -> None:
    def another(sdp: str) -> str:
        lines = sdp.split("\r\n")
        wrong = ["a=fingerprint:sha-256 " + ":".join(["AB"] * 32)]
        return "\r\n".join(wrong[0] if line.startswith("a=fingerprint:sha-256") else line for line in lines)

    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.offer(change=another)
        await house.told("a", "refused", code="handshake_failed")
    assert causes(logged, "- media") == [("a", "the certificate is not the signalled one")]


async def test_consent_that_expired_is_named_once(house: NodeInTest, logged: list[EventDict]) -> None:
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
        a.vanish()
        await house.event(is_="disconnected", peer="a")
        found = house.node.switchboard.peer("a")
        assert found is not None
        later = asyncio.get_running_loop().time() + CONSENT_SECONDS + 5
        found.report(later)
        found.report(later + 1)
    assert causes(logged, "- path") == [("a", "consent_expired")]


async def test_a_log_line_holds_identifiers_alone(house: NodeInTest, logged: list[EventDict]) -> None:
    house.do("exit", peer="a")
    (line,) = [line for line in logged if line["event"] == "- cut"]
    assert line == {"event": "- cut", "log_level": "info", "room": "r1", "peer": "a", "cause": "line_closed"}
