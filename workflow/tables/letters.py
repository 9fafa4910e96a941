"""Letters that go out, and those that come in."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from workflow.tables.schema import Instant, metadata, own_id, reference

#: The book that numbers letters: one a unit and calendar year. The last number is never taken back.
registers = Table(
    "registers",
    metadata,
    Column("unit_id", String(64), ForeignKey("units.id"), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    own_id(),
    Column("kind", String(60), nullable=False),
    Column("process", String(60), nullable=False),
    Column("state", String(12), nullable=False),  # to_sign, to_render, signed, void, replaced
    Column("template", String(100), nullable=False),
    Column("template_sha256", String(64), nullable=False),
    Column("body_type", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("frame", Text, nullable=False),
    # The role that signs, and the post where it is not the role's own any more; who did is known once they have.
    Column("role", String(60), nullable=False),
    reference("position_id", "positions", nullable=True),
    reference("signed_by", "people", nullable=True),
    # The post as it was signed: "Plt. Kepala ...".
    Column("signed_title", String(300)),
    Column("signed_at", Instant),
    Column("register_unit_id", String(64)),
    Column("register_year", Integer),
    Column("register_number", Integer),
    Column("number", String(100)),
    Column("dated_on", Date),
    Column("issued_at", Instant, nullable=False),
    reference("file_id", "files", nullable=True),
    # The letter that cancels it; it is void once that one is signed. Its number stays.
    Column("cancelled_by", String(36), ForeignKey("letters.id")),
    Column("due_on", Date, nullable=False),
    UniqueConstraint("register_unit_id", "register_year", "register_number"),
)

#: A letter may be shared by several cases.
letter_cases = Table(
    "letter_cases",
    metadata,
    Column("letter_id", String(36), ForeignKey("letters.id"), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True, index=True),
    # The letter that took this case off it, while it stays in force for the others; no reference, so that joins stay plain.
    Column("changed_by", String(36)),
)

#: The book of letters that came in (buku agenda surat masuk); one entry for a letter, however many cases it answers.
incoming = Table(
    "incoming",
    metadata,
    own_id(),
    Column("register_year", Integer, nullable=False),
    Column("register_number", Integer, nullable=False),
    # Whose letter it is: "partner:CODE" or "unit:CODE".
    Column("sender", String(80), nullable=False),
    # Empty for what bears none, such as a paper logbook.
    Column("number", String(100), nullable=False),
    Column("dated_on", Date),
    Column("signer_name", String(200), nullable=False),
    Column("signer_post", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("received_on", Date, nullable=False),
    reference("recorded_by", "people"),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("register_year", "register_number"),
    Index("ix_incoming_sender_number", "sender", "number"),
)

#: The cases that an incoming letter answers, each with the step that was recorded by it and the scan.
incoming_cases = Table(
    "incoming_cases",
    metadata,
    Column("incoming_id", String(36), ForeignKey("incoming.id"), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True, index=True),
    Column("sequence", Integer, primary_key=True),
    reference("file_id", "files"),
)
