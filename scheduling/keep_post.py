"""Keeping a post: an administrator all of it, its officers their languages, contacts and auto-confirm."""

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
from scheduling.post import Post
from scheduling.trail import record_act


async def keep_post(
    session: AsyncConnection, clock: Clock, actor: Actor, *, post: Post, focal_points: Sequence[FocalPoint]
) -> Post:
    """Write a post; one without identifier is new. Its pace is kept with its hours."""
    if actor.role is not Role.ADMINISTRATOR and not actor.answers_for(post.id):
        raise NotForYou("post", post.id)
    if len(focal_points) > MOST_FOCAL_POINTS:
        raise FieldRefused("focal_points", "too_many")
    kept = await (_changed(session, actor, post) if post.id else _added(session, post))
    await store_keeping.write_focal_points(session, kept.id, focal_points)
    await record_act(
        session, clock, actor, "keep_post" if post.id else "add_post", noun="post", noun_id=kept.id
    )
    return kept


async def _changed(session: AsyncConnection, actor: Actor, post: Post) -> Post:
    standing = await store_places.load_post(session, post.id)
    kept = replace(standing, languages=post.languages, auto_confirms=post.auto_confirms)
    if actor.role is Role.ADMINISTRATOR:
        pace = ("slot_minutes", "lead_minutes", "daily_quota", "seats")
        kept = replace(post, **{name: getattr(standing, name) for name in pace})
        await _check(session, kept)
    await store_keeping.save_post(session, kept)
    if kept.zone != standing.zone:
        await store_owners.write_zone(session, kept.id, kept.zone)
    return kept


async def _added(session: AsyncConnection, post: Post) -> Post:
    await _check(session, post)
    added = replace(post, id=new_id())
    await store_places.add_post(session, added)
    return added


async def _check(session: AsyncConnection, post: Post) -> None:
    if not post.name:
        raise FieldRefused("name", "needed")
    check_zone(post.zone)
    if post.embassy_id is None:
        return
    embassy = await store_places.load_post(session, post.embassy_id)
    if post.embassy_id == post.id or embassy.country != post.country or post.host_country != post.country:
        raise FieldRefused("embassy_id", "not_its_own")
