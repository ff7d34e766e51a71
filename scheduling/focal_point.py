"""A focal point: the named contact of an authority."""

from dataclasses import dataclass

MOST_FOCAL_POINTS = 5


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """Whom to call or write to; shown to who books, never in a log or an address."""

    name: str
    email: str = ""
    telephone: str = ""
