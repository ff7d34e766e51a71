"""The transcript as a page by itself, in French and English at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from server.i18n import Language, load_languages, mark
from server.moments import Moments, offset_name
from server.templating import load_templates
from server.views.places import language_name

TEMPLATE = "transcript/transcript.html"


class _Voice:
    """One of the two languages: its messages, and its words for codes."""

    def __init__(self, language: Language, zone: str) -> None:
        self._language = language
        self.city = Moments(language.locale, zone).city()
        moments = Moments(language.locale, "UTC")
        words = load_templates().template("_words.html")
        self._words = words.make_module({"_": self.gettext, "moments": moments, "now": None})

    def gettext(self, message: str, **variables: object) -> Markup:
        """Say a message of ours."""
        return Markup(self._language.gettext(message)) % variables  # noqa: S704 - our own words

    def word(self, name: str, code: str | None) -> Markup:
        """Say a code in words, by the macro of this name."""
        return Markup(getattr(self._words, name)(code))  # noqa: S704 - the macro has escaped what it says

    def tongue(self, code: str) -> str:
        """Name a language of this code."""
        return language_name(code, self._language)


def moment_words(stamp: str, zone: str) -> str:
    """Write a moment in UTC and by the clocks of `zone`, each named, with its day where that is another."""
    at = datetime.fromisoformat(stamp)
    local = at.astimezone(ZoneInfo(zone))
    words = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    if not local.utcoffset():
        return words
    day = "" if local.date() == at.date() else f"{local:%Y-%m-%d} "
    return f"{words} ({day}{local:%H:%M:%S} {offset_name(local)})"


def render_transcript(document: Mapping[str, Any]) -> bytes:
    """Render the transcript object as one HTML document."""
    languages, zone = load_languages(), document["centre"]["zone"]

    def when(stamp: str | None) -> str:
        return moment_words(stamp, zone) if stamp else ""

    text = (
        load_templates()
        .template(TEMPLATE)
        .render(
            document=document,
            french=_Voice(languages["fr"], zone),
            english=_Voice(languages["en"], zone),
            when=when,
            _=mark,
        )
    )
    return text.encode()
