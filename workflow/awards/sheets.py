"""Views of awards as tables: for the screen, CSV and XLSX. The same figures give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from policies.dates import written
from policies.incentive_ranking import say_score
from workflow.awards.candidates import Candidates
from workflow.awards.fairness import Fairness, FairnessLine
from workflow.awards.payments import Payments
from workflow.awards.personnel_record import PersonnelRecord, RecordLayout
from workflow.awards.reach import Reach
from workflow.awards.spread import MemberSpread
from workflow.hours.sheets import MEDIA_TYPES as _OF_HOURS
from workflow.hours.sheets import Cell, Sheet
from workflow.hours.sheets import file_of as _file_of_hours
from workflow.views.shown import ReasonLine

MEDIA_TYPES = {kind: _OF_HOURS[kind] for kind in ("csv", "xlsx")}


def candidates_sheet(found: Candidates) -> Sheet:
    """Who could be nominated, a line for each person and kind."""
    counted = [
        f"{each.title}: {each.qualify} memenuhi syarat, {each.unknown} perlu dilengkapi datanya, {each.nominated} sedang diusulkan."
        for each in found.kinds
    ]
    rows = tuple(
        (
            kind.title,
            line.unit,
            line.name,
            line.nip,
            "Memenuhi syarat" if line.qualifies else "Perlu dilengkapi",
            _told(line.unknown),
            _told((*line.missing, *kind.stated)),
            " ".join([_told(line.warnings), f"Memenuhi juga {line.higher}." if line.higher else ""]).strip(),
        )
        for kind in found.kinds
        for line in kind.candidates
    )
    headings = ("Jenis penghargaan", "Perangkat daerah", "Nama", "NIP", "Keadaan")
    asked = ("Yang belum diketahui", "Yang dilengkapi saat diusulkan", "Yang perlu dipertimbangkan")
    title = f"Calon penerima penghargaan, {written(found.on)}"
    return Sheet(title, (found.says, *counted), (*headings, *asked), rows)


def reach_sheet(found: Reach) -> Sheet:
    """What is within somebody's reach, a line for each kind."""
    rows = tuple(
        (
            each.title,
            each.says,
            _told(each.missing),
            _told(each.unknown),
            _told(each.met),
            _told(each.at_nomination),
        )
        for each in found.kinds
    )
    headings = ("Penghargaan", "Keadaan", "Yang kurang", "Yang belum diketahui", "Yang sudah ada", "Saat diusulkan")
    says = (f"Menurut data pegawai dan ketentuan pada {written(found.on)}.",)
    return Sheet(f"Penghargaan yang dapat dicapai: {found.name}", says, headings, rows)


def fairness_sheet(found: Fairness) -> Sheet:
    """All tables under each other; members and those with several awards follow where they are told."""
    rows: list[tuple[Cell, ...]] = [(table.title, *_figures(line)) for table in found.tables for line in table.lines]
    rows.append(("", *_figures(found.total)))
    rows += [(f"Nilai anggota tim penilai, {each.round_title}", _member(each), *("",) * 6) for each in found.members]
    rows += [
        ("Penerima berulang", f"{each.name} ({each.unit}): {'; '.join(each.awards)}", *("",) * 6)
        for each in found.repeated
    ]
    people = _number(found.repeated_people)
    says = (found.says, f"Penerima lebih dari satu penghargaan: {people} orang.")
    headings = (
        "Menurut",
        "Kelompok",
        "Pegawai",
        "Diusulkan",
        "Dinilai",
        "Menerima",
        "% diusulkan dari pegawai",
        "% menerima dari yang diusulkan",
    )
    return Sheet(f"Pemerataan penghargaan {found.year}", says, headings, tuple(rows))


def payments_sheet(found: Payments) -> Sheet:
    """Daftar nominatif."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            number,
            line.name,
            line.nip,
            line.unit,
            line.grade,
            line.account,
            line.bank,
            line.gross,
            _number(line.tax),
            _number(line.net),
            line.sp2d_number,
            written(line.sp2d_on) if line.sp2d_on else "",
            line.says,
        )
        for number, line in enumerate(found.lines, 1)
    )
    headings = ("No.", "Nama", "NIP", "Perangkat daerah", "Golongan", "Nomor rekening", "Bank", "Jumlah kotor", "Pajak")
    paid = ("Jumlah bersih", "Nomor SP2D", "Tanggal SP2D", "Keterangan")
    total = ("", "Jumlah", *("",) * 5, found.gross, found.tax, found.net, *("",) * 3)
    title = f"Daftar nominatif {found.round_title}"
    return Sheet(title, (found.says, f"Per {written(found.on)}."), (*headings, *paid), (*rows, total))


def record_sheet(found: PersonnelRecord, layout: RecordLayout) -> Sheet:
    """What the personnel record takes, in the columns of a layout, and nothing beside them: never as given what was revoked."""
    rows = []
    for line in found.lines:
        if line.revoked_on is not None and not layout.tells_revoked:
            continue
        values: dict[str, Any] = {name: getattr(line, name) for name in line.__struct_fields__}
        values["kind"] = layout.kinds.get(line.kind, line.title)
        rows.append(tuple(_plain(values[c.value] if c.value else c.fixed, layout.dates) for c in layout.columns))
    headings = tuple(column.heading for column in layout.columns)
    return Sheet(f"{layout.title} {found.year}", (), headings, tuple(rows))


def _plain(value: Any, dates: str) -> Cell:
    if isinstance(value, date):
        return value.strftime(dates)
    return value if isinstance(value, int) else str(value or "")


def _figures(line: FairnessLine) -> tuple[Cell, ...]:
    numbers = (line.staff, line.nominated, line.scored, line.awarded)
    shares = (line.nominated_share, line.awarded_share)
    return (line.title, *map(_number, numbers), *("" if each is None else each for each in shares))


def _number(number: int | None) -> Cell:
    """A figure; dots where it is not told or not known."""
    return "..." if number is None else number


def _member(each: MemberSpread) -> str:
    return (
        f"{each.name}: {each.nominees} calon dinilai; rata-rata {_signed(each.above)} terhadap rata-rata tim, selisih rata-rata "
        f"{say_score(each.apart)}"
    )


def _signed(hundredths: int) -> str:
    return f"{'+' if hundredths >= 0 else '-'}{say_score(abs(hundredths))}"


def _told(lines: Iterable[ReasonLine]) -> str:
    return " ".join(f"{line.says[:-1]} ({'; '.join(line.by)})." if line.by else line.says for line in lines)


# --- Files -----------------------------------------------------------------------------------------------------------


def file_of(sheet: Sheet, kind: str, on: date) -> bytes:
    """A table as ``csv`` or ``xlsx``, dated on a day. A table without sentences begins with its headings."""
    return _xlsx(sheet, on) if kind == "xlsx" else _file_of_hours(sheet, kind, on)


def _xlsx(sheet: Sheet, on: date) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": sheet.title, "created": datetime.combine(on, time())})
    bold, page = workbook.add_format({"bold": True}), workbook.add_worksheet("Penghargaan")
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    above = (sheet.title, *sheet.says) if sheet.says else ()
    for index, line in enumerate(above):
        page.write(index, 0, line, None if index else bold)
    first = len(above) + 1 if above else 0
    page.write_row(first, 0, sheet.headings, heading)
    for column, name in enumerate(sheet.headings):
        cells = [row[column] for row in sheet.rows]
        written_as = workbook.add_format({"valign": "top", "text_wrap": True} | _FORMATS.get(name, {}))
        page.set_column(column, column, _width(name, cells))
        page.write_column(first + 1, column, cells, written_as)
    page.freeze_panes(first + 1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)
    workbook.close()
    return buffer.getvalue()


#: Rupiah with its thousands apart; every other number stands as it is, a year among them.
RUPIAH = ("Jumlah kotor", "Pajak", "Jumlah bersih")
_FORMATS = {name: {"num_format": "#,##0"} for name in RUPIAH}
_NARROWEST, _WIDEST = 6, 48


def _width(heading: str, cells: Sequence[Cell]) -> int:
    """Of a column, in characters: as wide as its longest cell, and no wider than a page bears; longer ones wrap."""
    words = max(map(len, heading.split()), default=0)
    return min(_WIDEST, max(_NARROWEST, words + 1, *(len(str(cell)) + 2 for cell in cells or ("",))))
