"""Letters that go out, and those that come in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, column

from workflow.tables.schema import Instant, links, metadata, own_id, reference

#: The book that numbers letters: one a register and calendar year. The last number is never taken back.
registers = Table(
    "registers",
    metadata,
    Column("register", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last_number", Integer, nullable=False),
    # How many events its log has, and the hash of the last, so that their end cannot be cut off unseen.
    Column("events", Integer, nullable=False, server_default="0"),
    Column("head", String(64), nullable=False, server_default="0" * 64),
)

#: The log of a register: append-only and chained as that of a case. It tells of letters that are of no case.
register_events = Table(
    "register_events",
    metadata,
    Column("register", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    *links(),
)

#: A block of numbers of a register, given to a unit: for its letters of every day, or for a laptop while there is no network.
leases = Table(
    "leases",
    metadata,
    own_id(),
    Column("register", String(64), nullable=False),
    Column("year", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    # The number that is given next; one beyond the last where the block is used up.
    Column("following", Integer, nullable=False),
    reference("unit_id", "units"),
    # Used away from the network, and only there, until it is settled.
    Column("offline", Boolean, nullable=False),
    reference("given_by", "people", nullable=True),
    Column("given_at", Instant, nullable=False),
    # What it was given for, as somebody said it.
    Column("purpose", String(300), nullable=False, server_default=""),
    Column("settled_at", Instant),
    # What keeps numbers of it from being settled, a line each, for people; empty once nothing does.
    Column("trouble", Text),
    UniqueConstraint("register", "year", "first"),
)

#: A number without a letter, and why: left over of a block, or used on a paper that was spoilt.
void_numbers = Table(
    "void_numbers",
    metadata,
    Column("register", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reason", String(300), nullable=False),
    reference("lease_id", "leases", nullable=True),
    reference("voided_by", "people", nullable=True),
    Column("voided_at", Instant, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    own_id(),
    Column("kind", String(60), nullable=False),
    Column("process", String(60), nullable=False),
    # to_paraf, to_number, to_sign, to_mend, to_render, signed, sent, void, replaced
    Column("state", String(12), nullable=False),
    Column("template", String(100), nullable=False),
    Column("template_sha256", String(64), nullable=False),
    Column("body_type", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("frame", Text, nullable=False),
    # Whom it passes in which order, and what each has done: JSON of the steps in ``workflow.letters.route``.
    Column("route", Text, nullable=False),
    # The step that is waited for, counted from 0; as many as there are steps once all is done.
    Column("turn", Integer, nullable=False),
    # The role that corrects it where it is sent back.
    Column("drafter", String(60), nullable=False),
    # The role that signs first, and the post where it is not the role's own any more; who did is known once they have.
    Column("role", String(60), nullable=False),
    reference("position_id", "positions", nullable=True),
    reference("signed_by", "people", nullable=True),
    # The post as it was signed: "Plt. Kepala ...".
    Column("signed_title", String(300)),
    # When the last of its signatories had signed.
    Column("signed_at", Instant),
    # electronic; or by_hand: signed on paper, with a scan of that handed in
    Column("method", String(10), nullable=False),
    Column("register", String(64)),
    Column("register_year", Integer),
    # None where another system numbers.
    Column("register_number", Integer),
    # The letter of a number put between two others: "a".
    Column("register_suffix", String(4), nullable=False, server_default=""),
    Column("number", String(100)),
    Column("dated_on", Date),
    Column("issued_at", Instant, nullable=False),
    # By which anybody can ask about it: short, said nowhere else, and no key to anything.
    Column("code", String(16), nullable=False, unique=True),
    # The signed statement in its QR code.
    Column("statement", Text),
    reference("file_id", "files", nullable=True),
    # The SHA-256 of the PDF before anybody signed it: what was signed can be made once more and compared.
    Column("unsigned_sha256", String(64)),
    # How many of its electronic signatures lie in the file.
    Column("sealed", Integer, nullable=False, server_default="0"),
    # The paper that was signed by hand.
    reference("scan_id", "files", nullable=True),
    # What kept it from being numbered, made, signed or sent the last time, for people; empty again once that has gone well.
    Column("trouble", Text),
    # The letter that cancels it, and it is void once that one is signed; or that replaced it. Its number stays.
    Column("cancelled_by", String(36), ForeignKey("letters.id")),
    Column("void_reason", Text),
    # By when the step that is waited for now is to be done.
    Column("due_on", Date, nullable=False),
    # When whoever it waits for was reminded of that step, and when it was shown to whoever stands above them.
    Column("reminded_on", Date),
    Column("escalated_on", Date),
    UniqueConstraint("register", "register_year", "register_number", "register_suffix"),
    Index("ix_letters_state_due_on", "state", "due_on"),
    Index("uq_letters_number_in_register", "register", "register_year", "number", unique=True),
    # Few are ever taken back; which, is asked whenever one is drawn, signed and sent.
    Index(
        "ix_letters_cancelled_by",
        "cancelled_by",
        sqlite_where=column("cancelled_by").is_not(None),
        postgresql_where=column("cancelled_by").is_not(None),
    ),
)

#: A letter may be shared by several cases.
letter_cases = Table(
    "letter_cases",
    metadata,
    Column("letter_id", String(36), ForeignKey("letters.id"), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True, index=True),
    # The letter that took this case off it, while it stays in force for the others; no reference, so that joins stay plain.
    Column("changed_by", String(36)),
    Index(
        "ix_letter_cases_changed_by",
        "changed_by",
        sqlite_where=column("changed_by").is_not(None),
        postgresql_where=column("changed_by").is_not(None),
    ),
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

#: The public halves of keys that ever signed statements or letters here, so that old letters still verify after a change.
public_keys = Table(
    "public_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("purpose", String(10), nullable=False),  # statement, letter
    # A JSON Web Key for statements; a certificate in PEM for letters.
    Column("key", Text, nullable=False),
    # A key made here for trying things out: what it signed says UJI.
    Column("is_test", Boolean, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("until_at", Instant),
)

#: Under which name a person signs at the agency's signing service or in its key store.
signing_accounts = Table(
    "signing_accounts",
    metadata,
    Column("person_id", String(64), ForeignKey("people.id"), primary_key=True),
    Column("account", String(200), nullable=False),
    Column("set_at", Instant, nullable=False),
)
