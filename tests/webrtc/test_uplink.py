"""What a participant sends is taken apart rightly, and feedback asks for what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.media_packets import delta_payload, key_payload, read_arrivals
from tests.support.media_sink import MemorySink
from webrtc import rtcp, rtp_header
from webrtc.depacketizer import AudioDepacketizer
from webrtc.errors import PacketRefused
from webrtc.media_clock import MediaClock
from webrtc.rtcp import RtcpPacket, SenderReport
from webrtc.rtp_header import RtpHeader
from webrtc.sdp import Offer, Section
from webrtc.uplink import Uplink

AUDIO = Section("audio", "0", True, 111, None, {"level": 1, "transport_cc": 3, "mid": 4}, True)
VIDEO = Section("video", "1", True, 96, 97, {"transport_cc": 3, "mid": 4}, True)
OFFER = Offer("u", "p", "f", (AUDIO, VIDEO))


class Line:
    """An uplink whose feedback is kept."""

    def __init__(self) -> None:
        self.said: list[RtcpPacket] = []
        self.uplink = Uplink(OFFER, lambda packet: self.said.extend(rtcp.split(packet)))
        self._counter = 0

    def send(
        self,
        payload_type: int,
        sequence: int,
        payload: bytes,
        *,
        ssrc: int = 5,
        now: float = 1.0,
        **fields: bytes,
    ) -> None:
        self._counter += 1
        extensions = {3: self._counter.to_bytes(2, "big")}
        if "level" in fields:
            extensions[1] = fields["level"]
        header = RtpHeader(True, payload_type, sequence, 0, ssrc, 0, extensions=extensions)
        self.uplink.receive(rtp_header.build(header, payload), now)

    def heard(self, packet_type: int, subtype: int) -> list[RtcpPacket]:
        return [p for p in self.said if (p.packet_type, p.subtype) == (packet_type, subtype)]

    def record_audio(self) -> MemorySink:
        sink = MemorySink("p", ("audio",))
        self.uplink.audio.recording = AudioDepacketizer(sink, MediaClock(48_000, 0.0))
        return sink


def test_packets_reach_the_track_of_their_payload_type() -> None:
    line = Line()
    sink = line.record_audio()
    line.send(111, 1, b"opus", level=b"\x90")
    line.send(96, 1, key_payload(), ssrc=6)
    line.send(13, 1, b"noise", ssrc=7)
    assert [packet for _, packet in sink.packets] == [b"opus"]
    assert (line.uplink.audio.ssrc, line.uplink.video.ssrc) == (5, 6)
    assert line.uplink.video.reception.received == 1


def test_padding_is_taken_off() -> None:
    line = Line()
    sink = line.record_audio()
    line.uplink.receive(b"\xa0\x6f" + bytes(10) + b"opus\0\0\x03", 1.0)
    assert [packet for _, packet in sink.packets] == [b"opus"]


def test_a_gap_in_video_is_asked_for_and_filled_by_retransmission() -> None:
    line = Line()
    line.send(96, 1, key_payload())
    line.send(96, 4, delta_payload())
    (nack,) = line.heard(rtcp.TRANSPORT_FEEDBACK, rtcp.NACK)
    assert rtcp.read_nack(nack) == [2, 3]
    line.send(97, 900, (2).to_bytes(2, "big") + delta_payload(), ssrc=6)
    line.uplink.tick(1.1)
    assert rtcp.read_nack(line.heard(rtcp.TRANSPORT_FEEDBACK, rtcp.NACK)[-1]) == [3]
    assert line.uplink.video.reception.received == 3


def test_a_gap_in_audio_is_not_asked_for() -> None:
    line = Line()
    line.send(111, 1, b"a")
    line.send(111, 4, b"b")
    assert line.heard(rtcp.TRANSPORT_FEEDBACK, rtcp.NACK) == []


def test_a_retransmission_before_any_packet_and_a_probe_are_nothing() -> None:
    line = Line()
    line.send(97, 1, b"\x00\x01xyz")
    line.send(97, 2, b"")
    assert line.uplink.video.reception.received == 0


def test_arrival_times_of_both_tracks_are_reported_together() -> None:
    line = Line()
    line.send(111, 1, b"a")
    line.send(96, 1, key_payload(), ssrc=6)
    line.uplink.tick(1.05)
    (packet,) = line.heard(rtcp.TRANSPORT_FEEDBACK, rtcp.TRANSPORT_CC)
    assert list(read_arrivals(packet).times) == [1, 2]


def test_every_second_the_sender_hears_of_reception_and_its_cap() -> None:
    line = Line()
    line.uplink.report(1.0)
    assert line.said == []
    line.send(111, 1, b"a")
    line.send(96, 1, key_payload(), ssrc=6)
    line.uplink.report(2.0)
    (report,) = [p for p in line.said if p.packet_type == rtcp.RECEIVER_REPORT]
    assert [block.ssrc for block in rtcp.read_report_blocks(report)] == [5, 6]
    (remb,) = line.heard(rtcp.PAYLOAD_FEEDBACK, rtcp.APPLICATION)
    read = rtcp.read_remb(remb)
    assert read is not None
    assert 2_499_980 < read <= 2_500_000


def test_sender_reports_put_both_tracks_on_one_clock() -> None:
    line = Line()
    line.send(111, 1, b"a")
    line.send(96, 1, key_payload(), ssrc=6)
    reported = list[str]()
    line.uplink.on_report = lambda track: reported.append(track.kind)
    line.uplink.sender_report(SenderReport(5, rtcp.ntp_of(1000.0), 48_000, 1, 1), now=3.0)
    line.uplink.sender_report(SenderReport(6, rtcp.ntp_of(1000.5), 90_000, 1, 1), now=3.7)
    assert reported == ["audio", "video"]
    audio, video = line.uplink.audio.report, line.uplink.video.report
    assert audio is not None
    assert video is not None
    assert abs(audio[0] - 3.0) < 1e-6
    # The second report came 200 ms later than the first says it should; the clock hardly follows.
    assert abs(video[0] - 3.5) < 0.001


@given(
    st.binary(max_size=60),
    st.sampled_from([0x80, 0x90, 0xB0, 0xA0, 0x8F, 0x9F]),
    st.sampled_from([96, 97, 111, 5]),
)
def test_authenticated_garbage_is_refused_or_taken_but_nothing_else(
    rest: bytes, first: int, payload_type: int
) -> None:
    line = Line()
    try:
        line.uplink.receive(bytes((first, payload_type)) + rest, 1.0)
    except PacketRefused:
        return


@pytest.mark.parametrize("seed", [b"", b"\x80" * 11])
def test_a_packet_without_a_header_is_refused(seed: bytes) -> None:
    with pytest.raises(PacketRefused):
        Line().uplink.receive(seed, 1.0)


def test_what_was_lost_on_the_line_counts_as_lost_though_it_is_sent_again() -> None:
    line = Line()
    line.send(96, 65_534, key_payload(), ssrc=6)
    line.send(96, 1, delta_payload(), ssrc=6)  # 65535 and 0 are missing
    video = line.uplink.video
    assert (video.expected, video.received, video.lost) == (4, 2, 2)
    line.send(97, 1, (0).to_bytes(2, "big") + delta_payload(), ssrc=7)
    line.send(97, 2, (0).to_bytes(2, "big") + delta_payload(), ssrc=7)  # once more, in vain
    assert (video.received, video.lost) == (3, 2)
    line.send(96, 65_535, delta_payload(), ssrc=6)  # it was only late
    assert (video.received, video.lost) == (4, 1)


def test_counts_go_on_when_a_sender_begins_anew() -> None:
    line = Line()
    for sequence in (10, 12):
        line.send(111, sequence, b"opus")
    for sequence in (500, 501, 503):
        line.send(111, sequence, b"opus", ssrc=9)
    audio = line.uplink.audio
    assert (audio.expected, audio.received, audio.lost) == (7, 5, 2)
