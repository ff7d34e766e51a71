"""A plan of hours read from its form, with a message beside each field that cannot be."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.availability import WeeklyHours
from scheduling.errors import FieldRefused
from scheduling.plan import (
    AHEAD,
    MOST_DATES,
    MOST_WEEKLY,
    Dated,
    Pace,
    Plan,
    check_pace,
    is_night_or_day,
    overlapping_row,
    weekly_rule,
)
from scheduling.rule import WEEKDAYS
from scheduling.slot import Interval
from server.form_days import fault_of, read_day
from server.forms import Form
from server.i18n import Language, mark
from server.views.hours import MINUTES_AN_HOUR, Standing

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WHOLE, _HOURS = re.compile(r"[0-9]{1,4}"), re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
_MOST_REASON = 200
_LIMITS = {
    "slot_minutes": mark("Write a length of 5 to 480 minutes, a multiple of 5"),
    "lead_hours": mark("Write a number of hours from 0 to 2160"),
    "daily_quota": mark("Write a number from 1 to 100, or nothing"),
    "seats": mark("Write a number from 1 to 20"),
}


class PlanReader:
    """Reads one form of one owner at one moment."""

    def __init__(self, form: Form, reader: Language, standing: Standing, now: datetime) -> None:
        self.form = form
        self._reader, self._ = reader, reader.gettext
        self._owner, self._today, self._now = standing.owner, standing.today, now
        self._holidays = {each.on for each in standing.holidays}
        self._had_pace = standing.plan.pace is not None

    def plan(self) -> Plan:
        """Give the plan; what cannot be is left out of it and said in the form's faults."""
        has_hours = self._owner.has_weekly_hours
        return Plan(
            weekly=tuple(self._weekly()) if has_hours else (),
            openings=tuple(self._dated("open")) if has_hours else (),
            closures=tuple(self._dated("shut")),
            worked=frozenset(self._worked()),
            pace=self._pace() if self._had_pace else None,
        )

    def _weekly(self) -> list[WeeklyHours]:
        found: list[WeeklyHours] = []
        for n in range(MOST_WEEKLY):
            hours = self._row(n)
            if hours is None:
                continue
            if overlapping_row([*found, hours]) is not None:
                self.form.fault(
                    f"days-{n}", self._("These hours overlap those of a row above: change one of them")
                )
            else:
                found.append(hours)
        return found

    def _row(self, n: int) -> WeeklyHours | None:
        days = [day for day in self.form.values(f"days-{n}") if day in WEEKDAYS]
        if not days and not self.form.value(f"from-{n}") and not self.form.value(f"to-{n}"):
            return None
        if not days:
            self.form.fault(
                f"days-{n}", self._("Tick at least one weekday for these hours, or empty the row")
            )
        starts, ends = self._clock(f"from-{n}"), self._clock(f"to-{n}")
        if not days or starts is None or ends is None:
            return None
        if not is_night_or_day(starts, ends):
            self.form.fault(
                f"to-{n}", self._("The end lies before the start: a night lasts twelve hours at most")
            )
            return None
        return WeeklyHours(weekly_rule(days), self._today, starts, ends, self._owner.zone)

    def _dated(self, name: str) -> list[Dated]:
        found: list[Dated] = []
        for n in range(MOST_DATES):
            texts = [self.form.value(f"{name}-{part}-{n}").strip() for part in ("on", "until", "from", "to")]
            if not any(texts):
                continue
            interval = self._interval(name, n)
            reason = self.form.text(
                f"{name}-reason-{n}", too_long=self._("Write 200 characters at most"), most_chars=_MOST_REASON
            )
            if interval is None:
                continue
            if any(interval.overlaps(each.interval) for each in found):
                self.form.fault(
                    f"{name}-on-{n}", self._("This time overlaps that of a row above: join the two")
                )
            else:
                found.append(Dated(interval, reason))
        return found

    def _interval(self, name: str, n: int) -> Interval | None:
        on = self._day(f"{name}-on-{n}")
        is_range = name == "shut" and self.form.value(f"{name}-until-{n}").strip()
        until = self._day(f"{name}-until-{n}") if is_range else on
        is_whole = name == "shut" and not any(
            self.form.value(f"{name}-{part}-{n}") for part in ("from", "to")
        )
        starts = time() if is_whole else self._clock(f"{name}-from-{n}")
        ends = time() if is_whole else self._clock(f"{name}-to-{n}")
        if on is None or until is None or starts is None or ends is None:
            return None
        if is_whole or (name == "open" and ends <= starts and is_night_or_day(starts, ends)):
            until += timedelta(days=1)
        return self._checked(name, n, Interval(self._at(on, starts), self._at(until, ends)))

    def _checked(self, name: str, n: int, interval: Interval) -> Interval | None:
        if interval.starts_at >= interval.ends_at:
            self.form.fault(f"{name}-to-{n}", self._("The end lies before the start"))
            return None
        if interval.ends_at <= self._now:
            self.form.fault(
                f"{name}-on-{n}", self._("This day is over: choose a later one, or empty the row")
            )
            return None
        if interval.ends_at > self._now + 2 * AHEAD:
            self.form.fault(f"{name}-on-{n}", self._("Choose a day within the coming two years"))
            return None
        return interval

    def _at(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=ZoneInfo(self._owner.zone)).astimezone(UTC)

    def _day(self, name: str) -> date | None:
        text = self.form.value(name).strip()
        found = read_day(text)
        if found is None:
            wrong = self._("Write the day as year-month-day, for example 2026-04-23")
            self.form.fault(name, fault_of(text, self._reader, wrong=wrong))
        return found

    def _clock(self, name: str) -> time | None:
        text = self.form.value(name).strip()
        if _CLOCK.fullmatch(text):
            return time.fromisoformat(text)
        self.form.fault(name, self._("Write the time as hours and minutes, for example 09:30"))
        return None

    def _worked(self) -> Iterator[date]:
        for text in self.form.values("worked"):
            day = read_day(text)
            if day in self._holidays:
                yield day

    def _pace(self) -> Pace | None:
        length, lead, seats = (self._number(name) for name in ("slot_minutes", "lead_hours", "seats"))
        quota = self._number("daily_quota") if self.form.value("daily_quota").strip() else None
        if not _LIMITS.keys().isdisjoint(self.form.faults):
            return None
        pace = Pace(
            int(length), round(lead * MINUTES_AN_HOUR), None if quota is None else int(quota), int(seats)
        )
        try:
            check_pace(pace)
        except FieldRefused as refusal:
            self.form.fault(refusal.field, self._(_LIMITS[refusal.field]))
            return None
        return pace

    def _number(self, name: str) -> float:
        text = self.form.value(name).strip().replace(",", ".")
        if (_HOURS if name == "lead_hours" else _WHOLE).fullmatch(text):
            return float(text)
        self.form.fault(name, self._(_LIMITS[name]))
        return 0
