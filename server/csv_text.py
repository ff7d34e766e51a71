"""CSV as spreadsheets read it (RFC 4180): a mark of the encoding, and no cell that would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a cell that a spreadsheet would calculate gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([defused(cell) for cell in row] for row in (head, *rows))
    return _MARK + out.getvalue()


def defused(cell: str) -> str:
    """Return a cell that is text to a spreadsheet, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
