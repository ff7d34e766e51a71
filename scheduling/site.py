"""A detention centre and its rooms."""

from dataclasses import dataclass


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
class Room:
    """A room of a centre with a terminal for interviews."""

    id: str
    centre_id: str
    name: str
    is_active: bool = True
