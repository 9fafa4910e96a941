"""Systems that are told of what happens here, as it happens."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from workflow.tables.schema import Instant, metadata, own_id, reference

#: Where a system is told of what. Its secret is nowhere: it is derived from the folder of keys, the id and ``generation``.
webhooks = Table(
    "webhooks",
    metadata,
    own_id(),
    # Whose it is: the unit or the system that listens there.
    Column("owner", String(100), nullable=False),
    Column("address", String(500), nullable=False),
    Column("events", Text, nullable=False),  # with blanks between
    Column("generation", Integer, nullable=False, server_default="1"),
    # Until then what is sent is signed by the secret before this one too.
    Column("overlap_until", Instant),
    Column("created_at", Instant, nullable=False),
    reference("created_by", "people"),
    # Nothing has reached it since then.
    Column("failing_since", Instant),
    Column("reached_at", Instant),
    # It was turned off, as nothing reached it for long; an administrator may turn it on again.
    Column("disabled_at", Instant),
    Column("ended_at", Instant),
)
