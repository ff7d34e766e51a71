"""Every refusal about a booking says where it stands now and what can be done, in the reader's language."""

import pytest

from scheduling.booking import Status
from scheduling.errors import NotPossibleNow, StandsAlready
from server.i18n import load_languages
from server.refusals import sentence

ENGLISH, FRENCH = load_languages()["en"], load_languages()["fr"]
STANDINGS = [*Status, "past"]


def said(status: str, language: object = FRENCH, wanted: str = "moved") -> str:
    return sentence(NotPossibleNow("booking", status, wanted), language)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", [ENGLISH, FRENCH], ids=lambda each: each.code)
def test_each_standing_has_a_sentence_of_its_own(language: object) -> None:
    sentences = [said(status, language) for status in STANDINGS]
    assert len(set(sentences)) == len(STANDINGS)
    for each in sentences:
        assert len(each.rstrip(".").split(". ")) == 2 or ":" in each, (
            each
        )  # where it stands, what can be done


def test_it_is_said_in_words_that_hold_for_either_side() -> None:
    assert said(Status.CANCELLED, ENGLISH) == (
        "This interview is cancelled. Where one is still wanted, the centre sends a new request."
    )
    assert said(Status.WITHDRAWN).startswith("Le centre a retiré cette demande. ")
    assert said("past", ENGLISH, Status.CONFIRMED) == "This slot is past. Choose another one."


def test_what_would_change_nothing_says_so() -> None:
    stands, wished = (StandsAlready("b", is_wish=is_wish) for is_wish in (False, True))
    assert sentence(stands, ENGLISH).startswith("Nothing was changed: ")
    assert sentence(wished, ENGLISH).endswith("confirm it on the page of the request, or choose another.")
