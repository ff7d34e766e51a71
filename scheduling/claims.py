"""Who holds which five minutes of what: the rows whose primary key refuses a double booking."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Table, and_, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Booking
from scheduling.columns import among, many
from scheduling.slot import quanta_of
from scheduling.store import insert_once
from scheduling.wish import Wish

_LOOKS = 3
_QUANTA: Table = tables.quanta
_HELD = select(_QUANTA).where(
    or_(
        _QUANTA.c.booking_id == bindparam("of"),
        and_(
            among(_QUANTA.c.resource, many("resources")),
            _QUANTA.c.quantum.between(bindparam("first"), bindparam("last")),
        ),
    )
)
_Quantum = tuple[str, int]


class AlreadyHeld(Exception):
    """Another booking holds room, interpreter, person or every seat of the post; `wish` says when."""

    def __init__(self, wish: Wish) -> None:
        super().__init__(wish)
        self.wish = wish


async def hold(session: AsyncConnection, booking: Booking, wishes: Sequence[Wish], *, seats: int) -> None:
    """Let a booking hold exactly these slots, each with a seat of the post; nothing changes if one is gone.

    Two transactions may both have found a slot free. They meet here: the primary key lets one of two rows in
    (on PostgreSQL the second waits for the first to commit), and a second look says which slot is gone.
    """
    for _ in range(_LOOKS):
        own, others = await _held(session, booking, wishes, seats)
        wanted = _wanted(booking, wishes, others, seats)
        missing = sorted(wanted - own)  # in one order for all bookings, so that no two wait for each other
        got = await _claim(session, booking.id, missing)
        if len(got) == len(missing):
            await _give_back(session, sorted(own - wanted))
            return
        await _give_back(session, got)
    raise AlreadyHeld(wishes[0])


async def release(session: AsyncConnection, booking_id: str) -> None:
    """Give back everything that a booking holds."""
    await session.execute(delete(_QUANTA).where(_QUANTA.c.booking_id == booking_id))


async def _held(
    session: AsyncConnection, booking: Booking, wishes: Sequence[Wish], seats: int
) -> tuple[set[_Quantum], set[_Quantum]]:
    """Return what the booking holds, and what others hold of what it wants."""
    resources = {each for wish in wishes for each in (*_resources(booking, wish), *_seats(booking, seats))}
    numbers = {number for wish in wishes for number in quanta_of(wish.interval)}
    asked = {"of": booking.id, "resources": sorted(resources), "first": min(numbers), "last": max(numbers)}
    own: set[_Quantum] = set()
    others: set[_Quantum] = set()
    for resource, number, holder in (await session.execute(_HELD, asked)).all():
        (own if holder == booking.id else others).add((resource, number))
    return own, others


def _wanted(booking: Booking, wishes: Iterable[Wish], held: set[_Quantum], seats: int) -> set[_Quantum]:
    """Return what all wishes take together; two slots of one booking may share a stretch.

    A seat is a number only: a booking may take another each five minutes, so that seats free one after the
    other are as good as one.
    """
    wanted: set[_Quantum] = set()
    for wish in wishes:
        for number in quanta_of(wish.interval):
            seat = next((each for each in _seats(booking, seats) if (each, number) not in held), None)
            own = {(resource, number) for resource in _resources(booking, wish)}
            if seat is None or own & held:
                raise AlreadyHeld(wish)
            wanted |= own | {(seat, number)}
    return wanted


async def _claim(session: AsyncConnection, booking_id: str, wanted: Sequence[_Quantum]) -> list[_Quantum]:
    """Claim what nobody holds; gives what was had of it."""
    if not wanted:
        return []
    rows = [
        {"resource": resource, "quantum": number, "booking_id": booking_id} for resource, number in wanted
    ]
    statement = insert_once(session, _QUANTA).returning(_QUANTA.c.resource, _QUANTA.c.quantum)
    return [(resource, number) for resource, number in (await session.execute(statement, rows)).all()]


async def _give_back(session: AsyncConnection, held: Sequence[_Quantum]) -> None:
    if held:
        statement = delete(_QUANTA).where(
            _QUANTA.c.resource == bindparam("of"), _QUANTA.c.quantum == bindparam("at")
        )
        await session.execute(statement, [{"of": resource, "at": number} for resource, number in held])


def _resources(booking: Booking, wish: Wish) -> list[str]:
    people = [] if wish.interpreter_id is None else [f"interpreter:{wish.interpreter_id}"]
    return [f"room:{wish.room_id}", f"case:{booking.case_id}", *people]


def _seats(booking: Booking, seats: int) -> list[str]:
    return [f"post:{booking.post_id}/{seat}" for seat in range(seats)]
