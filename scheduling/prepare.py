"""Saying which parts of the presentation set are ready for the post."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.case import Case, Document
from scheduling.clock import Clock
from scheduling.errors import CaseClosed, NotForYou
from scheduling.trail import record_act, remember


async def prepare(
    session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str, ready: Iterable[Document]
) -> Case:
    """Record what is ready, and who said so; what is not named is not ready any more."""
    case = await store.load_case(session, case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("case", case_id)
    if not case.is_open:
        raise CaseClosed(case_id)
    chosen = set(ready)
    parts = tuple(each.value for each in Document if each in chosen)
    prepared = replace(case, presentation=parts, version=case.version + 1)
    await store.save(session, tables.cases, prepared)
    await remember(session, "case:prepared", prepared, by=actor, at=clock())
    await record_act(session, clock, actor, "prepare", noun="case", noun_id=case_id, detail=",".join(parts))
    return prepared
