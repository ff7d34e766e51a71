"""What every table is made of: the one metadata, aware moments, and the columns that return everywhere."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Dialect, ForeignKey, MetaData, String
from sqlalchemy.types import TypeDecorator

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

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back to what SQLite stored without it."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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
