"""Countries and languages as a form offers them, in the reader's words and order."""

import unicodedata

from babel import Locale

from server.i18n import Language, mark

# ISO 639: languages heard in interviews and those of the posts; Babel lacks some, so the names are ours.
LANGUAGE_NAMES = {
    "am": mark("Amharic"),
    "ar": mark("Arabic"),
    "bin": mark("Edo"),
    "bm": mark("Bambara"),
    "bn": mark("Bengali"),
    "ckb": mark("Sorani"),
    "cmn": mark("Mandarin"),
    "dyu": mark("Dyula"),
    "ee": mark("Ewe"),
    "en": mark("English"),
    "es": mark("Spanish"),
    "fa": mark("Persian"),
    "fr": mark("French"),
    "fuc": mark("Pulaar"),
    "fuf": mark("Pular"),
    "ha": mark("Hausa"),
    "hi": mark("Hindi"),
    "hy": mark("Armenian"),
    "ig": mark("Igbo"),
    "ka": mark("Georgian"),
    "kg": mark("Kikongo"),
    "kmr": mark("Kurmanji"),
    "kri": mark("Krio"),
    "ln": mark("Lingala"),
    "lua": mark("Tshiluba"),
    "mg": mark("Malagasy"),
    "mn": mark("Mongolian"),
    "mnk": mark("Mandinka"),
    "ne": mark("Nepali"),
    "nl": mark("Dutch"),
    "om": mark("Oromo"),
    "pa": mark("Punjabi"),
    "prs": mark("Dari"),
    "ps": mark("Pashto"),
    "pt": mark("Portuguese"),
    "rif": mark("Riffian"),
    "rn": mark("Kirundi"),
    "ro": mark("Romanian"),
    "rom": mark("Romani"),
    "ru": mark("Russian"),
    "rw": mark("Kinyarwanda"),
    "si": mark("Sinhala"),
    "snk": mark("Soninke"),
    "so": mark("Somali"),
    "sq": mark("Albanian"),
    "sr": mark("Serbian"),
    "sus": mark("Susu"),
    "sw": mark("Swahili"),
    "ta": mark("Tamil"),
    "ti": mark("Tigrinya"),
    "tr": mark("Turkish"),
    "tw": mark("Twi"),
    "uk": mark("Ukrainian"),
    "ur": mark("Urdu"),
    "uz": mark("Uzbek"),
    "vi": mark("Vietnamese"),
    "wo": mark("Wolof"),
    "yo": mark("Yoruba"),
    "zgh": mark("Tamazight"),
}
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}  # regions and private use of the Unicode data
_ISO_LETTERS = 2
# The member states of the Union, and those that return with them under Schengen.
_EUROPE = frozenset(
    {"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
)


def countries(reader: Language) -> list[tuple[str, str]]:
    """Every country by its ISO 3166 code and name, in the order of the reader's alphabet."""
    names = Locale.parse(reader.code).territories
    pairs = [
        (code, name)
        for code, name in names.items()
        if len(code) == _ISO_LETTERS and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(pairs, key=lambda pair: _plain(pair[1]))


def member_states(reader: Language) -> list[tuple[str, str]]:
    """Give the states whose centres may ask a post, as a form offers them."""
    return [(code, name) for code, name in countries(reader) if code in _EUROPE]


def is_country(code: str, reader: Language) -> bool:
    """Whether a form may name this country."""
    return code in dict(countries(reader))


def country_name(code: str, reader: Language) -> str:
    """Name a country in the reader's language."""
    return str(Locale.parse(reader.code).territories.get(code, code))


def languages(reader: Language) -> list[tuple[str, str]]:
    """Every language that a case may list, by its code and name."""
    pairs = [(code, reader.gettext(name)) for code, name in LANGUAGE_NAMES.items()]
    return sorted(pairs, key=lambda pair: _plain(pair[1]))


def language_name(code: str, reader: Language) -> str:
    """Name a language in the reader's own."""
    own = LANGUAGE_NAMES.get(code)
    return reader.gettext(own) if own else str(Locale.parse(reader.code).languages.get(code, code))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
