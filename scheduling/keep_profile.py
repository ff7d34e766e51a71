"""Keeping a country profile: what one country of origin agreed with one member state."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_keeping
from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.profile import CountryProfile
from scheduling.trail import record_act

DAYS = range(1, 3651)


async def keep_profile(
    session: AsyncConnection, clock: Clock, actor: Actor, *, profile: CountryProfile
) -> None:
    """Write a profile in the place of the former one, as an administrator."""
    key = f"{profile.country}-{profile.member_state}"
    if actor.role is not Role.ADMINISTRATOR:
        raise NotForYou("profile", key)
    for name in ("days_to_arrange", "days_to_issue", "laissez_passer_days"):
        days = getattr(profile, name)
        if days is not None and days not in DAYS:
            raise FieldRefused(name, "out_of_range")
    await store_keeping.save_profile(session, profile)
    await record_act(session, clock, actor, "keep_profile", noun="profile", noun_id=key)
