"""Cases, requests, bookings, interviews, and what is written down of every change."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("act", sa.String(length=48), nullable=False, comment="view, download, open, act…"),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("noun_id", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False, comment="codes only, no names"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_noun_id"), "audit", ["noun_id"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("noun_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column(
            "by_account_id",
            sa.String(length=26),
            nullable=True,
            comment="empty when the house acts by itself",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copy", sa.JSON(), nullable=False, comment="the whole noun as it stood after the change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("noun", "noun_id", "version", name=op.f("uq_history_noun_noun_id_version")),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "position",
            sa.Integer(),
            autoincrement=True,
            nullable=False,
            comment="order of delivery; never shown",
        ),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False, comment="identifiers and references only"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_delivered_at"), "outbox", ["delivered_at"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column(
            "reference",
            sa.String(length=7),
            nullable=False,
            comment="the only word for a person outside screens",
        ),
        sa.Column("centre_id", sa.String(length=26), nullable=False),
        sa.Column(
            "country", sa.String(length=2), nullable=False, comment="ISO 3166: presumed country of origin"
        ),
        sa.Column("family_name", sa.String(length=200), nullable=False),
        sa.Column("given_names", sa.String(length=200), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True, comment="as declared"),
        sa.Column("birth_place", sa.String(length=200), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False, comment="F, M, X or empty"),
        sa.Column("languages", sa.JSON(), nullable=False, comment="languages the person speaks, BCP 47"),
        sa.Column("documents", sa.JSON(), nullable=False, comment="documents the person holds, in words"),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("guardian_name", sa.String(length=200), nullable=False),
        sa.Column(
            "vulnerabilities",
            sa.JSON(),
            nullable=False,
            comment="codes of needs to heed: hearing, sight, health, trauma",
        ),
        sa.Column("detained_on", sa.Date(), nullable=False),
        sa.Column(
            "detention_ends_on",
            sa.Date(),
            nullable=False,
            comment="the day detention must end; orders the list",
        ),
        sa.Column("suitability", sa.String(length=32), nullable=False),
        sa.Column("suitability_by", sa.String(length=26), nullable=True),
        sa.Column("suitability_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "protection_open", sa.Boolean(), nullable=False, comment="never selected for a post or guest"
        ),
        sa.Column("protection_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="grows by one a change; guards lost updates"
        ),
        sa.CheckConstraint("detention_ends_on >= detained_on", name=op.f("ck_cases_detention")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["organisations.id"], name=op.f("fk_cases_centre_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["suitability_by"], ["accounts.id"], name=op.f("fk_cases_suitability_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    op.create_index(op.f("ix_cases_centre_id"), "cases", ["centre_id"], unique=False)
    op.create_index(op.f("ix_cases_detention_ends_on"), "cases", ["detention_ends_on"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column(
            "route",
            sa.Integer(),
            nullable=False,
            comment="1 same state, 2 another state, 3 capital through its embassy",
        ),
        sa.Column("modality", sa.String(length=32), nullable=False),
        sa.Column(
            "disclosed",
            sa.JSON(),
            nullable=False,
            comment="the case's fields released to the post, while ended_at is empty",
        ),
        sa.Column("sent_by", sa.String(length=26), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrange_by_on", sa.Date(), nullable=True, comment="last day by the country profile"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_requests_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["organisations.id"], name=op.f("fk_requests_post_id_organisations")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name=op.f("fk_requests_sent_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_case_id"), "requests", ["case_id"], unique=False)
    op.create_index(op.f("ix_requests_post_id"), "requests", ["post_id"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("request_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("room_id", sa.String(length=26), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modality", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column(
            "reason",
            sa.String(length=32),
            nullable=True,
            comment="code of an exit; the post may read it, so always neutral",
        ),
        sa.Column(
            "remark", sa.Text(), nullable=False, comment="free words of the side that answered or cancelled"
        ),
        sa.Column(
            "uid", sa.String(length=80), nullable=False, comment="iCalendar UID, kept through every move"
        ),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="iCalendar SEQUENCE"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="grows by one a change; guards lost updates"
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bookings_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bookings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["organisations.id"], name=op.f("fk_bookings_post_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_bookings_request_id_requests")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_bookings_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("uid", name=op.f("uq_bookings_uid")),
    )
    op.create_index(op.f("ix_bookings_case_id"), "bookings", ["case_id"], unique=False)
    op.create_index(op.f("ix_bookings_post_id"), "bookings", ["post_id"], unique=False)
    op.create_index("ix_bookings_post_id_status", "bookings", ["post_id", "status"], unique=False)
    op.create_index(op.f("ix_bookings_request_id"), "bookings", ["request_id"], unique=False)
    op.create_index(op.f("ix_bookings_room_id"), "bookings", ["room_id"], unique=False)
    op.create_index(op.f("ix_bookings_starts_at"), "bookings", ["starts_at"], unique=False)
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.String(length=32),
            nullable=True,
            comment="how the act ended; another axis than the booking's status",
        ),
        sa.Column("guardian_waived_by", sa.String(length=26), nullable=True),
        sa.Column("guardian_waived_reason", sa.Text(), nullable=False),
        sa.Column("guardian_waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="grows by one a change; guards lost updates"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_interviews_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_waived_by"], ["accounts.id"], name=op.f("fk_interviews_guardian_waived_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_interviews_booking_id")),
    )
    op.create_table(
        "quanta",
        sa.Column(
            "resource", sa.String(length=48), nullable=False, comment="room:ID, case:ID or post:ID/seat"
        ),
        sa.Column(
            "quantum",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="five-minute steps since 1970, UTC",
        ),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_quanta_booking_id_bookings")),
        sa.PrimaryKeyConstraint("resource", "quantum", name=op.f("pk_quanta")),
        comment="One row per resource and five minutes: the primary key is what refuses a double booking.",
    )
    op.create_index(op.f("ix_quanta_booking_id"), "quanta", ["booking_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False, comment="to be recorded; the newest record counts"),
        sa.Column("heard_by", sa.String(length=26), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["heard_by"], ["accounts.id"], name=op.f("fk_consents_heard_by_accounts")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_consents_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        comment="Consent to be recorded: another record, since consent in detention may not be free.",
    )
    op.create_index(op.f("ix_consents_interview_id"), "consents", ["interview_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("read_by", sa.String(length=26), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_notices_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(["read_by"], ["accounts.id"], name=op.f("fk_notices_read_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="Notice given: one record.",
    )
    op.create_index(op.f("ix_notices_interview_id"), "notices", ["interview_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column(
            "name",
            sa.String(length=200),
            nullable=False,
            comment="a guest's name; accounts and cases hold the others",
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admitted_by", sa.String(length=26), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_present", sa.Boolean(), nullable=False, comment="media up now"),
        sa.Column("reconnections", sa.Integer(), nullable=False),
        sa.Column(
            "attendance",
            sa.String(length=32),
            nullable=True,
            comment="attended or absent; empty when cancelled or not yet known",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="grows by one a change; guards lost updates"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_participants_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["admitted_by"], ["accounts.id"], name=op.f("fk_participants_admitted_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_participants_interview_id_interviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    op.create_index(op.f("ix_participants_interview_id"), "participants", ["interview_id"], unique=False)


def downgrade() -> None:
    op.drop_table("participants")
    op.drop_table("notices")
    op.drop_table("consents")
    op.drop_table("quanta")
    op.drop_table("interviews")
    op.drop_table("bookings")
    op.drop_table("requests")
    op.drop_table("cases")
    op.drop_table("outbox")
    op.drop_table("history")
    op.drop_table("audit")
