"""Import of places: how many interns a host takes at once in each of its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from policies.civil_service import plain
from workflow.database import lock
from workflow.imports.cells import Row
from workflow.imports.listing import read_listing
from workflow.imports.report import ImportReport, Missing, Wrong
from workflow.tables import partners, places, units

PARTNER, UNIT = "KODE MITRA", "KODE UNIT"
HEADINGS = ("BAGIAN", "TEMPAT")
#: Beyond this a number of places is a slip of the keyboard.
MOST = 1000


@dataclass(frozen=True, slots=True)
class PlacesRow:
    """The places of one section of a partner or of a unit of our own; 0 where it takes nobody."""

    kind: str
    code: str
    section: str
    number: int


def import_places(
    conn: Connection,
    source: bytes,
    filename: str,
    *,
    at: datetime,  # noqa: ARG001 - imports all take the same
    on: date,  # noqa: ARG001 - imports all take the same
    dry_run: bool = False,
    skip_rejected: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Imports places; the caller owns the transaction. Who is there already stays, also where a number gets smaller.

    ``missing`` names the sections that the file does not name; they stay as they are.
    Raises UnreadableSheet where the file is no table.
    """
    listing = read_listing(
        source, filename, HEADINGS, _read, optional=(PARTNER, UNIT), key=_key, key_heading="BAGIAN", progress=progress
    )
    lock(conn, "import:places")
    codes = {
        kind: {code.casefold(): code for code in conn.execute(select(table.c.id)).scalars()}
        for kind, table in (("partner", partners), ("unit", units))
    }

    def host_is_known(row: Row, read: PlacesRow) -> bool:
        if read.code.casefold() not in codes[read.kind]:
            heading, what = (PARTNER, "Mitra") if read.kind == "partner" else (UNIT, "Unit")
            row.reject(heading, f"{what} belum dikenal. Impor datanya lebih dahulu, atau perbaiki kodenya.")
        return row.sound

    listing.keep(host_is_known)
    known = {(row.host.casefold(), plain(row.section)): row for row in conn.execute(select(places))}
    write = listing.writable(dry_run=dry_run, skip_rejected=skip_rejected)
    new, changed = 0, 0
    for _, read in listing.things:
        before = known.get(_key(read))
        host = f"{read.kind}:{codes[read.kind][read.code.casefold()]}"
        new += before is None
        changed += before is not None and before.number != read.number
        if write and before is None:
            conn.execute(insert(places).values(host=host, section=read.section, number=read.number))
        elif write and before is not None:
            same = (places.c.host == before.host) & (places.c.section == before.section)
            conn.execute(update(places).where(same).values(number=read.number))
    missing = [Missing(row.host, row.section) for key, row in known.items() if listing.seen and key not in listing.seen]
    return listing.report(new=new, changed=changed, missing=missing, written=write)


def _key(row: PlacesRow) -> tuple[str, str]:
    return f"{row.kind}:{row.code}".casefold(), plain(row.section)


def _read(row: Row) -> PlacesRow:
    partner, unit = row.text(PARTNER, 64), row.text(UNIT, 64)
    if row.sound and (partner is None) == (unit is None):
        row.reject(PARTNER, f"Isi salah satu dari {PARTNER} atau {UNIT}.")
    number = row.read("TEMPAT", _number)
    if number is None:
        row.lacks("TEMPAT", "Wajib diisi dengan banyaknya orang; 0 bila bagian itu tidak menerima.")
    return PlacesRow(
        kind="unit" if unit is not None else "partner",
        code=unit or partner or "",
        section=row.required("BAGIAN", 200),
        number=number or 0,
    )


def _number(text: str) -> int:
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6 and int(digits) <= MOST):
        raise Wrong(f"Bukan banyaknya orang; tulis bilangan bulat 0 sampai {MOST}.")
    return int(digits)
