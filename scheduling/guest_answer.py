"""What a guest answers at the door about being recorded; without a yes nothing of them is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.gather import gather
from scheduling.guest import GUEST_ROLES
from scheduling.identifier import new_id
from scheduling.participant import NEVER_RECORDED, Participant, ParticipantRole
from scheduling.trail import record_act, tell

ASKED = frozenset(GUEST_ROLES) - NEVER_RECORDED
"""The guests who are asked; of the others nothing is ever recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestAnswer:
    """What one guest read on the screen, and what they answered."""

    id: str
    interview_id: str
    participant_id: str
    text_version: str
    language: str
    agrees: bool
    answered_at: datetime


async def answer_at_door(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    agrees: bool,
    language: str,
    text_version: str,
) -> GuestAnswer:
    """Record a guest's own answer before they come in; it holds from the next time they do."""
    found = await gather(session, interview_id)
    found.check_open()
    if not actor.is_guest:
        raise NotForYou("interview", interview_id)
    seat = found.seat(actor.account_id)
    if seat.role not in ASKED:
        raise FieldRefused("agrees", "never_recorded")
    if seat.is_present:
        raise NotPossibleNow("participant", "present", "answered")
    answer = GuestAnswer(
        id=new_id(),
        interview_id=interview_id,
        participant_id=seat.id,
        text_version=text_version,
        language=language,
        agrees=agrees,
        answered_at=clock(),
    )
    await store.add(session, tables.guest_answers, answer)
    await record_act(session, clock, actor, "consent", noun="participant", noun_id=seat.id)
    await tell(session, "interview:consent", {"interview_id": interview_id}, at=answer.answered_at)
    return answer


async def guest_answers(session: AsyncConnection, interview_id: str) -> dict[str, GuestAnswer]:
    """Return each guest's newest answer by their seat."""
    table = tables.guest_answers
    statement = select(table).where(table.c.interview_id == interview_id)
    rows = (await session.execute(statement.order_by(table.c.answered_at, table.c.agrees.desc()))).mappings()
    return {row["participant_id"]: GuestAnswer(**row) for row in rows}


def is_asked(seat: Participant) -> bool:
    """Tell whether a guest has to answer before they come in."""
    return seat.role in ASKED


def not_to_record(seats: Iterable[tuple[str, str]], agreed: Iterable[str]) -> frozenset[str]:
    """Return of these seats (identifier, role) the guests of whom nothing may be recorded."""
    yes = frozenset(agreed)
    return frozenset(each for each, role in seats if ParticipantRole(role) in ASKED and each not in yes)
