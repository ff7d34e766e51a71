"""Minutes read back to the person, and corrections beside the lines that they correct."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("minutes") as table:
        table.add_column(
            sa.Column(
                "corrects_id",
                sa.String(length=26),
                nullable=True,
                comment="the line that a correction stands beside",
            )
        )
        table.create_foreign_key(op.f("fk_minutes_corrects_id_minutes"), "minutes", ["corrects_id"], ["id"])
    op.create_table(
        "read_backs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("through_position", sa.Integer(), nullable=False, comment="the last line that was read"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=True, comment="on the interview's clock"),
        sa.Column("was_recorded", sa.Boolean(), nullable=False),
        sa.Column("marked_by", sa.String(length=26), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("interpreter_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["participants.id"], name=op.f("fk_read_backs_interpreter_id_participants")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_read_backs_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["accounts.id"], name=op.f("fk_read_backs_marked_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_backs")),
        comment="Minutes read back to the person, or why they were not; the newest row counts.",
    )
    op.create_index(op.f("ix_read_backs_interview_id"), "read_backs", ["interview_id"])


def downgrade() -> None:
    op.drop_table("read_backs")
    op.execute("UPDATE minutes SET kind = 'remark' WHERE kind = 'correction'")
    with op.batch_alter_table("minutes") as table:
        table.drop_constraint(op.f("fk_minutes_corrects_id_minutes"), type_="foreignkey")
        table.drop_column("corrects_id")
