"""What every change leaves behind in the same transaction: history, a row in the outbox, a line of audit."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.columns import into
from scheduling.history import Versioned, entry_of
from scheduling.identifier import new_id


async def remember(
    session: AsyncConnection,
    event: str,
    noun: Versioned,
    *,
    by: Actor | None,
    at: datetime,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Write the full copy of a noun that `event` has just changed; `by` is None when the house acts.

    What hangs on the noun and changed with it goes `beside`, as values that JSON can hold.
    """
    entry = entry_of(event, noun, by=by.account_id if by else None, at=at)
    row = {
        "id": new_id(),
        "noun": entry.noun,
        "noun_id": entry.noun_id,
        "version": entry.version,
        "event": entry.event,
        "by_account_id": entry.by_account_id,
        "at": entry.at,
        "copy": {**entry.copy, **beside},
    }
    await session.execute(into(tables.history), row)


async def tell(
    session: AsyncConnection, event: str, payload: Mapping[str, str | int], *, at: datetime
) -> None:
    """Leave an event for the jobs that deliver once this transaction is committed; identifiers only."""
    row = {"event": event, "payload": dict(payload), "created_at": at, "attempts": 0}
    await session.execute(into(tables.outbox), row)


async def record_view(
    session: AsyncConnection, clock: Clock, actor: Actor, noun: str, noun_id: str, *, detail: str = ""
) -> None:
    """Note that somebody saw a thing; `detail` holds codes, never names."""
    await record_act(session, clock, actor, "view", noun=noun, noun_id=noun_id, detail=detail)


async def record_act(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor | None,
    act: str,
    *,
    noun: str,
    noun_id: str,
    detail: str = "",
) -> None:
    """Note an act on a thing in the audit."""
    row = {
        "id": new_id(),
        "at": clock(),
        "account_id": actor.account_id if actor else None,
        "act": act,
        "noun": noun,
        "noun_id": noun_id,
        "detail": detail,
    }
    await session.execute(into(tables.audit), row)
