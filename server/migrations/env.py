"""Runs inside Alembic: all tables of all rooms, on the connection that the program hands over."""

from typing import Any, Literal

from alembic import context

import recordings.tables
import server.tables
from scheduling.columns import UtcDateTime, metadata
from server.migrations import CONNECTION

ROOMS = (recordings.tables, server.tables)  # importing them adds their tables to the one metadata


def plain_type(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Write a revision with the types of SQLAlchemy alone, so that it stands when ours change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False


context.configure(
    connection=context.config.attributes[CONNECTION],
    target_metadata=metadata,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
