"""What closed cases still say, and what they do no longer: legal holds, and erasures at the end of the time for keeping."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from workflow.tables.schema import Instant, metadata, own_id, reference

#: While one stands, nothing of the case is erased. The log of the case tells of its beginning and its end.
holds = Table(
    "holds",
    metadata,
    own_id(),
    reference("case_id", "cases"),
    Column("reason", String(300), nullable=False),
    reference("begun_by", "people"),
    Column("begun_at", Instant, nullable=False),
    reference("ended_by", "people", nullable=True),
    Column("ended_at", Instant),
    Column("ended_why", String(300), nullable=False, server_default=""),
    Index("ix_holds_case_id", "case_id", "ended_at"),
)

#: Cases whose personal data has been erased: by whose word (null: by the schedule alone), by which law and schedule.
erasures = Table(
    "erasures",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    reference("confirmed_by", "people", nullable=True),
    Column("at", Instant, nullable=False),
    Column("basis", Text, nullable=False),
    # How many events, entries and files lost what they said.
    Column("events", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("files", Integer, nullable=False),
)
