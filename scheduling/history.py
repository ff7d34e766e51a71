"""History: a full copy of a noun for each change of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Protocol


class Versioned(Protocol):
    """A frozen noun whose every change is a new version."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What changed, by whom, when, and the whole noun as it stood after."""

    noun: str
    noun_id: str
    version: int
    event: str
    by_account_id: str | None
    at: datetime
    copy: Mapping[str, Any]


def entry_of(event: str, noun: Versioned, *, by: str | None, at: datetime) -> HistoryEntry:
    """Return the entry for a noun that an event such as `booking:confirmed` just changed."""
    return HistoryEntry(
        noun=event.partition(":")[0],
        noun_id=noun.id,
        version=noun.version,
        event=event,
        by_account_id=by,
        at=at,
        copy=plain(noun),
    )


def plain(noun: Any) -> dict[str, Any]:
    """Return a flat dataclass as values that JSON can hold."""
    return {each.name: _plain_value(getattr(noun, each.name)) for each in fields(noun)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | frozenset) else value
