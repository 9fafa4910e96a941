"""What an event says of the rows that its step wrote: enough to find each of them touched, later, from the database alone.

A row is vouched for by the SHA-256 of its columns as canonical JSON (names sorted, instants and days as text). Money and
hours are told in full. It all lies in the payload of the event, under its salt, so that a lawful erasure takes it along.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Boolean, ColumnElement, Date, LargeBinary, RowMapping, String, Table, type_coerce

from workflow.budgets.books import Movement
from workflow.tables import Instant, cases, entries, files, hour_evidence, incoming, letters


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of everything that an event tells of rows."""


class EntryTold(Told, frozen=True, kw_only=True):
    """An entry that was written, and the earlier ones of its day that it corrects. ``sha256`` is None once erased."""

    kind: str
    number: int
    sha256: str | None = None
    corrected: tuple[int, ...] = ()


class MarkTold(Told, frozen=True, kw_only=True):
    """Entries that were given another status."""

    kind: str
    status: str
    numbers: tuple[int, ...]


class LetterTold(Told, frozen=True, kw_only=True):
    """A letter as an act left it: the state it is in then, its number once it has one; and the letters that it changes.

    ``cancels``: those that it will make void; ``voids``: those that its signature made void; ``replaces``: those of its
    kind that no longer count; ``restores``: those that count again as before, as it was called back; ``changes``: those that
    it takes this case off, while others go on under them. ``revokes``: those that its signature made void, and which it did not
    name before; ``revoked_by``: the letter of another case that revokes this one, for all where it is void, else for this case.
    ``cases``: all that it is of, where they are several. ``sha256`` is None once erased.
    """

    id: str
    kind: str
    state: str = ""
    sha256: str | None = None
    number: str | None = None
    cancels: tuple[str, ...] = ()
    voids: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    restores: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    revokes: tuple[str, ...] = ()
    revoked_by: str = ""
    cases: tuple[str, ...] = ()


class ClaimTold(Told, frozen=True, kw_only=True):
    """What gives a person a claim to hours, as it was put on the books. ``sha256`` and ``person`` are None once erased."""

    id: str
    person: str | None = None
    sha256: str | None = None


class HoursTold(Told, frozen=True, kw_only=True):
    """A movement of hours (JP) into a year, below zero where it takes one back (``reverses``). None once erased: who, and what.

    ``case``: the other case whose activity it is about; empty where it is this one's. ``late``: after the year was closed.
    """

    id: str
    claim: str
    year: int
    hours: int
    reason: str
    by: str
    person: str | None = None
    says: str | None = None
    reverses: str = ""
    late: bool = False
    case: str = ""


class IncomingTold(Told, frozen=True, kw_only=True):
    """An incoming letter by which a step was recorded: its entry in the book, and the scan. ``sha256`` is None once erased."""

    id: str
    agenda: str
    file: str
    sha256: str | None = None


class FileTold(Told, frozen=True, kw_only=True):
    """A file that a form tied to the case. ``sha256`` is None once erased."""

    id: str
    sha256: str | None = None


class PlaceTold(Told, frozen=True, kw_only=True):
    """A place of somebody in particular that ended (``until``), or began again (None). ``person`` is None once erased.

    ``held``: they had it when it ended; otherwise it ended where it began.
    """

    role: str
    person: str | None = None
    until: str | None = None
    held: bool = False


class Evidence(Told, frozen=True, kw_only=True):
    """All that an event tells of rows. ``case``: the digest of the case's own row after the step."""

    case: str | None = None
    entry: EntryTold | None = None
    marked: MarkTold | None = None
    #: Issued by the step; ``letter`` is the one that an event of its own is about.
    letters: tuple[LetterTold, ...] = ()
    letter: LetterTold | None = None
    #: Letters that awaited a signature and no longer do.
    dropped: tuple[str, ...] = ()
    #: Letters that others still have to be signed, without this case.
    left: tuple[str, ...] = ()
    posted: tuple[Movement, ...] = ()
    claims: tuple[ClaimTold, ...] = ()
    #: Claims that no longer count, by id.
    unclaimed: tuple[str, ...] = ()
    hours: tuple[HoursTold, ...] = ()
    files: tuple[FileTold, ...] = ()
    incoming: IncomingTold | None = None
    places: tuple[PlaceTold, ...] = ()


class Erasure(Told, frozen=True, kw_only=True):
    """What the event of an erasure tells: which event was erased, by which law, and what remains known of its rows."""

    sequence: int
    event: str
    type: str
    basis: str
    kept: Evidence | None = None


def parts(evidence: Evidence) -> dict[str, Any]:
    """The parts of the evidence that say something, by name, as a payload holds them."""
    return {name: part for name, part in structs.asdict(evidence).items() if part}


def that_remains(evidence: Evidence) -> Evidence:
    """What is still told of an erased event's rows: that they exist and how they stand, nothing of persons or of what they hold."""
    entry, letter = evidence.entry, evidence.letter
    return structs.replace(
        evidence,
        case=None,
        entry=entry and structs.replace(entry, sha256=None),
        letters=tuple(structs.replace(each, sha256=None) for each in evidence.letters),
        letter=letter and structs.replace(letter, sha256=None),
        claims=tuple(structs.replace(each, person=None, sha256=None) for each in evidence.claims),
        hours=tuple(structs.replace(each, person=None, says=None) for each in evidence.hours),
        files=tuple(structs.replace(each, sha256=None) for each in evidence.files),
        incoming=evidence.incoming and structs.replace(evidence.incoming, sha256=None),
        places=tuple(structs.replace(each, person=None) for each in evidence.places),
    )


def said_of_books(payload: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """What an event's payload says of money and hours, for people: a sentence, and the rupiah that it is about.

    Hours of another case's activity that it touched are left out: whoever reads this may not know of that case.
    """
    said: list[tuple[str, int | None]] = [(moved["says"], moved["amount"]) for moved in payload.get("posted", ())]
    told = (moved for moved in payload.get("hours", ()) if not moved.get("case"))
    return said + [(moved["says"].rstrip("."), None) for moved in told]


# --- Digests of rows -------------------------------------------------------------------------------------------------

#: What of a letter is made after its event: its PDF with what is drawn into it, what kept that from being made, and who was
#: reminded of it.
_MADE_LATER = ("file_id", "statement", "unsigned_sha256", "sealed", "trouble", "reminded_on", "escalated_on")
#: What is left out is what changes without the row being another: the hash of the event that holds the digest, the number
#: that is worked out from the id, the
#: state that later events tell, what an effect makes afterwards.
CASE = tuple(column.name for column in cases.c if column.name not in ("head", "reference"))
ENTRY = tuple(column.name for column in entries.c if column.name not in ("status", "marked_by", "marked_at"))
LETTER = tuple(column.name for column in letters.c if column.name not in ("state", "cancelled_by", *_MADE_LATER))
CLAIM = tuple(column.name for column in hour_evidence.c if column.name != "withdrawn_at")
INCOMING = tuple(column.name for column in incoming.c)
FILE = tuple(column.name for column in files.c if column.name not in ("content", "case_id"))

_ENCODER = msgspec.json.Encoder(order="sorted")


def digest(names: tuple[str, ...], row: Mapping[str, Any] | RowMapping) -> str:
    """The digest of the columns of these names; one that the row lacks is empty."""
    return sha256(_ENCODER.encode({name: as_written(row.get(name)) for name in names})).hexdigest()


def as_written(value: Any) -> Any:
    """A stored value as both databases can say it: instants and days as text, as SQLite stores them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value


@cache
def as_stored(table: Table, *names: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of a table, or those of these names, read as they lie there.

    On SQLite what was touched may not be of its kind any more, and must not stop who looks for that.
    """
    columns, read_into = (
        [table.c[name] for name in names] if names else list(table.c),
        (Instant, Date, Boolean, LargeBinary),
    )
    return tuple(
        type_coerce(column, String).label(column.name) if isinstance(column.type, read_into) else column
        for column in columns
    )
