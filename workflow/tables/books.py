"""Time, hours and money."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

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
)

credits = Table(
    "credits",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False),
    Column("activity", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
    UniqueConstraint("case_id", "person_id", "activity"),
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

#: Double entry, whole rupiah: the postings of one movement sum to zero. Accounts: ceiling, available, reserved, committed, spent.
postings = Table(
    "postings",
    metadata,
    own_id(),
    Column("movement_id", String(36), nullable=False, index=True),
    reference("budget_id", "budgets"),
    Column("account", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("case_id", String(36), ForeignKey("cases.id"), index=True),
    Column("says", String(200), nullable=False),
    Column("posted_at", Instant, nullable=False),
    Index("ix_postings_balance", "budget_id", "account"),
)
