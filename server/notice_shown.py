"""The notice as the room shows it to who reads it: in the interview's languages, then in the house's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale
from babel.core import UnknownLocaleError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_notices
from scheduling.notice_text import COUNTRY, NoticeText, digest_of
from server.notice import VERSION, VERSION_WITHOUT, texts

_WRITTEN_AS = {"prs": "fa", "fuf": "ff"}
"""Languages that the Unicode data do not know, by the one whose letters and countries they share."""


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One text, with the country in its place; `number` is that of a text in a further language."""

    language: str
    version: str
    paragraphs: tuple[str, ...]
    number: int | None = None

    @property
    def direction(self) -> str:
        """Whether it is read from the left or from the right."""
        return direction_of(self.language)


async def shown_in(
    session: AsyncConnection, languages: Sequence[str], country: str, reader: str, *, is_recorded: bool
) -> tuple[ShownNotice, ...]:
    """Give the texts that stand: in these languages, in every other one, then the French and the English."""
    found = {text.language: text for text in await store_notices.newest_texts(session)}
    order = dict.fromkeys([*(code for code in languages if code in found), *found])
    further = [_further(found[code], is_recorded=is_recorded) for code in order]
    own = [
        ShownNotice(code, VERSION if is_recorded else VERSION_WITHOUT, text)
        for code, text in texts(is_recorded=is_recorded).items()
    ]
    return tuple(_filled(text, country, reader) for text in (*further, *own))


async def record_of(
    session: AsyncConnection, language: str, number: int | None, *, is_recorded: bool
) -> tuple[str, str | None]:
    """Give version and digest of what was read in a language: of the text numbered so, else of the newest.

    Where no text stands in it, somebody said it aloud from the house's own: no digest then.
    """
    own = texts(is_recorded=is_recorded).get(language)
    if own is None:
        written = await store_notices.texts_in(session, language)
        chosen = next((text for text in written if number in {None, text.number}), None)
        if chosen is not None:
            read = chosen.paragraphs(is_recorded=is_recorded)
            return chosen.version(is_recorded=is_recorded), digest_of(read)
    return (VERSION if is_recorded else VERSION_WITHOUT), digest_of(own) if own else None


def direction_of(language: str) -> str:
    """Return `rtl` for a language that is written from the right, else `ltr`."""
    known = _locale(language)
    return known.text_direction if known else "ltr"


def country_in(language: str, country: str, reader: str) -> str:
    """Name a country in a language; in the reader's where that is not known."""
    for locale in (_locale(language), _locale(reader)):
        name = locale.territories.get(country) if locale else None
        if name:
            return str(name)
    return country


def _further(text: NoticeText, *, is_recorded: bool) -> ShownNotice:
    read = text.paragraphs(is_recorded=is_recorded)
    return ShownNotice(text.language, text.version(is_recorded=is_recorded), read, text.number)


def _filled(text: ShownNotice, country: str, reader: str) -> ShownNotice:
    name = country_in(text.language, country, reader)
    paragraphs = tuple(each.replace(COUNTRY, name) for each in text.paragraphs)
    return ShownNotice(text.language, text.version, paragraphs, text.number)


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(_WRITTEN_AS.get(language, language))
    except (UnknownLocaleError, ValueError):
        return None
