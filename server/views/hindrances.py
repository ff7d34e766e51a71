"""The words for a stretch of a day without a free slot: why, and what to know about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from scheduling.hindrance import Hindrance, Stretch
from scheduling.holiday import holiday_name
from scheduling.queries import SlotsPage
from scheduling.slot import Interval
from server.exchange import language
from server.i18n import mark
from server.moments import Moments
from server.pages import moments
from server.views.places import country_name, language_name

QUIET = frozenset({Hindrance.POST_HOURS, Hindrance.ROOM_HOURS, Hindrance.TOO_SOON})
"""What follows from usual hours alone is drawn plain; the rest is hatched."""

_TITLES = {
    Hindrance.HOLIDAY: mark("Public holiday"),
    Hindrance.POST_CLOSED: mark("Post closed"),
    Hindrance.CENTRE_CLOSED: mark("Centre closed"),
    Hindrance.POST_HOURS: mark("Post closed"),
    Hindrance.TOO_SOON: mark("Too soon"),
    Hindrance.AFTER_DETENTION: mark("After the end of detention"),
    Hindrance.QUOTA: mark("Quota of the post reached"),
    Hindrance.POST_TAKEN: mark("Post taken"),
    Hindrance.PERSON_TAKEN: mark("The person is heard elsewhere"),
    Hindrance.ROOM_HOURS: mark("Rooms closed"),
    Hindrance.ROOMS_CLOSED: mark("Rooms closed"),
    Hindrance.ROOMS_TAKEN: mark("Rooms taken"),
    Hindrance.INTERPRETER: mark("Interpreter not free"),
}
_MOST_ROOMS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Why:
    """Says why, in the reader's language and hours, for one page of slots."""

    request: web.Request
    page: SlotsPage
    interpreter_language: str | None

    def title(self, stretch: Stretch) -> str:
        """Name what stands in the way."""
        reader = language(self.request)
        if stretch.holiday is not None and (name := holiday_name(stretch.holiday, reader.code)):
            return name
        if stretch.hindrance is Hindrance.TOO_SOON and stretch.interval.ends_at <= self.page.offer.now:
            return reader.gettext("Already past")
        return reader.gettext(_TITLES[stretch.hindrance])

    def detail(self, stretch: Stretch) -> str:
        """Say what helps to choose another time; the closure's own words where it has some."""
        said: dict[Hindrance, Callable[[Stretch], str]] = {
            Hindrance.HOLIDAY: self._holiday,
            Hindrance.POST_HOURS: self._post_hours,
            Hindrance.TOO_SOON: self._notice,
            Hindrance.QUOTA: self._quota,
            Hindrance.ROOM_HOURS: self._room_hours,
            Hindrance.ROOMS_TAKEN: self._rooms,
            Hindrance.INTERPRETER: self._interpreter,
        }
        return said[stretch.hindrance](stretch) if stretch.hindrance in said else stretch.reason

    def _holiday(self, stretch: Stretch) -> str:
        reader = language(self.request)
        country = stretch.holiday.country if stretch.holiday else ""
        return reader.gettext("Public holiday: %(country)s", country=country_name(country, reader))

    def _post_hours(self, stretch: Stretch) -> str:
        return self._hours(stretch, self.page.offer.post_hours)

    def _room_hours(self, stretch: Stretch) -> str:
        return self._hours(stretch, [each for room in self.page.offer.room_hours.values() for each in room])

    def _hours(self, stretch: Stretch, hours: Sequence[Interval]) -> str:
        reader, when = language(self.request), self._when()
        opens, closes = stretch.interval.ends_at, stretch.interval.starts_at
        if opens in {starts_at for starts_at, _ in hours}:
            return reader.gettext("opens at %(time)s", time=when.time(opens))
        if closes in {ends_at for _, ends_at in hours}:
            return reader.gettext("closes at %(time)s", time=when.time(closes))
        return ""

    def _notice(self, stretch: Stretch) -> str:
        reader, offer = language(self.request), self.page.offer
        if stretch.interval.ends_at <= offer.now:
            return ""
        return reader.gettext("possible from %(time)s", time=self._when().moment(offer.earliest_at))

    def _quota(self, _stretch: Stretch) -> str:
        quota = self.page.post.daily_quota or 0
        return language(self.request).ngettext("%(n)s interview a day", "%(n)s interviews a day", quota)

    def _rooms(self, _stretch: Stretch) -> str:
        names = sorted(self.page.room_names.values())
        return ", ".join(names) if len(names) <= _MOST_ROOMS_NAMED else ""

    def _interpreter(self, _stretch: Stretch) -> str:
        return language_name(self.interpreter_language or "", language(self.request))

    def _when(self) -> Moments:
        return moments(self.request)
