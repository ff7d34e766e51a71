"""An RRULE over days (RFC 5545, 3.3.10) as a question to one day: is it among them? Nothing is expanded."""

from calendar import isleap, monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any

MOST_CHARACTERS = 300
MOST_INTERVAL = 999
MOST_COUNT = 5_000
FIRST_ON, LAST_ON = date(2000, 1, 1), date(2100, 12, 31)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_LONGEST = MappingProxyType({2: 29, 4: 30, 6: 30, 9: 30, 11: 30})
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


class UnreadableRule(ValueError):
    """The text is no rule over days, is too long, or names days that never come."""


@dataclass(frozen=True)
class Rule:
    """A rule with its first day; `n` in `weekdays` is the ordinal (1MO, -1FR), or 0 for every such day."""

    frequency: str
    from_on: date
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: frozenset[tuple[int, int]] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    positions: frozenset[int] = frozenset()
    week_starts: int = 0

    def days(self, first: date, last: date) -> list[date]:
        """Return the rule's days from the first to the last; only a count is followed from its beginning."""
        last = min(last, self.until or last)
        begins = self.from_on if self.count else max(first, self.from_on)
        walked = (begins + n * _DAY for n in range((last - begins).days + 1))
        recurring = islice(filter(self._recurs, walked), self.count)
        return [day for day in recurring if day >= first]

    def _recurs(self, day: date) -> bool:
        if self._periods_since(day) % self.interval or not self._fits(day):
            return False
        if not self.positions:
            return True
        period = (day.year, day.month if self.frequency == "MONTHLY" else 0)
        if period not in self._chosen:
            self._chosen[period] = self._choose([each for each in self._period(day) if self._fits(each)])
        return day in self._chosen[period]

    @cached_property
    def _chosen(self) -> dict[tuple[int, int], frozenset[date]]:
        return {}

    def _choose(self, fitting: list[date]) -> frozenset[date]:
        count = len(fitting)
        places = {n - 1 if n > 0 else n + count for n in self.positions}
        return frozenset(fitting[place] for place in places if 0 <= place < count)

    def _periods_since(self, day: date) -> int:
        months = (day.year - self.from_on.year) * 12 + day.month - self.from_on.month
        if self.frequency == "MONTHLY":
            return months
        if self.frequency == "YEARLY":
            return day.year - self.from_on.year
        if self.frequency == "DAILY":
            return (day - self.from_on).days
        return (self._week(day) - self._week(self.from_on)).days // 7

    def _week(self, day: date) -> date:
        return day - (day.weekday() - self.week_starts) % 7 * _DAY

    def _fits(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        length = monthrange(day.year, day.month)[1]
        if self.month_days and self.month_days.isdisjoint({day.day, day.day - length - 1}):
            return False
        return not self.weekdays or not self.weekdays.isdisjoint(self._names(day, length))

    def _names(self, day: date, length: int) -> set[tuple[int, int]]:
        """Give what a weekday may be called: every Monday, the second, the last but one."""
        at = day.day
        if self.frequency == "YEARLY" and not self.months:
            at, length = day.timetuple().tm_yday, 365 + isleap(day.year)
        return {(weekday := day.weekday(), 0), (weekday, (at + 6) // 7), (weekday, -((length - at) // 7 + 1))}

    def _period(self, day: date) -> Iterable[date]:
        first = day.replace(day=1) if self.frequency == "MONTHLY" else date(day.year, 1, 1)
        length = monthrange(day.year, day.month)[1] if self.frequency == "MONTHLY" else 365 + isleap(day.year)
        return (first + n * _DAY for n in range(length))


@lru_cache(maxsize=4096)
def read_rule(text: str, from_on: date) -> Rule:
    """Read a rule; `UnreadableRule` where it is none, or none that a calendar of hours needs."""
    if not FIRST_ON <= from_on <= LAST_ON:
        raise UnreadableRule(text)
    parts = _parts(text)
    frequency = parts.pop("FREQ")
    try:
        values: dict[str, Any] = {_NAMES[key]: _READERS[key](value) for key, value in parts.items()}
        rule = Rule(frequency, from_on, **values)
    except (KeyError, ValueError) as error:
        raise UnreadableRule(text) from error
    if not _is_possible(rule):
        raise UnreadableRule(text)
    return _completed(rule)


def _parts(text: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in text.upper().split(";")]
    parts = dict(pairs)
    is_short = len(text) <= MOST_CHARACTERS and len(parts) == len(pairs)
    if not is_short or not text.isascii() or pairs[0][0] != "FREQ" or parts["FREQ"] not in _FREQUENCIES:
        raise UnreadableRule(text)
    return parts


def _number(text: str, least: int, most: int) -> int:
    if not text.lstrip("+-").isdigit() or not least <= int(text) <= most or int(text) == 0:
        raise ValueError(text)
    return int(text)


def _numbers(most: int, *, least: int = 1) -> Callable[[str], frozenset[int]]:
    return lambda text: frozenset(_number(each, least, most) for each in text.split(","))


def _weekdays(text: str) -> frozenset[tuple[int, int]]:
    return frozenset(
        (WEEKDAYS.index(each[-2:]), _number(each[:-2], -53, 53) if each[:-2] else 0)
        for each in text.split(",")
    )


def _until(text: str) -> date:
    if len(text) != len("20261231") or not text.isdigit():
        raise ValueError(text)
    return date.fromisoformat(text)


_NAMES = MappingProxyType(
    {
        "INTERVAL": "interval",
        "COUNT": "count",
        "UNTIL": "until",
        "BYDAY": "weekdays",
        "BYMONTHDAY": "month_days",
        "BYMONTH": "months",
        "BYSETPOS": "positions",
        "WKST": "week_starts",
    }
)
_READERS: MappingProxyType[str, Callable[[str], Any]] = MappingProxyType(
    {
        "INTERVAL": lambda text: _number(text, 1, MOST_INTERVAL),
        "COUNT": lambda text: _number(text, 1, MOST_COUNT),
        "UNTIL": _until,
        "BYDAY": _weekdays,
        "BYMONTHDAY": _numbers(31, least=-31),
        "BYMONTH": _numbers(12),
        "BYSETPOS": _numbers(366, least=-366),
        "WKST": WEEKDAYS.index,
    }
)


def _is_possible(rule: Rule) -> bool:
    """Tell whether such days exist, and their ordinals and positions count something."""
    ordinals = {n != 0 for _, n in rule.weekdays}
    counts = True in ordinals or bool(rule.positions)
    if len(ordinals) > 1 or (counts and rule.frequency not in {"MONTHLY", "YEARLY"}):
        return False
    months = rule.months or range(1, 13)
    longest = max(_LONGEST.get(month, 31) for month in months)
    return not rule.month_days or min(abs(day) for day in rule.month_days) <= longest


def _completed(rule: Rule) -> Rule:
    """Take from the first day what the rule leaves open, as the standard says."""
    if rule.weekdays or rule.month_days or rule.frequency == "DAILY":
        return rule
    values = {each.name: getattr(rule, each.name) for each in fields(rule)}
    if rule.frequency == "WEEKLY":
        values["weekdays"] = frozenset({(rule.from_on.weekday(), 0)})
    else:
        values["month_days"] = frozenset({rule.from_on.day})
    if rule.frequency == "YEARLY" and not rule.months:
        values["months"] = frozenset({rule.from_on.month})
    return Rule(**values)
