"""Links by which somebody outside opens one case or one cohort without an account; and who sent them on, when, by which channel.

No secret stands here: a link's token and its short code are made from its id by the service's key.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table

from workflow.tables.schema import Instant, metadata, own_id, reference

links = Table(
    "links",
    metadata,
    own_id(),
    reference("person_id", "people"),
    # What it opens: one of these.
    reference("case_id", "cases", nullable=True, index=True),
    reference("cohort_id", "cohorts", nullable=True, index=True),
    Column("purpose", String(10), nullable=False),  # host, guide
    Column("short_mark", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    # Who made it; null where the service did, for a message.
    reference("created_by", "people", nullable=True),
    Column("expires_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Column("seen_at", Instant),
    Column("revoked_at", Instant),
    reference("revoked_by", "people", nullable=True),
    Column("revoked_why", String(300), nullable=False, server_default=""),
    # The link that a colleague was given in its place.
    reference("forwarded_to", "links", nullable=True),
    CheckConstraint("(case_id IS NULL) <> (cohort_id IS NULL)", name="one_thing"),
    Index("ix_links_person_id", "person_id"),
)

#: Somebody opened a text for sending: with a link, or a reminder of a case to one of our own people.
link_shares = Table(
    "link_shares",
    metadata,
    own_id(),
    reference("link_id", "links", nullable=True, index=True),
    reference("case_id", "cases", nullable=True, index=True),
    # To whom.
    reference("person_id", "people"),
    Column("channel", String(10), nullable=False),  # mail, copied, whatsapp
    Column("at", Instant, nullable=False),
    reference("by", "people", nullable=True),
)
