"""The browser's offer read and the node's answer written: VP8 and Opus only, one bundle, ICE-lite.

An offer holds one audio and one video section that send, then pairs of sections that receive, the seats.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from webrtc.errors import OfferRefused
from webrtc.ports import Kind

MAX_OFFER_CHARACTERS = 65_536
MAX_SECTIONS = 2 + 2 * 6
MAX_MID_CHARACTERS = 16
MAX_EXTENSION_ID = 14
MAX_PAYLOAD_TYPE = 127
EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:sdes:mid": "mid",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01": "transport_cc",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time": "send_time",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level": "level",
}
EXTENSION_URIS = {name: uri for uri, name in EXTENSIONS.items()}
_CODECS: dict[Kind, str] = {"audio": "opus/48000/2", "video": "VP8/90000"}
_SENDING = frozenset({"sendonly", "sendrecv"})
_TOKEN = re.compile(r"[!-~]{1,256}\Z")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}\Z")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}\Z")
_SHA256 = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31}\Z")
_EXTMAP = re.compile(r"(\d{1,3})(?:/[a-z]+)? (\S+)")
_RTPMAP = re.compile(r"(\d{1,3}) ([\w.-]+)/(\d+)")
_APT = re.compile(r"(\d{1,3}) apt=(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Section:
    """One media section of an offer, reduced to what the relay uses."""

    kind: Kind
    mid: str
    sends: bool
    payload_type: int
    rtx_payload_type: int | None = None
    extensions: dict[str, int] = field(default_factory=dict)
    transport_cc: bool = False

    @property
    def identity(self) -> tuple[str, str, bool, int, int | None]:
        """What must stay the same in later offers."""
        return self.kind, self.mid, self.sends, self.payload_type, self.rtx_payload_type


@dataclass(frozen=True, slots=True)
class Offer:
    """A browser's offer; `fingerprint` is SHA-256 in upper-case hexadecimal with colons."""

    ufrag: str
    password: str
    fingerprint: str
    sections: tuple[Section, ...]

    @property
    def seats(self) -> int:
        """How many pairs of receiving sections there are."""
        return (len(self.sections) - 2) // 2


@dataclass(frozen=True, slots=True)
class Stream:
    """The SSRCs that a seat's section will carry; video has one more for retransmission."""

    ssrc: int
    rtx_ssrc: int | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """What the node says of itself in an answer; `version` grows with each answer."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: tuple[str, ...]
    version: int


def parse_offer(text: str) -> Offer:
    """Read an offer, or raise OfferRefused."""
    if len(text) > MAX_OFFER_CHARACTERS:
        raise OfferRefused("too_large")
    session, *blocks = _blocks(text)
    if not session or session[0] != "v=0":
        raise OfferRefused("not_sdp")
    if len(blocks) > MAX_SECTIONS:
        raise OfferRefused("too_many_sections")
    sections = tuple(_section(block) for block in blocks)
    _check_order(sections)
    lines = [line for block in (session, *blocks) for line in block]
    return Offer(
        ufrag=_matching(lines, "a=ice-ufrag:", _UFRAG),
        password=_matching(lines, "a=ice-pwd:", _PASSWORD),
        fingerprint=_fingerprint(lines),
        sections=sections,
    )


def write_answer(offer: Offer, local: Local, streams: Sequence[Stream]) -> str:
    """Write the answer; `streams` holds one Stream per receiving section, in the offer's order."""
    mids = " ".join(section.mid for section in offer.sections)
    lines = [
        "v=0",
        f"o=- 4711 {local.version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mids}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:passive",
    ]
    for index, section in enumerate(offer.sections):
        lines += _section_head(section)
        # Browsers read the first section's candidates, aiortc the last one's.
        if index in (0, len(offer.sections) - 1):
            lines += [f"a=candidate:{candidate}" for candidate in local.candidates] + ["a=end-of-candidates"]
        lines += _section_codecs(section)
        if not section.sends:
            lines += _seat_lines(section, index // 2 - 1, streams[index - 2])
    return "\r\n".join(lines) + "\r\n"


def udp_candidate(address: str, port: int) -> str:
    """Return the value of the `candidate` attribute for a host candidate over UDP (RFC 8839 section 5.1)."""
    return f"1 1 udp 2130706431 {address} {port} typ host"


def tcp_candidate(address: str, port: int) -> str:
    """Return the same of a host candidate that waits for connections (RFC 6544 sections 4.2 and 4.5).

    Its type preference of 99 puts it behind everything over UDP, relayed candidates of a browser aside.
    """
    return f"2 1 tcp 1671430143 {address} {port} typ host tcptype passive"


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith("m="):
            blocks.append([])
        if line:
            blocks[-1].append(line)
    return blocks


def _check_order(sections: tuple[Section, ...]) -> None:
    kinds = ["audio", "video"] * (len(sections) // 2)
    if not sections or [section.kind for section in sections] != kinds:
        raise OfferRefused("wrong_sections", "audio and video alternate")
    if [section.sends for section in sections] != [True, True] + [False] * (len(sections) - 2):
        raise OfferRefused("wrong_sections", "one pair sends, the others receive")
    if len({section.mid for section in sections}) != len(sections):
        raise OfferRefused("wrong_sections", "a mid stands twice")


def _section(block: list[str]) -> Section:
    kind = block[0][2:].partition(" ")[0]
    if kind not in _CODECS:
        raise OfferRefused("wrong_sections", "neither audio nor video")
    mid = _matching(block, "a=mid:", _TOKEN)
    if len(mid) > MAX_MID_CHARACTERS:
        raise OfferRefused("wrong_sections", "a mid is too long")
    payload_type = _payload_type(block, kind)
    rtx = _rtx_payload_type(block, payload_type) if kind == "video" else None
    return Section(
        kind=kind,
        mid=mid,
        sends=any(line[2:] in _SENDING for line in block),
        payload_type=payload_type,
        rtx_payload_type=rtx,
        extensions=_extensions(block),
        transport_cc=f"a=rtcp-fb:{payload_type} transport-cc" in block or "a=rtcp-fb:* transport-cc" in block,
    )


def _payload_type(block: list[str], kind: Kind) -> int:
    codec = _CODECS[kind].lower().split("/")
    for number, name, rate in _found(block, "a=rtpmap:", _RTPMAP):
        if [name.lower(), rate] == codec[:2] and int(number) <= MAX_PAYLOAD_TYPE:
            return int(number)
    raise OfferRefused("no_common_codec", kind)


def _rtx_payload_type(block: list[str], payload_type: int) -> int | None:
    for number, apt in _found(block, "a=fmtp:", _APT):
        if int(apt) == payload_type and int(number) <= MAX_PAYLOAD_TYPE:
            return int(number)
    return None


def _extensions(block: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, uri in _found(block, "a=extmap:", _EXTMAP):
        name = EXTENSIONS.get(uri)
        if name is not None and 1 <= int(number) <= MAX_EXTENSION_ID:
            found[name] = int(number)
    return found


def _found(lines: list[str], prefix: str, pattern: re.Pattern[str]) -> list[tuple[str, ...]]:
    matches = (pattern.match(line[len(prefix) :]) for line in lines if line.startswith(prefix))
    return [match.groups() for match in matches if match]


def _matching(lines: list[str], prefix: str, pattern: re.Pattern[str]) -> str:
    for line in lines:
        if line.startswith(prefix):
            value = line[len(prefix) :].strip()
            if pattern.match(value):
                return value
            break
    raise OfferRefused("missing_attribute", prefix[2:-1])


def _fingerprint(lines: list[str]) -> str:
    prefix = "a=fingerprint:"
    for line in lines:
        algorithm, _, value = (
            line[len(prefix) :].strip().partition(" ") if line.startswith(prefix) else ("",) * 3
        )
        if algorithm.lower() == "sha-256" and _SHA256.match(value):
            return value.upper()
    raise OfferRefused("missing_attribute", "fingerprint")


def _section_head(section: Section) -> list[str]:
    types = [section.payload_type, section.rtx_payload_type]
    formats = " ".join(str(number) for number in types if number is not None)
    return [
        f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=rtcp-mux",
        f"a={'recvonly' if section.sends else 'sendonly'}",
    ]


def _section_codecs(section: Section) -> list[str]:
    number, rtx = section.payload_type, section.rtx_payload_type
    # Seats leave transport-cc out, so that receivers estimate and send REMB.
    names = [name for name in section.extensions if section.sends or name != "transport_cc"]
    lines = [f"a=extmap:{section.extensions[name]} {EXTENSION_URIS[name]}" for name in names]
    lines.append(f"a=rtpmap:{number} {_CODECS[section.kind]}")
    feedback = ["transport-cc"] if section.sends and section.transport_cc else []
    if section.kind == "audio":
        lines.append(f"a=fmtp:{number} minptime=10;useinbandfec=1")
    else:
        lines.append("a=rtcp-rsize")
        feedback = ["nack", "nack pli", "goog-remb", *feedback]
        if rtx is not None:
            lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
    return lines + [f"a=rtcp-fb:{number} {name}" for name in feedback]


def _seat_lines(section: Section, seat: int, stream: Stream) -> list[str]:
    lines = [f"a=msid:seat{seat} {section.kind[0]}{seat}"]
    if stream.rtx_ssrc is not None:
        lines.append(f"a=ssrc-group:FID {stream.ssrc} {stream.rtx_ssrc}")
    ssrcs = [stream.ssrc] + ([stream.rtx_ssrc] if stream.rtx_ssrc is not None else [])
    return lines + [f"a=ssrc:{ssrc} cname:seat{seat}" for ssrc in ssrcs]
