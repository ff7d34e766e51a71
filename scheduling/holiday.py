"""Public holidays: days on which a post or a centre is closed unless it says that it works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from scheduling.availability import day_in, local_day
from scheduling.slot import Interval


@dataclass(frozen=True, slots=True)
class Holiday:
    """One country's holiday on one local day."""

    country: str
    on: date


def holidays_within(countries: Iterable[str], window: Interval, zone: str) -> list[Holiday]:
    """Return the public holidays of some countries on the local days of a window, by day."""
    first, last = day_in(window.starts_at, zone), day_in(window.ends_at, zone)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = {
        Holiday(country, on) for country in set(countries) for on in days if on in _days(country, on.year)
    }
    return sorted(found, key=lambda each: (each.on, each.country))


def closed_on(holiday: Holiday, zone: str) -> Interval:
    """Return the moments of a holiday in the zone of who keeps it."""
    return local_day(holiday.on, zone)


def holiday_name(holiday: Holiday, language: str) -> str:
    """Return a holiday's name in the reader's language where the calendar knows it, else in English."""
    names = _names(holiday.country, holiday.on.year, language)
    return names.get(holiday.on, "")


@cache
def _days(country: str, year: int) -> frozenset[date]:
    return frozenset(_names(country, year, "en"))


@cache
def _names(country: str, year: int, language: str) -> dict[date, str]:
    kinds = holidays.list_supported_countries(include_aliases=False)
    if country not in kinds:
        return {}
    spoken = holidays.country_holidays(country).supported_languages
    wanted = next((code for code in spoken if code.split("_")[0] == language), None)
    english = next((code for code in spoken if code.split("_")[0] == "en"), None)
    return dict(holidays.country_holidays(country, years=year, language=wanted or english))
