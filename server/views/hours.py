"""An owner's hours as a form shows and sends them, and the picture of its coming four weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_owners, store_places, tables
from scheduling.availability import WeeklyHours, day_in, hours_within, local_day
from scheduling.four_weeks import DAYS, Lane, lanes, weeks_from
from scheduling.holiday import Holiday, closed_on, holidays_within
from scheduling.offer import Closure, ClosureKind
from scheduling.owner import Owner, OwnerKind
from scheduling.plan import AHEAD, Dated, Pace, Plan, weekdays_of
from scheduling.slot import Interval, merged

SPARE_ROWS = 2
MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Standing:
    """What is stored of an owner, and what the form leaves alone."""

    owner: Owner
    today: date
    plan: Plan
    kept: tuple[WeeklyHours, ...]
    others: tuple[Closure, ...]
    holidays: tuple[Holiday, ...]
    imported: tuple[Interval, ...]

    @property
    def window(self) -> Interval:
        """The four weeks of the picture."""
        first = weeks_from(self.today)
        zone = self.owner.zone
        last = local_day(first + timedelta(days=DAYS - 1), zone)
        return Interval(local_day(first, zone).starts_at, last.ends_at)


async def standing_of(session: AsyncConnection, owner: Owner, now: datetime) -> Standing:
    """Read everything that the editor of an owner shows."""
    shown, kept = await store_owners.plain_hours(session, owner.id)
    today = day_in(now, owner.zone)
    year = Interval(now, now + AHEAD)
    worked = (await store_hours.worked_holidays_of(session, [owner.id]))[owner.id]
    plan = Plan(
        weekly=tuple(shown),
        openings=tuple(await store_owners.dated_of(session, tables.openings, owner.id, now)),
        closures=tuple(await store_owners.dated_of(session, tables.closures, owner.id, now)),
        worked=frozenset(worked),
        pace=await _pace(session, owner),
    )
    month = Interval(now - timedelta(days=7), now + timedelta(days=DAYS))
    own = await store_hours.closures_of(session, [owner.id], month)
    others = [each for each in own if each.kind is ClosureKind.BUSY]
    if owner.kind is OwnerKind.ROOM:
        others += await store_hours.closures_of(session, [owner.organisation_id], month)
    holidays = holidays_within(owner.countries, year, owner.zone) if owner.keeps_holidays else []
    imported = await store_owners.busy_of(session, owner.id)
    return Standing(owner, today, plan, tuple(kept), tuple(others), tuple(holidays), tuple(imported))


async def _pace(session: AsyncConnection, owner: Owner) -> Pace | None:
    if owner.kind is not OwnerKind.POST:
        return None
    post = await store_places.load_post(session, owner.id)
    return Pace(post.slot_minutes, post.lead_minutes, post.daily_quota, post.seats)


def picture(standing: Standing, plan: Plan) -> list[Lane]:
    """Draw what the coming four weeks are once this plan stands; a centre is drawn as if always open."""
    owner, window = standing.owner, standing.window
    weekly = hours_within([*plan.weekly, *standing.kept], window)
    opened = [*weekly, *(each.interval for each in plan.openings)] if owner.has_weekly_hours else [window]
    closures = [Closure(owner.id, each.interval, each.reason) for each in plan.closures]
    holidays = [
        Closure(owner.id, closed_on(each, owner.zone), kind=ClosureKind.HOLIDAY, holiday=each)
        for each in standing.holidays
        if each.on not in plan.worked
    ]
    first = weeks_from(standing.today)
    return lanes(owner.zone, first, merged(opened), [*closures, *standing.others, *holidays])


def form_values(standing: Standing) -> dict[str, Sequence[str]]:
    """Write what stands as the fields of the form, with a few rows to spare."""
    plan, zone = standing.plan, standing.owner.zone
    worked = sorted(plan.worked & {each.on for each in standing.holidays})
    values: dict[str, Sequence[str]] = {"zone": [zone], "worked": [day.isoformat() for day in worked]}
    for n, hours in enumerate(plan.weekly):
        values[f"days-{n}"] = weekdays_of(hours) or ()
        values[f"from-{n}"] = [_clock(hours.starts_local)]
        values[f"to-{n}"] = [_clock(hours.ends_local)]
    for name, dated in (("open", plan.openings), ("shut", plan.closures)):
        for n, each in enumerate(dated):
            values |= {f"{name}-{part}-{n}": [text] for part, text in _dated(each, zone).items()}
    if plan.pace is not None:
        pace = plan.pace
        values["slot_minutes"], values["seats"] = [str(pace.slot_minutes)], [str(pace.seats)]
        values["lead_hours"] = [f"{pace.lead_minutes / MINUTES_AN_HOUR:g}"]
        values["daily_quota"] = [str(pace.daily_quota or "")]
    return values


def busy_values(imported: Iterable[Interval]) -> dict[str, Sequence[str]]:
    """Write imported busy times as what the form of an import shows of them."""
    return {"busy": [f"{each.starts_at.isoformat()}/{each.ends_at.isoformat()}" for each in imported]}


def _dated(dated: Dated, zone: str) -> Mapping[str, str]:
    begins, ends = (at.astimezone(ZoneInfo(zone)) for at in dated.interval)
    if ends.time() == time() and begins.time() == time():
        last = (ends - timedelta(days=1)).date()
        return {"on": begins.date().isoformat(), "until": last.isoformat(), "reason": dated.reason}
    return {
        "on": begins.date().isoformat(),
        "until": ends.date().isoformat(),
        "from": _clock(begins.time()),
        "to": _clock(ends.time()),
        "reason": dated.reason,
    }


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def marks_json(drawn: Sequence[Lane]) -> list[dict[str, Any]]:
    """Give the lanes as a module of the page draws them."""
    return [{"on": lane.on.isoformat(), "marks": [list(mark) for mark in lane.marks]} for lane in drawn]
