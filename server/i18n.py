"""The languages of the screens: catalogues merged at start, dates and numbers in the reader's manner."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALE_FOLDER = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"  # what the code and the templates are written in; it has no catalogue
DEFAULT_LANGUAGE = "fr"


def mark(message: str) -> str:
    """Mark a constant for translation; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its own name, and its words."""

    code: str
    name: str
    locale: Locale = field(repr=False)
    translations: NullTranslations = field(repr=False)

    def gettext(self, message: str, **variables: object) -> str:
        """Give the message in this language, with `%(name)s` filled in."""
        text: str = self.translations.gettext(message)
        return text % variables if variables else text

    def ngettext(self, singular: str, plural: str, n: int, **variables: object) -> str:
        """Give the message for `n` things; `%(n)s` is filled in as well."""
        text: str = self.translations.ngettext(singular, plural, n)
        return text % {"n": n, **variables}


class Languages(Mapping[str, Language]):
    """All languages by code, the default first."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self._by_code = {language.code: language for language in languages}

    def __getitem__(self, code: str) -> Language:
        return self._by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def choose(self, *wishes: str | None, accepted: str | None = None) -> Language:
        """Give the first wish that exists, else the best of an Accept-Language header, else the default."""
        for wish in (*wishes, *_in_order(accepted)):
            if wish in self._by_code:
                return self._by_code[wish]
        return next(iter(self._by_code.values()))

    def other_than(self, language: Language) -> Language:
        """Give the next language, for the link that switches."""
        codes = list(self._by_code)
        return self._by_code[codes[(codes.index(language.code) + 1) % len(codes)]]


@cache
def load_languages(folder: Path = LOCALE_FOLDER) -> Languages:
    """Every language of the folder (all its catalogues merged) and the source language."""
    codes = {SOURCE_LANGUAGE, *(path.name for path in folder.iterdir() if path.is_dir())}
    ordered = sorted(codes, key=lambda code: (code != DEFAULT_LANGUAGE, code))
    return Languages([_load(folder, code) for code in ordered])


def merged_catalogue(folder: Path, code: str) -> Catalog:
    """One catalogue of all the `.po` files of a language."""
    merged = Catalog(locale=code)
    for path in sorted((folder / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code, abort_invalid=True):
                if message.id and not message.fuzzy:
                    merged.add(message.id, message.string, context=message.context)
    return merged


def _load(folder: Path, code: str) -> Language:
    locale = Locale.parse(code)
    translations = NullTranslations()
    if code != SOURCE_LANGUAGE:
        compiled = io.BytesIO()
        write_mo(compiled, merged_catalogue(folder, code))
        compiled.seek(0)
        translations = Translations(compiled)
    return Language(code, (locale.get_display_name(code) or code).capitalize(), locale, translations)


def _in_order(accepted: str | None) -> list[str]:
    weighted = []
    for item in (accepted or "").split(","):
        tag, _, parameters = item.strip().partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        weighted.append((-weight, tag.partition("-")[0].lower()))
    return [code for _, code in sorted(weighted, key=lambda pair: pair[0])]
