"""Keeping a centre, and the authority: its name, where it stands, its clock, and whether it is in use."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_keeping, store_owners, store_places
from scheduling.actor import Actor, Role
from scheduling.availability import check_zone
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.focal_point import MOST_FOCAL_POINTS, FocalPoint
from scheduling.identifier import new_id
from scheduling.site import Authority, Centre
from scheduling.trail import record_act


async def keep_centre(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    centre: Centre,
    focal_points: Sequence[FocalPoint],
) -> Centre:
    """Write a centre and whom others call there, as an administrator; one without identifier is new.

    Another zone moves no booking: the weekly hours of its rooms are read in it from now on.
    """
    _check(actor, centre)
    if len(focal_points) > MOST_FOCAL_POINTS:
        raise FieldRefused("focal_points", "too_many")
    act, kept = "keep_centre", centre
    if centre.id:
        standing = await store_places.load_centre(session, centre.id)
        await store_keeping.save_site(session, kept)
        if kept.zone != standing.zone:
            await store_owners.write_zone(session, kept.id, kept.zone)
    else:
        act, kept = "add_centre", replace(centre, id=new_id())
        await store_places.add_centre(session, kept)
    await store_keeping.write_focal_points(session, kept.id, focal_points)
    await record_act(session, clock, actor, act, noun="centre", noun_id=kept.id)
    return kept


async def keep_authority(
    session: AsyncConnection, clock: Clock, actor: Actor, *, authority: Authority
) -> None:
    """Write an authority that stands already, as an administrator."""
    _check(actor, authority)
    await store_places.load_authority(session, authority.id)
    await store_keeping.save_site(session, authority)
    await record_act(session, clock, actor, "keep_authority", noun="authority", noun_id=authority.id)


def _check(actor: Actor, site: Centre | Authority) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise NotForYou("centre", site.id)
    if not site.name:
        raise FieldRefused("name", "needed")
    check_zone(site.zone)
