"""A guest: somebody who shall attend one interview beside its two sides, and whether the post agrees."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scheduling.participant import ParticipantRole

GUEST_ROLES = (
    ParticipantRole.INTERPRETER,
    ParticipantRole.LAWYER,
    ParticipantRole.GUARDIAN,
    ParticipantRole.LIAISON_OFFICER,
    ParticipantRole.OBSERVER,
)
MOST_GUESTS = 3
"""With the interpreter: a room has six seats, three of them the person's, the host's and the officer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom a centre wants to invite, as it typed it."""

    role: ParticipantRole
    name: str
    email: str = ""
    telephone: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody invited to one booking; `is_agreed` is None until the post has answered."""

    id: str
    booking_id: str
    role: ParticipantRole
    name: str
    email: str = ""
    telephone: str = ""
    language: str = "fr"
    is_agreed: bool | None = None

    def answered(self, *, agreed: bool) -> "Guest":
        """Return the guest with the post's word; what was agreed beforehand stays agreed."""
        return self if self.is_agreed is not None else replace(self, is_agreed=agreed)


def agreed_beforehand(role: ParticipantRole, may_attend: Iterable[ParticipantRole]) -> bool | None:
    """Return True for who attends without asking: a guardian by law, others by the country profile.

    None leaves the word to the post, which speaks with its answer.
    """
    return True if role is ParticipantRole.GUARDIAN or role in set(may_attend) else None
