"""An offer as a Chromium writes it, in pieces."""

FINGERPRINT = ":".join(f"{n:02X}" for n in range(32))
CHROMIUM_HEAD = [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1 2 3",
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS 5f",
]
ICE = ["a=ice-ufrag:Zx+/", "a=ice-pwd:abcdefghijklmnopqrstuv+/", f"a=fingerprint:sha-256 {FINGERPRINT}"]


def audio(mid: str, direction: str) -> list[str]:
    return [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
        "c=IN IP4 0.0.0.0",
        *ICE,
        "a=setup:actpass",
        f"a=mid:{mid}",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        f"a={direction}",
        "a=rtpmap:63 red/48000/2",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
    ]


def video(mid: str, direction: str) -> list[str]:
    return [
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
        "c=IN IP4 0.0.0.0",
        *ICE,
        f"a=mid:{mid}",
        "a=extmap:2/sendrecv http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid",
        f"a={direction}",
        "a=rtpmap:102 H264/90000",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 transport-cc",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
    ]


def offer_of(*blocks: list[str]) -> str:
    return "\r\n".join(line for block in (CHROMIUM_HEAD, *blocks) for line in block) + "\r\n"


FULL = offer_of(
    audio("0", "sendonly"), video("1", "sendonly"), audio("2", "recvonly"), video("3", "recvonly")
)
