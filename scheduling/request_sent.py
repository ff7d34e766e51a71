"""A request as it was sent: what a post was asked, by which route, and the fields released for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduling.booking import Modality
from scheduling.case import DisclosedField
from scheduling.post import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The centre asks a post for an interview; what it released is readable while the request lives."""

    id: str
    case_id: str
    post_id: str
    route: Route
    modality: Modality
    disclosed: frozenset[DisclosedField]
    sent_by: str
    sent_at: datetime
    chase_at: datetime
    expires_at: datetime
    arrange_by_on: date | None = None
    interpreter_language: str | None = None
    chased_at: datetime | None = None
    ended_at: datetime | None = None

    def over(self, at: datetime) -> "Request":
        """Return the request ended: nothing of it is disclosed any more."""
        return self if self.ended_at is not None else replace(self, ended_at=at)
