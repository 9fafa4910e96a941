"""Who may look into cases for one assignment, and what they looked at."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Table

from workflow.tables.schema import Instant, metadata, own_id, reference

#: An assignment to examine (surat tugas pengawasan): whom it lets look into cases, both days included; ``revoked_on`` is the
#: first day on which it no longer does.
assignments = Table(
    "assignments",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("letter_number", String(100), nullable=False),
    Column("letter_on", Date, nullable=False),
    Column("about", String(300), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("revoked_on", Date),
    reference("given_by", "people", nullable=True),
    Column("given_at", Instant, nullable=False),
)

#: What somebody looked at under an assignment, and who looked at accounts that people are paid into; append-only.
views = Table(
    "views",
    metadata,
    own_id(),
    # Empty where whoever looked did so by their own office, and is named.
    reference("assignment_id", "assignments", nullable=True, index=True),
    reference("viewer_id", "people", nullable=True),
    # Empty for a list, a sample, a list of questions.
    reference("case_id", "cases", nullable=True, index=True),
    # The name of what was asked for: "case_page", "history", "letter_pdf".
    Column("what", String(60), nullable=False),
    # The letter, the file or the round that it was, where it was one of them.
    Column("subject_id", String(64)),
    Column("viewed_at", Instant, nullable=False),
    Index("ix_views_assignment_id_viewed_at", "assignment_id", "viewed_at"),
)
