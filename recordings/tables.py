"""The tables of the recordings room, on the one metadata; texts stand here only as ciphertext."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from scheduling.columns import code, flag, identifier, metadata, moment, pointing_at
from scheduling.tables import interviews

__all__ = [
    "continuity",
    "custody",
    "evidence",
    "metadata",
    "minutes",
    "outcome_drafts",
    "outcome_evidence",
    "outcomes",
    "parts",
    "read_backs",
    "recording_changes",
    "recordings",
    "sealed_files",
    "stills",
    "working_copies",
]


def digest(name: str, *, nullable: bool = False) -> Column[str]:
    """Return a column for a SHA-256 in hexadecimal."""
    return Column(name, String(64), nullable=nullable)


def sealed_text(name: str) -> Column[bytes]:
    """Return a column for a text under the interview's working key; empty once the transcript is sealed."""
    return Column(name, LargeBinary(), nullable=True)


recordings = Table(
    "recordings",
    metadata,
    identifier(),
    Column("interview_id", String(26), ForeignKey(interviews.c.id), nullable=False, unique=True),
    code("state"),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
)

recording_changes = Table(
    "recording_changes",
    metadata,
    Column("recording_id", String(26), ForeignKey("recordings.id"), primary_key=True),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    code("state"),
    moment("at"),
    pointing_at("actor_id", "accounts.id", nullable=True),
    Column("reason", String(200), nullable=False, default="", comment="a code or the node's own words"),
    comment="Every state a recording was in: pauses and failures are declared from here.",
)

parts = Table(
    "parts",
    metadata,
    identifier(),
    pointing_at("recording_id", "recordings.id", index=True),
    pointing_at("participant_id", "participants.id"),
    code("state"),
    moment("started_at"),
    moment("ended_at", nullable=True),
    Column("duration_ms", BigInteger(), nullable=True),
    Column("video_frames", Integer(), nullable=False, default=0),
    Column("audio_frames", Integer(), nullable=False, default=0),
    Column("width", Integer(), nullable=False, default=0),
    Column("height", Integer(), nullable=False, default=0),
)

working_copies = Table(
    "working_copies",
    metadata,
    Column("interview_id", String(26), ForeignKey(interviews.c.id), primary_key=True),
    Column("wrapped_key", LargeBinary(), nullable=True, comment="empty once the key was destroyed"),
    moment("opened_at"),
    moment("destroyed_at", nullable=True),
    moment("minutes_closed_at", nullable=True),
    pointing_at("minutes_closed_by", "accounts.id", nullable=True),
    flag("minutes_read_back"),
)

minutes = Table(
    "minutes",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id"),
    Column("position", Integer(), nullable=False, comment="order of writing, from 1"),
    code("kind"),
    moment("said_at"),
    Column("at_ms", Integer(), nullable=True, comment="on the interview's clock"),
    flag("was_recorded"),
    pointing_at("written_by", "accounts.id", nullable=True),
    Column(
        "participant_id",
        String(26),
        ForeignKey("participants.id"),
        nullable=True,
        comment="who wrote a message in the room",
    ),
    Column(
        "corrects_id",
        String(26),
        ForeignKey("minutes.id"),
        nullable=True,
        comment="the line that a correction stands beside",
    ),
    sealed_text("text"),
    UniqueConstraint("interview_id", "position"),
)

read_backs = Table(
    "read_backs",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    code("result"),
    Column("through_position", Integer(), nullable=False, comment="the last line that was read"),
    moment("at"),
    Column("at_ms", Integer(), nullable=True, comment="on the interview's clock"),
    flag("was_recorded"),
    pointing_at("marked_by", "accounts.id"),
    Column("language", String(8), nullable=True),
    pointing_at("interpreter_id", "participants.id", nullable=True),
    comment="Minutes read back to the person, or why they were not; the newest row counts.",
)

continuity = Table(
    "continuity",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id"),
    moment("at"),
    Column("content", LargeBinary(), nullable=False, comment="under the interview's working key"),
    UniqueConstraint("interview_id", "at"),
    comment="Who was on the line and how it was, ten seconds a row; gone once the transcript is sealed.",
)

stills = Table(
    "stills",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    pointing_at("participant_id", "participants.id"),
    moment("wanted_at"),
    pointing_at("wanted_by", "accounts.id"),
    Column(
        "picture",
        LargeBinary(),
        nullable=True,
        comment="under the interview's working key until it is kept or dropped",
    ),
    comment="Pictures that an officer asked of a sender's own camera; gone once kept or dropped.",
)

sealed_files = Table(
    "sealed_files",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    Column("kind", String(32), nullable=False, comment="media, evidence, timeline, manifest or transcript"),
    Column("media_type", String(64), nullable=False, comment="of the clear content"),
    Column("version", Integer(), nullable=False, default=1, comment="of the outcome; media and evidence: 1"),
    Column("size_bytes", BigInteger(), nullable=False),
    digest("body_sha256"),
    flag("is_whole", default=True),
    moment("sealed_at"),
)

evidence = Table(
    "evidence",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    code("kind"),
    code("evidence_class"),
    code("form", nullable=True),
    code("presented_by"),
    moment("taken_at"),
    pointing_at("taken_by", "accounts.id"),
    Column("at_ms", Integer(), nullable=True, comment="on the interview's clock"),
    sealed_text("note"),
    pointing_at("file_id", "sealed_files.id", nullable=True),
    code("media_type", nullable=True),
    Column("size_bytes", Integer(), nullable=True, comment="of the clear picture"),
    digest("sha256", nullable=True),
)

outcomes = Table(
    "outcomes",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id"),
    Column("version", Integer(), nullable=False, comment="grows by one; the highest counts"),
    code("value"),
    code("travel_document"),
    Column("presumed_country", String(2), nullable=True, comment="ISO 3166: named by a denial"),
    Column("back_on", Date(), nullable=True, comment="when an ongoing verification comes back"),
    moment("concluded_at"),
    pointing_at("concluded_by", "accounts.id"),
    pointing_at("post_id", "organisations.id"),
    sealed_text("reasons"),
    moment("sealed_at", nullable=True),
    UniqueConstraint("interview_id", "version"),
    CheckConstraint("version >= 1", name="version"),
)

outcome_drafts = Table(
    "outcome_drafts",
    metadata,
    Column("interview_id", String(26), ForeignKey(interviews.c.id), primary_key=True),
    Column("version", Integer(), nullable=False, comment="grows by one a saving; guards lost updates"),
    Column("fields", LargeBinary(), nullable=False, comment="under the interview's working key"),
    moment("saved_at"),
    pointing_at("saved_by", "accounts.id"),
    comment="What an officer has filled in before the outcome is concluded; gone once it is.",
)

outcome_evidence = Table(
    "outcome_evidence",
    metadata,
    Column("outcome_id", String(26), ForeignKey("outcomes.id"), primary_key=True),
    Column("evidence_id", String(26), ForeignKey("evidence.id"), primary_key=True),
)

custody = Table(
    "custody",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    Column(
        "subject_id", String(26), nullable=False, index=True, comment="an item of evidence or sealed file"
    ),
    code("act"),
    moment("at"),
    Column("actor_id", String(26), nullable=True, comment="empty when the house acts by itself"),
    code("actor_role"),
)
