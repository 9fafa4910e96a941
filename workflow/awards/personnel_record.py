"""What the national personnel record (SIASN) needs of awards that were handed over, in columns that are data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select

from policies.files import PolicyError, Table, read_toml
from policies.incentive import KINDS, title_of
from workflow.awards.given import Given, all_given, latest
from workflow.awards.record import PROCESS
from workflow.letters.profile import TEMPLATES
from workflow.office import Office
from workflow.outward.layout import DATES, Column
from workflow.registry import Registry
from workflow.tables import cases, entries, letter_cases, letters

SHIPPED: Final = TEMPLATES / "awards" / "siasn.toml"


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """An award that was handed over, with the decree by which it was given. ``missing``: what the record would lack."""

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
    missing: str


class PersonnelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The awards that were handed over in a year."""

    year: int
    says: str
    lines: tuple[RecordLine, ...]


def personnel_record(conn: Connection, office: Office, registry: Registry, year: int) -> PersonnelRecord:
    """The awards that were handed over in a year and stand, by the day of the hand-over."""
    keppres = latest(conn.execute(_KEPPRES))
    numbers = {row.case_id: row.number for row in conn.execute(_NUMBERED, {"kinds": [*_decree_kinds(registry)]})}
    found = [
        _line(each, each.handed_on, keppres.get(each.case_id), numbers.get(each.case_id) or "")
        for each in all_given(conn, office)
        if each.handed_on is not None and each.handed_on.year == year
    ]
    lines = tuple(sorted(found, key=lambda each: (each.handed_on, each.name, each.case_id)))
    lacking = sum(bool(each.missing) for each in lines)
    told = f" {lacking} di antaranya belum lengkap." if lacking else ""
    return PersonnelRecord(year=year, says=f"{len(lines)} penghargaan diserahkan pada tahun {year}.{told}", lines=lines)


def _line(given: Given, handed_on: date, keppres: Mapping[str, Any] | None, number: str) -> RecordLine:
    decree_on = date.fromisoformat(keppres["keppres_on"]) if keppres else given.awarded_on or handed_on
    number = keppres["keppres_number"] if keppres else number
    lacks = [*([] if given.nip else ["NIP belum tercatat"]), *([] if number else ["nomor keputusan belum ada"])]
    return RecordLine(
        case_id=given.case_id,
        reference=given.reference,
        nip=given.nip,
        name=given.name,
        kind=given.kind,
        title=title_of(given.kind),
        decree_number=number,
        decree_on=decree_on,
        year=decree_on.year,
        handed_on=handed_on,
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
    "missing": "yang belum lengkap",
    "reference": "nomor berkas",
}


@dataclass(frozen=True)
class RecordLayout:
    """How the personnel record takes awards. ``kinds``: its own code for each kind; what has none is written by its name."""

    title: str
    dates: str
    columns: tuple[Column, ...]
    kinds: Mapping[str, str | int]


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
#: The number of the decree of each case; of one that was issued anew the later.
_NUMBERED: Any = (
    select(letter_cases.c.case_id, letters.c.number)
    .join_from(letter_cases, letters)
    .where(
        letters.c.process == PROCESS,
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        letters.c.number.is_not(None),
        letters.c.state.not_in(("void", "replaced")),
        letter_cases.c.changed_by.is_(None),
    )
    .order_by(letters.c.issued_at)
)
