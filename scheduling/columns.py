"""What every table is made of: the one metadata, aware moments, and the columns that return everywhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Insert,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC whatever the database thinks of zones; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; SQLite gets it without the zone that it cannot hold."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Read SQLite's text, which has no zone, in one step; asyncpg gives moments in UTC already."""
        del coltype
        return _from_text if dialect.name == "sqlite" else None


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class step_of(FunctionElement[int]):  # noqa: N801 - read as a function of the database, like its others
    """The five-minute step since 1970 in which a moment lies: thousands of moments read as numbers."""

    inherit_cache = True
    type = BigInteger()


@compiles(step_of, "sqlite")
def _on_sqlite(element: step_of, compiler: SQLCompiler, **words: Any) -> str:
    return f"unixepoch({compiler.process(element.clauses, **words)}) / 300"


@compiles(step_of, "postgresql")
def _on_postgresql(element: step_of, compiler: SQLCompiler, **words: Any) -> str:
    seconds = f"date_part('epoch', {compiler.process(element.clauses, **words)})"
    return f"CAST(floor({seconds} / 300) AS BIGINT)"


_TEXTS: TypeEngine[Any] = JSON().with_variant(ARRAY(String()), "postgresql")


class among(FunctionElement[bool]):  # noqa: N801
    """Whether a column is one of the texts that `many` gives: one statement, however many there are."""

    inherit_cache = True
    type = Boolean()


@compiles(among, "sqlite")
def _among_on_sqlite(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, texts = (compiler.process(each, **words) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - both made by SQLAlchemy


@compiles(among, "postgresql")
def _among_on_postgresql(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, texts = (compiler.process(each, **words) for each in element.clauses)
    return f"{column} = ANY ({texts})"


def many(name: str) -> BindParameter[list[str]]:
    """Return the place in a statement of a list of texts."""
    return bindparam(name, type_=_TEXTS)


@cache
def into(table: Table) -> Insert:
    """Return the insert into a table; made once, it keeps what SQLAlchemy works out about it."""
    return insert(table)


def identifier(name: str = "id", *, primary_key: bool = True) -> Column[str]:
    """Return the column of a public identifier made by `new_id`."""
    return Column(name, String(26), primary_key=primary_key, nullable=False)


def pointing_at(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[str]:
    """Return a foreign key on another table's identifier."""
    return Column(name, String(26), ForeignKey(target), nullable=nullable, index=index)


def code(name: str, *, nullable: bool = False, default: str | None = None) -> Column[str]:
    """Return a column that holds the value of a StrEnum; the noun knows which values there are."""
    return Column(name, String(32), nullable=nullable, default=default)


def moment(name: str, *, nullable: bool = False, index: bool = False) -> Column[datetime]:
    """Return a column for an aware moment."""
    return Column(name, UtcDateTime(), nullable=nullable, index=index)


def flag(name: str, *, default: bool = False) -> Column[bool]:
    """Return a yes-or-no column."""
    return Column(name, Boolean(), nullable=False, default=default)


def listing(name: str, comment: str) -> Column[Any]:
    """Return a JSON column that holds a list of short texts."""
    return Column(name, JSON(), nullable=False, default=list, comment=comment)
