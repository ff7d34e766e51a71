"""Guests whom the centre takes off an agreed interview."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("guests") as table:
        table.add_column(
            sa.Column(
                "taken_off_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="by the centre, which may invite anew",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("guests") as table:
        table.drop_column("taken_off_at")
