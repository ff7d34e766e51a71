"""A detention centre and its rooms, and the authority that returns people from them."""

from dataclasses import dataclass
from enum import StrEnum


class Equipment(StrEnum):
    """What stands in a room beside camera and microphone."""

    DOCUMENT_CAMERA = "document_camera"
    HEADSETS = "headsets"
    HEARING_LOOP = "hearing_loop"
    STEP_FREE = "step_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Where the person is."""

    id: str
    name: str
    country: str
    city: str
    zone: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The immigration office of a state: supervisors and administrators belong to it."""

    id: str
    name: str
    country: str
    city: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a centre with a terminal for interviews."""

    id: str
    centre_id: str
    name: str
    equipment: tuple[str, ...] = ()
    is_active: bool = True
