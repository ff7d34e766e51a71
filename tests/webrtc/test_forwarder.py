"""A seat's stream is continuous whoever sits there, opens on keyframes and answers NACKs."""

import pytest

from tests.support.media_packets import delta_payload, key_payload
from webrtc import rtcp, rtp_header
from webrtc.depacketizer import AUDIO_RATE, VIDEO_RATE
from webrtc.feedback import ReceiverRate
from webrtc.forwarder import CHOKED_SECONDS, Forwarder
from webrtc.ports import Kind
from webrtc.rtp_header import RtpHeader
from webrtc.sdp import Section
from webrtc.up_track import UpTrack

SECTIONS = {
    "video": Section("video", "3", False, 96, 97, {"mid": 4, "send_time": 2}),
    "audio": Section("audio", "2", False, 111, None, {"mid": 4, "level": 1}),
}


class Seat:
    """A forwarder whose packets are kept, and sources to put on it."""

    def __init__(self, kind: Kind = "video") -> None:
        self.kind = kind
        self.sent: list[bytes] = []
        self.blocked = False
        rate = VIDEO_RATE if kind == "video" else AUDIO_RATE
        self.forwarder = Forwarder(SECTIONS[kind], rate, ReceiverRate(), self._send)
        self.asked: list[UpTrack] = []

    def _send(self, packet: bytes, droppable: bool) -> bool:
        if self.blocked and droppable:
            return False
        self.sent.append(packet)
        return True

    def source(self) -> UpTrack:
        track = UpTrack(self.kind)
        track.ask_keyframe = self.asked.append
        track.begin(1)
        return track

    @property
    def headers(self) -> list[RtpHeader]:
        return [rtp_header.parse(packet) for packet in self.sent]


def push(
    track: UpTrack,
    sequence: int,
    payload: bytes,
    *,
    at: float = 1.0,
    timestamp: int = 0,
    level: int | None = None,
) -> None:
    track.receive(0x80, sequence & 0xFFFF, timestamp, payload, level, at)


def test_packets_are_rewritten_for_the_seat() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload(b"k"), timestamp=500)
    push(track, 11, delta_payload(), timestamp=3500)
    first, second = seat.headers
    assert (first.ssrc, first.payload_type, first.marker) == (seat.forwarder.ssrc, 96, True)
    assert first.extensions[4] == b"3"
    assert (second.sequence - first.sequence) & 0xFFFF == 1
    assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == 3000
    assert seat.sent[0].endswith(key_payload(b"k"))


def test_video_waits_for_a_keyframe_and_asks_for_it() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    assert seat.asked == [track]
    push(track, 10, delta_payload())
    assert seat.sent == []
    push(track, 11, key_payload())
    push(track, 12, delta_payload())
    assert len(seat.sent) == 2


def test_another_person_continues_the_numbers_and_the_time() -> None:
    seat = Seat()
    one, two = seat.source(), seat.source()
    seat.forwarder.switch(one, 1.0)
    push(one, 65_535, key_payload(), at=1.0, timestamp=0xFFFFFFF0)
    seat.forwarder.switch(two, 1.4)
    push(one, 0, delta_payload(), at=1.45)
    push(two, 777, delta_payload(), at=1.45)
    push(two, 778, key_payload(), at=1.5, timestamp=12)
    first, second = seat.headers
    assert (second.sequence - first.sequence) & 0xFFFF == 1
    assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == 45_000
    assert second.ssrc == first.ssrc
    assert one.forwarders == ()


def test_what_never_came_is_counted_until_it_comes_late_whoever_sits_on_the_seat() -> None:
    seat = Seat("audio")
    one, two = seat.source(), seat.source()
    seat.forwarder.switch(one, 1.0)
    for sequence in (65_534, 2, 0):
        push(one, sequence, b"opus")
    assert seat.forwarder.missing == 2
    assert seat.forwarder.missing_share() == 2 / 5
    seat.forwarder.switch(two, 2.0)
    for sequence in (700, 701):
        push(two, sequence, b"opus", at=2.0)
    assert seat.forwarder.missing == 2
    assert seat.forwarder.missing_share() == 0


def test_a_packet_from_before_the_switch_is_not_sent() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload())
    push(track, 8, delta_payload())
    assert len(seat.sent) == 1


def test_an_empty_seat_receives_nothing() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload())
    seat.forwarder.switch(None, 1.1)
    push(track, 11, key_payload())
    assert len(seat.sent) == 1


def test_audio_passes_at_once_marked_after_a_change_with_its_level() -> None:
    seat = Seat("audio")
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    track.receive(0, 10, 0, b"opus", 0x85, 1.0)
    track.receive(0, 11, 960, b"opus", 0x86, 1.02)
    first, second = seat.headers
    assert (first.marker, second.marker) == (True, False)
    assert (first.extensions[1], second.extensions[1]) == (b"\x85", b"\x86")
    assert seat.asked == []


def test_a_nack_is_answered_on_the_stream_for_retransmission() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload(), timestamp=70)
    sequence = seat.headers[0].sequence
    assert seat.forwarder.resend(sequence, 1.1)
    again = seat.headers[1]
    assert (again.ssrc, again.payload_type) == (seat.forwarder.rtx_ssrc, 97)
    assert again.timestamp == seat.headers[0].timestamp
    assert seat.sent[1][again.size :] == sequence.to_bytes(2, "big") + key_payload()
    assert not seat.forwarder.resend((sequence + 1) & 0xFFFF, 1.1)


def test_audio_is_never_sent_again() -> None:
    seat = Seat("audio")
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, b"opus")
    assert not seat.forwarder.resend(seat.headers[0].sequence, 1.1)


def test_after_a_drop_video_waits_for_a_keyframe_without_a_hole_in_the_numbers() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload())
    seat.blocked = True
    push(track, 11, delta_payload())
    seat.blocked = False
    push(track, 12, delta_payload())
    assert seat.forwarder.gated
    push(track, 13, key_payload(), at=2.0)
    first, second = seat.headers
    assert (second.sequence - first.sequence) & 0xFFFF == 1


def test_after_a_drop_video_rests_a_second_and_its_sender_is_capped() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload(), at=1.0)
    seat.blocked = True
    push(track, 11, delta_payload(), at=2.0)
    seat.blocked = False
    assert seat.forwarder.rests(2.0 + CHOKED_SECONDS - 0.1)
    push(track, 12, key_payload(), at=2.0 + CHOKED_SECONDS - 0.1)
    assert len(seat.sent) == 1
    assert not seat.forwarder.rests(2.0 + CHOKED_SECONDS)
    push(track, 13, key_payload(), at=2.0 + CHOKED_SECONDS)
    assert len(seat.sent) == 2
    assert seat.forwarder.receiver.is_choked


def test_a_source_that_begins_anew_is_followed() -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload())
    track.begin(2)
    assert seat.forwarder.gated
    push(track, 50_000, key_payload(), at=1.1)
    first, second = seat.headers
    assert (second.sequence - first.sequence) & 0xFFFF == 1


def test_the_sender_report_puts_both_kinds_on_one_clock() -> None:
    seat = Seat()
    track = seat.source()
    assert seat.forwarder.sender_report(1.0) is None
    seat.forwarder.switch(track, 1.0)
    push(track, 10, key_payload(), timestamp=5000, at=1.0)
    track.report = (0.9, 4000)
    packet = seat.forwarder.sender_report(1.9)
    assert packet is not None
    report = rtcp.read_sender_report(next(rtcp.split(packet)))
    assert report is not None
    assert (report.packets, report.octets) == (1, len(key_payload()))
    assert report.ntp == rtcp.ntp_of(1.9)
    expected = seat.headers[0].timestamp - 5000 + 4000 + 90_000
    assert abs(report.timestamp - (expected & 0xFFFFFFFF)) <= 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_packet_that_arrives_twice_is_sent_once(times: int) -> None:
    seat = Seat()
    track = seat.source()
    seat.forwarder.switch(track, 1.0)
    for _ in range(times):
        push(track, 10, key_payload())
    assert len(seat.sent) == 1
