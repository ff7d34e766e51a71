"""The server's own tables: what proves an account or a guest, who is signed in, mails, and feeds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

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

mails = Table(
    "mails",
    metadata,
    Column("id", String(26), primary_key=True),
    Column(
        "key", String(120), nullable=False, unique=True, comment="event, thing and recipient: one mail each"
    ),
    Column("event", String(48), nullable=False),
    Column("booking_id", String(26), ForeignKey("bookings.id"), nullable=True, index=True),
    Column("sequence", Integer, nullable=True, comment="of the booking when this was written"),
    Column("link_id", String(26), nullable=True, comment="whose secret is put in when the mail leaves"),
    Column("to_address", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("calendar", Text, nullable=True, comment="an iTIP message (RFC 5546), its method inside"),
    Column("state", String(16), nullable=False, comment="waiting, sending, sent, dead or overtaken"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", UtcDateTime(), nullable=False),
    Column("last_error", String(200), nullable=False, default="", comment="what the server said, no address"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("sent_at", UtcDateTime(), nullable=True),
    Column("purged_at", UtcDateTime(), nullable=True, comment="when words and address were deleted"),
    Index("ix_mails_state_next_attempt_at", "state", "next_attempt_at"),
    Index("ix_mails_purged_at_created_at", "purged_at", "created_at"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("booking_id", String(26), ForeignKey("bookings.id"), primary_key=True),
    Column("person_id", String(26), primary_key=True, comment="an account, a guest or an interpreter"),
    Column("address", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("room_id", String(26), ForeignKey("rooms.id"), nullable=False),
    Column("starts_at", UtcDateTime(), nullable=False),
    Column("ends_at", UtcDateTime(), nullable=False, index=True),
    comment="Whose calendar holds an entry of a booking, and what it says: they hear of its end.",
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", String(26), primary_key=True),
    Column(
        "account_id", String(26), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("secret_sha256", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("read_at", UtcDateTime(), nullable=True),
)

guest_links = Table(
    "guest_links",
    metadata,
    Column("id", String(26), primary_key=True, comment="the secret is derived from it, and kept nowhere"),
    Column("participant_id", String(26), ForeignKey("participants.id"), nullable=False, unique=True),
    Column("person_id", String(26), nullable=True, comment="the guest or interpreter it was made for"),
    Column("secret_sha256", LargeBinary(32), nullable=False, unique=True),
    Column("made_at", UtcDateTime(), nullable=False),
    Column("revoked_at", UtcDateTime(), nullable=True),
    Column("opened_at", UtcDateTime(), nullable=True, comment="when it was first opened with its code"),
    Column("code_mac", LargeBinary(32), nullable=True, comment="of the code that is told by telephone"),
    Column("code_made_at", UtcDateTime(), nullable=True),
    Column("wrong_tries", Integer, nullable=False, default=0, comment="since the code was made"),
    comment="The one link by which somebody without an account comes to one interview.",
)

guest_logins = Table(
    "guest_logins",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("token_sha256", LargeBinary(32), nullable=False, unique=True),
    Column(
        "link_id", String(26), ForeignKey("guest_links.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", UtcDateTime(), nullable=False),
)
