"""What is kept: a post, a centre, a room, an interpreter or the authority; and who may keep it."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.actor import Actor, Role


class OwnerKind(StrEnum):
    """What is kept; a centre has closures and holidays only, the authority no hours at all."""

    POST = "post"
    CENTRE = "centre"
    ROOM = "room"
    INTERPRETER = "interpreter"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Somebody or something that can be had at some hours; an interpreter belongs to no organisation."""

    id: str
    kind: OwnerKind
    name: str
    zone: str
    organisation_id: str = ""
    countries: frozenset[str] = frozenset()

    @property
    def keeps_holidays(self) -> bool:
        """Whether public holidays close it; a room follows its centre."""
        return self.kind in {OwnerKind.POST, OwnerKind.CENTRE}

    @property
    def has_weekly_hours(self) -> bool:
        """Whether it is open at hours of its own; a centre is as open as its rooms."""
        return self.kind not in {OwnerKind.CENTRE, OwnerKind.AUTHORITY}

    @property
    def has_hours(self) -> bool:
        """Whether anything can be open or closed."""
        return self.kind is not OwnerKind.AUTHORITY

    def is_kept_by(self, actor: Actor) -> bool:
        """Tell whether the actor may change its hours and facts."""
        if actor.role is Role.ADMINISTRATOR:
            return True
        is_own = actor.works_at(self.organisation_id)
        role = Role.CONSULAR_OFFICER if self.kind is OwnerKind.POST else Role.CENTRE_STAFF
        return is_own and actor.role is role
