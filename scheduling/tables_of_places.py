"""The tables of who and where: organisations, rooms, accounts, their hours, what a country agreed to."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)

from scheduling.columns import code, flag, identifier, listing, metadata, moment, pointing_at

organisations = Table(
    "organisations",
    metadata,
    identifier(),
    Column("kind", String(32), nullable=False, comment="centre, post or authority"),
    Column("name", String(200), nullable=False),
    Column(
        "country", String(2), nullable=False, comment="ISO 3166: whom it serves; a post's country of origin"
    ),
    Column(
        "host_country",
        String(2),
        nullable=False,
        comment="ISO 3166: where it stands; equals country in a capital",
    ),
    Column("city", String(100), nullable=False, default=""),
    Column("zone", String(64), nullable=False, comment="IANA zone of its working hours"),
    Column("email", String(254), nullable=False, default=""),
    listing("languages", "languages it works in, BCP 47"),
    pointing_at("embassy_id", "organisations.id", nullable=True),
    Column(
        "slot_minutes",
        Integer(),
        nullable=False,
        default=60,
        comment="posts: length of an interview, a multiple of 5",
    ),
    Column(
        "lead_minutes",
        Integer(),
        nullable=False,
        default=24 * 60,
        comment="posts: notice wanted before a slot",
    ),
    Column(
        "daily_quota", Integer(), nullable=True, comment="posts: interviews a local day; empty means no limit"
    ),
    Column("seats", Integer(), nullable=False, default=1, comment="posts: interviews held at the same time"),
    flag("auto_confirms"),
    flag("is_active", default=True),
    CheckConstraint("seats >= 1", name="seats"),
    CheckConstraint("slot_minutes > 0 AND slot_minutes % 5 = 0", name="slot_minutes"),
)

accreditations = Table(
    "accreditations",
    metadata,
    Column("post_id", String(26), ForeignKey("organisations.id"), primary_key=True),
    Column(
        "host_country", String(2), primary_key=True, comment="ISO 3166: a member state that the post covers"
    ),
)

country_profiles = Table(
    "country_profiles",
    metadata,
    Column("country", String(2), primary_key=True, comment="ISO 3166: the country of origin"),
    Column("member_state", String(2), primary_key=True, comment="ISO 3166: the state that agreed it"),
    flag("accepts_video", default=True),
    flag("accepts_recording", default=True),
    Column("days_to_arrange", Integer(), nullable=True, comment="calendar days from request to interview"),
    Column(
        "days_to_issue", Integer(), nullable=True, comment="calendar days from confirmation to laissez-passer"
    ),
    Column("laissez_passer_days", Integer(), nullable=True, comment="how long a laissez-passer is valid"),
    listing("documents_wanted", "codes of the presentation set the post expects"),
    listing(
        "may_attend", "participant roles that the post accepts beside its officer, the host and the person"
    ),
    Column(
        "evidence_classes",
        JSON(),
        nullable=False,
        default=dict,
        comment="evidence kind -> class, where it differs",
    ),
    flag("auto_confirms"),
    listing("questions", "what its officers usually ask, in the order in which they ask it"),
)

rooms = Table(
    "rooms",
    metadata,
    identifier(),
    pointing_at("centre_id", "organisations.id", index=True),
    Column("name", String(100), nullable=False),
    listing("equipment", "codes of what stands in it: document_camera, headsets, hearing_loop, step_free"),
    flag("is_active", default=True),
    UniqueConstraint("centre_id", "name"),
)

focal_points = Table(
    "focal_points",
    metadata,
    identifier(),
    pointing_at("organisation_id", "organisations.id", index=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False, default=""),
    Column("telephone", String(40), nullable=False, default=""),
    comment="The named contacts of an authority.",
)

interpreters = Table(
    "interpreters",
    metadata,
    identifier(),
    Column(
        "country", String(2), nullable=False, index=True, comment="ISO 3166: the member state they work for"
    ),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False, default=""),
    Column("telephone", String(40), nullable=False, default=""),
    listing("languages", "languages they interpret, BCP 47"),
    Column("language", String(8), nullable=False, default="fr", comment="of the mails they get"),
    Column("zone", String(64), nullable=False, comment="IANA zone of their hours"),
    flag("is_active", default=True),
)

accounts = Table(
    "accounts",
    metadata,
    identifier(),
    pointing_at("organisation_id", "organisations.id", index=True),
    code("role"),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False, unique=True, comment="lower case; what one signs in with"),
    Column("language", String(8), nullable=False, default="fr"),
    flag("is_active", default=True),
    moment("created_at"),
)

availability = Table(
    "availability",
    metadata,
    identifier(),
    Column("owner_id", String(26), nullable=False, index=True, comment="a post, a room or an interpreter"),
    Column(
        "rule", Text(), nullable=False, comment="RFC 5545 RRULE over local days, e.g. FREQ=WEEKLY;BYDAY=MO,TU"
    ),
    Column("from_on", Date(), nullable=False, comment="DTSTART of the rule, a local day"),
    Column("starts_local", Time(), nullable=False, comment="wall clock in `zone`"),
    Column(
        "ends_local",
        Time(),
        nullable=False,
        comment="wall clock in `zone`; not after starts_local means next day",
    ),
    Column("zone", String(64), nullable=False, comment="IANA zone of the owner: hours survive DST"),
)

closures = Table(
    "closures",
    metadata,
    identifier(),
    Column(
        "owner_id",
        String(26),
        nullable=False,
        index=True,
        comment="a post, a centre, a room or an interpreter",
    ),
    moment("starts_at"),
    moment("ends_at"),
    Column(
        "reason", String(200), nullable=False, default="", comment="shown as written; empty for busy times"
    ),
    code("kind", default="closed"),
    CheckConstraint("ends_at > starts_at", name="order"),
)

openings = Table(
    "openings",
    metadata,
    identifier(),
    Column("owner_id", String(26), nullable=False, index=True, comment="a post, a room or an interpreter"),
    moment("starts_at"),
    moment("ends_at"),
    Column("reason", String(200), nullable=False, default="", comment="shown as written"),
    CheckConstraint("ends_at > starts_at", name="order"),
    comment="Hours beyond the weekly ones.",
)

worked_holidays = Table(
    "worked_holidays",
    metadata,
    Column("owner_id", String(26), primary_key=True, comment="a post or a centre"),
    Column("worked_on", Date(), primary_key=True, comment="a public holiday on which it works all the same"),
)
