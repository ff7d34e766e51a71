"""Days as a form sends them."""

from datetime import date

from server.forms import Form

FIRST_YEAR, LAST_YEAR = 1900, 2100  # beyond them a day is a slip, and arithmetic on it may fail


def day(form: Form, name: str, *, missing: str | None = None, wrong: str) -> date | None:
    """Read an ISO day; None with a fault when it is none, or when it is needed (`missing`) and empty."""
    text = form.text(name, missing=missing, too_long=wrong, most_chars=10)
    if not text:
        return None
    found = read_day(text)
    if found is None:
        form.fault(name, wrong)
    return found


def read_day(text: str) -> date | None:
    """Read an ISO day of our times; None when it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
