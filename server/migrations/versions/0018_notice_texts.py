"""The notice in further languages, and the digest of what was read."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_texts",
        sa.Column(
            "language",
            sa.String(length=8),
            nullable=False,
            comment="BCP 47; French and English stand in the code",
        ),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="the highest is read"),
        sa.Column(
            "sections",
            sa.JSON(),
            nullable=False,
            comment="what is read, in order; the third asks about recording",
        ),
        sa.Column(
            "not_recorded",
            sa.Text(),
            nullable=False,
            comment="instead of the third where nothing is recorded",
        ),
        sa.Column("written_by", sa.String(length=26), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["written_by"], ["accounts.id"], name=op.f("fk_notice_texts_written_by_accounts")
        ),
        sa.PrimaryKeyConstraint("language", "number", name=op.f("pk_notice_texts")),
        comment="The notice in further languages; a version is never changed, as records name it.",
    )
    with op.batch_alter_table("notices") as table:
        table.add_column(
            sa.Column(
                "text_sha256",
                sa.String(length=64),
                nullable=True,
                comment="of the text; none when said aloud from another",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("notices") as table:
        table.drop_column("text_sha256")
    op.drop_table("notice_texts")
