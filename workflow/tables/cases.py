"""Cases and what belongs to them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine.default import DefaultExecutionContext

from workflow.references import reference_of
from workflow.tables.schema import Instant, links, metadata, own_id, reference


def _reference(row: DefaultExecutionContext) -> str:
    values: dict[str, str] = row.get_current_parameters()  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
    return reference_of(values["id"])


_CLOSED_AT = Column("closed_at", Instant)

cases = Table(
    "cases",
    metadata,
    own_id(),
    # The number by which people call it, worked out from its id; kept so that a case is found by it.
    Column("reference", String(9), nullable=False, unique=True, default=_reference),
    Column("process", String(60), nullable=False),
    Column("process_version", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("form", Text, nullable=False),
    reference("subject_id", "people"),
    Column("unit_id", String(64), ForeignKey("units.id")),
    # What the case remembers between steps, kept by the engine alone: where it was returned from, working days left by state.
    Column("memory", Text, nullable=False, server_default="{}"),
    Column("opened_at", Instant, nullable=False),
    Column("entered_on", Date, nullable=False),
    _CLOSED_AT,
    # The hash of the newest event, so that the next is joined to it without a look; 64 zeros before the first.
    Column("head", String(64), nullable=False, server_default="0" * 64),
    # Each in the order of ids, and so of opening: a list of cases ends where its page does.
    Index("ix_cases_subject_id", "subject_id", "id"),
    Index("ix_cases_unit_id", "unit_id", "id"),
    Index("ix_cases_process", "process", "id"),
    Index("ix_cases_process_state", "process", "state", "id"),
    # Those that are over and those that are open apart: SQLite, told that nearly every instant is another, would believe that
    # few have none. Whatever is counted of open cases stands in their index.
    Index(
        "ix_cases_closed_at",
        "closed_at",
        "id",
        sqlite_where=_CLOSED_AT.is_not(None),
        postgresql_where=_CLOSED_AT.is_not(None),
    ),
    Index(
        "ix_cases_open",
        "id",
        "process",
        "state",
        "unit_id",
        "closed_at",
        "opened_at",
        sqlite_where=_CLOSED_AT.is_(None),
        postgresql_where=_CLOSED_AT.is_(None),
    ),
)

#: Cases that were asked for together, or gathered since: they can be moved in one act and share letters.
cohorts = Table(
    "cohorts",
    metadata,
    own_id(),
    Column("process", String(60), nullable=False),
    Column("title", String(200), nullable=False),
    # What all of them ask for alike, as it was filled in when the cohort was opened.
    Column("form", Text, nullable=False),
    reference("opened_by", "people"),
    Column("opened_at", Instant, nullable=False),
)

#: A case may belong to several cohorts. ``position``: its place in the list; ``left_at``: it goes its own way since.
cohort_cases = Table(
    "cohort_cases",
    metadata,
    Column("cohort_id", String(36), ForeignKey("cohorts.id"), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
)

#: Who plays or played a role on a case: a person, a partner, or a unit that stands for its head.
participants = Table(
    "participants",
    metadata,
    own_id(),
    reference("case_id", "cases"),
    Column("role", String(60), nullable=False),
    reference("person_id", "people", nullable=True),
    reference("partner_id", "partners", nullable=True),
    Column("unit_id", String(64), ForeignKey("units.id")),
    # Fixed by the case or named by an administrator, rather than looked up from a post each time.
    Column("fixed", Boolean, nullable=False),
    # Has used the role, so that a separation holds against them even after they lost the post.
    Column("acted", Boolean, nullable=False),
    # Who acted in the role by a mandate in their name: the same separation holds against whoever lent the authority.
    reference("deputy_id", "people", nullable=True),
    Column("since_at", Instant, nullable=False),
    Column("until_at", Instant),
    UniqueConstraint("case_id", "role", "person_id"),
    Index("ix_participants_person_id_case_id", "person_id", "case_id"),
)

#: What awaits someone now. A row is gone when it no longer does; the events tell what was. The inbox is its index.
_LETTER_ID = Column("letter_id", String(36), ForeignKey("letters.id"))

tasks = Table(
    "tasks",
    metadata,
    own_id(),
    reference("case_id", "cases", index=True),
    Column("role", String(60), nullable=False),
    reference("assignee_id", "people"),
    Column("triggers", Text, nullable=False),  # with spaces; "sign" where a letter waits
    _LETTER_ID,
    Column("due_on", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Index("ix_tasks_inbox", "assignee_id", "due_on", "id"),
    # What waits longest of all that waits, for whoever looks after very many cases.
    Index("ix_tasks_due_on", "due_on", "case_id"),
    Index(
        "ix_tasks_letter_id",
        "letter_id",
        sqlite_where=_LETTER_ID.is_not(None),
        postgresql_where=_LETTER_ID.is_not(None),
    ),
)

#: Append-only, chained per case. ``payload`` and ``salt`` may be erased by law; the chain still verifies.
events = Table(
    "events",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    *links(erasable=True),
)

#: A dated record within a case: a logbook day, an assessment, an attestation.
entries = Table(
    "entries",
    metadata,
    own_id(),
    reference("case_id", "cases"),
    Column("kind", String(60), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("data", Text, nullable=False),
    reference("written_by", "people", nullable=True),
    Column("written_at", Instant, nullable=False),
    reference("marked_by", "people", nullable=True),
    Column("marked_at", Instant),
    #: The number of the entry that this one was written in the place of.
    Column("instead_of", Integer),
    UniqueConstraint("case_id", "kind", "number"),
)

files = Table(
    "files",
    metadata,
    own_id(),
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    reference("case_id", "cases", nullable=True, index=True),
    reference("uploaded_by", "people", nullable=True),
    Column("uploaded_at", Instant, nullable=False),
)

#: The further cases that a file was handed in for in one act; its first one stands on the file itself.
file_cases = Table(
    "file_cases",
    metadata,
    Column("file_id", String(36), ForeignKey("files.id"), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True, index=True),
)

#: A rung of a state's ladder: on which day what is done. ``done_at`` is set by compare-and-set, so each fires once.
deadlines = Table(
    "deadlines",
    metadata,
    own_id(),
    reference("case_id", "cases", index=True),
    Column("state", String(60), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("kind", String(10), nullable=False),  # remind, escalate, ask, fire
    Column("falls_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("done_at", Instant),
    # Why the system could not do it the last time it tried.
    Column("note", Text),
    Index("ix_deadlines_open", "done_at", "falls_on"),
)

#: What a transition owes the world. Run at least once; the row alone holds attempts, backoff and parking.
effects = Table(
    "effects",
    metadata,
    own_id(),
    Column("kind", String(20), nullable=False),  # see workflow.effects
    reference("case_id", "cases", nullable=True, index=True),
    Column("subject_id", String(36), nullable=False),
    Column("payload", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", Instant),
    Column("parked_at", Instant),
    Column("error", Text),
    # Somebody is sending it: until then no other takes it up. A runner that was killed leaves it behind.
    Column("claimed_until", Instant),
    Index("ix_effects_subject_id", "subject_id"),
    Index("ix_effects_open", "done_at", "parked_at", "due_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("account_id", String(36), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)
