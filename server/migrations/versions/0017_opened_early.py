"""What its host confirmed about an interview that is opened long before its hour."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("interviews") as table:
        table.add_column(
            sa.Column(
                "early_for_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="start before which its host means to open it",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("interviews") as table:
        table.drop_column("early_for_at")
