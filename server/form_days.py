"""Days as a form sends them."""

import re
from datetime import date

from server.forms import Form
from server.i18n import Language

FIRST_YEAR, LAST_YEAR = 1900, 2100  # beyond them a day is a slip, and arithmetic on it may fail
_WRITTEN = re.compile(r"([0-9]{1,6})-[0-9]{2}-[0-9]{2}")
_MOST_CHARACTERS = 40


def day(form: Form, name: str, reader: Language, *, missing: str | None = None, wrong: str) -> date | None:
    """Read an ISO day; None with a fault when it is none, or when it is needed (`missing`) and empty."""
    text = form.text(name, missing=missing, too_long=wrong, most_chars=_MOST_CHARACTERS)
    if not text:
        return None
    found = read_day(text)
    if found is None:
        form.fault(name, fault_of(text, reader, wrong=wrong))
    return found


def read_day(text: str) -> date | None:
    """Read an ISO day of our times; None when it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def fault_of(text: str, reader: Language, *, wrong: str) -> str:
    """Say what is wrong with a text that is no day of our times: its year, its day, or (`wrong`) its form."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return wrong
    if FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
        return reader.gettext("There is no such day: check the day and the month")
    years = {"first": FIRST_YEAR, "last": LAST_YEAR}
    return reader.gettext("Check the year: write one from %(first)s to %(last)s") % years
