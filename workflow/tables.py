"""The tables. Generic, so that a new process needs none of its own; people, roles, states, dates, money and hours are real columns.

Ids are UUIDv7 as text, units and partners keep the agency's own code. Instants are aware and stored in UTC. Documents (forms,
bodies, payloads) are JSON text, because what is hashed must come back byte for byte.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant. PostgreSQL keeps it as timestamptz, SQLite as sortable ISO text in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy gives it
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def _id() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def _reference(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[str]:
    return Column(name, String(64), ForeignKey(f"{target}.id"), nullable=nullable, index=index)


# --- The agency and its people ---------------------------------------------------------------------------------------

#: The agency's profile as it was last set, whole, so that a database is enough to serve and to verify. One row.
agency = Table(
    "agency",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", Text, nullable=False),  # TOML, the emblem within
    Column("set_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

units = Table(
    "units",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    # The structural post whose superior stands outside the unit or has none.
    Column("head_position_id", String(36)),
)

#: A post, whoever holds it: tasks look for its holder when they are needed, so that a new head inherits them.
positions = Table(
    "positions",
    metadata,
    _id(),
    _reference("unit_id", "units", nullable=True),
    Column("subunit", String(200), nullable=False, server_default=""),
    Column("title", String(200), nullable=False),
    Column("echelon", String(8)),
    # People refer to positions too: this one of the circle's references is added when both tables exist.
    Column("holder_id", String(64), ForeignKey("people.id", use_alter=True), index=True),
    _reference("superior_id", "positions", nullable=True),
    UniqueConstraint("unit_id", "subunit", "title"),
)

#: Staff, partner contacts and officials without a NIP (the regent). What an export leaves blank stays null: "belum diketahui".
people = Table(
    "people",
    metadata,
    _id(),
    Column("kind", String(8), nullable=False),  # staff, contact, official
    Column("nip", String(18), unique=True),
    Column("name", String(200), nullable=False),
    Column("front_title", String(50), nullable=False, server_default=""),
    Column("back_title", String(100), nullable=False, server_default=""),
    Column("sex", String(1)),
    Column("asn_kind", String(4)),  # PNS, PPPK
    Column("grade", String(5)),
    Column("grade_since", Date),
    Column("cpns_on", Date),
    Column("post_kind", String(20)),
    Column("echelon", String(8)),
    Column("post", String(200)),
    Column("unit_id", String(64), ForeignKey("units.id"), index=True),
    Column("subunit", String(200)),
    # The post of the direct superior. Null where the export names none.
    _reference("superior_position_id", "positions", nullable=True, index=True),
    Column("email", String(254)),
    Column("status", String(40)),
    Column("contract_ends_on", Date),
    Column("unpaid_leave", String(10)),  # Tidak, Pernah
    # Whether an export ever said what sanctions there are; without it their absence is no proof.
    Column("sanctions_known", Boolean),
    Column("medal", String(5)),
    _reference("partner_id", "partners", nullable=True, index=True),
    Column("left_on", Date),
    # Missing from the last import of staff; keeps every task until an officer says that they left.
    Column("missing_since", Date),
)

performances = Table(
    "performances",
    metadata,
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("predicate", String(20), nullable=False),
)

sanctions = Table(
    "sanctions",
    metadata,
    _id(),
    _reference("person_id", "people", index=True),
    Column("level", String(10), nullable=False),  # ringan, sedang, berat
    Column("from_on", Date),
    Column("until_on", Date),
)

#: Leave and duty away from the post, outside what the processes themselves know.
absences = Table(
    "absences",
    metadata,
    _id(),
    _reference("person_id", "people", index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", String(200), nullable=False),
)

#: Who belongs to a group; ``unit_id`` is empty where the group is the whole agency's.
group_members = Table(
    "group_members",
    metadata,
    Column("group_name", String(60), primary_key=True),
    Column("unit_id", String(64), primary_key=True, server_default=""),
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
)

#: Authority lent for a time: plt, plh, delegasi or mandat. ``scope`` is "*" or the names of processes, with commas.
mandates = Table(
    "mandates",
    metadata,
    _id(),
    Column("kind", String(10), nullable=False),
    _reference("position_id", "positions", index=True),
    _reference("receiver_id", "people", index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("scope", Text, nullable=False, server_default="*"),
    Column("basis_number", String(100), nullable=False),
    Column("basis_on", Date, nullable=False),
    Column("revoked_on", Date),
)

partners = Table(
    "partners",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("address", String(300), nullable=False),
    Column("city", String(100), nullable=False),
    # In Indonesian. It decides at which rate an internship there is credited.
    Column("country", String(100), nullable=False, server_default="Indonesia"),
)

agreements = Table(
    "agreements",
    metadata,
    _id(),
    _reference("partner_id", "partners", index=True),
    Column("kind", String(60), nullable=False),
    Column("our_number", String(100), nullable=False),
    Column("their_number", String(100), nullable=False, server_default=""),
    Column("about", String(300), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    UniqueConstraint("partner_id", "our_number"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    Column("hash", String(64), nullable=False, unique=True),
    _reference("person_id", "people", index=True),
    Column("label", String(100), nullable=False),
    # Space-separated: "read", "act", "letters"; a partner's key is held to its own cases whatever it says.
    Column("scopes", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_on", Date),
)

# --- Cases -----------------------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("process", String(60), nullable=False),
    Column("process_version", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("form", Text, nullable=False),
    _reference("subject_id", "people", index=True),
    Column("unit_id", String(64), ForeignKey("units.id"), index=True),
    # What the case remembers between steps, kept by the engine alone: where it was returned from, working days left by state.
    Column("memory", Text, nullable=False, server_default="{}"),
    Column("opened_at", Instant, nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("closed_at", Instant),
    # The hash of the newest event, so that the next is joined to it without a look; 64 zeros before the first.
    Column("head", String(64), nullable=False, server_default="0" * 64),
    Index("ix_cases_process_state", "process", "state"),
)

#: Who plays or played a role on a case: a person, a partner, or a unit that stands for its head.
participants = Table(
    "participants",
    metadata,
    _id(),
    _reference("case_id", "cases"),
    Column("role", String(60), nullable=False),
    _reference("person_id", "people", nullable=True),
    _reference("partner_id", "partners", nullable=True),
    Column("unit_id", String(64), ForeignKey("units.id")),
    # Fixed by the case or named by an administrator, rather than looked up from a post each time.
    Column("fixed", Boolean, nullable=False),
    # Has used the role, so that a separation holds against them even after they lost the post.
    Column("acted", Boolean, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("until_at", Instant),
    UniqueConstraint("case_id", "role", "person_id"),
    Index("ix_participants_person_id_case_id", "person_id", "case_id"),
)

#: What awaits someone now. A row is gone when it no longer does; the events tell what was. The inbox is its index.
tasks = Table(
    "tasks",
    metadata,
    _id(),
    _reference("case_id", "cases", index=True),
    Column("role", String(60), nullable=False),
    _reference("assignee_id", "people"),
    Column("triggers", Text, nullable=False),  # with spaces; "sign" where a letter waits
    Column("letter_id", String(36), ForeignKey("letters.id")),
    Column("due_on", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Index("ix_tasks_inbox", "assignee_id", "due_on", "id"),
)

#: Append-only, chained per case. ``payload`` and ``salt`` may be erased by law; the chain still verifies.
events = Table(
    "events",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("type", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("payload", Text),
    Column("salt", String(64)),
    Column("payload_hash", String(64), nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

#: A dated record within a case: a logbook day, an assessment, an attestation.
entries = Table(
    "entries",
    metadata,
    _id(),
    _reference("case_id", "cases"),
    Column("kind", String(60), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("data", Text, nullable=False),
    _reference("written_by", "people", nullable=True),
    Column("written_at", Instant, nullable=False),
    _reference("marked_by", "people", nullable=True),
    Column("marked_at", Instant),
    UniqueConstraint("case_id", "kind", "number"),
)

files = Table(
    "files",
    metadata,
    _id(),
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    _reference("case_id", "cases", nullable=True, index=True),
    _reference("uploaded_by", "people", nullable=True),
    Column("uploaded_at", Instant, nullable=False),
)

#: A rung of a state's ladder: on which day what is done. ``done_at`` is set by compare-and-set, so each fires once.
deadlines = Table(
    "deadlines",
    metadata,
    _id(),
    _reference("case_id", "cases", index=True),
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
    _id(),
    Column("kind", String(20), nullable=False),  # render, message
    _reference("case_id", "cases", nullable=True, index=True),
    Column("subject_id", String(36), nullable=False),
    Column("payload", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", Instant),
    Column("parked_at", Instant),
    Column("error", Text),
    Index("ix_effects_open", "done_at", "parked_at", "due_at"),
)

# --- Letters ---------------------------------------------------------------------------------------------------------

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
    _id(),
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
    _reference("position_id", "positions", nullable=True),
    _reference("signed_by", "people", nullable=True),
    # The post as it was signed: "Plt. Kepala ...".
    Column("signed_title", String(300)),
    Column("signed_at", Instant),
    Column("register_unit_id", String(64)),
    Column("register_year", Integer),
    Column("register_number", Integer),
    Column("number", String(100)),
    Column("dated_on", Date),
    Column("issued_at", Instant, nullable=False),
    _reference("file_id", "files", nullable=True),
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
)

# --- Time, hours and money -------------------------------------------------------------------------------------------

#: The days that a case holds of a person: "held" from the request, "absent" from the unit's consent.
occupations = Table(
    "occupations",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Index("ix_occupations_person_id", "person_id", "from_on"),
)

credits = Table(
    "credits",
    metadata,
    _id(),
    _reference("person_id", "people", index=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False),
    Column("activity", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
    UniqueConstraint("case_id", "person_id", "activity"),
)

budgets = Table(
    "budgets",
    metadata,
    _id(),
    Column("year", Integer, nullable=False),
    Column("unit_id", String(64), ForeignKey("units.id"), nullable=False),
    Column("activity_code", String(40), nullable=False),
    Column("activity", String(300), nullable=False),
    Column("account_code", String(40), nullable=False),
    Column("account", String(300), nullable=False),
    # What the postings of the ceiling must add up to.
    Column("ceiling", BigInteger, nullable=False),
    UniqueConstraint("year", "unit_id", "activity_code", "account_code"),
)

#: Double entry, whole rupiah: the postings of one movement sum to zero. Accounts: ceiling, available, reserved, committed, spent.
postings = Table(
    "postings",
    metadata,
    _id(),
    Column("movement_id", String(36), nullable=False, index=True),
    _reference("budget_id", "budgets"),
    Column("account", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("case_id", String(36), ForeignKey("cases.id"), index=True),
    Column("says", String(200), nullable=False),
    Column("posted_at", Instant, nullable=False),
    Index("ix_postings_balance", "budget_id", "account"),
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
