"""Who sits where: people are placed on the numbered seats of one receiving side, and keep them."""


class Seating:
    """The seats of one viewer.

    Seats are numbered from 0. A person who leaves and returns gets the former seat back while it is empty;
    who finds no seat waits in order of arrival.
    """

    __slots__ = ("_former", "_queue", "_seats")

    def __init__(self, size: int) -> None:
        self._seats: list[str | None] = [None] * size
        self._former: dict[str, int] = {}
        self._queue: list[str] = []

    @property
    def occupants(self) -> tuple[str | None, ...]:
        """Who sits on each seat."""
        return tuple(self._seats)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Who has no seat yet, first come first."""
        return tuple(self._queue)

    def seat_of(self, person: str) -> int | None:
        """Return the seat of `person`, or None."""
        return self._seats.index(person) if person in self._seats else None

    def place(self, person: str) -> int | None:
        """Give `person` a seat; return it when it is new, None when already seated or all are taken."""
        if person in self._seats or person in self._queue:
            return None
        seat = self._choose(person)
        if seat is None:
            self._queue.append(person)
        else:
            self._sit(person, seat)
        return seat

    def free(self, person: str) -> list[tuple[int, str | None]]:
        """Take `person` off; return the seats that changed with their new occupant (or None)."""
        if person in self._queue:
            self._queue.remove(person)
        seat = self.seat_of(person)
        if seat is None:
            return []
        self._seats[seat] = None
        if self._queue:
            self._sit(self._queue.pop(0), seat)
        return [(seat, self._seats[seat])]

    def resize(self, size: int) -> list[tuple[int, str]]:
        """Grow to `size` seats (never shrink) and seat who waits; return the new places."""
        self._seats += [None] * max(0, size - len(self._seats))
        placed: list[tuple[int, str]] = []
        while self._queue and None in self._seats:
            person = self._queue.pop(0)
            seat = self._seats.index(None)
            self._sit(person, seat)
            placed.append((seat, person))
        return placed

    def _choose(self, person: str) -> int | None:
        former = self._former.get(person)
        if former is not None and self._seats[former] is None:
            return former
        never_used = [
            seat for seat, who in enumerate(self._seats) if who is None and seat not in self._former.values()
        ]
        if never_used:
            return never_used[0]
        return self._seats.index(None) if None in self._seats else None

    def _sit(self, person: str, seat: int) -> None:
        self._seats[seat] = person
        self._former[person] = seat
