"""What the continuity log is told of each line: who was there, what was lost, for each window."""

import asyncio
import time
from types import SimpleNamespace
from typing import cast

import pytest

from tests.support.media_peer import MediaPeer, NodeInTest, keep_to_loopback, peers_of
from webrtc import switchboard
from webrtc.continuity import Continuity
from webrtc.peer import Peer
from webrtc.ports import Json


class Connection:
    """As much of a peer as is looked at."""

    def __init__(self, peer_id: str) -> None:
        self.track = SimpleNamespace(received=0, bytes=0, lost=0)
        self.forwarder = SimpleNamespace(packets=0, rtx_packets=0, octets=0, lost=0)
        silent = SimpleNamespace(received=0, bytes=0, lost=0)
        self.receiver = SimpleNamespace(rtt=0.0)
        made = SimpleNamespace(
            peer_id=peer_id,
            refused_packets=0,
            uplink=SimpleNamespace(audio=self.track, video=silent),
            downlink=SimpleNamespace(forwarders=[self.forwarder], receiver=self.receiver),
        )
        self.peer = cast("Peer", made)

    def sends(self, packets: int, *, lost: int = 0) -> None:
        self.track.received += packets
        self.track.bytes += 100 * packets
        self.track.lost += lost

    def gets(self, packets: int, *, lost: int = 0) -> None:
        self.forwarder.packets += packets
        self.forwarder.octets += 50 * packets
        self.forwarder.lost += lost


def test_a_window_tells_presence_loss_round_trip_and_rate() -> None:
    log, one = Continuity(), Connection("a")
    for second in range(10):
        one.sends(50, lost=second % 2)
        one.gets(20)
        one.receiver.rtt = 0.08 if second == 4 else 0.02
        log.look([("A", one.peer, second >= 3)])
    seconds, (told,) = log.turn_over()
    assert seconds == 10
    assert told == {
        "participant": "A",
        "line_seconds": 10,
        "media_seconds": 7,
        "rtt_ms": 80,
        "up": {"packets": 500, "lost": 5, "bps": 40_000},
        "down": {"packets": 200, "lost": 0, "bps": 8_000},
    }


def test_the_next_window_begins_where_the_last_one_ended() -> None:
    log, one = Continuity(), Connection("a")
    one.sends(100, lost=9)
    log.look([("A", one.peer, True)])
    log.turn_over()
    one.sends(10)
    one.track.lost -= 1  # it was only late
    log.look([("A", one.peer, True)])
    _, (told,) = log.turn_over()
    assert told["up"] == {"packets": 10, "lost": 0, "bps": 8_000}
    assert told["rtt_ms"] is None


def test_who_connects_anew_is_one_person_and_who_is_not_on_the_line_stands_in_no_window() -> None:
    log, first, second = Continuity(), Connection("a1"), Connection("a2")
    first.sends(100)
    log.look([("A", first.peer, True)])
    second.sends(30)
    log.look([("A", second.peer, False)])
    log.look([])
    seconds, (told,) = log.turn_over()
    assert (seconds, told["line_seconds"], told["media_seconds"]) == (3, 2, 1)
    assert told["up"]["packets"] == 130
    log.look([])
    assert log.turn_over() == (1, [])


@pytest.fixture
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)


@pytest.mark.usefixtures("_loopback")
async def test_a_node_tells_each_window_and_the_last_one_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(switchboard, "WINDOW_SECONDS", 2)
    async with NodeInTest(silence_seconds=1.0) as house:
        house.open()
        house.open("empty")
        house.enter("a", "A")
        house.enter("b", "B", "consular_officer")
        async with peers_of(MediaPeer(house, "a"), MediaPeer(house, "b")) as (a, b):
            await asyncio.gather(a.connect(), b.connect())
            await b.frame()
            await house.until(lambda: any(flows(each) for each in house.seen(is_="continuity")))
            told = next(each for each in house.seen(is_="continuity") if flows(each))
            a.vanish()
            await house.until(lambda: any(is_silent(each, "A") for each in house.seen(is_="continuity")))
        assert (told["room"], told["seconds"]) == ("r1", 2)
        assert [one["participant"] for one in told["people"]] == ["A", "B"]
        assert house.seen(is_="continuity", room="empty") == []
        house.events.clear()
        while not house.seen(is_="continuity"):
            house.node.switchboard.report(time.monotonic())
        house.node.switchboard.report(time.monotonic())
        house.do("close", room="r1", reason="concluded")
        last = house.seen(is_="continuity")[-1]
        assert last["seconds"] == 1
        assert house.events.index(last) < house.events.index(await house.event(is_="closed"))


def flows(event: Json) -> bool:
    """Everybody was there and sent and got something in every second of it."""
    return len(event["people"]) == 2 and all(
        one["media_seconds"] == 2 == one["line_seconds"] and one["up"]["packets"] > 0 < one["down"]["packets"]
        for one in event["people"]
    )


def is_silent(event: Json, who: str) -> bool:
    """Somebody was on the line and nothing came from them."""
    return any(one["participant"] == who and one["media_seconds"] == 0 for one in event["people"])
