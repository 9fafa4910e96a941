"""What the national personnel record (SIASN) needs of awards that were handed over, in columns that are data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from policies.files import PolicyError, Table, read_toml
from policies.incentive import KINDS, name_of_award
from workflow.awards.given import REVOCATION, REVOKED, Given, all_given, latest
from workflow.awards.record import PROCESS
from workflow.letters.profile import TEMPLATES
from workflow.office import Office
from workflow.outward.layout import DATES, Column
from workflow.registry import Registry
from workflow.tables import cases, entries, letter_cases, letters

SHIPPED: Final = TEMPLATES / "awards" / "siasn.toml"


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """An award that was handed over, with the decree by which it was given. ``missing``: what the record would lack.

    ``status``: given or revoked, in words; ``revoked_by`` and ``revoked_on``: number and day of what revoked it, "" and None for
    one that stands.
    """

    case_id: str
    reference: str
    nip: str
    name: str
    kind: str
    title: str
    decree_number: str
    decree_on: date
    year: int
    handed_on: date
    status: str
    revoked_by: str
    revoked_on: date | None
    missing: str


class PersonnelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The awards that were handed over in a year, and those that were revoked in it, whenever they were handed over."""

    year: int
    says: str
    lines: tuple[RecordLine, ...]


def personnel_record(conn: Connection, office: Office, registry: Registry, year: int) -> PersonnelRecord:
    """The awards of a year, by the day of the hand-over; one that was revoked says so, as it may be on record as given."""
    sources = _Sources.read(conn, registry)
    found = [
        _line(each, each.handed_on, sources)
        for each in all_given(conn, office)
        if each.handed_on is not None and year in (each.handed_on.year, sources.revoked_in(each.case_id))
    ]
    lines = tuple(sorted(found, key=lambda each: (each.handed_on, each.name, each.case_id)))
    lacking, gone = sum(bool(each.missing) for each in lines), sum(each.revoked_on is not None for each in lines)
    told = f" {gone} di antaranya dicabut." if gone else ""
    told += f" {lacking} di antaranya belum lengkap." if lacking else ""
    return PersonnelRecord(year=year, says=f"{len(lines)} penghargaan diserahkan pada tahun {year}.{told}", lines=lines)


@dataclass(frozen=True)
class _Sources:
    """What the books say of awards, by the case of each: Keppres, numbers of decrees in force and of all, revocations."""

    keppres: Mapping[str, Mapping[str, Any]]
    numbers: Mapping[str, str]
    all_numbers: Mapping[str, str]
    revocations: Mapping[str, tuple[str, date]]

    @classmethod
    def read(cls, conn: Connection, registry: Registry) -> _Sources:
        """As it stands now. In four statements."""
        numbered = conn.execute(_NUMBERED, {"kinds": [*_decree_kinds(registry)]}).all()
        return cls(
            latest(conn.execute(_KEPPRES)),
            {row.case_id: row.number for row in numbered if row.stands},
            {row.case_id: row.number for row in numbered},
            dict(map(_revocation, conn.execute(_REVOCATIONS))),
        )

    def revoked_in(self, case_id: str) -> int | None:
        """The year in which an award was revoked; None for one that stands."""
        found = self.revocations.get(case_id)
        return found[1].year if found else None


def _revocation(row: Any) -> tuple[str, tuple[str, date]]:
    """The case of the award, with number and day of what revokes it: the Keppres, or the decree; "" while that is not signed."""
    said = msgspec.json.decode(row.data)
    keppres = said.get("keppres_number", "")
    day = date.fromisoformat(said["keppres_on"]) if keppres else row.dated_on or row.on_date
    return msgspec.json.decode(row.form)["award_case"], (keppres or row.number or "", day)


def _line(given: Given, handed_on: date, sources: _Sources) -> RecordLine:
    keppres, gone = sources.keppres.get(given.case_id), sources.revocations.get(given.case_id)
    decree_on = date.fromisoformat(keppres["keppres_on"]) if keppres else given.awarded_on or handed_on
    numbers = sources.all_numbers if gone else sources.numbers
    number = keppres["keppres_number"] if keppres else numbers.get(given.case_id, "")
    lacks = [*([] if given.nip else ["NIP belum tercatat"]), *([] if number else ["nomor keputusan belum ada"])]
    if gone and not gone[0]:
        lacks.append("keputusan pencabutan belum bernomor")
    return RecordLine(
        case_id=given.case_id,
        reference=given.reference,
        nip=given.nip,
        name=given.name,
        kind=given.kind,
        title=name_of_award(given.kind, given.thanks_by),
        decree_number=number,
        decree_on=decree_on,
        year=decree_on.year,
        handed_on=handed_on,
        status="dicabut" if gone else "diberikan",
        revoked_by=gone[0] if gone else "",
        revoked_on=gone[1] if gone else None,
        missing="; ".join(lacks),
    )


def _decree_kinds(registry: Registry) -> Iterable[str]:
    """The kinds of letters by which an award is given, as its process names them."""
    process = registry.processes.get(PROCESS)
    given = [each for each in process.transitions if each.trigger == "decree"] if process else []
    return {letter.name for each in given for letter in each.issues}


# --- The layout ------------------------------------------------------------------------------------------------------

#: What a column may hold, and what each is.
VALUES: Final = {
    "nip": "NIP, 18 angka",
    "name": "nama dengan gelar",
    "kind": "jenis penghargaan menurut sistem penerima",
    "title": "nama penghargaan",
    "decree_number": "nomor keputusan atau Keppres",
    "decree_on": "tanggal keputusan atau Keppres",
    "year": "tahun keputusan",
    "handed_on": "tanggal penyerahan",
    "status": "diberikan atau dicabut",
    "revoked_by": "nomor keputusan atau Keppres pencabutan",
    "revoked_on": "tanggal keputusan atau Keppres pencabutan",
    "missing": "yang belum lengkap",
    "reference": "nomor berkas",
}


@dataclass(frozen=True)
class RecordLayout:
    """How the personnel record takes awards. ``kinds``: its own code for each kind; what has none is written by its name.

    Awards that were revoked are in it only where a column tells them from others.
    """

    title: str
    dates: str
    columns: tuple[Column, ...]
    kinds: Mapping[str, str | int]

    @property
    def tells_revoked(self) -> bool:
        """Whether a column says that an award was revoked."""
        return any(column.value in ("status", "revoked_by", "revoked_on") for column in self.columns)


def record_layout(file: Path = SHIPPED) -> RecordLayout:
    """A layout by its file. Raises PolicyError that names file, key and reason."""
    table = Table.of(file, "", read_toml(file), ("title", "dates", "columns", "kinds"), 'title = "SIASN"')
    dates = table.text("dates")
    if dates not in DATES:
        raise table.wrong(f"dates harus salah satu dari: {' '.join(DATES)}")
    rows = table.rows("columns", ("heading", "value", "fixed"), '[{ heading = "NIP", value = "nip" }]')
    if not rows:
        raise table.wrong("columns harus memuat sekurang-kurangnya satu kolom")
    kinds = Table.of(file, "kinds", table.content.get("kinds", {}), tuple(KINDS), "satyalancana_10 = 5").content
    strange = [code for code, kind in kinds.items() if type(kind) not in (str, int) or kind == ""]
    if strange:
        raise PolicyError(file, "kinds", f"{', '.join(strange)} harus berupa teks atau bilangan bulat")
    return RecordLayout(table.text("title"), DATES[dates], tuple(map(_column, rows)), dict(kinds))


def _column(row: Table) -> Column:
    heading, fixed = row.text("heading"), row.content.get("fixed")
    if (fixed is None) is ("value" not in row.content):
        raise row.wrong(f"kolom {heading}: isi salah satu dari value dan fixed")
    if fixed is not None:
        if type(fixed) not in (str, int):
            raise row.wrong(f"kolom {heading}: fixed harus berupa teks atau bilangan bulat")
        return Column(heading, "", fixed, required=False)
    value = row.text("value")
    if value not in VALUES:
        raise row.wrong(f"kolom {heading}: nilai {value!r} tidak dikenal; yang dikenal: {', '.join(VALUES)}")
    return Column(heading, value, "", required=False)


_KEPPRES: Any = (
    select(entries.c.case_id, entries.c.data)
    .join_from(entries, cases)
    .where(cases.c.process == PROCESS, entries.c.kind == "keppres")
    .order_by(entries.c.number)
)
#: The number of the decree of each case; of one that was issued anew the later. ``stands``: it is in force, and for this case.
_NUMBERED: Any = (
    select(
        letter_cases.c.case_id,
        letters.c.number,
        and_(letters.c.state.not_in(("void", "replaced")), letter_cases.c.changed_by.is_(None)).label("stands"),
    )
    .join_from(letter_cases, letters)
    .where(
        letters.c.process == PROCESS,
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        letters.c.number.is_not(None),
    )
    .order_by(letters.c.issued_at)
)
#: What was put on record of each award that was revoked after the hand-over, with the decree once that has a number.
_REVOCATIONS: Any = (
    select(cases.c.form, entries.c.data, entries.c.on_date, letters.c.number, letters.c.dated_on)
    .select_from(
        cases.join(entries, and_(entries.c.case_id == cases.c.id, entries.c.kind == "late_revocation"))
        .outerjoin(letter_cases, letter_cases.c.case_id == cases.c.id)
        .outerjoin(
            letters, and_(letters.c.id == letter_cases.c.letter_id, letters.c.state.not_in(("void", "replaced")))
        )
    )
    .where(cases.c.process == REVOCATION, cases.c.state == REVOKED)
    .order_by(entries.c.number)
)
