"""What the officers of a country usually ask, kept with its profile."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("country_profiles") as table:
        table.add_column(
            sa.Column(
                "questions",
                sa.JSON(),
                nullable=False,
                server_default="[]",
                comment="what its officers usually ask, in the order in which they ask it",
            )
        )
    with op.batch_alter_table("country_profiles") as table:
        table.alter_column("questions", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("country_profiles") as table:
        table.drop_column("questions")
