"""A probe gets back what it sends, to the address that proved itself, for seconds, and tells what arrived."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from webrtc import probe, stun
from webrtc.peer import Peer


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest(silence_seconds=1.0) as house:
        yield house


def inside(house: NodeInTest, peer: str) -> Peer:
    return house.node.probes._probes[peer].peer


async def test_a_probe_sees_its_own_picture_and_hears_its_own_sound(house: NodeInTest) -> None:
    house.do("probe", peer="p")
    host, port = house.node.address
    told = await house.told("p", "probing")
    assert told == {"type": "probing", "host": host, "port": port, "protocols": ["udp", "tcp"]}
    async with peers_of(MediaPeer(house, "p", grey=90)) as (browser,):
        await browser.offer()
        assert abs(await browser.grey() - 90) < 12
        assert (await browser.frame(kind="audio")).sample_rate == 48_000


async def test_a_probe_hears_nobody_and_nothing_of_it_is_recorded_or_announced(house: NodeInTest) -> None:
    house.open()
    house.enter("a", "A")
    house.do("record", room="r1", run="start", recording="rec")
    house.do("probe", peer="p")
    made = MediaPeer(house, "a", grey=60), MediaPeer(house, "p", grey=180)
    async with peers_of(*made) as (inmate, browser):
        await inmate.connect()
        await browser.offer()
        for _ in range(5):
            assert abs(await browser.grey() - 180) < 12
        assert house.messages("a", "seat") == []
        assert [event["participant"] for event in house.seen(is_="part_started")] == ["A"]
        assert not [event for event in house.events if event.get("peer") == "p" and event["is"] != "say"]


async def test_who_has_measured_enough_is_told_what_arrived_and_what_was_lost(house: NodeInTest) -> None:
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p")) as (browser,):
        await browser.offer()
        await browser.frame(kind="audio")
        srtp, offer = inside(house, "p")._srtp, inside(house, "p")._offer
        assert srtp is not None
        assert offer is not None
        audio = offer.sections[0].payload_type
        unprotect, sent, lost = srtp.unprotect, 0, 0

        def lossy(datagram: bytes) -> bytes:
            nonlocal sent, lost
            if datagram[1] & 0x7F == audio:
                sent += 1
                if sent % 4 == 1:
                    lost += 1
                    raise ValueError
            return unprotect(datagram)

        srtp.unprotect = lossy
        async with asyncio.timeout(10):
            while sent % 4 != 3 or lost < 20:
                await browser.frame()
        house.do("say", peer="p", message={"type": "leave"})
        told = await house.told("p", "probed")
    assert told["reason"] == "left"
    assert told["expected"] - told["received"] == lost
    assert "p" not in house.node.probes


async def test_a_probe_lasts_seconds(house: NodeInTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PROBE_SECONDS", 0.5)
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p")) as (browser,):
        await browser.offer()
        assert (await house.told("p", "probed"))["reason"] == "time"
    assert len(house.node.probes) == 0


async def test_a_probe_whose_media_never_comes_ends_as_well(
    house: NodeInTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "CONNECT_SECONDS", 0.2)
    house.do("probe", peer="p")
    told = await house.told("p", "probed")
    assert (told["reason"], told["expected"], told["received"]) == ("no_media", 0, 0)


async def test_a_probe_that_sends_more_than_a_call_is_cut(
    house: NodeInTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "MOST_BPS", 1_000)
    monkeypatch.setattr(probe, "BURST_BYTES", 2_000)
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p")) as (browser,):
        await browser.offer()
        assert (await house.told("p", "probed"))["reason"] == "too_much"


async def test_one_probe_too_many_is_told_that_the_node_is_busy(
    house: NodeInTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "MOST_PROBES", 1)
    house.do("probe", peer="p")
    house.do("probe", peer="q")
    assert (await house.told("q", "probed"))["reason"] == "busy"
    assert "p" in house.node.probes
    house.do("exit", peer="p")
    house.do("probe", peer="r")
    assert await house.told("r", "probing")


async def test_what_a_probe_sends_goes_back_nowhere_else_whatever_is_nominated_later(
    house: NodeInTest,
) -> None:
    """A forged check from a victim's address would otherwise turn the node into a reflector."""
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p")) as (browser,):
        await browser.offer()
        await browser.frame()
        ice = inside(house, "p").ice
        assert ice is not None
        attributes = {stun.USERNAME: f"{ice.credentials.ufrag}:them".encode(), stun.USE_CANDIDATE: b""}
        check = stun.build(stun.BINDING_REQUEST, bytes(12), attributes, ice.credentials.password)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
            victim.bind(("127.0.0.1", 0))
            victim.setblocking(False)
            victim.sendto(check, house.node.address)
            for _ in range(20):
                await browser.frame()
            arrived = [victim.recv(2048)]
            with pytest.raises(BlockingIOError):
                arrived.append(victim.recv(2048))
        assert [stun.parse(datagram).message_type for datagram in arrived] == [stun.BINDING_RESPONSE]


async def test_a_second_offer_is_not_answered_and_nonsense_is_refused(house: NodeInTest) -> None:
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p")) as (browser,):
        await browser.offer()
        sdp = browser.pc.localDescription.sdp
        house.do("say", peer="p", message={"type": "offer", "sdp": sdp})
        house.do("say", peer="p", message={"type": "nonsense"})
        assert (await house.told("p", "refused"))["code"] == "unknown_type"
        assert len(house.messages("p", "answer")) == 1


async def test_probes_end_with_the_node() -> None:
    async with NodeInTest() as house:
        house.do("probe", peer="p")
    assert house.messages("p", "probed", reason="stopped")
