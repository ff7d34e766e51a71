"""A private consultation within an interview: who stays with the person while everybody else is cut off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from scheduling.errors import FieldRefused, NotPossibleNow
from scheduling.participant import Participant, ParticipantRole

MAY_STAY = frozenset({ParticipantRole.LAWYER, ParticipantRole.GUARDIAN, ParticipantRole.INTERPRETER})
"""Who may stay with the person: nobody of an authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One consultation; `stays` are participants, the person first. What is said in it is kept nowhere."""

    id: str
    interview_id: str
    stays: tuple[str, ...]
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    version: int = 1

    def ended(self, *, by: str, at: datetime) -> "Consultation":
        """Return the consultation ended."""
        if self.ended_at is not None:
            raise NotPossibleNow("consultation", "ended", "ended")
        return replace(self, ended_at=at, ended_by=by, version=self.version + 1)


def who_stays(participants: Iterable[Participant], chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the person and those chosen, in a fixed order; alone, they speak with who sits beside them.

    Raises `FieldRefused` for somebody who may not stay, or who is not in the room.
    """
    by_id = {each.id: each for each in participants}
    wanted = sorted(set(chosen))
    for participant_id in wanted:
        somebody = by_id.get(participant_id)
        if somebody is None or somebody.role not in MAY_STAY or not somebody.is_admitted:
            raise FieldRefused("stays", "may_not_stay")
    person = [each.id for each in by_id.values() if each.role is ParticipantRole.DETAINEE]
    return (*person, *wanted)
