"""RTCP packets are read back as written, and garbage ends quietly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc import rtcp
from webrtc.rtcp import ReportBlock, SenderReport

u8, u16, u32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
blocks = st.builds(ReportBlock, u32, u8, st.integers(0, 0xFFFFFF), u32, u32, u32, u32)


@given(st.lists(blocks, max_size=5), st.builds(SenderReport, u32, st.integers(0, 2**64 - 1), u32, u32, u32))
def test_reports_are_read_back(reports: list[ReportBlock], sender: SenderReport) -> None:
    compound = rtcp.write_sender_report(sender) + rtcp.write_receiver_report(reports)
    first, second = rtcp.split(compound)
    assert rtcp.read_sender_report(first) == sender
    assert rtcp.read_report_blocks(first) == []
    assert rtcp.read_report_blocks(second) == reports


@given(st.lists(u16, min_size=1, max_size=80), u32)
def test_a_nack_asks_for_exactly_what_is_missing(sequences: list[int], ssrc: int) -> None:
    (packet,) = rtcp.split(rtcp.write_nack(ssrc, sequences))
    assert (packet.packet_type, packet.subtype) == (rtcp.TRANSPORT_FEEDBACK, rtcp.NACK)
    assert rtcp.read_media_ssrc(packet) == ssrc
    assert set(rtcp.read_nack(packet)) == set(sequences)


def test_a_run_of_losses_is_one_nack_item() -> None:
    assert len(rtcp.write_nack(1, range(65530, 65530 + 17))) == 16
    (packet,) = rtcp.split(rtcp.write_nack(1, [65535, 0, 15]))
    assert rtcp.read_nack(packet) == [65535, 0, 15]


@given(st.integers(0, 10**10))
def test_a_remb_keeps_18_significant_bits(bits_per_second: int) -> None:
    (packet,) = rtcp.split(rtcp.write_remb(bits_per_second, (7,)))
    read = rtcp.read_remb(packet)
    assert read is not None
    assert read <= bits_per_second <= read * (1 + 2**-16) + 1


def test_a_pli_names_its_stream() -> None:
    (packet,) = rtcp.split(rtcp.write_pli(77))
    assert (packet.packet_type, packet.subtype) == (rtcp.PAYLOAD_FEEDBACK, rtcp.PLI)
    assert rtcp.read_media_ssrc(packet) == 77


def test_a_fir_names_its_stream_in_its_entry() -> None:
    body = bytes(8) + (77).to_bytes(4, "big") + bytes(4)
    (packet,) = rtcp.split(rtcp.write(rtcp.PAYLOAD_FEEDBACK, rtcp.FIR, body))
    assert rtcp.read_media_ssrc(packet) == 77


def test_what_is_cut_short_reads_as_nothing() -> None:
    for packet_type in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
        packet = rtcp.RtcpPacket(packet_type, 3, b"1234567")
        assert rtcp.read_report_blocks(packet) == []
        assert rtcp.read_sender_report(packet) is None
        assert rtcp.read_media_ssrc(packet) is None
        assert rtcp.read_remb(packet) is None
        assert rtcp.read_nack(packet) == []


@given(st.binary(max_size=120))
def test_garbage_never_raises(data: bytes) -> None:
    for packet in rtcp.split(data):
        rtcp.read_sender_report(packet)
        rtcp.read_report_blocks(packet)
        rtcp.read_media_ssrc(packet)
        rtcp.read_nack(packet)
        rtcp.read_remb(packet)


@pytest.mark.parametrize("seconds", [0.0, 1.5, 123_456.25])
def test_ntp_seconds_are_read_back(seconds: float) -> None:
    assert rtcp.seconds_of(rtcp.ntp_of(seconds)) == seconds
