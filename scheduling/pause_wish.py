"""Somebody in the interview asks the host for a pause, and what comes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.participant import ParticipantRole

MAY_ASK = frozenset({ParticipantRole.CONSULAR_OFFICER, ParticipantRole.LAWYER, ParticipantRole.GUARDIAN})
"""Who may ask: the officer, and whoever may speak for the person."""
ASKED_EVENT = "participant:pause_asked"
DECLINED_EVENT = "participant:pause_declined"
AGAIN_AFTER = timedelta(minutes=1)


class WishAnswer(StrEnum):
    """What came of it."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PauseWish:
    """The newest wish of one participant, and its answer so far."""

    participant_id: str
    asked_at: datetime
    answer: WishAnswer


def pause_wishes(
    happened: Iterable[tuple[datetime, str, str | None]], pauses: Iterable[datetime]
) -> tuple[PauseWish, ...]:
    """Give the newest wish of each; `happened` is in order, and a pause that begins later grants it.

    Also one that begins after a no: what was not possible then has been since.
    """
    asked: dict[str, datetime] = {}
    declined: dict[str, datetime] = {}
    for at, event, who in happened:
        if who is not None and event == ASKED_EVENT:
            asked[who] = at
            declined.pop(who, None)
        elif who is not None and event == DECLINED_EVENT:
            declined[who] = at
    begun = tuple(pauses)
    return tuple(PauseWish(who, at, _answer(at, declined.get(who), begun)) for who, at in asked.items())


def _answer(asked_at: datetime, declined_at: datetime | None, pauses: Iterable[datetime]) -> WishAnswer:
    if any(at >= (declined_at or asked_at) for at in pauses):
        return WishAnswer.GRANTED
    return WishAnswer.ASKED if declined_at is None else WishAnswer.DECLINED
