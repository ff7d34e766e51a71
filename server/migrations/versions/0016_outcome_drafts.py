"""Drafts of outcomes, saved during the interview."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcome_drafts",
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="grows by one a saving; guards lost updates"
        ),
        sa.Column("fields", sa.LargeBinary(), nullable=False, comment="under the interview's working key"),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_outcome_drafts_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["accounts.id"], name=op.f("fk_outcome_drafts_saved_by_accounts")
        ),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_outcome_drafts")),
        comment="What an officer has filled in before the outcome is concluded; gone once it is.",
    )


def downgrade() -> None:
    op.drop_table("outcome_drafts")
