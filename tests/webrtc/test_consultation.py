"""A private consultation on packets: real sockets, real DTLS-SRTP, and nothing for those who are cut."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of

PEOPLE = {
    "a": ("A", "detainee"),
    "i": ("I", "interpreter"),
    "o": ("O", "consular_officer"),
    "l": ("L", "lawyer"),
}
STAY, CUT = ["A", "I"], ["o", "l"]
FRAMES, PACKETS = 12, 100


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest() as house:
        house.open()
        for peer, (participant, role) in PEOPLE.items():
            house.enter(peer, participant, role)
        yield house


class Wire:
    """Every RTP datagram that the node sends to one peer from now on, counted as it leaves."""

    is_full = False

    def __init__(self, house: NodeInTest, peer: str) -> None:
        found = house.node.switchboard.peer(peer)
        assert found is not None
        assert found.ice is not None
        path = found.ice.path
        assert path is not None
        self.address, self.protocol, self.close = path.address, path.protocol, path.close
        self._send, self.packets = path.send, 0
        found.ice.path = self

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:
        is_media = 128 <= datagram[0] < 192 and not 192 <= datagram[1] < 224  # RFC 7983, RFC 5761
        self.packets += is_media
        self._send(datagram, droppable=droppable)


def forwarded(house: NodeInTest, peer: str) -> int:
    """How many of a peer's own tracks go to anybody, be it a seat or a recording."""
    found = house.node.switchboard.peer(peer)
    assert found is not None
    assert found.uplink is not None
    tracks = [found.uplink.track("audio"), found.uplink.track("video")]
    return sum(len(track.forwarders) + (track.recording is not None) for track in tracks)


def written(house: NodeInTest) -> int:
    return sum(len(sink.frames) + len(sink.packets) for sink in house.recorder.sinks)


async def talk(*peers: MediaPeer, seat: int = 0) -> None:
    """Let those who stay see and hear each other for a while."""
    for _ in range(FRAMES):
        await asyncio.gather(*(peer.frame(seat) for peer in peers))
        await asyncio.gather(*(peer.frame(seat, "audio") for peer in peers))


async def begin(house: NodeInTest, made: tuple[MediaPeer, ...]) -> None:
    """Let everybody see everybody, and be recorded."""
    for peer in made:
        await peer.connect()
    house.do("record", room="r1", run="start", recording="rec")
    for sink in house.recorder.sinks:
        await sink.holds(video=3, audio=3)
    await asyncio.gather(*(peer.frame(seat) for peer in made for seat in range(3)))


async def test_those_cut_get_no_packet_and_the_recorder_no_frame_until_it_ends(house: NodeInTest) -> None:
    made = tuple(MediaPeer(house, peer, seats=3, grey=60 + 40 * n) for n, peer in enumerate(PEOPLE))
    async with peers_of(*made) as (a, i, o, _):
        await begin(house, made)
        assert len(house.recorder.sinks) == 3
        wires = {peer: Wire(house, peer) for peer in PEOPLE}

        house.do("consult", room="r1", stays=STAY)
        before = written(house)
        async with asyncio.timeout(20):
            while min(wires[peer].packets for peer in ("a", "i")) < PACKETS:
                await talk(a, i)
        assert [wires[peer].packets for peer in CUT] == [0, 0]
        assert [forwarded(house, peer) for peer in PEOPLE] == [2, 2, 0, 0]
        assert abs(await a.grey() - 100) < 12
        arrived = [peer.count_media() for peer in made[2:]]
        await talk(a, i)
        assert arrived == [[], []]
        assert written(house) == before
        assert len(house.recorder.sinks) == 3
        assert all(sink.finished for sink in house.recorder.sinks)

        house.do("consult", room="r1", stays=None)
        await asyncio.gather(o.frame(0), o.frame(1), o.frame(2), a.frame(1))
        await asyncio.gather(*(sink.holds(video=2, audio=2) for sink in house.recorder.sinks[3:]))
        assert len(house.recorder.sinks) == 6
        assert wires["o"].packets > 0


async def test_who_is_taken_out_is_cut_at_once_and_who_is_added_hears(house: NodeInTest) -> None:
    made = tuple(MediaPeer(house, peer, seats=3, grey=60 + 40 * n) for n, peer in enumerate(PEOPLE))
    async with peers_of(*made) as (a, i, _, lawyer):
        await begin(house, made)
        house.do("consult", room="r1", stays=STAY)
        await talk(a, i)
        before = written(house)

        house.do("consult", room="r1", stays=["A", "L"])
        wires = {peer: Wire(house, peer) for peer in PEOPLE}
        async with asyncio.timeout(20):
            while min(wires[peer].packets for peer in ("a", "l")) < PACKETS:
                await talk(lawyer)
        assert abs(await lawyer.grey() - 60) < 12
        assert [wires[peer].packets for peer in ("i", "o")] == [0, 0]
        assert [forwarded(house, peer) for peer in PEOPLE] == [2, 0, 0, 2]
        assert written(house) == before
        assert all(sink.finished for sink in house.recorder.sinks)


async def test_who_reloads_or_is_let_in_meanwhile_gets_no_packet(house: NodeInTest) -> None:
    made = tuple(MediaPeer(house, peer, seats=3) for peer in PEOPLE)
    house.enter("w", "W", "guardian", admitted=False)
    late = (MediaPeer(house, "o2", seats=3), MediaPeer(house, "w", seats=3), MediaPeer(house, "i2", seats=3))
    async with peers_of(*made, *late):
        await begin(house, made)
        house.do("consult", room="r1", stays=STAY)
        before = written(house)
        house.enter("o2", "O", "consular_officer")
        house.do("admit", room="r1", participant="W")
        house.enter("i2", "I", "interpreter")
        for peer in late:
            await peer.connect()
        assert house.messages("o2", "consultation") == house.messages("w", "consultation")
        wires = [Wire(house, peer) for peer in ("o2", "w", "l")]
        a, again = made[0], late[2]
        await talk(a, again)
        assert [wire.packets for wire in wires] == [0, 0, 0]
        assert [forwarded(house, peer) for peer in ("o2", "w", "l", "i2")] == [0, 0, 0, 2]
        assert written(house) == before


async def test_a_node_that_is_told_first_forwards_and_records_nothing_from_the_start() -> None:
    async with NodeInTest() as house:
        house.open()
        for run in ("start", "pause"):
            house.do("record", room="r1", run=run, recording="rec")
        house.do("consult", room="r1", stays=STAY)
        for peer, (participant, role) in PEOPLE.items():
            house.enter(peer, participant, role)
        made = tuple(MediaPeer(house, peer, seats=3) for peer in PEOPLE)
        async with peers_of(*made) as (a, i, o, lawyer):
            for one in made:
                await one.offer()
            arrived = [one.count_media() for one in (o, lawyer)]
            for name in PEOPLE:
                await house.event(is_="connected", peer=name)
            await talk(a, i)
            assert arrived == [[], []]
            assert house.recorder.sinks == []
