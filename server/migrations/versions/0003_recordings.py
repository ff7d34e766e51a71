"""Recordings, minutes, evidence, outcomes and sealed files."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custody",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column(
            "subject_id", sa.String(length=26), nullable=False, comment="an item of evidence or sealed file"
        ),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_id", sa.String(length=26), nullable=True, comment="empty when the house acts by itself"
        ),
        sa.Column("actor_role", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_custody_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
    )
    op.create_index(op.f("ix_custody_interview_id"), "custody", ["interview_id"], unique=False)
    op.create_index(op.f("ix_custody_subject_id"), "custody", ["subject_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="order of writing, from 1"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=True, comment="on the interview's clock"),
        sa.Column("was_recorded", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.String(length=26), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_minutes_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["accounts.id"], name=op.f("fk_minutes_written_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("interview_id", "position", name=op.f("uq_minutes_interview_id_position")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="grows by one; the highest counts"),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("travel_document", sa.String(length=32), nullable=False),
        sa.Column(
            "presumed_country", sa.String(length=2), nullable=True, comment="ISO 3166: named by a denial"
        ),
        sa.Column("back_on", sa.Date(), nullable=True, comment="when an ongoing verification comes back"),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_by", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_outcomes_version")),
        sa.ForeignKeyConstraint(
            ["concluded_by"], ["accounts.id"], name=op.f("fk_outcomes_concluded_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_outcomes_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["organisations.id"], name=op.f("fk_outcomes_post_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("interview_id", "version", name=op.f("uq_outcomes_interview_id_version")),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_recordings_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("interview_id", name=op.f("uq_recordings_interview_id")),
    )
    op.create_table(
        "sealed_files",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
            comment="media, evidence, timeline, manifest or transcript",
        ),
        sa.Column("media_type", sa.String(length=64), nullable=False, comment="of the clear content"),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the outcome; media and evidence: 1"),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_sealed_files_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_files")),
    )
    op.create_index(op.f("ix_sealed_files_interview_id"), "sealed_files", ["interview_id"], unique=False)
    op.create_table(
        "working_copies",
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True, comment="empty once the key was destroyed"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes_closed_by", sa.String(length=26), nullable=True),
        sa.Column("minutes_read_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_working_copies_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_closed_by"], ["accounts.id"], name=op.f("fk_working_copies_minutes_closed_by_accounts")
        ),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_working_copies")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("evidence_class", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=True),
        sa.Column("presented_by", sa.String(length=32), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=26), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=True, comment="on the interview's clock"),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("media_type", sa.String(length=32), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True, comment="of the clear picture"),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["sealed_files.id"], name=op.f("fk_evidence_file_id_sealed_files")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_evidence_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["accounts.id"], name=op.f("fk_evidence_taken_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_interview_id"), "evidence", ["interview_id"], unique=False)
    op.create_table(
        "parts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("participant_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("video_frames", sa.Integer(), nullable=False),
        sa.Column("audio_frames", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_parts_participant_id_participants")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_parts_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
    )
    op.create_index(op.f("ix_parts_recording_id"), "parts", ["recording_id"], unique=False)
    op.create_table(
        "recording_changes",
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="a code or the node's own words"),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_recording_changes_actor_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_changes_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("recording_id", "position", name=op.f("pk_recording_changes")),
        comment="Every state a recording was in: pauses and failures are declared from here.",
    )
    op.create_table(
        "outcome_evidence",
        sa.Column("outcome_id", sa.String(length=26), nullable=False),
        sa.Column("evidence_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_outcome_evidence_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_outcome_evidence_outcome_id_outcomes")
        ),
        sa.PrimaryKeyConstraint("outcome_id", "evidence_id", name=op.f("pk_outcome_evidence")),
    )


def downgrade() -> None:
    op.drop_table("outcome_evidence")
    op.drop_table("recording_changes")
    op.drop_table("parts")
    op.drop_table("evidence")
    op.drop_table("working_copies")
    op.drop_table("sealed_files")
    op.drop_table("recordings")
    op.drop_table("outcomes")
    op.drop_table("minutes")
    op.drop_table("custody")
