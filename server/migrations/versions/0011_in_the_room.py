"""Messages of the room in the minutes, interviews that go on by telephone, stills at full resolution."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("minutes") as table:
        table.alter_column("written_by", existing_type=sa.String(length=26), nullable=True)
        table.add_column(
            sa.Column(
                "participant_id",
                sa.String(length=26),
                nullable=True,
                comment="who wrote a message in the room",
            )
        )
        table.create_foreign_key(
            op.f("fk_minutes_participant_id_participants"), "participants", ["participant_id"], ["id"]
        )
    with op.batch_alter_table("interviews") as table:
        table.add_column(
            sa.Column(
                "by_telephone_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="it goes on by telephone while it is set",
            )
        )
    op.create_table(
        "stills",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("participant_id", sa.String(length=26), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_by", sa.String(length=26), nullable=False),
        sa.Column(
            "picture",
            sa.LargeBinary(),
            nullable=True,
            comment="under the interview's working key until it is kept or dropped",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_stills_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_stills_participant_id_participants")
        ),
        sa.ForeignKeyConstraint(["wanted_by"], ["accounts.id"], name=op.f("fk_stills_wanted_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stills")),
        comment="Pictures that an officer asked of a sender's own camera; gone once kept or dropped.",
    )
    op.create_index(op.f("ix_stills_interview_id"), "stills", ["interview_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stills_interview_id"), "stills")
    op.drop_table("stills")
    with op.batch_alter_table("interviews") as table:
        table.drop_column("by_telephone_at")
    op.execute("DELETE FROM minutes WHERE written_by IS NULL")
    with op.batch_alter_table("minutes") as table:
        table.drop_constraint(op.f("fk_minutes_participant_id_participants"), type_="foreignkey")
        table.drop_column("participant_id")
        table.alter_column("written_by", existing_type=sa.String(length=26), nullable=False)
