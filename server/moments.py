"""How a moment is written for its reader: in their language and zone, with the zone named."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location

_CLOCK = "HH:mm"
_DAY = "d MMMM y"
_DAY_OF_WEEK = "EEEE d"
_LONG_DAY = "EEEE d MMMM y"
_SHORT_DAY = "d MMM"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Moments:
    """Writes dates and hours for one reader; every method takes another zone when both sides are shown."""

    locale: Locale
    zone: str

    def local(self, at: dt.datetime, zone: str | None = None) -> dt.datetime:
        """Give the moment on the wall clock of the reader, or of `zone`."""
        return at.astimezone(ZoneInfo(zone or self.zone))

    def time(self, at: dt.datetime, zone: str | None = None) -> str:
        """10:42."""
        return format_time(self.local(at, zone), _CLOCK, locale=self.locale)

    def times(self, starts_at: dt.datetime, ends_at: dt.datetime, zone: str | None = None) -> str:
        """10:00 to 11:00, with an en dash between; an hour that the clocks change in names both offsets."""
        both = [self.time(at, zone) for at in (starts_at, ends_at)]
        offsets = [offset_name(self.local(at, zone)) for at in (starts_at, ends_at)]
        if offsets[0] != offsets[1]:
            both = [f"{clock} ({offset})" for clock, offset in zip(both, offsets, strict=True)]
        return "\N{EN DASH}".join(both)

    def date(self, on: dt.date, zone: str | None = None) -> str:
        """24 September 2026, of a day or of a moment."""
        return self._written(on, zone, _DAY)

    def short_date(self, on: dt.date, zone: str | None = None) -> str:
        """24 Sept, where the year is plain."""
        return self._written(on, zone, _SHORT_DAY)

    def weekday(self, on: dt.date, zone: str | None = None) -> str:
        """Thursday 24 September 2026."""
        return self._written(on, zone, _LONG_DAY)

    def day_of_week(self, on: dt.date, zone: str | None = None) -> str:
        """Thursday 24, where month and year are plain."""
        return self._written(on, zone, _DAY_OF_WEEK)

    def moment(self, at: dt.datetime, zone: str | None = None) -> str:
        """24 September 2026, 10:42 (Brussels, UTC+2)."""
        return f"{self.date(at, zone)}, {self.time(at, zone)} ({self.zone_name(at, zone)})"

    def city(self, zone: str | None = None) -> str:
        """Give the town that names the zone, in the reader's language."""
        return get_timezone_location(ZoneInfo(zone or self.zone), locale=self.locale, return_city=True)

    def zone_name(self, at: dt.datetime, zone: str | None = None) -> str:
        """Brussels, UTC+2: the town and the distance from UTC at that moment."""
        return f"{self.city(zone)}, {offset_name(self.local(at, zone))}"

    def _written(self, on: dt.date, zone: str | None, pattern: str) -> str:
        day = self._day(on, zone)
        if day.day == 1 and self.locale.language == "fr":
            pattern = re.sub(r"\bd\b", "d'er'", pattern)
        return format_date(day, pattern, locale=self.locale)

    def _day(self, on: dt.date, zone: str | None) -> dt.date:
        return self.local(on, zone).date() if isinstance(on, dt.datetime) else on


def offset_name(local: dt.datetime) -> str:
    """UTC, UTC+2 or UTC+5:30."""
    offset = local.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def unbroken(number: str) -> str:
    """Write a telephone number so that no line breaks within it."""
    return number.replace(" ", "\N{NO-BREAK SPACE}")


def clock_words(milliseconds: int | None) -> str:
    """Write a moment on the interview's clock: 0:12:07, with a minus before its beginning.

    An hour of the day has two parts.
    """
    seconds = abs(milliseconds or 0) // 1000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{MINUS if (milliseconds or 0) < 0 else ''}{hours}:{minutes:02d}:{seconds:02d}"
