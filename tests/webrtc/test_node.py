"""A whole node with real participants: they see and hear each other, and nobody else does."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Callable
from typing import Literal

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from webrtc import stun
from webrtc.errors import CommandRefused
from webrtc.peer import Peer


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


VIDEO_PAYLOAD_TYPE = 97  # aiortc's first dynamic one after Opus


def losing(every: int) -> Callable[[bytes], bool]:
    """Say of every so manieth packet of video that it is lost; never of a retransmission."""
    count = 0

    def lost(packet: bytes) -> bool:
        nonlocal count
        video = packet[0] >> 6 == 2 and packet[1] & 0x7F == VIDEO_PAYLOAD_TYPE
        count += video
        return video and count % every == 0

    return lost


async def test_two_participants_see_and_hear_each_other(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a", grey=60), MediaPeer(house, "b", grey=180)) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        assert abs(await b.grey() - 60) < 12
        assert abs(await a.grey() - 180) < 12
        assert (await a.frame(kind="audio")).sample_rate == 48_000
        await house.told("a", "seat", seat=0, participant="B")
        await house.told("b", "seat", seat=0, participant="A")


async def test_who_leaves_frees_the_seat_and_a_newcomer_takes_it(house: NodeInTest) -> None:
    for peer, role in (("a", "detainee"), ("b", "consular_officer"), ("c", "interpreter")):
        house.enter(peer, peer.upper(), role)
    made = (MediaPeer(house, "a", grey=60), MediaPeer(house, "b", grey=120), MediaPeer(house, "c", grey=200))
    async with peers_of(*made) as (a, b, c):
        await a.connect()
        await b.connect()
        assert abs(await a.grey() - 120) < 12
        house.do("say", peer="b", message={"type": "leave"})
        await house.told("a", "seat", seat=0, participant=None)
        await c.connect()
        async with asyncio.timeout(5):
            while abs(await a.grey() - 200) > 12:
                pass


async def test_who_is_not_admitted_receives_and_gives_no_media(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    house.enter("w", "W", "interpreter", admitted=False)
    made = (MediaPeer(house, "a"), MediaPeer(house, "b"), MediaPeer(house, "w", grey=200, seats=2))
    async with peers_of(*made) as (a, b, waiting):
        await asyncio.gather(*(peer.connect() for peer in made))
        arrived = waiting.count_media()
        for _ in range(10):
            assert await a.grey() < 100
            await b.frame()
        assert arrived == []
        assert house.messages("w", "roster") == []
        assert not any(p.get("participant") == "W" for p in house.messages("a", "seat"))
        house.do("admit", room="r1", participant="W")
        await waiting.frame(seat=0)
        await waiting.frame(seat=1)
        assert arrived


async def test_a_removed_participant_gets_no_further_packet(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        await b.frame()
        sent = inside(house, "b").downlink.forwarders
        house.do("remove", room="r1", participant="B")
        assert house.node.switchboard.peer("b") is None
        assert all(forwarder.source is None for forwarder in sent)
        assert inside(house, "a").uplink is not None
        await house.event(is_="disconnected", peer="b")
        await house.told("b", "removed")


async def test_a_second_connection_replaces_the_first(house: NodeInTest) -> None:
    house.enter("a1", "A")
    house.enter("b", "B", "consular_officer")
    made = (MediaPeer(house, "a1", grey=60), MediaPeer(house, "b"), MediaPeer(house, "a2", grey=200))
    async with peers_of(*made) as (first, b, second):
        await asyncio.gather(first.connect(), b.connect())
        assert abs(await b.grey() - 60) < 12
        house.enter("a2", "A")
        await house.told("a1", "replaced")
        assert (await house.told("a2", "welcome"))["rejoined"] is True
        await second.connect()
        async with asyncio.timeout(5):
            while abs(await b.grey() - 200) > 12:
                pass
        assert house.node.switchboard.peer("a1") is None


async def test_a_certificate_other_than_the_signalled_one_is_refused(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,):
        mine = a.dtls.getLocalParameters().fingerprints[0].value
        other = ":".join(["00"] * 32)
        await a.offer(change=lambda sdp: sdp.replace(mine, other).replace(mine.lower(), other))
        await house.told("a", "refused", code="handshake_failed")
        assert house.seen(is_="connected") == []


async def test_a_peer_that_vanishes_is_reported_and_may_return(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        a.vanish()
        await house.event(is_="disconnected", peer="a")
        await house.told("b", "seat", seat=0, participant=None)
        inside(house, "a").checked(asyncio.get_running_loop().time())
        await house.until(lambda: len(house.seen(is_="connected", peer="a")) == 2)


async def test_lost_packets_are_answered_from_the_cache(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        ice = inside(house, "b").ice
        assert ice is not None
        path, lost = ice.path, losing(5)
        assert path is not None
        send = path.send
        ice.path = _LossyPath(path.address, lambda packet: lost(packet) or send(packet))
        video = inside(house, "b").downlink.forwarders[1]
        async with asyncio.timeout(8):
            while video.rtx_packets < 3:
                await b.frame()


class _LossyPath:
    """A path that loses what its function decides."""

    is_full = False

    def __init__(self, address: tuple[object, ...], send: Callable[[bytes], object]) -> None:
        self.address = address
        self.protocol: Literal["udp", "tcp"] = "udp"
        self._send = send

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:  # noqa: ARG002  the shape of every path
        self._send(datagram)

    def close(self) -> None:
        pass


async def test_lost_packets_of_a_sender_are_asked_for_and_the_recording_is_whole(house: NodeInTest) -> None:
    house.enter("a", "A")
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
        srtp, lost = inside(house, "a")._srtp, losing(6)
        assert srtp is not None
        unprotect = srtp.unprotect

        def lossy(datagram: bytes) -> bytes:
            if lost(datagram):
                raise ValueError
            return unprotect(datagram)

        srtp.unprotect = lossy
        house.do("record", room="r1", run="start", recording="rec")
        await house.event(is_="part_started")
        sink = house.recorder.sinks[0]
        await sink.holds(video=25)
        times = [frame[0] for frame in sink.frames]
        assert all(30 <= after - before <= 70 for before, after in itertools.pairwise(times))


async def test_garbage_on_the_port_is_dropped_without_an_answer(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
        await asyncio.gather(a.connect(), b.connect())
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.setblocking(False)
            stranger.connect(house.node.address)
            ice = inside(house, "a").ice
            assert ice is not None
            name = {stun.USERNAME: f"{ice.credentials.ufrag}:x".encode()}
            forged = stun.build(stun.BINDING_REQUEST, bytes(12), name, "guess")
            indication = stun.build(0x0011, bytes(12), name, ice.credentials.password)
            unknown = stun.build(stun.BINDING_REQUEST, bytes(12), {stun.USERNAME: b"no:x"}, "guess")
            for first in (0, 1, 20, 22, 63, 64, 128, 144, 200, 255):
                await loop.sock_sendall(stranger, bytes((first,)) * 40)
            for datagram in (b"", b"\x80", b"\x16", forged, indication, unknown):
                stranger.send(datagram)
            signed = stun.build(stun.BINDING_REQUEST, bytes(12), name, ice.credentials.password)
            await loop.sock_sendall(stranger, signed)
            # Only the authenticated request is answered, and to it alone.
            async with asyncio.timeout(5):
                answer = await loop.sock_recv(stranger, 2048)
            assert stun.parse(answer).message_type == stun.BINDING_RESPONSE
            with pytest.raises(BlockingIOError):
                stranger.recv(2048)
            for first in range(128, 192, 7):
                stranger.send(bytes((first, 96)) + bytes(40))
        await b.frame()
        await a.frame()


async def test_an_address_stays_with_its_peer(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("b", "B", "consular_officer")
    made = (MediaPeer(house, "a"), MediaPeer(house, "b"))
    async with peers_of(*made):
        await asyncio.gather(*(peer.connect() for peer in made))
        mux = house.node._running_port()._udp
        (address,) = [address for address, owner in mux._owners.items() if owner is inside(house, "a")]
        ice = inside(house, "b").ice
        assert ice is not None
        name = {stun.USERNAME: f"{ice.credentials.ufrag}:x".encode()}
        mux._check(stun.build(stun.BINDING_REQUEST, bytes(12), name, ice.credentials.password), address)
        assert mux._owners[address] is inside(house, "a")


async def test_a_wrong_message_is_refused_and_the_connection_stays(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.do("say", peer="a", message={"type": "offer", "sdp": "hello"})
    await house.told("a", "refused", code="not_sdp")
    house.do("say", peer="a", message=["no"])
    await house.told("a", "refused", code="not_an_object")
    async with peers_of(MediaPeer(house, "a")) as (a,):
        await a.connect()
        house.do("say", peer="a", message={"type": "quality", "rtt_ms": 3})
        house.do("say", peer="a", message={"type": "missing"})
        assert house.messages("a", "missing") == [{"type": "missing", "packets": 0}]
        house.do("say", peer="a", message={"type": "media", "audio": False, "video": True})
        people = house.messages("a", "roster")[-1]["people"]
        assert people[0]["audio"] is False


@pytest.mark.parametrize(
    "command",
    [
        {},
        {"do": "fly"},
        {"do": "enter", "room": "r1", "peer": "p", "participant": "P", "role": "king", "admitted": True},
        {"do": "enter", "room": "r2", "peer": "p", "participant": "P", "role": "detainee", "admitted": True},
        {"do": "enter", "room": "r1", "peer": 5, "participant": "P", "role": "detainee", "admitted": True},
        {"do": "record", "room": "r1", "run": "rewind", "recording": "x"},
        {"do": "tell", "room": "r1", "message": "x"},
        {"do": "admit", "room": "elsewhere", "participant": "P"},
    ],
)
async def test_a_wrong_command_is_refused(house: NodeInTest, command: dict[str, object]) -> None:
    with pytest.raises(CommandRefused):
        house.node.handle(command)


async def test_a_peer_enters_once(house: NodeInTest) -> None:
    house.enter("a", "A")
    with pytest.raises(CommandRefused):
        house.enter("a", "A")


async def test_a_message_of_the_web_process_reaches_the_admitted_only(house: NodeInTest) -> None:
    house.enter("a", "A")
    house.enter("w", "W", "lawyer", admitted=False)
    house.do("tell", room="r1", message={"type": "minutes_changed"})
    assert house.messages("a", "minutes_changed")
    assert house.messages("w", "minutes_changed") == []
    house.do("exit", peer="w")
    house.do("exit", peer="w")
    house.do("say", peer="w", message={"type": "leave"})
