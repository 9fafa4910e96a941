"""Hours as files: CSV, XLSX and PDF. The same figures give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from policies.dates import written
from workflow.hours.figures import AgencyHours, PersonHours, Tally, UnitHours, activity_title
from workflow.letters.pdf import pdf
from workflow.letters.profile import TEMPLATES
from workflow.references import reference_of

Cell = str | int
Hours = PersonHours | UnitHours | AgencyHours

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

#: What spreadsheets would take for a formula when they open a CSV.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_TALLY = ("Pegawai", "JP", "Mencapai target", "Sebagian", "Belum ada JP", "Di atas batas PPPK")


@dataclass(frozen=True)
class Sheet:
    """A title, sentences about what is counted, and one table; the last row is the total where there is one."""

    title: str
    says: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet_of(found: Hours, zone: ZoneInfo) -> Sheet:
    """The figures as one table; instants on the clocks of the agency."""
    if isinstance(found, PersonHours):
        return _person(found, zone)
    return _unit(found) if isinstance(found, UnitHours) else _agency(found)


def _person(found: PersonHours, zone: ZoneInfo) -> Sheet:
    bar = "paling banyak" if found.is_ceiling else "sekurang-kurangnya"
    says = [f"{found.hours} JP dari {bar} {found.measure} JP ({found.by}).", *([found.closed] if found.closed else [])]
    says += [f"{each.says} ({'; '.join(each.by)})" for each in found.prospects]
    rows = tuple(
        (
            written(line.posted_at.astimezone(zone).date()),
            activity_title(line.activity),
            written(line.first_on),
            line.hours,
            line.says,
            reference_of(line.case_id) if line.case_id else "",
            line.entry or "",
        )
        for line in found.lines
    )
    nip = f" (NIP {found.nip})" if found.nip else ""
    return Sheet(
        f"Buku JP {found.year}: {found.name}{nip}",
        tuple(says),
        ("Dibukukan", "Kegiatan", "Tanggal", "JP", "Penjelasan", "Berkas", "Catatan nomor"),
        (*rows, ("Jumlah", "", "", found.hours, "", "", "")),
    )


def _unit(found: UnitHours) -> Sheet:
    rows = tuple(
        (
            each.name,
            each.nip,
            each.asn_kind or "belum diketahui",
            each.hours,
            f"{'paling banyak' if each.is_ceiling else 'sekurang-kurangnya'} {each.measure} JP",
        )
        for each in found.staff
    )
    return Sheet(
        f"Buku JP {found.year}: {found.unit}",
        _about(found.says, found.closed, found.total),
        ("Nama", "NIP", "Jenis ASN", "JP", "Ukuran"),
        (*rows, ("Jumlah", "", "", found.total.hours, "")),
    )


def _agency(found: AgencyHours) -> Sheet:
    rows: list[tuple[Cell, ...]] = [(each.unit_id, each.unit, *_numbers(each.tally)) for each in found.units]
    return Sheet(
        f"Buku JP {found.year}: seluruh perangkat daerah",
        _about(found.says, found.closed, found.total),
        ("Kode", "Perangkat daerah", *_TALLY),
        (*rows, ("", "Jumlah", *_numbers(found.total))),
    )


def _numbers(tally: Tally) -> tuple[int, ...]:
    return tally.people, tally.hours, tally.reached, tally.some, tally.none, tally.above


def _about(says: str, closed: str, total: Tally) -> tuple[str, ...]:
    counted = f"{total.people} pegawai: {total.reached} mencapai target, {total.none} belum mempunyai JP."
    return (says, counted, *((closed,) if closed else ()))


# --- Files -----------------------------------------------------------------------------------------------------------


def file_of(sheet: Sheet, kind: str, on: date) -> bytes:
    """A table as ``csv``, ``xlsx`` or ``pdf``, dated on a day. Raises LetterError where a PDF cannot be made of it."""
    made: dict[str, Callable[[Sheet, date], bytes]] = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}
    return made[kind](sheet, on)


def _csv(sheet: Sheet, _on: date) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([_harmless(cell) for cell in row] for row in sheet.rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def _xlsx(sheet: Sheet, on: date) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": sheet.title, "created": datetime.combine(on, time())})
    bold, page = workbook.add_format({"bold": True}), workbook.add_worksheet("JP")
    page.set_column(0, len(sheet.headings) - 1, 24)
    lines: Iterable[tuple[Cell, ...]] = [
        (sheet.title,),
        *((each,) for each in sheet.says),
        (),
        sheet.headings,
        *sheet.rows,
    ]
    heads = {0, len(sheet.says) + 2}
    for index, row in enumerate(lines):
        for column, cell in enumerate(row):
            page.write(index, column, cell, bold if index in heads else None)
    workbook.close()
    return buffer.getvalue()


def _pdf(sheet: Sheet, on: date) -> bytes:
    html = _environment().get_template("hours_sheet.html").render(sheet=sheet, on=written(on))
    return pdf(html, body_json=b"{}", at=datetime.combine(on, time(), UTC), title=sheet.title)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES / "pages"), autoescape=True, undefined=StrictUndefined)
