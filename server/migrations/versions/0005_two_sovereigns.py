"""What two sovereigns need to agree: wishes, proposals, guests, interpreters, exceptions, mails and feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DECLINED = {"other_slot": "other", "file_incomplete": "documents_missing", "no_officer": "no_capacity"}
_RENAMED = sa.text("UPDATE bookings SET reason = :new WHERE status = 'declined' AND reason = :old")
_COLUMNS = (
    ("rooms", "equipment"),
    ("requests", "chased_at"),
    ("requests", "expires_at"),
    ("requests", "chase_at"),
    ("requests", "interpreter_language"),
    ("country_profiles", "auto_confirms"),
    ("closures", "kind"),
    ("cases", "presentation"),
)
_TABLES = (
    "wishes",
    "reminders",
    "proposals",
    "mails",
    "guests",
    "feeds",
    "focal_points",
    "worked_holidays",
    "openings",
    "interpreters",
)


def upgrade() -> None:
    _add_tables()
    _add_columns()
    _carry_over()


def _add_tables() -> None:
    op.create_table(
        "interpreters",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column(
            "country", sa.String(length=2), nullable=False, comment="ISO 3166: the member state they work for"
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False, comment="languages they interpret, BCP 47"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="of the mails they get"),
        sa.Column("zone", sa.String(length=64), nullable=False, comment="IANA zone of their hours"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreters")),
    )
    op.create_index(op.f("ix_interpreters_country"), "interpreters", ["country"], unique=False)
    op.create_table(
        "openings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column(
            "owner_id", sa.String(length=26), nullable=False, comment="a post, a room or an interpreter"
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="shown as written"),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_openings_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
        comment="Hours beyond the weekly ones.",
    )
    op.create_index(op.f("ix_openings_owner_id"), "openings", ["owner_id"], unique=False)
    op.create_table(
        "worked_holidays",
        sa.Column("owner_id", sa.String(length=26), nullable=False, comment="a post or a centre"),
        sa.Column(
            "worked_on", sa.Date(), nullable=False, comment="a public holiday on which it works all the same"
        ),
        sa.PrimaryKeyConstraint("owner_id", "worked_on", name=op.f("pk_worked_holidays")),
    )
    op.create_table(
        "focal_points",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_focal_points_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_points")),
        comment="The named contacts of an authority.",
    )
    op.create_index(
        op.f("ix_focal_points_organisation_id"), "focal_points", ["organisation_id"], unique=False
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feeds_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_feeds_secret_sha256")),
    )
    op.create_index(op.f("ix_feeds_account_id"), "feeds", ["account_id"], unique=False)
    op.create_table(
        "guests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False, comment="of the mails they get"),
        sa.Column(
            "is_agreed", sa.Boolean(), nullable=True, comment="by the post; empty until it has answered"
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_guests_booking_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        comment="Who shall attend beside the two sides: lawyer, guardian, liaison officers, own interpreter.",
    )
    op.create_index(op.f("ix_guests_booking_id"), "guests", ["booking_id"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column(
            "key", sa.String(length=120), nullable=False, comment="event, thing and recipient: one mail each"
        ),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "calendar", sa.Text(), nullable=True, comment="an iTIP message (RFC 5546), its method inside"
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="waiting, sending, sent or dead"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_error", sa.String(length=200), nullable=False, comment="what the server said, no address"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_mails_booking_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_mails_key")),
    )
    op.create_index(op.f("ix_mails_booking_id"), "mails", ["booking_id"], unique=False)
    op.create_index("ix_mails_state_next_attempt_at", "mails", ["state", "next_attempt_at"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=26), nullable=False),
        sa.Column("interpreter_id", sa.String(length=26), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_proposals_order")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_proposals_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreters.id"], name=op.f("fk_proposals_interpreter_id_interpreters")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_proposals_made_by_accounts")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_proposals_room_id_rooms")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_proposals")),
        comment="Another slot that one side offers and holds; what stands stays until the other accepts.",
    )
    op.create_index(op.f("ix_proposals_starts_at"), "proposals", ["starts_at"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hours", sa.Integer(), autoincrement=False, nullable=False, comment="before the start"),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_reminders_booking_id_bookings")
        ),
        sa.PrimaryKeyConstraint("booking_id", "sequence", "hours", name=op.f("pk_reminders")),
        comment="Reminders told: the primary key is what keeps one from being told twice.",
    )
    op.create_table(
        "wishes",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False, comment="1 is the dearest"),
        sa.Column("room_id", sa.String(length=26), nullable=False),
        sa.Column("interpreter_id", sa.String(length=26), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_wishes_order")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_wishes_booking_id_bookings")),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreters.id"], name=op.f("fk_wishes_interpreter_id_interpreters")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_wishes_room_id_rooms")),
        sa.PrimaryKeyConstraint("booking_id", "rank", name=op.f("pk_wishes")),
        comment="The ranked slots of a request; all are held until the post has answered.",
    )
    op.create_index(op.f("ix_wishes_starts_at"), "wishes", ["starts_at"], unique=False)


def _add_columns() -> None:
    op.add_column("cases", _listing("presentation", "codes of the presentation set that are ready"))
    op.add_column(
        "rooms",
        _listing("equipment", "codes of what stands in it: document_camera, headsets, loop, step_free"),
    )
    op.add_column(
        "closures", sa.Column("kind", sa.String(length=32), nullable=False, server_default="closed")
    )
    op.add_column(
        "country_profiles",
        sa.Column("auto_confirms", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "requests",
        sa.Column(
            "interpreter_language",
            sa.String(length=8),
            nullable=True,
            comment="BCP 47; empty when nobody interprets",
        ),
    )
    for name in ("chase_at", "expires_at"):
        op.add_column(
            "requests",
            sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00"),
        )
    op.add_column("requests", sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("bookings") as table:
        table.add_column(sa.Column("interpreter_id", sa.String(length=26), nullable=True))
        table.create_foreign_key(
            op.f("fk_bookings_interpreter_id_interpreters"), "interpreters", ["interpreter_id"], ["id"]
        )
        table.drop_index(op.f("ix_bookings_room_id"))
        table.create_index(op.f("ix_bookings_interpreter_id"), ["interpreter_id"])
        table.create_index("ix_bookings_post_id_starts_at", ["post_id", "starts_at"])
        table.create_index("ix_bookings_room_id_starts_at", ["room_id", "starts_at"])
    with op.batch_alter_table("participants") as table:
        for name in ("guest", "interpreter"):
            table.add_column(sa.Column(f"{name}_id", sa.String(length=26), nullable=True))
            table.create_foreign_key(
                op.f(f"fk_participants_{name}_id_{name}s"), f"{name}s", [f"{name}_id"], ["id"]
            )


def _carry_over() -> None:
    """Give every request a day for its answer and its one wish, every refusal a code that still exists."""
    op.execute(
        "UPDATE requests SET chase_at = sent_at, expires_at = COALESCE("
        "(SELECT MAX(bookings.starts_at) FROM bookings WHERE bookings.request_id = requests.id), sent_at)"
    )
    op.execute(
        "INSERT INTO wishes (booking_id, rank, room_id, starts_at, ends_at) "
        "SELECT id, 1, room_id, starts_at, ends_at FROM bookings WHERE status = 'requested'"
    )
    for before, after in _DECLINED.items():
        op.execute(_RENAMED.bindparams(old=before, new=after))


def _listing(name: str, comment: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=False, server_default="[]", comment=comment)


def downgrade() -> None:
    with op.batch_alter_table("participants") as table:
        for name in ("guest", "interpreter"):
            table.drop_constraint(op.f(f"fk_participants_{name}_id_{name}s"), type_="foreignkey")
            table.drop_column(f"{name}_id")
    with op.batch_alter_table("bookings") as table:
        table.drop_index("ix_bookings_room_id_starts_at")
        table.drop_index("ix_bookings_post_id_starts_at")
        table.drop_index(op.f("ix_bookings_interpreter_id"))
        table.create_index(op.f("ix_bookings_room_id"), ["room_id"])
        table.drop_constraint(op.f("fk_bookings_interpreter_id_interpreters"), type_="foreignkey")
        table.drop_column("interpreter_id")
    for table_name, column in _COLUMNS:
        op.drop_column(table_name, column)
    for before, after in _DECLINED.items():
        op.execute(_RENAMED.bindparams(old=after, new=before))
    for name in _TABLES:
        op.drop_table(name)
