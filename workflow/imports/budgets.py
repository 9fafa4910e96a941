"""Import of budget lines: the ceiling of each is posted to the books, and later only what it grew or shrank by."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from workflow.budgets.books import balance, line_title, rupiah
from workflow.budgets.ceilings import set_ceiling
from workflow.budgets.remaining import open_promises
from workflow.budgets.year_end import closed_among
from workflow.database import lock
from workflow.ids import new_id
from workflow.imports.cells import Row, plain
from workflow.imports.listing import Listing, read_listing
from workflow.imports.report import ImportReport, Missing, Wrong
from workflow.imports.sheet import Cell
from workflow.tables import budgets, postings, units

CEILING = "PAGU (RUPIAH)"
HEADINGS = ("TAHUN", "KODE UNIT KERJA", "KODE SUB KEGIATAN", "SUB KEGIATAN", "KODE REKENING", "URAIAN", CEILING)

_LARGEST = 10**15
_LONGEST_AMOUNT = 30
#: Promises that a remark names; the rest is counted.
_NAMED = 10
_AMOUNT = re.compile(r"(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3}){2,})([.,]0{1,2})?")

_Key = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget line; its ceiling stands apart, since it goes to the books as well."""

    year: int
    unit_id: str
    activity_code: str
    activity: str
    account_code: str
    account: str


@dataclass(frozen=True, slots=True)
class _Ceiling:
    line: BudgetRow
    amount: int


def import_budgets(
    conn: Connection,
    source: bytes,
    filename: str,
    *,
    at: datetime,
    on: date,  # noqa: ARG001 - every import takes the same
    dry_run: bool = False,
    skip_rejected: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Imports budget lines; the caller owns the transaction.

    A ceiling below what is reserved, committed and spent is a deficit: it is written, and a remark names the promises that must
    be decided. A ceiling of a year that is closed is rejected. ``missing`` names the lines of the file's years
    that it does not have; they keep their ceiling. Raises UnreadableSheet where the file is no table.
    """
    listing = read_listing(
        source,
        filename,
        HEADINGS,
        _read,
        key=lambda each: _key(each.line),
        key_heading="KODE REKENING",
        progress=progress,
    )
    lock(conn, "import:budgets")
    known = {_key_of(row): dict(row) for row in conn.execute(select(budgets)).mappings()}
    asked = [known[_key(each.line)]["id"] for _, each in listing.things if _key(each.line) in known]
    years = {each.line.year for _, each in listing.things}
    lock(conn, *(f"budget:{line_id}" for line_id in asked), *(f"budget-year:{year}" for year in years))
    granted = _granted(conn)
    codes = {code.casefold(): code for code in conn.execute(select(units.c.id)).scalars()}
    closed = closed_among(conn, years)
    _refuse(listing, codes, known, closed)
    write = listing.writable(dry_run=dry_run, skip_rejected=skip_rejected)
    new, changed = 0, 0
    remarks: list[str] = []
    for _, each in listing.things:
        before = known.pop(_key(each.line), None)
        now = {**asdict(each.line), "unit_id": codes[each.line.unit_id.casefold()], "ceiling": each.amount}
        line_id = before["id"] if before else new_id(at)
        growth = each.amount - granted.get(line_id, 0)
        new += before is None
        changed += before is not None and (growth != 0 or not now.items() <= before.items())
        if write:
            _write(conn, line_id, before, now)
            set_ceiling(conn, line_id, each.amount, at, first=before is None)
        remarks += _deficit(conn, line_id, each, -growth if not write else 0) if before else []
    missing = [
        Missing(
            f"{row['activity_code']} {row['account_code']}", line_title(row["activity"], row["account"], row["year"])
        )
        for key, row in known.items()
        if row["year"] in years and key not in listing.seen
    ]
    return listing.report(new=new, changed=changed, missing=missing, written=write, remarks=remarks)


def _deficit(conn: Connection, line_id: str, each: _Ceiling, cut: int) -> list[str]:
    """What is to be said of a line whose ceiling is below what is promised; ``cut``: what has not been posted yet."""
    missing = cut - balance(conn, line_id, "deficit") - balance(conn, line_id, "available")
    if missing <= 0:
        return []
    title = line_title(each.line.activity, each.line.account, each.line.year)
    promises = open_promises(conn, line_id=line_id)
    told = ", ".join(f"{p.name} ({p.unit}) {rupiah(p.amount)}" for p in promises[:_NAMED])
    more = f", dan {len(promises) - _NAMED} lagi" if len(promises) > _NAMED else ""
    holders = f" Yang dijanjikan: {told}{more}." if promises else ""
    says = f"Pagu {title} menjadi {rupiah(each.amount)}, kurang {rupiah(missing)} dari yang sudah dijanjikan dan dibelanjakan."
    return [f"{says}{holders} Putuskan satu per satu: jenjang budgets deficit {each.line.year}"]


def _key(row: BudgetRow) -> _Key:
    return row.year, row.unit_id.casefold(), row.activity_code.casefold(), row.account_code.casefold()


def _key_of(row: Any) -> _Key:
    return row["year"], row["unit_id"].casefold(), row["activity_code"].casefold(), row["account_code"].casefold()


def _read(row: Row) -> _Ceiling:
    year = row.read("TAHUN", _year)
    if year is None and row.sound:
        row.reject("TAHUN", "Wajib diisi.")
    line = BudgetRow(
        year=year or 0,
        unit_id=row.required("KODE UNIT KERJA", 64),
        activity_code=row.required("KODE SUB KEGIATAN", 40),
        activity=row.required("SUB KEGIATAN", 300),
        account_code=row.required("KODE REKENING", 40),
        account=row.required("URAIAN", 300),
    )
    amount = row.cell(CEILING, read_amount)
    if amount is None and row.sound:
        row.reject(CEILING, "Wajib diisi.")
    return _Ceiling(line, amount or 0)


def _year(text: str) -> int:
    if not re.fullmatch(r"20\d{2}", text):
        raise Wrong("Bukan tahun anggaran; tulis seperti 2026.")
    return int(text)


def read_amount(cell: Cell) -> int:
    """Whole rupiah, with or without ``Rp``, thousands marks and ``,00``. Raises Wrong."""
    text = plain(cell)
    if isinstance(cell, int | float):
        # Rupiah beyond this a spreadsheet can no longer hold to the last digit.
        text = str(int(cell)) if float(cell).is_integer() and abs(cell) < _LARGEST else text
    else:
        text = text.casefold().replace(" ", "").removeprefix("rp").removeprefix(".")
        text = text.removesuffix("-").removesuffix(",").removesuffix(".") if text.endswith(("-", ",-", ".-")) else text
    found = _AMOUNT.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    if not found:
        raise Wrong("Bukan jumlah rupiah bulat; tulis seperti 150000000 atau 150.000.000.")
    amount = int(re.sub(r"[.,]", "", found[1]))
    if amount >= _LARGEST:
        raise Wrong("Jumlah terlalu besar untuk satu pagu.")
    return amount


def _granted(conn: Connection) -> dict[str, int]:
    rows = conn.execute(
        select(postings.c.budget_id, func.sum(postings.c.amount).label("amount"))
        .where(postings.c.account == "ceiling")
        .group_by(postings.c.budget_id)
    )
    return {row.budget_id: -int(row.amount) for row in rows}


def _refuse(
    listing: Listing[_Ceiling], codes: dict[str, str], known: dict[_Key, dict[str, Any]], closed: set[int]
) -> None:
    def sound(row: Row, each: _Ceiling) -> bool:
        if each.line.unit_id.casefold() not in codes:
            row.reject("KODE UNIT KERJA", "Unit belum dikenal. Impor data pegawai lebih dahulu, atau perbaiki kodenya.")
        before = known.get(_key(each.line))
        if each.line.year in closed and (before is None or before["ceiling"] != each.amount):
            row.reject(CEILING, f"Tahun anggaran {each.line.year} sudah ditutup; pagunya tidak dapat diubah lagi.")
        return row.sound

    listing.keep(sound)


def _write(conn: Connection, line_id: str, before: dict[str, Any] | None, now: dict[str, Any]) -> None:
    if before is None:
        conn.execute(insert(budgets).values(id=line_id, **now))
    elif not now.items() <= before.items():
        conn.execute(update(budgets).where(budgets.c.id == line_id).values(now))
