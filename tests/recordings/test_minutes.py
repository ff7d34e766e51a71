"""Lines of the minutes."""

from dataclasses import replace

import pytest

from recordings.minutes import STATEMENT_LIMIT_CHARACTERS, Statement, StatementKind, check_text, in_order
from recordings.refusals import StatementEmpty, StatementTooLong
from tests.support.clock import NOON

LINE = Statement("s" * 26, "i" * 26, 1, StatementKind.ANSWER, "In Labé.", NOON, 0, True, "o" * 26)


@pytest.mark.parametrize("text", ["", " ", "\r\n \t"])
def test_a_line_without_words_is_refused(text: str) -> None:
    with pytest.raises(StatementEmpty):
        check_text(text)


def test_the_limit_is_the_last_length_that_passes() -> None:
    longest = "é" * STATEMENT_LIMIT_CHARACTERS
    assert check_text(f" {longest} ") == longest
    with pytest.raises(StatementTooLong) as refused:
        check_text(longest + "é")
    assert refused.value.characters == STATEMENT_LIMIT_CHARACTERS + 1
    assert "StatementTooLong(characters=" in str(refused.value)


def test_line_ends_of_every_system_become_one() -> None:
    assert check_text("one\r\ntwo\rthree\nfour") == "one\ntwo\nthree\nfour"


def test_half_a_character_cannot_stop_the_sealing() -> None:
    assert check_text("Lab\ud800é") == "Lab?é"


def test_lines_are_read_back_in_the_order_of_writing() -> None:
    lines = [replace(LINE, position=position) for position in (3, 1, 2)]
    assert [line.position for line in in_order(lines)] == [1, 2, 3]
