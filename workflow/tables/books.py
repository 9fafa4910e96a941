"""Time, hours and money."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from workflow.tables.schema import Instant, metadata, own_id, reference

#: The days that a case holds of a person: "held" from the request, "absent" from the unit's consent.
occupations = Table(
    "occupations",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Index("ix_occupations_person_id", "person_id", "from_on"),
    # Who is away within a period: those whose end is not behind it are few.
    Index("ix_occupations_until_on", "until_on", "from_on"),
)

#: What gives a person a claim to hours: a whole activity (no ``kind``), or one entry of a case. Never changed but for
#: ``withdrawn_at``: then it counts for nothing.
hour_evidence = Table(
    "hour_evidence",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    # The row of the conversion table, or the parameter that stands in its place.
    Column("activity", String(60), nullable=False),
    Column("rate", String(100), nullable=False),
    Column("international", Boolean, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("completed_on", Date, nullable=False),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("posted_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    UniqueConstraint("case_id", "kind", "number", "person_id"),
)

#: Double entry, whole JP: the two postings of one movement sum to zero, from the account "evidence" to the account "year".
#: ``case_id``: whose step posted it. ``reverses``: the movement that it takes back. ``is_correction``: after the year's closing.
hour_postings = Table(
    "hour_postings",
    metadata,
    own_id(),
    Column("movement_id", String(36), nullable=False, index=True),
    reference("evidence_id", "hour_evidence", index=True),
    reference("person_id", "people"),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False, index=True),
    Column("account", String(10), nullable=False),
    Column("year", Integer, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("says", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reverses", String(36)),
    Column("is_correction", Boolean, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Index("ix_hour_postings_person_id", "person_id", "year", "account"),
    # What everybody has of a year, which is summed up from the index alone.
    Index("ix_hour_postings_year", "year", "account", "person_id", "hours"),
    # Few take anything back: SQLite, told that nearly all are alike, would not use an index over all of them.
    Index(
        "ix_hour_postings_reverses",
        "reverses",
        sqlite_where=text("reverses IS NOT NULL"),
        postgresql_where=text("reverses IS NOT NULL"),
    ),
)

budgets = Table(
    "budgets",
    metadata,
    own_id(),
    Column("year", Integer, nullable=False),
    Column("unit_id", String(64), ForeignKey("units.id"), nullable=False),
    Column("activity_code", String(40), nullable=False),
    Column("activity", String(300), nullable=False),
    Column("account_code", String(40), nullable=False),
    Column("account", String(300), nullable=False),
    # What the postings of the ceiling must add up to.
    Column("ceiling", BigInteger, nullable=False),
    UniqueConstraint("year", "unit_id", "activity_code", "account_code"),
)

#: Budget years in which nothing may be promised any more: who closed them, and when.
closed_years = Table(
    "closed_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    reference("closed_by", "people"),
    Column("closed_at", Instant, nullable=False),
)

#: Double entry, whole rupiah: the postings of one movement sum to zero. Accounts of a line: ceiling, available, reserved,
#: committed, spent, deficit. What awaits the budget of a year has no line yet, only the ``year``: accounts expected, awaiting.
postings = Table(
    "postings",
    metadata,
    own_id(),
    Column("movement_id", String(36), nullable=False, index=True),
    reference("budget_id", "budgets", nullable=True),
    Column("year", Integer),
    Column("account", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("case_id", String(36), ForeignKey("cases.id"), index=True),
    Column("says", String(200), nullable=False),
    Column("posted_at", Instant, nullable=False),
    Index("ix_postings_balance", "budget_id", "account"),
)

#: What was sent to the national or the local personnel system, an attempt a row: sent, then recorded or refused by it.
outward_records = Table(
    "outward_records",
    metadata,
    own_id(),
    # The activity: all hours of one person in one case.
    reference("person_id", "people"),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False),
    Column("system", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    # The batch that it went with, and its place there: by both an answer finds it.
    Column("batch_id", String(40), nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("status", String(10), nullable=False),  # sent, recorded, refused
    Column("reason", Text),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    # Of what was said in the row and of its evidence: what was refused goes again once that has changed.
    Column("digest", String(64), nullable=False),
    # The file that the whole batch shares, as it was sent.
    reference("sheet_id", "files"),
    reference("evidence_id", "files"),
    Column("evidence_name", String(40), nullable=False),
    UniqueConstraint("case_id", "person_id", "system", "attempt"),
    UniqueConstraint("batch_id", "row_number"),
)
