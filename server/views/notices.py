"""The notice in further languages as its pages show it: sections beside French and English, and versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_notices, tables
from scheduling.notice_text import SECTIONS, NoticeText, digest_of
from server.exchange import language, url_for
from server.forms import Form
from server.i18n import mark
from server.notice import NOTHING_RECORDED, TEXTS
from server.notice_shown import direction_of
from server.views.meanwhile import digest
from server.views.places import LANGUAGE_NAMES, language_name, languages

FIELDS = (*(f"section_{place + 1}" for place in range(SECTIONS)), "not_recorded")
TITLES = (
    mark("Who asks, and why"),
    mark("The centre, and what is noted"),
    mark("The question of recording"),
    mark("A pause, a lawyer, stopping"),
    mark("What is kept"),
    mark("Where nothing is recorded, instead of the question"),
)
FAULTS = {
    "needed": mark("Write this section"),
    "too_long": mark("Write 2,000 characters at most"),
    "no_country": mark("Write {country} where the officer’s country is named"),  # noqa: RUF001 - typography
    "braces": mark("Write no braces here, but for one {country} in the first section"),
}


def may_be_written(code: str) -> bool:
    """Whether the notice may be added in a language: English and French are part of the house."""
    return code in LANGUAGE_NAMES and code not in TEXTS


def values_of(text: NoticeText | None) -> dict[str, list[str]]:
    """Give what the form shows of a version."""
    words = (*text.sections, text.not_recorded) if text else ("",) * len(FIELDS)
    return {name: [said] for name, said in zip(FIELDS, words, strict=True)}


def written(form: Form) -> tuple[list[str], str]:
    """Read the sections of a form, each one paragraph, and what is read without recording."""
    *sections, not_recorded = (" ".join(form.value(name).split()) for name in FIELDS)
    return sections, not_recorded


def sections_of(request: web.Request) -> list[dict[str, Any]]:
    """Give each field in the order in which it is written, with what stands in English and in French."""
    reader = language(request)
    originals = {code: (*text, NOTHING_RECORDED[code]) for code, text in TEXTS.items()}
    order = (0, 1, 2, len(FIELDS) - 1, *range(3, len(FIELDS) - 1))
    return [
        {
            "name": FIELDS[place],
            "title": reader.gettext(TITLES[place]),
            "originals": [(code, originals[code][place]) for code in originals],
        }
        for place in order
    ]


async def notice_facts(request: web.Request, session: AsyncConnection, code: str) -> dict[str, Any]:
    """Gather what templates/notice/edit.html asks for, but for the form."""
    texts = await store_notices.texts_in(session, code)
    names = await _names(session, [text.written_by for text in texts])
    return {
        "code": code,
        "spoken": language_name(code, language(request)),
        "direction": direction_of(code),
        "sections": sections_of(request),
        "shown": digest(values_of(texts[0] if texts else None)),
        "versions": [_version(text, names) for text in texts],
    }


def written_languages(request: web.Request, texts: Sequence[NoticeText]) -> dict[str, Any]:
    """Gather what the page of all places says of the notice: where it is written, and where it may be."""
    reader = language(request)
    return {
        "notices": [
            {
                "spoken": language_name(text.language, reader),
                "href": url_for(request, "notice_text", language=text.language),
                "version": text.version(is_recorded=True),
                "written_at": text.written_at,
            }
            for text in texts
        ],
        "notice_languages": [pair for pair in languages(reader) if may_be_written(pair[0])],
    }


def _version(text: NoticeText, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": text.version(is_recorded=True),
        "by": names.get(text.written_by, ""),
        "at": text.written_at,
        "paragraphs": text.sections,
        "not_recorded": text.not_recorded,
        "digests": [
            (text.version(is_recorded=is_recorded), digest_of(text.paragraphs(is_recorded=is_recorded)))
            for is_recorded in (True, False)
        ],
    }


async def _names(session: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    a = tables.accounts
    found = await session.execute(select(a.c.id, a.c.name).where(a.c.id.in_(ids)))
    return {row.id: row.name for row in found}
