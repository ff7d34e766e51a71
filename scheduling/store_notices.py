"""The statements that read and write the notice in further languages; no version is ever changed."""

from collections.abc import Collection

from sqlalchemy import RowMapping, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.errors import ChangedMeanwhile
from scheduling.notice_text import NoticeText
from scheduling.store import columns_of, insert_once
from scheduling.tables import notice_texts


async def add_text(session: AsyncConnection, text: NoticeText) -> None:
    """Insert a version; somebody else may have written one of the same number at the same time."""
    written = await session.execute(
        insert_once(session, notice_texts).returning(notice_texts.c.number), columns_of(text)
    )
    if written.first() is None:
        raise ChangedMeanwhile("notice", text.language)


async def newest_texts(
    session: AsyncConnection, languages: Collection[str] | None = None
) -> tuple[NoticeText, ...]:
    """Return the version that counts of each of these languages, or of all, in the order of their codes."""
    t = notice_texts
    counts = select(t.c.language, func.max(t.c.number).label("number")).group_by(t.c.language).subquery()
    newest = and_(counts.c.language == t.c.language, counts.c.number == t.c.number)
    statement = select(t).join(counts, newest).order_by(t.c.language)
    if languages is not None:
        statement = statement.where(t.c.language.in_(languages))
    return tuple(_text(row) for row in (await session.execute(statement)).mappings())


async def newest_text(session: AsyncConnection, language: str) -> NoticeText | None:
    """Return the version that counts in one language."""
    return next(iter(await newest_texts(session, [language])), None)


async def texts_in(session: AsyncConnection, language: str) -> tuple[NoticeText, ...]:
    """Return every version in one language, the newest first."""
    t = notice_texts
    statement = select(t).where(t.c.language == language).order_by(t.c.number.desc())
    return tuple(_text(row) for row in (await session.execute(statement)).mappings())


def _text(row: RowMapping) -> NoticeText:
    return NoticeText(**{**row, "sections": tuple(row["sections"])})
