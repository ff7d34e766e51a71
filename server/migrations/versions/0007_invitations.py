"""Who was invited to what, which mails have been overtaken, and whose words are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INVITED = sa.text("""
INSERT INTO invitations (booking_id, person_id, address, language, zone, room_id, starts_at, ends_at)
SELECT b.id, p.id, MAX(m.to_address), MAX(m.language), p.zone, b.room_id, b.starts_at, b.ends_at
FROM mails m JOIN bookings b ON b.id = m.booking_id JOIN (
  SELECT a.id AS id, o.zone AS zone FROM accounts a JOIN organisations o ON o.id = a.organisation_id
  UNION ALL SELECT id, zone FROM interpreters
  UNION ALL SELECT g.id, o.zone FROM guests g JOIN bookings b ON b.id = g.booking_id
    JOIN rooms r ON r.id = b.room_id JOIN organisations o ON o.id = r.centre_id
) p ON m.key LIKE '%/' || p.id
WHERE m.event IN ('confirmed', 'moved') AND b.status IN ('confirmed', 'in_progress')
GROUP BY b.id, p.id, p.zone, b.room_id, b.starts_at, b.ends_at
""")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column(
            "person_id", sa.String(length=26), nullable=False, comment="an account, a guest or an interpreter"
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("room_id", sa.String(length=26), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_invitations_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_invitations_room_id_rooms")),
        sa.PrimaryKeyConstraint("booking_id", "person_id", name=op.f("pk_invitations")),
        comment="Whose calendar holds an entry of a booking, and what it says: they hear of its end.",
    )
    op.create_index(op.f("ix_invitations_ends_at"), "invitations", ["ends_at"])
    op.execute(_INVITED)
    with op.batch_alter_table("mails") as table:
        table.add_column(
            sa.Column("sequence", sa.Integer(), nullable=True, comment="of the booking when this was written")
        )
        table.add_column(
            sa.Column(
                "purged_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when words and address were deleted",
            )
        )
    op.create_index("ix_mails_purged_at_created_at", "mails", ["purged_at", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_mails_purged_at_created_at", "mails")
    with op.batch_alter_table("mails") as table:
        table.drop_column("purged_at")
        table.drop_column("sequence")
    op.drop_index(op.f("ix_invitations_ends_at"), "invitations")
    op.drop_table("invitations")
