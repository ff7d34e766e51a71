"""What a form says of a day that is none: its form, its year, or that the calendar has no such day."""

from datetime import date

import pytest

from server.form_days import day
from server.forms import Form
from server.i18n import load_languages

WRITTEN, YEAR, DAY = (
    "as year-month-day",
    "Check the year: write one from 1900 to 2100",
    "There is no such day",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20266-05-04", YEAR),
        ("0001-01-01", YEAR),
        ("98-04-23", YEAR),
        ("1899-12-31", YEAR),
        ("2101-01-01", YEAR),
        ("2026-02-30", DAY),
        ("2026-13-01", DAY),
        ("4/5/1998", WRITTEN),
        ("2026-4-5", WRITTEN),
        ("4" * 41, WRITTEN),
        ("", "needed"),
    ],
)
def test_what_is_wrong_with_a_day_is_said(text: str, said: str) -> None:
    form = Form({"on": [text]})
    assert day(form, "on", load_languages()["en"], missing="needed", wrong=WRITTEN) is None
    assert form.faults["on"].startswith(said)


def test_a_day_of_our_times_is_read() -> None:
    form = Form({"on": [" 1998-05-04 "]})
    assert day(form, "on", load_languages()["fr"], wrong=WRITTEN) == date(1998, 5, 4)
    assert form.is_valid
