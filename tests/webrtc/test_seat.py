"""People keep their seats, and nobody sits twice."""

from hypothesis import given
from hypothesis import strategies as st

from webrtc.seat import Seating

people = st.sampled_from("ABCDEF")


def test_people_sit_in_order_of_arrival() -> None:
    seating = Seating(2)
    assert [seating.place(person) for person in "ABC"] == [0, 1, None]
    assert seating.occupants == ("A", "B")
    assert seating.waiting == ("C",)


def test_who_is_seated_is_not_placed_again() -> None:
    seating = Seating(2)
    seating.place("A")
    assert seating.place("A") is None
    assert seating.occupants == ("A", None)


def test_who_waits_takes_the_seat_that_becomes_free() -> None:
    seating = Seating(1)
    for person in "AB":
        seating.place(person)
    assert seating.free("A") == [(0, "B")]
    assert seating.waiting == ()


def test_who_returns_gets_the_former_seat() -> None:
    seating = Seating(3)
    for person in "ABC":
        seating.place(person)
    seating.free("A")
    seating.free("B")
    assert seating.place("B") == 1
    assert seating.place("A") == 0


def test_a_newcomer_leaves_the_seat_of_who_may_return() -> None:
    seating = Seating(3)
    seating.place("A")
    seating.free("A")
    assert seating.place("B") == 1
    assert seating.place("A") == 0


def test_more_seats_are_given_to_who_waits() -> None:
    seating = Seating(0)
    for person in "AB":
        seating.place(person)
    assert seating.resize(1) == [(0, "A")]
    assert seating.resize(3) == [(1, "B")]
    assert seating.resize(1) == []
    assert seating.occupants == ("A", "B", None)


def test_freeing_who_is_not_there_changes_nothing() -> None:
    seating = Seating(1)
    assert seating.free("A") == []


@given(st.integers(0, 4), st.lists(st.tuples(st.booleans(), people), max_size=40))
def test_everybody_present_sits_once_or_waits_while_all_seats_are_taken(
    size: int, moves: list[tuple[bool, str]]
) -> None:
    seating, present = Seating(size), set[str]()
    for comes, person in moves:
        before = seating.occupants
        if comes:
            seating.place(person)
            present.add(person)
        else:
            seating.free(person)
            present.discard(person)
        seated = [who for who in seating.occupants if who is not None]
        assert sorted([*seated, *seating.waiting]) == sorted(present)
        assert not seating.waiting or None not in seating.occupants
        # Nobody is moved by what others do.
        for was, now in zip(before, seating.occupants, strict=True):
            assert was in {now, None, person}
