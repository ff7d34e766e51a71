"""Private consultations, who was put out, and whether the door is locked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("stays", sa.JSON(), nullable=False, comment="participants, the person first"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=26), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="grows by one a change; guards lost updates",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_consultations_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["accounts.id"], name=op.f("fk_consultations_started_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["accounts.id"], name=op.f("fk_consultations_ended_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        comment="Private consultations: when, and who stayed; never what was said.",
    )
    op.create_index(op.f("ix_consultations_interview_id"), "consultations", ["interview_id"])
    with op.batch_alter_table("participants") as table:
        table.add_column(
            sa.Column(
                "removed_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="put out, until admitted anew",
            )
        )
        table.add_column(sa.Column("removal", sa.String(length=32), nullable=True))
    with op.batch_alter_table("interviews") as table:
        table.add_column(
            sa.Column(
                "locked_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="nobody new is let in while it is set",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("interviews") as table:
        table.drop_column("locked_at")
    with op.batch_alter_table("participants") as table:
        table.drop_column("removal")
        table.drop_column("removed_at")
    op.drop_index(op.f("ix_consultations_interview_id"), "consultations")
    op.drop_table("consultations")
