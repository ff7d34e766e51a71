"""A connection's later offers: an ICE restart, more seats, and what must not change; and its reports."""

from collections.abc import AsyncIterator

import pytest

from tests.support.media_offer import FINGERPRINT, FULL, audio, offer_of, video
from tests.support.media_packets import delta_payload, key_payload
from tests.support.media_peer import NodeInTest
from webrtc import rtcp
from webrtc.downlink import Downlink
from webrtc.feedback import DEFAULT_CAP_BPS, FLOOR_BPS, KeyframeRequests
from webrtc.sdp import parse_offer
from webrtc.uplink import Uplink

OFFER = parse_offer(FULL)


@pytest.fixture
async def house() -> AsyncIterator[NodeInTest]:
    async with NodeInTest() as house:
        house.open()
        house.enter("a", "A")
        house.do("say", peer="a", message={"type": "offer", "sdp": FULL})
        yield house


def again(house: NodeInTest, sdp: str) -> None:
    house.do("say", peer="a", message={"type": "offer", "sdp": sdp})


def attribute(answer: str, name: str) -> str:
    return next(line for line in answer.split("\r\n") if line.startswith(name))


async def test_an_ice_restart_swaps_credentials_and_keeps_the_streams(house: NodeInTest) -> None:
    again(house, FULL.replace("Zx+/", "new1"))
    first, second = (message["sdp"] for message in house.messages("a", "answer"))
    assert attribute(first, "a=ice-ufrag") != attribute(second, "a=ice-ufrag")
    assert attribute(second, "o=") == "o=- 4711 2 IN IP4 0.0.0.0"
    assert attribute(first, "a=ssrc-group") == attribute(second, "a=ssrc-group")
    peer = house.node.switchboard.peer("a")
    assert peer is not None
    assert peer.ice is not None
    assert peer.ice.former is not None
    endpoints = house.node._running_port().checks._endpoints
    assert set(endpoints) == {peer.ice.credentials.ufrag, peer.ice.former.ufrag}
    peer.report(1e9)
    assert set(endpoints) == {peer.ice.credentials.ufrag}


async def test_two_restarts_leave_two_credentials(house: NodeInTest) -> None:
    for ufrag in ("new1", "new2", "new3"):
        again(house, FULL.replace("Zx+/", ufrag))
    assert len(house.node._running_port().checks._endpoints) == 2
    house.do("exit", peer="a")
    assert house.node._running_port().checks._endpoints == {}


async def test_an_offer_with_more_seats_keeps_credentials(house: NodeInTest) -> None:
    sections = [
        audio("0", "sendonly"),
        video("1", "sendonly"),
        audio("2", "recvonly"),
        video("3", "recvonly"),
    ]
    again(house, offer_of(*sections, audio("4", "recvonly"), video("5", "recvonly")))
    first, second = (message["sdp"] for message in house.messages("a", "answer"))
    assert attribute(first, "a=ice-ufrag") == attribute(second, "a=ice-ufrag")
    assert "a=msid:seat1 v1" in second


@pytest.mark.parametrize(
    "changed",
    [
        FULL.replace(FINGERPRINT, ":".join(["AB"] * 32)),
        FULL.replace("a=mid:3", "a=mid:9"),
        FULL.replace("111", "109"),
        FULL[: FULL.index("m=audio", FULL.index("a=mid:1"))],
    ],
    ids=["fingerprint", "mid", "payload type", "fewer seats"],
)
async def test_a_later_offer_for_something_else_is_refused(house: NodeInTest, changed: str) -> None:
    again(house, changed)
    await house.told("a", "refused", code="changed")
    assert len(house.messages("a", "answer")) == 1


class Receiving:
    """A downlink with a source on its only seat."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.asked: list[bytes] = []
        self.sent: list[bytes] = []
        self.refuses = False
        self.downlink = Downlink(self._send, self.said.append)
        self.downlink.extend(OFFER.sections[2:])
        self.source = Uplink(OFFER, self.asked.append)
        self.source.video.begin(9)
        self.downlink.assign(0, self.source, ("audio", "video"), 1.0)
        self.asked.clear()
        self.source.video.keyframes = KeyframeRequests()

    def _send(self, packet: bytes, droppable: bool) -> bool:
        self.sent.append(packet)
        return not (droppable and self.refuses)

    def take(self, compound: bytes, now: float = 2.0) -> None:
        for packet in rtcp.split(compound):
            self.downlink.take(packet, now)


def test_a_receivers_keyframe_request_reaches_the_source() -> None:
    receiving = Receiving()
    receiving.take(rtcp.write_pli(receiving.downlink.forwarders[1].ssrc))
    assert len(receiving.asked) == 1
    receiving.take(rtcp.write_pli(4711))
    assert len(receiving.asked) == 1


def test_only_the_kinds_that_a_role_gives_are_forwarded() -> None:
    receiving = Receiving()
    receiving.downlink.assign(0, receiving.source, ("audio",), 1.0)
    sound, picture = receiving.downlink.forwarders
    assert sound.source is receiving.source.audio
    assert picture.source is None


def test_a_receivers_losses_and_estimates_cap_the_source() -> None:
    receiving = Receiving()
    picture = receiving.downlink.forwarders[1]
    picture.octets = 250_000
    assert picture.share_bps() == DEFAULT_CAP_BPS
    receiving.take(rtcp.write_remb(900_000, (picture.ssrc,)))
    receiving.take(rtcp.write_remb(300_000, (picture.ssrc,)))
    assert 299_000 <= picture.share_bps() <= 300_000
    lost = rtcp.ReportBlock(picture.ssrc, 255, 100, 0, 0, 0, 0)
    for _ in range(9):
        receiving.take(rtcp.write_receiver_report([lost]))
    assert picture.share_bps() == FLOOR_BPS
    receiving.downlink.report(60.0)
    assert picture.share_bps() > FLOOR_BPS


def test_what_was_lost_before_it_came_here_caps_no_receiver() -> None:
    receiving = Receiving()
    picture = receiving.downlink.forwarders[1]
    picture.octets = 250_000
    for sequence in (1, 2, 5, 6):
        picture.forward(0x80, sequence, 0, key_payload(), None, True, 1.0)
    assert receiving.downlink.missing == 2
    receiving.take(rtcp.write_receiver_report([rtcp.ReportBlock(picture.ssrc, 256 // 3, 2, 0, 0, 0, 0)]))
    assert picture.share_bps() == DEFAULT_CAP_BPS


def test_what_the_way_to_a_receiver_lost_is_counted_without_what_never_came_here() -> None:
    receiving = Receiving()
    picture = receiving.downlink.forwarders[1]
    for sequence in (1, 2, 5, 6):
        picture.forward(0x80, sequence, 0, key_payload(), None, True, 1.0)
    for reported, lost in ((5, 3), (4, 3), (-1 & 0xFFFFFF, 3), (9, 7)):  # it never falls
        block = rtcp.ReportBlock(picture.ssrc, 0, reported, 0, 0, 0, 0)
        receiving.take(rtcp.write_receiver_report([block]))
        assert picture.lost == lost


def test_a_choked_line_caps_the_source_below_what_was_sent_and_asks_for_no_keyframe() -> None:
    receiving = Receiving()
    sound, picture = receiving.downlink.forwarders
    receiving.downlink.report(0.0)
    picture.octets = 100_000
    picture.forward(0x80, 1, 0, key_payload(), None, True, 1.0)
    receiving.refuses = True
    picture.forward(0x80, 2, 0, delta_payload(), None, False, 1.0)
    receiving.take(rtcp.write_pli(picture.ssrc), now=1.5)
    assert receiving.asked == []
    receiving.downlink.report(1.0)
    assert 0.8 * 800_000 <= picture.share_bps() <= 0.8 * 801_000
    assert not sound.receiver.is_choked
    receiving.take(rtcp.write_pli(picture.ssrc), now=2.0)
    assert len(receiving.asked) == 1
    receiving.downlink.report(60.0)
    assert picture.share_bps() > 0.8 * 801_000


def test_a_sender_is_asked_for_a_keyframe_once_the_line_has_recovered() -> None:
    receiving = Receiving()
    picture = receiving.downlink.forwarders[1]
    picture.forward(0x80, 1, 0, key_payload(), None, True, 1.0)
    receiving.refuses = True
    picture.forward(0x80, 2, 0, delta_payload(), None, False, 1.0)
    receiving.source.tick(1.5)
    assert receiving.asked == []
    receiving.source.tick(2.0)
    assert len(receiving.asked) == 1


def test_a_nack_for_an_unknown_stream_is_nothing() -> None:
    receiving = Receiving()
    receiving.take(rtcp.write_nack(4711, [1, 2]))
    assert receiving.sent == []
