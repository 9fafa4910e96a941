"""Bulk acts: one step that somebody ordered for many cases at once. The lines are the truth of what is done and what is left."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from workflow.tables.schema import Instant, metadata, own_id, reference

bulk_acts = Table(
    "bulk_acts",
    metadata,
    own_id(),
    reference("person_id", "people"),
    # By which key it was ordered; empty from the command line. Once it is revoked or has expired nothing more is done by it.
    Column("key_id", String(36), nullable=False),
    # By which session, where it was ordered on a page; once that has ended likewise.
    Column("session_id", String(36), nullable=False, server_default=""),
    Column("trigger", String(60), nullable=False),
    Column("title", String(200), nullable=False),
    Column("form", Text, nullable=False),
    Column("acknowledge", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    # When nothing of it was left.
    Column("ended_at", Instant, index=True),
    Index("ix_bulk_acts_person_id_id", "person_id", "id"),
)

#: One case of a bulk act, in the order in which they were chosen. A line is decided in the transaction of its step.
bulk_lines = Table(
    "bulk_lines",
    metadata,
    Column("bulk_id", String(36), ForeignKey("bulk_acts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False, index=True),
    # As it was seen when it was chosen.
    Column("version", Integer, nullable=False),
    # With whom it goes, so that a shared letter is issued once; empty where it goes alone.
    Column("cohort_id", String(36), ForeignKey("cohorts.id")),
    Column("outcome", String(10), nullable=False),  # waiting, done, refused, cancelled
    Column("decided_at", Instant),
    Column("verdict", Text),
    UniqueConstraint("bulk_id", "case_id"),
    Index("ix_bulk_lines_outcome", "bulk_id", "outcome", "position"),
)
