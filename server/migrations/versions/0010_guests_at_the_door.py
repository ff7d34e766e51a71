"""Links and logins of guests, and what they answered about being recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guest_answers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("participant_id", sa.String(length=26), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False, comment="to be recorded; the newest record counts"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_guest_answers_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_guest_answers_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_answers")),
        comment="What a guest read at the door, and their answer: without a yes they are not recorded.",
    )
    op.create_index(op.f("ix_guest_answers_interview_id"), "guest_answers", ["interview_id"])
    op.create_table(
        "guest_links",
        sa.Column(
            "id",
            sa.String(length=26),
            nullable=False,
            comment="the secret is derived from it, and kept nowhere",
        ),
        sa.Column("participant_id", sa.String(length=26), nullable=False),
        sa.Column(
            "person_id",
            sa.String(length=26),
            nullable=True,
            comment="the guest or interpreter it was made for",
        ),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was first opened with its code",
        ),
        sa.Column(
            "code_mac",
            sa.LargeBinary(length=32),
            nullable=True,
            comment="of the code that is told by telephone",
        ),
        sa.Column("code_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False, comment="since the code was made"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_guest_links_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_links")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_guest_links_participant_id")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_guest_links_secret_sha256")),
        comment="The one link by which somebody without an account comes to one interview.",
    )
    op.create_table(
        "guest_logins",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["guest_links.id"],
            name=op.f("fk_guest_logins_link_id_guest_links"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_logins")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_guest_logins_token_sha256")),
    )
    op.create_index(op.f("ix_guest_logins_link_id"), "guest_logins", ["link_id"])
    with op.batch_alter_table("mails") as table:
        table.add_column(
            sa.Column(
                "link_id",
                sa.String(length=26),
                nullable=True,
                comment="whose secret is put in when the mail leaves",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("mails") as table:
        table.drop_column("link_id")
    op.drop_index(op.f("ix_guest_logins_link_id"), "guest_logins")
    op.drop_table("guest_logins")
    op.drop_table("guest_links")
    op.drop_index(op.f("ix_guest_answers_interview_id"), "guest_answers")
    op.drop_table("guest_answers")
