"""Who acts: the signed-in account as the verbs and queries need to know it."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is for; a role decides which rows exist for it."""

    CENTRE_STAFF = "centre_staff"
    CONSULAR_OFFICER = "consular_officer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    GUEST = "guest"


ACCOUNT_ROLES = tuple(role for role in Role if role is not Role.GUEST)
"""The roles that accounts have; a guest has a link to one interview instead."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in person; the name is for screens, never for logs.

    A guest has no account: `account_id` is the identifier of their seat, which lies in one interview.
    """

    account_id: str
    role: Role
    organisation_id: str
    name: str

    @property
    def is_guest(self) -> bool:
        """Whether they came by a link to one interview."""
        return self.role is Role.GUEST

    def works_at(self, organisation_id: str) -> bool:
        """Tell whether the organisation is the actor's own."""
        return self.organisation_id == organisation_id

    def hosts_at(self, centre_id: str) -> bool:
        """Tell whether the actor is staff of this centre."""
        return self.role is Role.CENTRE_STAFF and self.works_at(centre_id)

    def answers_for(self, post_id: str) -> bool:
        """Tell whether the actor is an officer of this post."""
        return self.role is Role.CONSULAR_OFFICER and self.works_at(post_id)

    def reads_case_of(self, centre_id: str) -> bool:
        """Tell whether the actor may read a whole case of this centre."""
        return self.role is Role.SUPERVISOR or self.hosts_at(centre_id)
