"""Offers of browsers are read, garbage is refused with a code, the answer is what both browsers accept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.media_offer import FINGERPRINT, FULL, audio, offer_of, video
from webrtc import sdp
from webrtc.errors import MediaError, OfferRefused
from webrtc.sdp import Local, Stream

LOCAL = Local("ufrag123", "p" * 24, "AA:BB", (sdp.udp_candidate("192.0.2.1", 4711),), 3)


def test_an_offer_is_reduced_to_what_the_relay_uses() -> None:
    offer = sdp.parse_offer(FULL)
    assert (offer.ufrag, offer.password) == ("Zx+/", "abcdefghijklmnopqrstuv+/")
    assert offer.fingerprint == FINGERPRINT
    assert offer.seats == 1
    first, second = offer.sections[:2]
    assert (first.kind, first.mid, first.sends, first.payload_type) == ("audio", "0", True, 111)
    assert first.rtx_payload_type is None
    assert first.extensions == {"level": 1, "transport_cc": 3, "mid": 4}
    assert (second.payload_type, second.rtx_payload_type) == (96, 97)
    assert second.extensions == {"send_time": 2, "transport_cc": 3, "mid": 4}
    assert second.transport_cc


def test_firefox_style_is_read_too() -> None:
    text = FULL.replace(f"sha-256 {FINGERPRINT}", f"SHA-256 {FINGERPRINT.lower()}").replace("\r\n", "\n")
    assert sdp.parse_offer(text.replace("m=video 9", "m=video 0")).fingerprint == FINGERPRINT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_sdp"),
        ("hello", "not_sdp"),
        ("v=0\r\n", "wrong_sections"),
        ("v=0\r\n" + "x" * 70_000, "too_large"),
        (offer_of(audio("0", "sendonly")), "wrong_sections"),
        (offer_of(video("0", "sendonly"), audio("1", "sendonly")), "wrong_sections"),
        (offer_of(audio("0", "recvonly"), video("1", "recvonly")), "wrong_sections"),
        (offer_of(audio("0", "sendonly"), video("0", "sendonly")), "wrong_sections"),
        (FULL.replace("a=recvonly", "a=sendrecv"), "wrong_sections"),
        (FULL.replace("a=mid:0", "a=mid:" + "m" * 17), "wrong_sections"),
        (FULL.replace("m=video 9 UDP", "m=application 9 UDP"), "wrong_sections"),
        (FULL.replace("a=mid:0\r\n", ""), "missing_attribute"),
        (FULL.replace("a=ice-ufrag:Zx+/", "a=ice-ufrag:Z x"), "missing_attribute"),
        (FULL.replace("a=fingerprint:sha-256", "a=fingerprint:sha-1"), "missing_attribute"),
        (FULL.replace(FINGERPRINT, FINGERPRINT[:-3]), "missing_attribute"),
        (FULL.replace("VP8", "VP9"), "no_common_codec"),
        (FULL.replace("opus", "PCMU"), "no_common_codec"),
        (offer_of(*[audio("0", "sendonly"), video("1", "sendonly")] * 8), "too_many_sections"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(OfferRefused) as refusal:
        sdp.parse_offer(text)
    assert refusal.value.code == code


@given(st.text(max_size=300))
def test_garbage_raises_a_media_error_only(text: str) -> None:
    with pytest.raises(MediaError):
        sdp.parse_offer(text)


@given(st.data())
def test_a_damaged_offer_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FULL) - 1))
    size = data.draw(st.integers(0, 40))
    damaged = FULL[:at] + data.draw(st.text(max_size=20)) + FULL[at + size :]
    try:
        offer = sdp.parse_offer(damaged)
    except MediaError:
        return
    answer = sdp.write_answer(offer, LOCAL, [Stream(1), Stream(2, 3)] * offer.seats)
    assert answer.count("m=") >= 2
    assert all(re.fullmatch(r"[a-z]=[ -~]*", line) for line in answer.split("\r\n")[:-1])


def test_the_answer_is_ice_lite_passive_and_carries_the_candidate() -> None:
    answer = sdp.write_answer(sdp.parse_offer(FULL), LOCAL, [Stream(5), Stream(6, 7)])
    lines = answer.split("\r\n")
    for line in (
        "o=- 4711 3 IN IP4 0.0.0.0",
        "a=ice-lite",
        "a=setup:passive",
        "a=group:BUNDLE 0 1 2 3",
        "a=fingerprint:sha-256 AA:BB",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 4711 typ host",
    ):
        assert line in lines
    assert len(answer) < 3000


def test_seats_are_sendonly_with_ssrc_and_mid_and_without_transport_cc() -> None:
    answer = sdp.write_answer(sdp.parse_offer(FULL), LOCAL, [Stream(5), Stream(6, 7)])
    _, up_audio, up_video, seat_audio, seat_video = answer.split("m=")
    assert "a=recvonly" in up_audio
    assert "transport-wide" in up_video
    assert "a=rtcp-fb:96 transport-cc" in up_video
    for seat in (seat_audio, seat_video):
        assert "a=sendonly" in seat
        assert "sdes:mid" in seat
        assert "transport" not in seat
    assert "a=msid:seat0 a0" in seat_audio
    assert "a=ssrc:5 cname:seat0" in seat_audio
    assert "a=ssrc-group:FID 6 7" in seat_video
    assert "goog-remb" in seat_video


def test_without_rtx_there_is_no_group() -> None:
    text = FULL.replace("a=fmtp:97 apt=96\r\n", "")
    answer = sdp.write_answer(sdp.parse_offer(text), LOCAL, [Stream(5), Stream(6)])
    assert "FID" not in answer
    assert "rtx" not in answer
