"""What is next for a case, so that the list a centre works from says it in a word."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.booking import Status
from scheduling.case import CaseStatus, Suitability


class NextStep(StrEnum):
    """The one thing to do, or to wait for."""

    NOTHING = "nothing"
    SUSPENDED = "suspended"
    ASSESS = "assess"
    REQUEST = "request"
    ANSWER = "answer"
    AWAIT_ANSWER = "await_answer"
    ANSWER_LATE = "answer_late"
    INTERVIEW_PLANNED = "interview_planned"
    INTERVIEW_RUNNING = "interview_running"
    AWAIT_OUTCOME = "await_outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the next step depends on; `booking` is the status of the booking that counts.

    With `is_proposed` the post has answered a request with another slot, and the centre's word is awaited.
    """

    case: CaseStatus
    protection_open: bool
    suitability: Suitability
    booking: Status | None
    arrange_by_on: date | None
    is_proposed: bool = False


_BY_STATUS = {
    Status.CONFIRMED: NextStep.INTERVIEW_PLANNED,
    Status.IN_PROGRESS: NextStep.INTERVIEW_RUNNING,
    Status.COMPLETED: NextStep.AWAIT_OUTCOME,
}


def next_step(standing: Standing, today: date) -> NextStep:
    """Return what is next; an open protection claim outweighs everything but the person's leaving."""
    if standing.case is not CaseStatus.OPEN:
        return NextStep.NOTHING
    if standing.protection_open:
        return NextStep.SUSPENDED
    if standing.booking is Status.REQUESTED and standing.is_proposed:
        return NextStep.ANSWER
    if standing.booking is Status.REQUESTED:
        late = standing.arrange_by_on is not None and standing.arrange_by_on < today
        return NextStep.ANSWER_LATE if late else NextStep.AWAIT_ANSWER
    if standing.booking in _BY_STATUS:
        return _BY_STATUS[standing.booking]
    return NextStep.ASSESS if standing.suitability is Suitability.NOT_ASSESSED else NextStep.REQUEST


_RANK = (
    Status.IN_PROGRESS,
    Status.CONFIRMED,
    Status.REQUESTED,
    Status.COMPLETED,
)


def weight(status: Status) -> int:
    """Return how much a booking counts among those of one case, the smallest first; exits come last."""
    return _RANK.index(status) if status in _RANK else len(_RANK)
