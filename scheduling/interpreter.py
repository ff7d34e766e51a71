"""An interpreter: languages, hours of their own, and how to reach them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """Somebody who interprets for the centres of one member state."""

    id: str
    country: str
    name: str
    languages: tuple[str, ...]
    zone: str
    email: str = ""
    telephone: str = ""
    language: str = "fr"
    is_active: bool = True
