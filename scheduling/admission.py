"""Who comes into an interview: not too early, not before the host, not after the end, in nobody's stead."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from scheduling.actor import Actor, Role
from scheduling.errors import InterviewOver, PutOut, SeatOfAnother, TooEarly
from scheduling.interview import Interview
from scheduling.participant import Participant, ParticipantRole

OPENS_BEFORE = timedelta(hours=1)
"""How long before the planned start the waiting room opens."""


def opens_at(starts_at: datetime) -> datetime:
    """Return when the waiting room opens to guests."""
    return starts_at - OPENS_BEFORE


def seat_of(
    actor: Actor, participants: Iterable[Participant], *, centre_id: str, post_id: str
) -> Participant | None:
    """Return the seat this actor may take, or None: the host brings the person, the others themselves."""
    if actor.is_guest:
        return next((each for each in participants if each.id == actor.account_id), None)
    by_role = {each.role: each for each in participants}
    if actor.hosts_at(centre_id):
        return by_role.get(ParticipantRole.DETAINEE)
    if actor.answers_for(post_id):
        return by_role.get(ParticipantRole.CONSULAR_OFFICER)
    return None


def check_may_take(actor: Actor, seat: Participant, interview: Interview) -> None:
    """Refuse entry after the end, to a seat that another account holds, and to who was put out."""
    if interview.is_over:
        raise InterviewOver(interview.id)
    if seat.removed_at is not None:
        raise PutOut(seat.id)
    if actor.role is Role.CONSULAR_OFFICER and seat.account_id not in {None, actor.account_id}:
        raise SeatOfAnother(seat.id)


class Opening(Protocol):
    """What tells whether an interview was opened."""

    @property
    def started_at(self) -> datetime | None:
        """When it began."""

    @property
    def early_for_at(self) -> datetime | None:
        """The planned start before which its host means to open it."""


def is_shut(interview: Opening, starts_at: datetime, now: datetime) -> bool:
    """Tell whether it is long before the planned start, and its host has not opened it all the same.

    What was confirmed of another start, before a move, does not count.
    """
    return interview.started_at is None and now < opens_at(starts_at) and interview.early_for_at != starts_at


def check_not_too_early(actor: Actor, interview: Interview, starts_at: datetime, now: datetime) -> None:
    """Refuse a guest before the waiting room opens."""
    if actor.is_guest and is_shut(interview, starts_at, now):
        raise TooEarly(interview.id)


def host_is_in(participants: Iterable[Participant]) -> bool:
    """Tell whether the host has come in."""
    return any(each.role is ParticipantRole.CENTRE_HOST and each.is_admitted for each in participants)
