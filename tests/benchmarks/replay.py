"""A transaction sent again, by pgbench or by the driver alone; what it wrote is written elsewhere."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduling.identifier import new_id

_PLACE = re.compile(r"\$(\d+)(::[A-Z]+(?: WITH TIME ZONE)?)?")
_VARIABLE = re.compile(r":(?=[A-Za-z_])")  # what pgbench would take for one of its variables
_CLAIMS = "INSERT INTO quanta"
_SPLIT = ":' || '"
_HEAD = (
    "\\set mark random(1, 1000000000000000)\n"  # of the rows that are written: no two of the same identifier
    "\\set far random(1, 1000000000)\n"  # and of the five minutes that are claimed
    "BEGIN;\n"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement with the parameters of each time that it was executed."""

    statement: str
    parameters: Sequence[Sequence[Any]]


def script_of(sent: Sequence[Sent], *, is_kept: bool) -> str:
    """Return the script of one transaction; many executions of one statement go in one pipeline."""
    made = _made_by(sent)
    lines = []
    for each in sent:
        bare = [_line(each.statement, parameters, made) for parameters in each.parameters]
        lines += ["\\startpipeline", *bare, "\\endpipeline"] if len(bare) > 1 else bare
    return _HEAD + "\n".join(lines) + ("\nCOMMIT;\n" if is_kept else "\nROLLBACK;\n")


def fresh(sent: Sequence[Sent], far: int) -> list[Sent]:
    """Return the same statements with identifiers of their own, and claims so many five minutes away."""
    made = {value: new_id() for value in _made_by(sent)}

    def value_of(value: Any, *, claims: bool) -> Any:
        if claims and isinstance(value, int):
            return value + far
        name, at, rest = value.partition("@") if isinstance(value, str) else (None, "", "")
        return value if name is None else made.get(name, name) + at + rest

    return [
        Sent(
            each.statement,
            [
                tuple(value_of(value, claims=each.statement.startswith(_CLAIMS)) for value in row)
                for row in each.parameters
            ],
        )
        for each in sent
    ]


def _made_by(sent: Sequence[Sent]) -> list[str]:
    """The identifiers that the transaction made: the first value of what it inserted."""
    first = [each.parameters[0][0] for each in sent if each.statement.startswith("INSERT")]
    return [value for value in dict.fromkeys(first) if isinstance(value, str) and ":" not in value]


def _line(statement: str, parameters: Sequence[Any], made: Sequence[str]) -> str:
    claims = statement.startswith(_CLAIMS)

    def literal(found: re.Match[str]) -> str:
        value, cast = parameters[int(found[1]) - 1], found[2] or ""
        if claims and isinstance(value, int):
            return f"(:far::INTEGER + {value % 1000})"
        return _literal(value, made) + cast

    return " ".join(_PLACE.sub(literal, statement).split()) + ";"


def _literal(value: Any, made: Sequence[str]) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).upper()
    if isinstance(value, str) and value in made:
        return f"('{made.index(value)}' || :mark::BIGINT)"
    if isinstance(value, str) and value.partition("@")[0] in made:
        return "('uid' || :mark::BIGINT)"
    if isinstance(value, datetime | date):
        return f"'{value.isoformat()}'"
    if isinstance(value, list):  # an array of texts
        value = f"{{{json.dumps(value)[1:-1]}}}"
    text = value if isinstance(value, str) else json.dumps(value)
    quoted = "'" + text.replace("'", "''") + "'"
    return f"({_VARIABLE.sub(_SPLIT, quoted)})"
