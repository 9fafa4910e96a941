"""Rounds that match mentors and mentees. What a round is, its log tells: offers, wishes, proposals, what was published."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from workflow.tables.schema import Instant, links, metadata, own_id, reference

rounds = Table(
    "rounds",
    metadata,
    own_id(),
    Column("title", String(200), nullable=False),
    # As it was opened: fields, dates, plan of meetings.
    Column("form", Text, nullable=False),
    reference("opened_by", "people"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    # Counts the events; ``head`` is the hash of the newest.
    Column("version", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

#: Append-only, chained per round as the events of a case are.
round_events = Table(
    "round_events",
    metadata,
    Column("round_id", String(36), ForeignKey("rounds.id"), primary_key=True),
    *links(erasable=True),
)
