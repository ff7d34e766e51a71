"""What a room orders: each effect is performed by the switchboard, in the order in which it was given."""

from dataclasses import dataclass, field

from webrtc.ports import Json, Kind


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a signalling message to a peer."""

    peer_id: str
    message: Json


@dataclass(frozen=True, slots=True)
class Assign:
    """Let a peer receive `kinds` of `source` on a seat; no source empties the seat."""

    peer_id: str
    seat: int
    source: str | None
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """End a peer's connection; `cause` is a word for the log."""

    peer_id: str
    cause: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class BeginPart:
    """Begin recording `kinds` of a participant's peer."""

    participant_id: str
    peer_id: str
    recording_id: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class EndPart:
    """End the participant's running part."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Report an event to the web process."""

    event: Json


Effect = Tell | Assign | Cut | BeginPart | EndPart | Announce
