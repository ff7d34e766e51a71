"""The server's own tables: how an account proves itself, and who is signed in."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table

from scheduling.columns import UtcDateTime, metadata

credentials = Table(
    "credentials",
    metadata,
    Column("account_id", String(26), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("is_one_time", Boolean, nullable=False),
    Column("totp_sealed", LargeBinary, nullable=True),
    Column("totp_confirmed_at", UtcDateTime(), nullable=True),
    Column("totp_last_step", BigInteger, nullable=False, server_default="0"),
)

logins = Table(
    "logins",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("token_sha256", LargeBinary(32), nullable=False, unique=True),
    Column(
        "account_id",
        String(26),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("seen_at", UtcDateTime(), nullable=False),
    Column("is_complete", Boolean, nullable=False),
)
