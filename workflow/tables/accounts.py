"""Who signs in: accounts, what proves that it is they, and the sessions that they have open. No secret stands here in clear."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from workflow.tables.schema import Instant, links, metadata, own_id, reference

#: By which somebody of ``people`` signs in. The row is there from the first invitation on.
accounts = Table(
    "accounts",
    metadata,
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
    Column("password_hash", Text),
    Column("password_at", Instant),
    # The secret of the second factor, sealed with a key of the service's folder; ``pending``: one that is being set up.
    Column("factor", Text),
    Column("factor_at", Instant),
    Column("pending", Text),
    # The last time step whose code was taken: none is taken twice.
    Column("last_step", Integer, nullable=False, server_default="0"),
    # How they want mail about cases: each message, or one a day. ``digest_on``: the last day for which that one was made.
    Column("mail", String(10), nullable=False, server_default="each"),  # each, daily
    Column("digest_on", Date),
    # Counts the events of its log; ``head`` is the hash of the newest.
    Column("version", Integer, nullable=False, server_default="0"),
    Column("head", String(64), nullable=False, server_default="0" * 64),
)

#: Append-only, chained per account as the events of a case are.
account_events = Table(
    "account_events",
    metadata,
    Column("person_id", String(36), ForeignKey("accounts.person_id"), primary_key=True),
    *links(),
)

#: What stands in for a telephone that is lost, each once.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("hash", String(64), nullable=False),
    Column("used_at", Instant),
)

#: A browser that is signed in. Which token it shows is known by its hash alone.
sessions = Table(
    "sessions",
    metadata,
    own_id(),
    Column("hash", String(64), nullable=False, unique=True),
    reference("person_id", "people", index=True),
    Column("means", String(10), nullable=False),  # password, oidc, demo
    Column("device", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    # As the rules were when it began: minutes without a request after which it ends, and when it ends in any case.
    Column("idle_minutes", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("second_factor_at", Instant),
)

#: What lets somebody set a password: the link or the printed code of an activation, the link of a reset.
tickets = Table(
    "tickets",
    metadata,
    own_id(),
    Column("hash", String(64), nullable=False, unique=True),
    reference("person_id", "people", index=True),
    Column("purpose", String(10), nullable=False),  # activation, reset
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("ended_at", Instant),
    # The administrator who made it; null from the command line, and for what they asked for themselves.
    reference("made_by", "people", nullable=True),
)

#: How often somebody has guessed of late, by the hash of who from where: one count for all processes that serve.
attempts = Table(
    "attempts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("wait_until", Instant, nullable=False),
)

#: A sign-in by the agency's identity provider that has begun: what its answer must fit.
oidc_flows = Table(
    "oidc_flows",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("go_to", String(500), nullable=False),
    Column("expires_at", Instant, nullable=False),
)
