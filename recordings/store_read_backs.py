"""Statements on the readings of the minutes to the person."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.read_back import ReadBack, ReadBackResult
from recordings.tables import read_backs


async def add_read_back(session: AsyncConnection, read_back: ReadBack) -> None:
    """Insert one reading, or the word that there was none."""
    names = (column.name for column in read_backs.c)
    await session.execute(insert(read_backs).values({name: getattr(read_back, name) for name in names}))


async def read_backs_of(session: AsyncConnection, interview_id: str) -> tuple[ReadBack, ...]:
    """Give what is noted of the readings of one interview's minutes, in order."""
    statement = select(read_backs).where(read_backs.c.interview_id == interview_id)
    rows = (await session.execute(statement.order_by(read_backs.c.at, read_backs.c.id))).mappings()
    return tuple(ReadBack(**{**row, "result": ReadBackResult(row["result"])}) for row in rows)
