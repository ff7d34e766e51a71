"""Keeping a room: its name, what stands in it, and whether it is in use."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_keeping, store_places
from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.identifier import new_id
from scheduling.site import Equipment, Room
from scheduling.trail import record_act


async def keep_room(session: AsyncConnection, clock: Clock, actor: Actor, *, room: Room) -> Room:
    """Write a room of the actor's centre, or of any for an administrator; one without identifier is new."""
    if room.id:
        standing = await store_places.load_room(session, room.id)
        room = replace(room, centre_id=standing.centre_id)
    centre = await store_places.load_centre(session, room.centre_id)
    if actor.role is not Role.ADMINISTRATOR and not actor.hosts_at(centre.id):
        raise NotForYou("room", room.id)
    if not room.name:
        raise FieldRefused("name", "needed")
    if not set(room.equipment) <= set(Equipment):
        raise FieldRefused("equipment", "unknown")
    if await store_keeping.has_room_named(session, centre.id, room.name, but=room.id):
        raise FieldRefused("name", "taken")
    kept = room if room.id else replace(room, id=new_id())
    await (store_keeping.save_room if room.id else store_places.add_room)(session, kept)
    await record_act(
        session, clock, actor, "keep_room" if room.id else "add_room", noun="room", noun_id=kept.id
    )
    return kept
