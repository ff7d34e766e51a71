"""A whole node over TCP: who cannot use UDP sees and hears, and a slow line harms nobody else."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from tests.support.tcp_bridge import BALLAST, by_tcp
from webrtc import ice_lite, stun, tcp_mux
from webrtc.errors import CannotListen
from webrtc.framing import framed
from webrtc.ice_lite import CONSENT_SECONDS, IceLite
from webrtc.peer import Peer
from webrtc.tcp_path import MAX_WAITING_BYTES, TcpPath


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest(silence_seconds=1.0) as house:
        house.open()
        yield house


def inside(house: NodeInTest, peer: str) -> Peer:
    found = house.node.switchboard.peer(peer)
    assert found is not None
    return found


def half(house: NodeInTest, peer: str) -> IceLite:
    ice = inside(house, peer).ice
    assert ice is not None
    return ice


def path_of(house: NodeInTest, peer: str) -> TcpPath:
    path = half(house, peer).path
    assert isinstance(path, TcpPath)
    return path


def nomination(ice: IceLite) -> bytes:
    attributes = {stun.USERNAME: f"{ice.credentials.ufrag}:them".encode(), stun.USE_CANDIDATE: b""}
    return stun.build(stun.BINDING_REQUEST, bytes(12), attributes, ice.credentials.password)


async def test_the_answer_names_both_ways_udp_first(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
    answer = house.messages("a", "answer")[0]["sdp"]
    host, port = house.node.address
    both = (
        f"a=candidate:1 1 udp 2130706431 {host} {port} typ host\r\n"
        f"a=candidate:2 1 tcp 1671430143 {host} {port} typ host tcptype passive\r\n"
    )
    assert both in answer


async def test_one_by_tcp_and_one_by_udp_see_and_hear_each_other(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    made = MediaPeer(house, "a", grey=60), MediaPeer(house, "b", grey=180)
    async with peers_of(*made) as (a, b), by_tcp(house, a):
        await asyncio.gather(a.connect(), b.connect())
        assert abs(await b.grey() - 60) < 12
        assert abs(await a.grey() - 180) < 12
        assert (await a.frame(kind="audio")).sample_rate == 48_000
        assert (await b.frame(kind="audio")).sample_rate == 48_000
        assert path_of(house, "a").protocol == "tcp"
        assert {path.protocol for path in half(house, "b").paths} == {"udp"}


async def test_a_connection_that_breaks_off_is_a_peer_that_vanished(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,), by_tcp(house, a) as (bridge,):
        await a.connect()
        await a.house.event(is_="connected", peer="a")
        bridge.cut()
        await house.event(is_="disconnected", peer="a")
        assert half(house, "a").path is None


async def test_media_follows_from_tcp_to_udp_and_back(
    house: NodeInTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ice_lite, "BETTER_LIVES_SECONDS", 0.0)
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    made = MediaPeer(house, "a"), MediaPeer(house, "b")
    async with peers_of(*made) as (a, b), by_tcp(house, a) as (bridge,):
        await asyncio.gather(a.connect(), b.connect())
        await a.frame()
        check, loop = nomination(half(house, "a")), asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
            elsewhere.setblocking(False)
            await loop.sock_connect(elsewhere, house.node.address)
            await loop.sock_sendall(elsewhere, check)
            async with asyncio.timeout(5):
                first = await loop.sock_recv(elsewhere, 2048)
                assert stun.parse(first).message_type == stun.BINDING_RESPONSE
                assert (await loop.sock_recv(elsewhere, 2048))[0] >> 6 == 2
            before = len(bridge.arrived)
            for _ in range(10):
                await b.frame()
            assert len(bridge.arrived) - before < 5
        bridge.send(check)
        async with asyncio.timeout(5):
            while not isinstance(half(house, "a").path, TcpPath):
                await b.frame()
        await a.frame()


async def test_a_receiver_that_stops_reading_costs_the_others_nothing(house: NodeInTest) -> None:
    for peer, role in (("a", "detainee"), ("b", "consular_officer"), ("c", "interpreter")):
        house.enter(peer, peer.upper(), role)
    made = [MediaPeer(house, peer, seats=2) for peer in "abc"]
    async with peers_of(*made) as (a, b, c), by_tcp(house, c) as (bridge,):
        await asyncio.gather(*(peer.connect() for peer in (a, b, c)))
        await c.frame()
        path = path_of(house, "c")
        bridge.is_read.clear()
        picture = inside(house, "c").downlink.forwarders[1]
        async with asyncio.timeout(10):
            while not picture.gated:
                while not path.is_full:
                    path.send(BALLAST, droppable=True)
                await asyncio.gather(a.frame(), b.frame())
        assert path.waiting_bytes < 2 * MAX_WAITING_BYTES
        for _ in range(5):
            await asyncio.gather(a.frame(), b.frame())
        bridge.is_read.set()
        async with asyncio.timeout(10):
            while picture.gated:
                await c.frame(kind="audio")
        await c.frame()


async def test_a_connection_without_consent_is_closed(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,), by_tcp(house, a) as (bridge,):
        await a.connect()
        checked = half(house, "a")._checked[path_of(house, "a")]
        inside(house, "a").report(checked + CONSENT_SECONDS + 0.1)
        await bridge.ended.wait()


async def test_who_leaves_is_hung_up_on(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,), by_tcp(house, a) as (bridge,):
        await a.connect()
        house.do("say", peer="a", message={"type": "leave"})
        await bridge.ended.wait()


async def test_a_probe_measures_by_tcp_and_its_way_stays_even_when_it_ends(house: NodeInTest) -> None:
    house.do("probe", peer="p")
    async with peers_of(MediaPeer(house, "p", grey=90)) as (browser,), by_tcp(house, browser) as (bridge,):
        await browser.offer()
        assert abs(await browser.grey() - 90) < 12
        ice = house.node.probes._probes["p"].peer.ice
        assert ice is not None
        check = nomination(ice)
        bridge.cut()
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
            victim.setblocking(False)
            await loop.sock_connect(victim, house.node.address)
            await loop.sock_sendall(victim, check)
            async with asyncio.timeout(5):
                answer = await loop.sock_recv(victim, 2048)
            assert stun.parse(answer).message_type == stun.BINDING_RESPONSE
            assert ice.path is None


async def test_garbage_on_the_tcp_port_is_closed_without_an_answer_and_counted(house: NodeInTest) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as stranger:
        stranger.setblocking(False)
        await loop.sock_connect(stranger, house.node.address)
        await loop.sock_sendall(stranger, framed(b"\x16\xfe\xfdhello"))
        async with asyncio.timeout(5):
            assert await loop.sock_recv(stranger, 100) == b""
    assert house.node._running_port().dropped == 1


async def test_a_connection_that_says_nothing_is_closed_by_the_clock_of_the_node(
    house: NodeInTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp_mux, "PROVE_SECONDS", 0.1)
    loop = asyncio.get_running_loop()
    with socket.socket() as silent:
        silent.setblocking(False)
        await loop.sock_connect(silent, house.node.address)
        async with asyncio.timeout(5):
            assert await loop.sock_recv(silent, 100) == b""


async def test_garbage_in_the_frames_of_a_proved_connection_harms_nobody(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    chance = random.Random(5)  # noqa: S311  the same garbage every time
    made = MediaPeer(house, "a"), MediaPeer(house, "b")
    async with peers_of(*made) as (a, b), by_tcp(house, a) as (bridge,):
        await asyncio.gather(a.connect(), b.connect())
        for first in (0, 1, 20, 22, 63, 64, 127, 128, 144, 191, 192, 200, 255):
            for size in (0, 1, 11, 19, 200, 1400):
                bridge.send(bytes([first]) + chance.randbytes(size))
        for _ in range(10):
            await asyncio.gather(a.frame(), b.frame())
        assert path_of(house, "a").protocol == "tcp"
        assert not bridge.ended.is_set()


@pytest.mark.parametrize(("kind", "half_"), [(socket.SOCK_DGRAM, "UDP"), (socket.SOCK_STREAM, "TCP")])
async def test_a_port_of_which_one_half_is_taken_is_refused_by_its_name(
    kind: socket.SocketKind, half_: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        house = NodeInTest(port=port)
        with pytest.raises(CannotListen, match=f"cannot listen on {half_} 127.0.0.1:{port}: Address already"):
            await house.node.start()
        await house.node.stop()
        assert house.events == []
    async with NodeInTest(port=port):
        pass


async def test_any_free_port_is_free_in_both_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    class Unlucky:
        def __init__(self, _host: str, port: int, _checks: object) -> None:
            tries.append(port)
            raise OSError(98, "Address already in use")

    monkeypatch.setattr("webrtc.media_port.TcpMux", Unlucky)
    with pytest.raises(CannotListen, match="TCP"):
        await NodeInTest().node.start()
    assert len(set(tries)) > 1
