"""Every word of the screens exists in French, with its variables, and in the typography of the house."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from server.i18n import DEFAULT_LANGUAGE, LOCALE_FOLDER, merged_catalogue

HOUSE = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
_VARIABLE = re.compile(r"%\(\w+\)s")
_BEFORE_MARK = re.compile(r"[^\s\u202f][;?!»](?:\s|$)|[^\u00a0]:(?:\s|$)|«[^\u202f]")

Found = tuple[str, ...]


def messages_of(path: Path) -> Iterator[tuple[Found, str]]:
    where = str(path.relative_to(HOUSE))
    content = BytesIO(path.read_bytes())
    if path.suffix == ".py":
        for line, message, _, _ in extract("python", content, KEYWORDS):
            yield constant_part(message), f"{where}:{line}"
    else:
        for line, _, found, _ in babel_extract(content, tuple(KEYWORDS), (), {}):
            yield constant_part(found), f"{where}:{line}"


def constant_part(found: Any) -> tuple[str, ...]:
    """Give one text or two (for a number); none where a variable is translated, which is marked elsewhere."""
    return tuple(part for part in (found if isinstance(found, tuple) else (found,)) if part)


def all_messages() -> dict[Found, str]:
    files = [*(HOUSE / "server").rglob("*.py")]
    files += [path for path in (HOUSE / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    messages: dict[Found, str] = {}
    for path in sorted(files):
        for message, where in messages_of(path):
            if message:
                messages.setdefault(message, where)
    return messages


def test_every_message_has_its_french() -> None:
    french = merged_catalogue(LOCALE_FOLDER, DEFAULT_LANGUAGE)
    missing = []
    for message, where in all_messages().items():
        entry = french.get(message[0])
        if entry is None or not all(texts_of(entry)):
            missing.append(f"{where}: {message[0]}")
    assert not missing, "write these into a file of server/locale/fr:\n" + "\n".join(missing)


def test_the_extraction_finds_words_of_code_and_templates() -> None:
    messages = {part for message in all_messages() for part in message}
    assert "Enter your password" in messages
    assert "Work email address" in messages
    assert "This page has expired" in messages
    assert any(len(message) > 1 for message in all_messages())


def test_translations_keep_the_variables() -> None:
    for message in french_messages():
        sources = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        wanted = set(_VARIABLE.findall(sources[-1]))
        for text in texts_of(message):
            assert set(_VARIABLE.findall(text)) <= wanted, message.id
        assert set(_VARIABLE.findall(texts_of(message)[-1])) == wanted, message.id


def test_no_message_has_two_translations() -> None:
    said: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALE_FOLDER / DEFAULT_LANGUAGE).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=DEFAULT_LANGUAGE):
                key, texts = str(message.id), texts_of(message)
                assert not message.id or said.setdefault(key, texts) == texts, (
                    f"{path.name} says {key} another way"
                )


def test_french_uses_its_own_typography() -> None:
    wrong = [
        text
        for message in french_messages()
        for text in texts_of(message)
        if "'" in text or '"' in text or _BEFORE_MARK.search(text)
    ]
    assert not wrong, "curly apostrophe, quotes « », U+202F before ; ? ! and inside, U+00A0 before :"


def french_messages() -> list[Message]:
    return [message for message in merged_catalogue(LOCALE_FOLDER, DEFAULT_LANGUAGE) if message.id]


def texts_of(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string),)
