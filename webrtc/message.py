"""Signalling messages of a browser, parsed strictly from untrusted JSON (see PROTOCOL.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webrtc.errors import MessageRefused

MAX_SDP_CHARACTERS = 65_536
MAX_QUALITY_ENTRIES = 32
MAX_QUALITY_NAME = 40
MAX_NUMBER = 1e12
MOST_BARS = 4


@dataclass(frozen=True, slots=True)
class OfferMessage:
    """The browser's offer: the first one, more seats, or an ICE restart."""

    sdp: str


@dataclass(frozen=True, slots=True)
class MediaMessage:
    """Whether the participant's microphone and camera are on."""

    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """Whether the participant's line carries pictures, or the sound alone."""

    video: bool


@dataclass(frozen=True, slots=True)
class QualityMessage:
    """What the browser measured: plain numbers by name."""

    figures: Mapping[str, float]

    @property
    def bars(self) -> int | None:
        """How good the line is, from 4 (good) to 0 (broken); None when it was not said."""
        bars = self.figures.get("bars")
        return int(bars) if bars is not None and bars in range(MOST_BARS + 1) else None


@dataclass(frozen=True, slots=True)
class MissingMessage:
    """The browser wants to know how many of the packets that it misses never came to the node."""


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """The participant leaves of their own accord."""


Message = OfferMessage | MediaMessage | ReceiveMessage | QualityMessage | MissingMessage | LeaveMessage


def parse_message(raw: object) -> Message:
    """Return the message in a decoded JSON value, or raise MessageRefused with a documented code."""
    if not isinstance(raw, dict):
        raise MessageRefused("not_an_object")
    kind = raw.get("type")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise MessageRefused("unknown_type", "type")
    return parse({name: value for name, value in raw.items() if name != "type"})


def _offer(fields: dict[str, object]) -> OfferMessage:
    _only(fields, "sdp")
    sdp = fields["sdp"]
    if not isinstance(sdp, str):
        raise MessageRefused("wrong_type", "sdp")
    if len(sdp) > MAX_SDP_CHARACTERS:
        raise MessageRefused("too_large", "sdp")
    return OfferMessage(sdp)


def _media(fields: dict[str, object]) -> MediaMessage:
    _only(fields, "audio", "video")
    audio, video = fields["audio"], fields["video"]
    if not isinstance(audio, bool):
        raise MessageRefused("wrong_type", "audio")
    if not isinstance(video, bool):
        raise MessageRefused("wrong_type", "video")
    return MediaMessage(audio=audio, video=video)


def _receive(fields: dict[str, object]) -> ReceiveMessage:
    _only(fields, "video")
    video = fields["video"]
    if not isinstance(video, bool):
        raise MessageRefused("wrong_type", "video")
    return ReceiveMessage(video=video)


def _quality(fields: dict[str, object]) -> QualityMessage:
    if len(fields) > MAX_QUALITY_ENTRIES:
        raise MessageRefused("too_large", "quality")
    figures: dict[str, float] = {}
    for name, value in fields.items():
        if len(name) > MAX_QUALITY_NAME:
            raise MessageRefused("too_large", "quality")
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            raise MessageRefused("wrong_type", "quality")
        figures[name] = float(value)
    return QualityMessage(figures)


def _missing(fields: dict[str, object]) -> MissingMessage:
    _only(fields)
    return MissingMessage()


def _leave(fields: dict[str, object]) -> LeaveMessage:
    _only(fields)
    return LeaveMessage()


def _only(fields: dict[str, object], *names: str) -> None:
    for name in names:
        if name not in fields:
            raise MessageRefused("missing_field", name)
    if len(fields) > len(names):
        raise MessageRefused("unexpected_field")


_PARSERS: dict[str, Callable[[dict[str, object]], Message]] = {
    "offer": _offer,
    "media": _media,
    "receive": _receive,
    "quality": _quality,
    "missing": _missing,
    "leave": _leave,
}
