"""The host hands the interview over to a colleague of the same centre, who is its host from then on."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, HostNotIn
from scheduling.gather import gather_for_host, keep
from scheduling.participant import Participant, ParticipantRole
from scheduling.tables import accounts
from scheduling.trail import record_act


async def colleagues_at(session: AsyncConnection, centre_id: str) -> dict[str, str]:
    """Give who may be host at a centre: names by account."""
    statement = select(accounts.c.id, accounts.c.name).where(
        accounts.c.organisation_id == centre_id,
        accounts.c.role == Role.CENTRE_STAFF,
        accounts.c.is_active,
    )
    return {row.id: row.name for row in await session.execute(statement.order_by(accounts.c.name))}


async def hand_over_host(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, account_id: str
) -> Participant:
    """Make a colleague, or whoever asks, the host; given to the same one again, it stands once.

    Raises `InterviewOver`, `HostNotIn` before there is a host, and `FieldRefused` for anybody else.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    seat = found.seat_for(ParticipantRole.CENTRE_HOST)
    if seat is None or not seat.is_admitted:
        raise HostNotIn(interview_id)
    if account_id not in await colleagues_at(session, found.case.centre_id):
        raise FieldRefused("account_id", "no_colleague")
    after = seat.handed_to(account_id)
    kept = await keep(session, clock, actor, "participant:handed_over", before=seat, after=after)
    await record_act(session, clock, actor, "hand_over", noun="participant", noun_id=seat.id)
    return kept
