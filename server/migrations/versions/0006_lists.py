"""What long lists read in order, and sizes beyond two gigabytes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_GROWN = (("sealed_files", "size_bytes", False), ("parts", "duration_ms", True))


def upgrade() -> None:
    op.create_index("ix_bookings_status_starts_at", "bookings", ["status", "starts_at"])
    op.create_index(
        "ix_cases_centre_id_status_detention_ends_on", "cases", ["centre_id", "status", "detention_ends_on"]
    )
    op.create_index("ix_cases_status_detention_ends_on", "cases", ["status", "detention_ends_on"])
    _change(sa.Integer(), sa.BigInteger())


def _change(before: "sa.types.TypeEngine[int]", after: "sa.types.TypeEngine[int]") -> None:
    for table_name, column, nullable in _GROWN:
        with op.batch_alter_table(table_name) as table:
            table.alter_column(column, existing_type=before, type_=after, existing_nullable=nullable)


def downgrade() -> None:
    _change(sa.BigInteger(), sa.Integer())
    op.drop_index("ix_cases_status_detention_ends_on", "cases")
    op.drop_index("ix_cases_centre_id_status_detention_ends_on", "cases")
    op.drop_index("ix_bookings_status_starts_at", "bookings")
