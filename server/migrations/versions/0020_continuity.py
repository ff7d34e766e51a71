"""How each participant's line was, under the working key of the interview."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "continuity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="under the interview's working key"),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_continuity_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continuity")),
        sa.UniqueConstraint("interview_id", "at", name=op.f("uq_continuity_interview_id_at")),
        comment="Who was on the line and how it was, ten seconds a row; gone once the transcript is sealed.",
    )


def downgrade() -> None:
    op.drop_table("continuity")
