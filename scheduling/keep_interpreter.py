"""Keeping an interpreter: who, which languages, how to reach them, and whether they are called."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_keeping, store_owners, store_places
from scheduling.actor import Actor, Role
from scheduling.availability import check_zone
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.identifier import new_id
from scheduling.interpreter import Interpreter
from scheduling.trail import record_act


async def keep_interpreter(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interpreter: Interpreter
) -> Interpreter:
    """Write an interpreter, as an administrator; one without identifier is new."""
    if actor.role is not Role.ADMINISTRATOR:
        raise NotForYou("interpreter", interpreter.id)
    if not interpreter.name:
        raise FieldRefused("name", "needed")
    if not interpreter.languages:
        raise FieldRefused("languages", "needed")
    check_zone(interpreter.zone)
    act, kept = "keep_interpreter", interpreter
    if interpreter.id:
        standing = await store_places.load_interpreter(session, interpreter.id)
        await store_keeping.save_interpreter(session, kept)
        if kept.zone != standing.zone:
            await store_owners.write_zone(session, kept.id, kept.zone)
    else:
        act, kept = "add_interpreter", replace(interpreter, id=new_id())
        await store_places.add_interpreter(session, kept)
    await record_act(session, clock, actor, act, noun="interpreter", noun_id=kept.id)
    return kept
