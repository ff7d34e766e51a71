"""The statements that read and write a booking's wishes, proposals and guests."""

from collections.abc import Iterable, Sequence

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.columns import into
from scheduling.guest import Guest
from scheduling.participant import ParticipantRole
from scheduling.store import add
from scheduling.wish import Proposal, Side, Wish


async def add_wishes(session: AsyncConnection, booking_id: str, wishes: Sequence[Wish]) -> None:
    """Insert the wishes of a request, the dearest first."""
    rows = [{"booking_id": booking_id, "rank": rank, **wish._asdict()} for rank, wish in enumerate(wishes, 1)]
    await session.execute(into(tables.wishes), rows)


async def wishes_of(session: AsyncConnection, booking_id: str) -> dict[int, Wish]:
    """Return the wishes of a request by rank."""
    w = tables.wishes
    columns = (w.c.rank, *(w.c[name] for name in Wish._fields))
    statement = select(*columns).where(w.c.booking_id == booking_id).order_by(w.c.rank)
    return {row.rank: Wish(*row[1:]) for row in (await session.execute(statement)).all()}


async def proposal_of(session: AsyncConnection, booking_id: str) -> Proposal | None:
    """Return the proposal that stands for a booking, locked."""
    table = tables.proposals
    statement = select(table).where(table.c.booking_id == booking_id).with_for_update()
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else Proposal(**{**row, "side": Side(row["side"])})


async def keep_proposal(session: AsyncConnection, proposal: Proposal) -> None:
    """Write a proposal in place of the one before it."""
    await drop_proposal(session, proposal.booking_id)
    await add(session, tables.proposals, proposal)


async def drop_proposal(session: AsyncConnection, booking_id: str) -> None:
    """Forget the proposal of a booking."""
    await session.execute(delete(tables.proposals).where(tables.proposals.c.booking_id == booking_id))


async def add_guests(session: AsyncConnection, guests: Iterable[Guest]) -> None:
    """Insert the guests of a booking."""
    for guest in guests:
        await add(session, tables.guests, guest)


async def guests_of(session: AsyncConnection, booking_id: str) -> tuple[Guest, ...]:
    """Return the guests of a booking, by role and identifier."""
    table = tables.guests
    statement = select(table).where(table.c.booking_id == booking_id).order_by(table.c.role, table.c.id)
    return tuple(guest_from(row) for row in (await session.execute(statement)).mappings())


async def keep_guest(session: AsyncConnection, guest: Guest) -> None:
    """Write whether the post agrees to a guest, and whether the centre still wants them."""
    table = tables.guests
    stands = {"is_agreed": guest.is_agreed, "taken_off_at": guest.taken_off_at}
    await session.execute(update(table).where(table.c.id == guest.id).values(**stands))


def guest_from(row: RowMapping) -> Guest:
    """Return the guest that a whole row holds."""
    return Guest(**{**row, "role": ParticipantRole(row["role"])})
