"""The protection stop: what ends when a person asks for protection, and the little that the post is told."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.booking import Booking, CancelReason, Status
from scheduling.case import Case
from scheduling.errors import CaseClosed, SendingSuspended

NEUTRAL_REASON = CancelReason.BY_CENTRE
"""The reason that a centre also gives for anything else, so that it tells nothing."""


def check_may_send(case: Case) -> None:
    """Refuse to tell a post anything about somebody who asked for protection, or who is gone."""
    if not case.is_open:
        raise CaseClosed(case.id)
    if case.protection_open:
        raise SendingSuspended(case.id)


def stopped(booking: Booking, at: datetime) -> Booking:
    """Return a live booking as it leaves, by the same steps that a centre takes on any other day."""
    step = {
        Status.REQUESTED: Status.WITHDRAWN,
        Status.CONFIRMED: Status.CANCELLED,
        Status.IN_PROGRESS: Status.COMPLETED,
    }[booking.status]
    reason = None if step is Status.COMPLETED else NEUTRAL_REASON
    return booking.moved_to(step, at=at, reason=reason)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What must be told: interviews to close on the media side, bookings whose sides get a neutral word."""

    case: Case
    left: tuple[Booking, ...]
    interviews_to_close: tuple[str, ...]
