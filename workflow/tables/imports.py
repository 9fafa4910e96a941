"""Files of the agency's other systems that were handed in to be imported: tried first, then that very file is applied."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table, Text

from workflow.tables.schema import Instant, metadata, own_id, reference

#: The content is there until the file has been applied; what it was stays known by its hash.
imports = Table(
    "imports",
    metadata,
    own_id(),
    Column("kind", String(20), nullable=False),  # people, partners, agreements, budgets, places
    Column("name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary),
    reference("uploaded_by", "people"),
    Column("uploaded_at", Instant, nullable=False),
    # What trying it answered last, as JSON; ``digest``: of all of it, by which a change of the data since is known.
    Column("report", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("tried_at", Instant, nullable=False),
    reference("applied_by", "people", nullable=True),
    Column("applied_at", Instant),
    Column("skipped_rejected", Boolean),
    Column("size", Integer, nullable=False),
)
