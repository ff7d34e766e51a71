"""The chain of custody."""

from datetime import timedelta

from recordings.custody import CustodyAct, CustodyEntry, begins_rightly, chain_of
from tests.support.clock import NOON


def link(subject: str, act: CustodyAct, seconds: int) -> CustodyEntry:
    return CustodyEntry(
        f"e{seconds}", "i", subject, act, NOON + timedelta(seconds=seconds), "a", "supervisor"
    )


LINKS = [
    link("one", CustodyAct.HANDED_OVER, 9),
    link("two", CustodyAct.SEALED, 1),
    link("one", CustodyAct.TAKEN, 2),
    link("one", CustodyAct.CITED, 5),
]


def test_a_chain_is_one_subjects_own_from_first_to_last() -> None:
    acts = [entry.act for entry in chain_of("one", LINKS)]
    assert acts == [CustodyAct.TAKEN, CustodyAct.CITED, CustodyAct.HANDED_OVER]


def test_a_chain_begins_with_being_taken_or_sealed() -> None:
    assert begins_rightly(chain_of("one", LINKS))
    assert begins_rightly(chain_of("two", LINKS))
    assert not begins_rightly(chain_of("one", LINKS)[1:])
    assert not begins_rightly(())
