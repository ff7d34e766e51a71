"""What columns hold, in the words that the tables have for it by now; SQLite keeps no such words."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WORDS = (
    ("availability", "owner_id", "a post or a room", "a post, a room or an interpreter"),
    ("closures", "owner_id", "a post, a room or a centre", "a post, a centre, a room or an interpreter"),
    (
        "closures",
        "reason",
        "shown as written, e.g. a holiday's name",
        "shown as written; empty for busy times",
    ),
    ("mails", "state", "waiting, sending, sent or dead", "waiting, sending, sent, dead or overtaken"),
    (
        "quanta",
        "resource",
        "room:ID, case:ID or post:ID/seat",
        "room:ID, case:ID, interpreter:ID or post:ID/seat",
    ),
    (
        "rooms",
        "equipment",
        "codes of what stands in it: document_camera, headsets, loop, step_free",
        "codes of what stands in it: document_camera, headsets, hearing_loop, step_free",
    ),
)


def upgrade() -> None:
    for table, column, _before, after in _WORDS:
        _say(table, column, after)


def downgrade() -> None:
    for table, column, before, _after in _WORDS:
        _say(table, column, before)


def _say(table: str, column: str, comment: str) -> None:
    if op.get_bind().dialect.supports_comments:
        op.alter_column(table, column, comment=comment)
