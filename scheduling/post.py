"""A consular post, and the route by which a centre reaches it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


class Route(IntEnum):
    """The three topologies of an identification interview."""

    SAME_STATE = 1
    OTHER_STATE = 2
    CAPITAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An embassy, consulate or ministry desk of a country of origin."""

    id: str
    name: str
    country: str
    host_country: str
    city: str
    zone: str
    languages: tuple[str, ...] = ()
    accredited_to: frozenset[str] = frozenset()
    embassy_id: str | None = None
    slot_minutes: int = 60
    lead_minutes: int = 24 * 60
    daily_quota: int | None = None
    seats: int = 1
    auto_confirms: bool = False
    is_active: bool = True

    @property
    def length(self) -> timedelta:
        """How long an interview with this post lasts."""
        return timedelta(minutes=self.slot_minutes)

    def earliest_after(self, now: datetime) -> datetime:
        """Return the first start that leaves the post the notice it wants."""
        return now + timedelta(minutes=self.lead_minutes)


def route_between(centre_country: str, post: Post) -> Route | None:
    """Return the route from a centre's state to a post, or None where the post has no say there.

    A desk in its own capital is reached through its embassy; a post in the same state covers that state by
    itself; a post in a third state needs an accreditation.
    """
    if not post.is_active:
        return None
    if post.host_country == post.country:
        covers = centre_country in post.accredited_to
        return Route.CAPITAL if covers and post.embassy_id is not None else None
    if post.host_country == centre_country:
        return Route.SAME_STATE
    return Route.OTHER_STATE if centre_country in post.accredited_to else None


def reachable(centre_country: str, country: str, posts: Iterable[Post]) -> list[tuple[Route, Post]]:
    """Return the posts of one country that a centre may ask, the shortest route first."""
    routes = [(route_between(centre_country, post), post) for post in posts if post.country == country]
    return sorted(
        ((route, post) for route, post in routes if route is not None),
        key=lambda pair: (pair[0], pair[1].name),
    )
