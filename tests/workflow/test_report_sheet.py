"""The spreadsheet of a report: figures, the cases behind each, corrections; nothing in it is run, and bytes repeat."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import msgspec
from python_calamine import CalamineWorkbook

from tests.offices import change
from tests.reporting import AFTER_FIRST, AFTER_SECOND, REMARKS, as_signed, now, ran, reported
from tests.world import World
from workflow.reports.parts import cases_behind
from workflow.reports.showing import Report
from workflow.reports.spreadsheet import spreadsheet
from workflow.tables import units

JAN, FEB = date(2026, 1, 12), date(2026, 2, 2)


def sheets(report: Report) -> dict[str, list[list[Any]]]:
    """The rows of each sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(spreadsheet(report)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_it_has_every_number_and_every_case_behind_it(one_world: World) -> None:
    world = one_world
    world.go_to(AFTER_FIRST)
    case = ran(world, "nurse", JAN, FEB)
    report = now(world)
    found = sheets(report)
    figures = [row for row in found["Angka"] if row[0] == "Magang/praktik kerja (C11): Magang antarinstansi"]
    assert [row[1:3] for row in figures] == [[1.0, 20.0]]
    heading, *behind = found["Berkas"]
    assert heading == ["Bagian", "Baris", "Angka", "Berkas"]
    assert [tuple(row) for row in behind] == [
        (each.section, each.row, each.measure, each.case_id) for each in cases_behind(report.figures)
    ]
    assert {row[3] for row in behind} == {case}


def test_a_signed_one_carries_the_remarks_and_its_corrections(one_world: World) -> None:
    world = one_world
    world.go_to(AFTER_FIRST)
    reported(world)
    added = ran(world, "nurse", date(2026, 3, 30), date(2026, 4, 10))
    world.go_to(AFTER_SECOND)
    report = as_signed(world, reported(world, quarter=2))
    found = sheets(report)
    text = [row[0] for row in found["Angka"]]
    assert REMARKS["obstacles"] in text
    assert REMARKS["follow_up"] in text
    _, line = found["Koreksi"]
    assert line[:6] == [
        "Triwulan I tahun 2026",
        "Magang/praktik kerja (C11): Magang antarinstansi",
        "Peserta",
        0.0,
        1.0,
        added,
    ]


def test_the_same_report_gives_the_same_bytes(one_world: World) -> None:
    one_world.go_to(AFTER_FIRST)
    ran(one_world, "nurse", JAN, FEB)
    for report in (now(one_world), as_signed(one_world, reported(one_world))):
        assert spreadsheet(report) == spreadsheet(report)


def test_a_name_that_looks_like_a_formula_stays_text(one_world: World) -> None:
    world = one_world
    world.go_to(AFTER_FIRST)
    change(world, units.update().where(units.c.id == "RSUD").values(name='=HYPERLINK("http://contoh";"x")'))
    ran(world, "nurse", JAN, FEB)
    report = msgspec.structs.replace(now(world), obstacles="=1+1", follow_up="@SUM(1)")
    with zipfile.ZipFile(io.BytesIO(spreadsheet(report))) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "<f>" not in text
    assert "HYPERLINK" in text
