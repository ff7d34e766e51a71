"""Who holds which five minutes of what: the rows whose primary key refuses a double booking."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.booking import Booking
from scheduling.slot import quanta_of
from scheduling.wish import Wish

_LOOKS = 3
_Quantum = tuple[str, int]


class AlreadyHeld(Exception):
    """Another booking holds room, interpreter, person or every seat of the post; `wish` says when."""

    def __init__(self, wish: Wish) -> None:
        super().__init__(wish)
        self.wish = wish


async def hold(session: AsyncSession, booking: Booking, wishes: Sequence[Wish], *, seats: int) -> None:
    """Let a booking hold exactly these slots, each with a seat of the post; nothing changes if one is gone.

    Two transactions may both have found a slot free. They meet here: the second insert breaks the primary
    key (PostgreSQL lets it wait for the first to commit), only the savepoint is lost, and a second look says
    which slot is gone.
    """
    for _ in range(_LOOKS):
        rows = _rows(booking, wishes, await _held_by_others(session, booking, wishes, seats), seats)
        try:
            async with session.begin_nested():
                await release(session, booking.id)
                await session.execute(insert(tables.quanta), rows)
        except IntegrityError:
            continue
        return
    raise AlreadyHeld(wishes[0])


async def release(session: AsyncSession, booking_id: str) -> None:
    """Give back everything that a booking holds."""
    await session.execute(delete(tables.quanta).where(tables.quanta.c.booking_id == booking_id))


async def _held_by_others(
    session: AsyncSession, booking: Booking, wishes: Sequence[Wish], seats: int
) -> set[_Quantum]:
    q = tables.quanta
    resources = {each for wish in wishes for each in (*_resources(booking, wish), *_seats(booking, seats))}
    numbers = {number for wish in wishes for number in quanta_of(wish.interval)}
    statement = select(q.c.resource, q.c.quantum).where(
        q.c.resource.in_(sorted(resources)),
        q.c.quantum.between(min(numbers), max(numbers)),
        q.c.booking_id != booking.id,
    )
    return {(resource, number) for resource, number in (await session.execute(statement)).all()}


def _rows(
    booking: Booking, wishes: Iterable[Wish], held: set[_Quantum], seats: int
) -> list[Mapping[str, str | int]]:
    """Return the rows of all wishes, in one order for all bookings, so that no two wait for each other.

    A seat is a number only: a booking may take another each five minutes, so that seats free one after the
    other are as good as one.
    """
    wanted: set[_Quantum] = set()  # two slots of one booking may share a stretch
    for wish in wishes:
        for number in quanta_of(wish.interval):
            seat = next((each for each in _seats(booking, seats) if (each, number) not in held), None)
            own = {(resource, number) for resource in _resources(booking, wish)}
            if seat is None or own & held:
                raise AlreadyHeld(wish)
            wanted |= own | {(seat, number)}
    return [
        {"resource": resource, "quantum": number, "booking_id": booking.id}
        for resource, number in sorted(wanted)
    ]


def _resources(booking: Booking, wish: Wish) -> list[str]:
    people = [] if wish.interpreter_id is None else [f"interpreter:{wish.interpreter_id}"]
    return [f"room:{wish.room_id}", f"case:{booking.case_id}", *people]


def _seats(booking: Booking, seats: int) -> list[str]:
    return [f"post:{booking.post_id}/{seat}" for seat in range(seats)]
