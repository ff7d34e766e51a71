"""Centres, posts, their rooms and hours, and the accounts of those who work there."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "availability",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False, comment="a post or a room"),
        sa.Column(
            "rule",
            sa.Text(),
            nullable=False,
            comment="RFC 5545 RRULE over local days, e.g. FREQ=WEEKLY;BYDAY=MO,TU",
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="DTSTART of the rule, a local day"),
        sa.Column("starts_local", sa.Time(), nullable=False, comment="wall clock in `zone`"),
        sa.Column(
            "ends_local",
            sa.Time(),
            nullable=False,
            comment="wall clock in `zone`; not after starts_local means next day",
        ),
        sa.Column(
            "zone", sa.String(length=64), nullable=False, comment="IANA zone of the owner: hours survive DST"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    op.create_index(op.f("ix_availability_owner_id"), "availability", ["owner_id"], unique=False)
    op.create_table(
        "closures",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False, comment="a post, a room or a centre"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "reason", sa.String(length=200), nullable=False, comment="shown as written, e.g. a holiday's name"
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_closures_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_owner_id"), "closures", ["owner_id"], unique=False)
    op.create_table(
        "country_profiles",
        sa.Column("country", sa.String(length=2), nullable=False, comment="ISO 3166: the country of origin"),
        sa.Column(
            "member_state", sa.String(length=2), nullable=False, comment="ISO 3166: the state that agreed it"
        ),
        sa.Column("accepts_video", sa.Boolean(), nullable=False),
        sa.Column("accepts_recording", sa.Boolean(), nullable=False),
        sa.Column(
            "days_to_arrange", sa.Integer(), nullable=True, comment="calendar days from request to interview"
        ),
        sa.Column(
            "days_to_issue",
            sa.Integer(),
            nullable=True,
            comment="calendar days from confirmation to laissez-passer",
        ),
        sa.Column(
            "laissez_passer_days", sa.Integer(), nullable=True, comment="how long a laissez-passer is valid"
        ),
        sa.Column(
            "documents_wanted",
            sa.JSON(),
            nullable=False,
            comment="codes of the presentation set the post expects",
        ),
        sa.Column(
            "may_attend",
            sa.JSON(),
            nullable=False,
            comment="participant roles that the post accepts beside its officer, the host and the person",
        ),
        sa.Column(
            "evidence_classes", sa.JSON(), nullable=False, comment="evidence kind -> class, where it differs"
        ),
        sa.PrimaryKeyConstraint("country", "member_state", name=op.f("pk_country_profiles")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False, comment="centre, post or authority"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "country",
            sa.String(length=2),
            nullable=False,
            comment="ISO 3166: whom it serves; a post's country of origin",
        ),
        sa.Column(
            "host_country",
            sa.String(length=2),
            nullable=False,
            comment="ISO 3166: where it stands; equals country in a capital",
        ),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False, comment="IANA zone of its working hours"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False, comment="languages it works in, BCP 47"),
        sa.Column("embassy_id", sa.String(length=26), nullable=True),
        sa.Column(
            "slot_minutes",
            sa.Integer(),
            nullable=False,
            comment="posts: length of an interview, a multiple of 5",
        ),
        sa.Column("lead_minutes", sa.Integer(), nullable=False, comment="posts: notice wanted before a slot"),
        sa.Column(
            "daily_quota",
            sa.Integer(),
            nullable=True,
            comment="posts: interviews a local day; empty means no limit",
        ),
        sa.Column("seats", sa.Integer(), nullable=False, comment="posts: interviews held at the same time"),
        sa.Column("auto_confirms", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_organisations_seats")),
        sa.CheckConstraint(
            "slot_minutes > 0 AND slot_minutes % 5 = 0", name=op.f("ck_organisations_slot_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["embassy_id"], ["organisations.id"], name=op.f("fk_organisations_embassy_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "email", sa.String(length=254), nullable=False, comment="lower case; what one signs in with"
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_accounts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_index(op.f("ix_accounts_organisation_id"), "accounts", ["organisation_id"], unique=False)
    op.create_table(
        "accreditations",
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column(
            "host_country",
            sa.String(length=2),
            nullable=False,
            comment="ISO 3166: a member state that the post covers",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["organisations.id"], name=op.f("fk_accreditations_post_id_organisations")
        ),
        sa.PrimaryKeyConstraint("post_id", "host_country", name=op.f("pk_accreditations")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("centre_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["organisations.id"], name=op.f("fk_rooms_centre_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("centre_id", "name", name=op.f("uq_rooms_centre_id_name")),
    )
    op.create_index(op.f("ix_rooms_centre_id"), "rooms", ["centre_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rooms")
    op.drop_table("accreditations")
    op.drop_table("accounts")
    op.drop_table("organisations")
    op.drop_table("country_profiles")
    op.drop_table("closures")
    op.drop_table("availability")
