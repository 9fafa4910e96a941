"""The agency, its people and those it works with."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from workflow.tables.schema import Instant, links, metadata, own_id, reference

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
    own_id(),
    reference("unit_id", "units", nullable=True),
    Column("subunit", String(200), nullable=False, server_default=""),
    Column("title", String(200), nullable=False),
    Column("echelon", String(8)),
    # People refer to positions too: this one of the circle's references is added when both tables exist.
    Column("holder_id", String(64), ForeignKey("people.id", use_alter=True), index=True),
    reference("superior_id", "positions", nullable=True, index=True),
    UniqueConstraint("unit_id", "subunit", "title"),
)

#: Who held a position from when until when, as far as it was ever known here: an import says who holds it from its day on.
#: The position itself names its holder of today; this is what is asked about a day gone by.
tenures = Table(
    "tenures",
    metadata,
    own_id(),
    reference("position_id", "positions", index=True),
    reference("person_id", "people", index=True),
    Column("from_on", Date, nullable=False),
    # The first day on which they held it no longer; null as long as they do.
    Column("left_on", Date),
    # By what it was learnt: the name of an export, the agency's profile.
    Column("basis", String(300), nullable=False),
)

#: Staff, partner contacts and officials without a NIP (the regent). What an export leaves blank stays null: "belum diketahui".
people = Table(
    "people",
    metadata,
    own_id(),
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
    reference("superior_position_id", "positions", nullable=True, index=True),
    Column("email", String(254)),
    Column("status", String(40)),
    Column("contract_ends_on", Date),
    Column("unpaid_leave", String(10)),  # Tidak, Pernah
    # Whether an export ever said what sanctions there are; without it their absence is no proof.
    Column("sanctions_known", Boolean),
    Column("medal", String(5)),
    reference("partner_id", "partners", nullable=True, index=True),
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
    own_id(),
    reference("person_id", "people", index=True),
    Column("level", String(10), nullable=False),  # ringan, sedang, berat
    Column("from_on", Date),
    Column("until_on", Date),
)

#: Leave and duty away from the post, outside what the processes themselves know.
absences = Table(
    "absences",
    metadata,
    own_id(),
    reference("person_id", "people", index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", String(200), nullable=False),
    # Counts the events of its log; ``head`` is the hash of the newest.
    Column("version", Integer, nullable=False, server_default="0"),
    Column("head", String(64), nullable=False, server_default="0" * 64),
)

#: Append-only, chained per absence as the events of a case are: who recorded it, and who ended it sooner.
absence_events = Table(
    "absence_events",
    metadata,
    Column("absence_id", String(36), ForeignKey("absences.id"), primary_key=True),
    *links(),
)

#: Who belongs to a group; ``unit_id`` is empty where the group is the whole agency's.
group_members = Table(
    "group_members",
    metadata,
    Column("group_name", String(60), primary_key=True),
    Column("unit_id", String(64), primary_key=True, server_default=""),
    Column("person_id", String(36), ForeignKey("people.id"), primary_key=True, index=True),
)

#: Authority lent for a time: plt, plh, pj, delegasi or mandat; its log tells all that happened to it.
#: ``scope``, ``units`` and ``letters``: "*", or names with commas: processes, units of the cases, kinds of letters.
mandates = Table(
    "mandates",
    metadata,
    own_id(),
    Column("kind", String(10), nullable=False),
    reference("position_id", "positions", index=True),
    reference("receiver_id", "people", index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("scope", Text, nullable=False, server_default="*"),
    Column("units", Text, nullable=False, server_default="*"),
    Column("letters", Text, nullable=False, server_default="*"),
    Column("basis_number", String(100), nullable=False),
    Column("basis_on", Date, nullable=False),
    # Whose authority is lent, as they held it when it was proposed; null for a post that nobody holds.
    reference("giver_id", "people", nullable=True, index=True),
    # The mandate by which the giver holds the authority themselves.
    reference("via_id", "mandates", nullable=True),
    reference("proposed_by", "people"),
    Column("proposed_on", Date, nullable=False),
    # The days on which the receiver accepted or refused; until the first it gives nothing.
    Column("accepted_on", Date),
    Column("refused_on", Date),
    # When the giver was told that the receiver is silent.
    Column("silence_told_on", Date),
    Column("revoked_on", Date),
    # Counts the events of its log; ``head`` is the hash of the newest.
    Column("version", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

#: Append-only, chained per mandate as the events of a case are.
mandate_events = Table(
    "mandate_events",
    metadata,
    Column("mandate_id", String(36), ForeignKey("mandates.id"), primary_key=True),
    *links(),
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
    # Of the institution itself, for letters where none of its contacts has an address.
    Column("email", String(254)),
)

#: How many interns a host takes at once in a section; where nothing is recorded, nothing is counted.
places = Table(
    "places",
    metadata,
    Column("host", String(80), primary_key=True),  # "partner:CODE" or "unit:CODE"
    Column("section", String(200), primary_key=True),
    Column("number", Integer, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    own_id(),
    reference("partner_id", "partners", index=True),
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
    own_id(),
    Column("hash", String(64), nullable=False, unique=True),
    reference("person_id", "people", index=True),
    Column("label", String(100), nullable=False),
    # Space-separated: "read", "act", "letters", "import"; a partner's key is held to its own cases whatever it says.
    Column("scopes", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_on", Date),
)
