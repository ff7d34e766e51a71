"""A guest: somebody who shall attend one interview beside its two sides, and whether the post agrees."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

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
    taken_off_at: datetime | None = None

    @property
    def attends(self) -> bool:
        """Whether a seat is theirs: the post agreed, and the centre still wants them."""
        return bool(self.is_agreed) and self.taken_off_at is None

    @property
    def is_undecided(self) -> bool:
        """Whether the post has its word still to say."""
        return self.is_agreed is None and self.taken_off_at is None

    @property
    def may_attend(self) -> bool:
        """Whether a seat is kept for them: theirs already, or once the post agrees."""
        return self.attends or self.is_undecided

    def answered(self, *, agreed: bool) -> "Guest":
        """Return the guest with the post's word; what was agreed beforehand stays agreed."""
        return self if self.is_agreed is not None else replace(self, is_agreed=agreed)

    def taken_off(self, at: datetime) -> "Guest":
        """Return the guest whom the centre wants no more; the first time stands."""
        return replace(self, taken_off_at=self.taken_off_at or at)

    def wanted_again(self) -> "Guest":
        """Return the guest invited anew; what the post said of them holds."""
        return replace(self, taken_off_at=None)


def agreed_beforehand(role: ParticipantRole, may_attend: Iterable[ParticipantRole]) -> bool | None:
    """Return True for who attends without asking: a guardian by law, others by the country profile.

    None leaves the word to the post, which speaks with its answer.
    """
    return True if role is ParticipantRole.GUARDIAN or role in set(may_attend) else None
