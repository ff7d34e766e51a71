"""The tables of what every change leaves behind: history, outbox and audit."""

from sqlalchemy import JSON, Column, Integer, String, Table, UniqueConstraint

from scheduling.columns import identifier, metadata, moment

history = Table(
    "history",
    metadata,
    identifier(),
    Column("noun", String(32), nullable=False),
    Column("noun_id", String(26), nullable=False),
    Column("version", Integer(), nullable=False),
    Column("event", String(48), nullable=False),
    Column("by_account_id", String(26), nullable=True, comment="empty when the house acts by itself"),
    moment("at"),
    Column("copy", JSON(), nullable=False, comment="the whole noun as it stood after the change"),
    UniqueConstraint("noun", "noun_id", "version"),
)

outbox = Table(
    "outbox",
    metadata,
    Column(
        "position", Integer(), primary_key=True, autoincrement=True, comment="order of delivery; never shown"
    ),
    Column("event", String(48), nullable=False),
    Column("payload", JSON(), nullable=False, comment="identifiers and references only"),
    moment("created_at"),
    moment("delivered_at", nullable=True, index=True),
    Column("attempts", Integer(), nullable=False, default=0),
)

audit = Table(
    "audit",
    metadata,
    identifier(),
    moment("at", index=True),
    Column("account_id", String(26), nullable=True),
    Column("act", String(48), nullable=False, comment="view, download, open, act…"),
    Column("noun", String(32), nullable=False),
    Column("noun_id", String(64), nullable=False, index=True),
    Column("detail", String(200), nullable=False, default="", comment="codes only, no names"),
)
