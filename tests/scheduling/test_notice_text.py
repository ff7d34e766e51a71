"""The notice in further languages: who may write it, what a version holds, and what cannot be read."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.errors import ChangedMeanwhile, FieldRefused, NotForYou
from scheduling.keep_notice import keep_notice
from scheduling.notice_text import NoticeText, faults_of
from scheduling.store_notices import add_text, newest_text, newest_texts, texts_in
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    STEENOKKERZEEL,
    a_supervisor,
    an_administrator,
    officer_of,
    staff_of,
)

WORDS = ("Ko {country}.", "deux", "trois", "quatre", "cinq")
WITHOUT = "rien"


async def kept(session: AsyncConnection, clock: FixedClock, language: str = "fuf", *words: str) -> NoticeText:
    return await keep_notice(
        session,
        clock,
        an_administrator(),
        language=language,
        sections=words or WORDS,
        not_recorded=WITHOUT,
    )


async def test_each_language_counts_its_own_versions_and_the_highest_is_read(
    session: AsyncConnection, clock: FixedClock
) -> None:
    first, changed = await kept(session, clock), (*WORDS[:4], "six")
    second, other = await kept(session, clock, "fuf", *changed), await kept(session, clock, "sus")
    assert [each.number for each in (first, second, other)] == [1, 2, 1]
    assert await newest_text(session, "fuf") == second
    assert await newest_texts(session) == (second, other)
    assert await newest_texts(session, ["sus", "ln"]) == (other,)
    assert await texts_in(session, "fuf") == (second, first)
    acts = select(tables.audit.c.noun_id).where(tables.audit.c.act == "keep_notice")
    assert set(await session.scalars(acts)) == {"fuf-1", "fuf-2", "sus-1"}


async def test_words_that_stand_already_make_no_version(session: AsyncConnection, clock: FixedClock) -> None:
    assert await kept(session, clock) == await kept(session, clock)
    assert len(await texts_in(session, "fuf")) == 1


async def test_two_of_one_number_cannot_stand(session: AsyncConnection, clock: FixedClock) -> None:
    first = await kept(session, clock)
    with pytest.raises(ChangedMeanwhile):
        await add_text(session, first)


@pytest.mark.parametrize(
    "other", [officer_of(BRUSSELS_POST), staff_of(STEENOKKERZEEL), a_supervisor()], ids=lambda who: who.role
)
async def test_an_administrator_alone_writes_it(
    session: AsyncConnection, clock: FixedClock, other: Actor
) -> None:
    with pytest.raises(NotForYou):
        await keep_notice(session, clock, other, language="fuf", sections=WORDS, not_recorded=WITHOUT)


@pytest.mark.parametrize("words", [WORDS[:4], ("Ko.", *WORDS[1:])])
async def test_what_cannot_be_read_is_not_kept(
    session: AsyncConnection, clock: FixedClock, words: tuple[str, ...]
) -> None:
    with pytest.raises(FieldRefused):
        await kept(session, clock, "fuf", *words)
    assert await newest_text(session, "fuf") is None


def test_every_fault_is_named_beside_its_field() -> None:
    sections = ("Ko.", "", "x" * 2001, "{country}", "cinq")
    assert faults_of(sections, "}") == [
        ("section_1", "no_country"),
        ("section_2", "needed"),
        ("section_3", "too_long"),
        ("section_4", "braces"),
        ("not_recorded", "braces"),
    ]
