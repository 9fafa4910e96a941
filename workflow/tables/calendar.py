"""Addresses at which people's calendars ask for what they have to do; what such an address shows is in ``workflow.calendars``."""

from __future__ import annotations

from sqlalchemy import Column, Table

from workflow.tables.schema import Instant, metadata, own_id, reference

#: Each is known by a token that is worked out from its id with the service's key, so that none stands here.
calendar_addresses = Table(
    "calendar_addresses",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
