"""The tables of the scheduling room: here those of the work itself, and the names of all the others."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from scheduling.columns import UtcDateTime, code, flag, identifier, listing, metadata, moment, pointing_at
from scheduling.tables_of_places import (
    accounts,
    accreditations,
    availability,
    closures,
    country_profiles,
    focal_points,
    interpreters,
    openings,
    organisations,
    rooms,
    worked_holidays,
)
from scheduling.tables_of_trail import audit, history, outbox

__all__ = [
    "UtcDateTime",
    "accounts",
    "accreditations",
    "audit",
    "availability",
    "bookings",
    "cases",
    "closures",
    "consents",
    "consultations",
    "country_profiles",
    "focal_points",
    "guest_answers",
    "guests",
    "history",
    "interpreters",
    "interviews",
    "metadata",
    "notice_texts",
    "notices",
    "openings",
    "organisations",
    "outbox",
    "participants",
    "proposals",
    "quanta",
    "reminders",
    "requests",
    "rooms",
    "wishes",
    "worked_holidays",
]

cases = Table(
    "cases",
    metadata,
    identifier(),
    Column(
        "reference",
        String(7),
        nullable=False,
        unique=True,
        comment="the only word for a person outside screens",
    ),
    pointing_at("centre_id", "organisations.id", index=True),
    Column("country", String(2), nullable=False, comment="ISO 3166: presumed country of origin"),
    Column("family_name", String(200), nullable=False),
    Column("given_names", String(200), nullable=False),
    Column("born_on", Date(), nullable=True, comment="as declared"),
    Column("birth_place", String(200), nullable=False, default=""),
    Column("sex", String(1), nullable=False, default="", comment="F, M, X or empty"),
    listing("languages", "languages the person speaks, BCP 47"),
    listing("documents", "documents the person holds, in words"),
    listing("presentation", "codes of the presentation set that are ready"),
    flag("is_minor"),
    Column("guardian_name", String(200), nullable=False, default=""),
    listing("vulnerabilities", "codes of needs to heed: hearing, sight, health, trauma"),
    Column("detained_on", Date(), nullable=False),
    Column(
        "detention_ends_on",
        Date(),
        nullable=False,
        index=True,
        comment="the day detention must end; orders the list",
    ),
    code("suitability", default="not_assessed"),
    pointing_at("suitability_by", "accounts.id", nullable=True),
    moment("suitability_at", nullable=True),
    Column(
        "protection_open",
        Boolean(),
        nullable=False,
        default=False,
        comment="never selected for a post or guest",
    ),
    moment("protection_changed_at", nullable=True),
    code("status", default="open"),
    moment("opened_at"),
    Column(
        "version", Integer(), nullable=False, default=1, comment="grows by one a change; guards lost updates"
    ),
    CheckConstraint("detention_ends_on >= detained_on", name="detention"),
    Index("ix_cases_centre_id_status_detention_ends_on", "centre_id", "status", "detention_ends_on"),
    Index("ix_cases_status_detention_ends_on", "status", "detention_ends_on"),
)

requests = Table(
    "requests",
    metadata,
    identifier(),
    pointing_at("case_id", "cases.id", index=True),
    pointing_at("post_id", "organisations.id", index=True),
    Column(
        "route",
        Integer(),
        nullable=False,
        comment="1 same state, 2 another state, 3 capital through its embassy",
    ),
    code("modality"),
    listing("disclosed", "the case's fields released to the post, while ended_at is empty"),
    pointing_at("sent_by", "accounts.id"),
    moment("sent_at"),
    Column("arrange_by_on", Date(), nullable=True, comment="last day by the country profile"),
    Column("interpreter_language", String(8), nullable=True, comment="BCP 47; empty when nobody interprets"),
    moment("chase_at"),
    moment("chased_at", nullable=True),
    moment("expires_at"),
    moment("ended_at", nullable=True),
)

bookings = Table(
    "bookings",
    metadata,
    identifier(),
    pointing_at("request_id", "requests.id", index=True),
    pointing_at("case_id", "cases.id", index=True),
    pointing_at("post_id", "organisations.id", index=True),
    pointing_at("room_id", "rooms.id"),
    pointing_at("interpreter_id", "interpreters.id", nullable=True, index=True),
    moment("starts_at", index=True),
    moment("ends_at"),
    code("modality"),
    code("status"),
    Column(
        "reason",
        String(32),
        nullable=True,
        comment="code of an exit; the post may read it, so always neutral",
    ),
    Column(
        "remark",
        Text(),
        nullable=False,
        default="",
        comment="free words of the side that answered or cancelled",
    ),
    Column("uid", String(80), nullable=False, unique=True, comment="iCalendar UID, kept through every move"),
    Column("sequence", Integer(), nullable=False, default=0, comment="iCalendar SEQUENCE"),
    moment("requested_at"),
    moment("answered_at", nullable=True),
    Column(
        "version", Integer(), nullable=False, default=1, comment="grows by one a change; guards lost updates"
    ),
    CheckConstraint("ends_at > starts_at", name="order"),
    Index("ix_bookings_post_id_status", "post_id", "status"),
    Index("ix_bookings_post_id_starts_at", "post_id", "starts_at"),
    Index("ix_bookings_room_id_starts_at", "room_id", "starts_at"),
    Index("ix_bookings_status_starts_at", "status", "starts_at"),
)

wishes = Table(
    "wishes",
    metadata,
    Column("booking_id", String(26), ForeignKey("bookings.id"), primary_key=True),
    Column("rank", Integer(), primary_key=True, autoincrement=False, comment="1 is the dearest"),
    pointing_at("room_id", "rooms.id"),
    pointing_at("interpreter_id", "interpreters.id", nullable=True),
    moment("starts_at", index=True),
    moment("ends_at"),
    CheckConstraint("ends_at > starts_at", name="order"),
    comment="The ranked slots of a request; all are held until the post has answered.",
)

proposals = Table(
    "proposals",
    metadata,
    Column("booking_id", String(26), ForeignKey("bookings.id"), primary_key=True),
    code("side"),
    pointing_at("room_id", "rooms.id"),
    pointing_at("interpreter_id", "interpreters.id", nullable=True),
    moment("starts_at", index=True),
    moment("ends_at"),
    Column("remark", Text(), nullable=False, default=""),
    pointing_at("made_by", "accounts.id"),
    moment("made_at"),
    CheckConstraint("ends_at > starts_at", name="order"),
    comment="Another slot that one side offers and holds; what stands stays until the other accepts.",
)

guests = Table(
    "guests",
    metadata,
    identifier(),
    pointing_at("booking_id", "bookings.id", index=True),
    code("role"),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False, default=""),
    Column("telephone", String(40), nullable=False, default=""),
    Column("language", String(8), nullable=False, default="fr", comment="of the mails they get"),
    Column("is_agreed", Boolean(), nullable=True, comment="by the post; empty until it has answered"),
    Column("taken_off_at", UtcDateTime(), nullable=True, comment="by the centre, which may invite anew"),
    comment="Who shall attend beside the two sides: lawyer, guardian, liaison officers, own interpreter.",
)

reminders = Table(
    "reminders",
    metadata,
    Column("booking_id", String(26), ForeignKey("bookings.id"), primary_key=True),
    Column("sequence", Integer(), primary_key=True, autoincrement=False),
    Column("hours", Integer(), primary_key=True, autoincrement=False, comment="before the start"),
    moment("told_at"),
    comment="Reminders told: the primary key is what keeps one from being told twice.",
)

quanta = Table(
    "quanta",
    metadata,
    Column(
        "resource", String(48), primary_key=True, comment="room:ID, case:ID, interpreter:ID or post:ID/seat"
    ),
    Column(
        "quantum",
        Integer(),
        primary_key=True,
        autoincrement=False,
        comment="five-minute steps since 1970, UTC",
    ),
    pointing_at("booking_id", "bookings.id", index=True),
    comment="One row per resource and five minutes: the primary key is what refuses a double booking.",
)

interviews = Table(
    "interviews",
    metadata,
    identifier(),
    Column("booking_id", String(26), ForeignKey("bookings.id"), nullable=False, unique=True),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    Column(
        "ending",
        String(32),
        nullable=True,
        comment="how the act ended; another axis than the booking's status",
    ),
    pointing_at("guardian_waived_by", "accounts.id", nullable=True),
    Column("guardian_waived_reason", Text(), nullable=False, default=""),
    moment("guardian_waived_at", nullable=True),
    Column("locked_at", UtcDateTime(), nullable=True, comment="nobody new is let in while it is set"),
    Column(
        "early_for_at", UtcDateTime(), nullable=True, comment="start before which its host means to open it"
    ),
    Column(
        "by_telephone_at", UtcDateTime(), nullable=True, comment="it goes on by telephone while it is set"
    ),
    Column(
        "version", Integer(), nullable=False, default=1, comment="grows by one a change; guards lost updates"
    ),
)

participants = Table(
    "participants",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    code("role"),
    pointing_at("account_id", "accounts.id", nullable=True),
    pointing_at("guest_id", "guests.id", nullable=True),
    pointing_at("interpreter_id", "interpreters.id", nullable=True),
    Column(
        "name",
        String(200),
        nullable=False,
        default="",
        comment="a guest's name; accounts and cases hold the others",
    ),
    moment("checked_at", nullable=True),
    code("checked_line", nullable=True),
    moment("admitted_at", nullable=True),
    pointing_at("admitted_by", "accounts.id", nullable=True),
    Column("removed_at", UtcDateTime(), nullable=True, comment="put out, until admitted anew"),
    code("removal", nullable=True),
    moment("joined_at", nullable=True),
    moment("left_at", nullable=True),
    Column("is_present", Boolean(), nullable=False, default=False, comment="media up now"),
    Column("reconnections", Integer(), nullable=False, default=0),
    Column(
        "attendance",
        String(32),
        nullable=True,
        comment="attended or absent; empty when cancelled or not yet known",
    ),
    code("correction", nullable=True),
    Column(
        "version", Integer(), nullable=False, default=1, comment="grows by one a change; guards lost updates"
    ),
)

consultations = Table(
    "consultations",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    listing("stays", "participants, the person first"),
    moment("started_at"),
    pointing_at("started_by", "accounts.id"),
    moment("ended_at", nullable=True),
    pointing_at("ended_by", "accounts.id", nullable=True),
    Column(
        "version", Integer(), nullable=False, default=1, comment="grows by one a change; guards lost updates"
    ),
    comment="Private consultations: when, and who stayed; never what was said.",
)

notice_texts = Table(
    "notice_texts",
    metadata,
    Column("language", String(8), primary_key=True, comment="BCP 47; French and English stand in the code"),
    Column("number", Integer(), primary_key=True, autoincrement=False, comment="the highest is read"),
    listing("sections", "what is read, in order; the third asks about recording"),
    Column("not_recorded", Text(), nullable=False, comment="instead of the third where nothing is recorded"),
    pointing_at("written_by", "accounts.id"),
    moment("written_at"),
    comment="The notice in further languages; a version is never changed, as records name it.",
)

notices = Table(
    "notices",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    Column("text_version", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column(
        "text_sha256", String(64), nullable=True, comment="of the text; none when said aloud from another"
    ),
    pointing_at("read_by", "accounts.id"),
    moment("given_at"),
    comment="Notice given: one record.",
)

consents = Table(
    "consents",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    Column("agrees", Boolean(), nullable=False, comment="to be recorded; the newest record counts"),
    pointing_at("heard_by", "accounts.id"),
    moment("answered_at"),
    comment="Consent to be recorded: another record, since consent in detention may not be free.",
)

guest_answers = Table(
    "guest_answers",
    metadata,
    identifier(),
    pointing_at("interview_id", "interviews.id", index=True),
    pointing_at("participant_id", "participants.id"),
    Column("text_version", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("agrees", Boolean(), nullable=False, comment="to be recorded; the newest record counts"),
    moment("answered_at"),
    comment="What a guest read at the door, and their answer: without a yes they are not recorded.",
)
