"""Texts under a key of their interview, bound to their row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.refusals import WorkingCopyUnreadable
from recordings.working_copy import OVERHEAD_BYTES, MasterSecret, WorkingKey, new_working_key

MASTER = MasterSecret(b"\x01" * 32)
KEY = new_working_key()


@given(st.text(max_size=300))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    sealed = KEY.seal("minutes", "row", text)
    assert len(sealed) == len(text.encode()) + OVERHEAD_BYTES
    assert KEY.open("minutes", "row", sealed) == text


def test_the_same_text_never_looks_the_same() -> None:
    assert KEY.seal("minutes", "row", "yes") != KEY.seal("minutes", "row", "yes")


@pytest.mark.parametrize(("table", "row"), [("minutes", "other"), ("evidence", "row"), ("minutes|row", "")])
def test_a_text_moved_to_another_row_or_table_does_not_open(table: str, row: str) -> None:
    with pytest.raises(WorkingCopyUnreadable):
        KEY.open(table, row, KEY.seal("minutes", "row", "In Labé."))


@given(st.data())
def test_a_changed_bit_anywhere_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal("minutes", "row", "In Labé."))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(WorkingCopyUnreadable):
        KEY.open("minutes", "row", bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, OVERHEAD_BYTES - 1, OVERHEAD_BYTES])
def test_a_text_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(WorkingCopyUnreadable) as refused:
        KEY.open("minutes", "row", KEY.seal("minutes", "row", "In Labé.")[:length])
    assert refused.value.bound_to == "minutes|row"


def test_a_key_comes_back_from_its_wrapping() -> None:
    assert MASTER.unwrap("interview", MASTER.wrap("interview", KEY)) == KEY


def test_a_wrapped_key_serves_one_interview_and_one_master_only() -> None:
    wrapped = MASTER.wrap("interview", KEY)
    with pytest.raises(WorkingCopyUnreadable):
        MASTER.unwrap("another", wrapped)
    with pytest.raises(WorkingCopyUnreadable):
        MasterSecret(b"\x02" * 32).unwrap("interview", wrapped)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterSecret(bytes(length))


def test_keys_are_never_printed() -> None:
    assert repr(MASTER) == "MasterSecret()"
    assert repr(WorkingKey(b"\x41" * 32)) == "WorkingKey()"


def test_every_key_is_another() -> None:
    assert len({new_working_key().secret for _ in range(50)}) == 50
