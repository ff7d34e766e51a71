"""What somebody else saved while a form was open: the digest of what it showed, and what stands now.

The digest is compared inside the transaction that saves, once the row is locked.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from server.csrf import FIELD as TOKEN
from server.forms import Form
from server.i18n import mark

SHOWN = "shown"
CHANGED = mark("This was changed after you opened the page: look at what stands now")
_ROW = re.compile(r"(contact|open|shut)-([a-z]+)-(\d+)|(days|from|to)-(\d+)")
_ROWS = {"contact": "contacts", "open": "openings", "shut": "closures"}


class OvertakenError(Exception):
    """What a form showed is not what stands any more."""

    def __init__(self, now: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.now = now


def check_shown(form: Form, now: Mapping[str, Sequence[str]]) -> None:
    """Refuse to overwrite what the sender never saw; what is typed as it stands already harms nobody."""
    if form.value(SHOWN) != digest(now) and differing(form, Form(now)):
        raise OvertakenError(now)


def digest(values: Mapping[str, Sequence[str]]) -> str:
    """Give the same text for the same fields, and another one for others."""
    filled = {name: list(texts) for name, texts in values.items() if any(texts)}
    return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()


def differing(one: Form, other: Form) -> list[str]:
    """Name the fields, and the lists of rows as wholes, in which two forms differ."""
    ours, theirs = _parts(one), _parts(other)
    return [name for name in {**theirs, **ours} if ours.get(name) != theirs.get(name)]


def _parts(form: Form) -> dict[str, list[list[str]]]:
    rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in form.names:
        texts = sorted(text.strip() for text in form.values(name) if text.strip())
        if texts and name not in {TOKEN, SHOWN}:
            part, row, place = _place(name)
            rows[part][row] += [place, *texts]
    return {part: sorted(each.values()) for part, each in rows.items()}


def _place(name: str) -> tuple[str, str, str]:
    """Give the list, its row and the place in it of a field; most fields are a list of their own."""
    found = _ROW.fullmatch(name)
    if found is None:
        return name, "", ""
    listed, column, row, day, of_week = found.groups()
    return ("weekly", of_week, day) if day else (_ROWS[listed], row, column)
