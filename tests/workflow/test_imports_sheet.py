"""Files as offices hand them in: separators, encodings, workbooks, and what is no table at all."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from tests.exports import HEADINGS, ON, as_csv, nip, person
from workflow.imports import UnreadableSheet
from workflow.imports.sheet import LARGEST_FILE
from workflow.imports.staff import StaffSheet, read_staff


def read(source: bytes, filename: str = "pegawai.csv") -> StaffSheet:
    return read_staff(source, filename, on=ON)


def workbook(*rows: dict[str, Any], above: int = 0, **options: Any) -> bytes:
    """The rows as an XLSX file; a value that is a tuple is a formula and its result."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": False, **options}) as book:
        sheet = book.add_worksheet("Pegawai")
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(above, 0, HEADINGS)
        for number, row in enumerate(rows, start=above + 1):
            for column, heading in enumerate(HEADINGS):
                value = row.get(heading, "")
                if isinstance(value, tuple):
                    sheet.write_formula(number, column, value[0], None, value[1])
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, dates)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write(number, column, value)
    return file.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_is_read_whatever_its_separator_and_encoding(separator: str, encoding: str) -> None:
    text = as_csv(person(1, NAMA="José; Müller, D'Costa"), separator=separator).decode()
    sheet = read(text.encode(encoding))
    assert sheet.rejected == []
    assert sheet.rows[0].name == "José; Müller, D'Costa"


def test_a_line_that_names_the_separator_for_excel_is_no_row() -> None:
    sheet = read(b"sep=;\r\n" + as_csv(person(1), person(2, NAMA=""), separator=";"))
    assert (len(sheet.rows), sheet.rejected[0].row) == (1, 3)


def test_headings_are_known_whatever_their_case_and_unknown_ones_are_named() -> None:
    source = as_csv({**person(1), "Hobi": "=1+1", "  Catatan  lain": "x"}).replace(b"GELAR DEPAN", b" gelar  depan ")
    sheet = read(source)
    assert sheet.rejected == []
    assert sheet.ignored == ("Hobi", "Catatan lain")


def test_an_older_export_without_the_last_columns_is_read() -> None:
    row = read(as_csv(person(1), headings=HEADINGS[:17])).rows[0]
    assert (row.subunit, row.status, row.contract_ends_on, row.unpaid_leave, row.sanction) == (None,) * 5


def test_a_heading_that_is_missing_is_told_and_nothing_is_read() -> None:
    sheet = read(as_csv(person(1)).replace(b"NIP ATASAN LANGSUNG", b"ATASAN"))
    assert sheet.rows == []
    assert [(each.row, each.column) for each in sheet.rejected] == [(1, "NIP ATASAN LANGSUNG")]


def test_a_heading_twice_is_told() -> None:
    sheet = read(as_csv({**person(1), "nama": "Lain"}))
    assert [(each.row, each.column) for each in sheet.rejected] == [(1, "NAMA")]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    lines = as_csv(person(1), person(2), person(3, NAMA="")).decode().splitlines()
    source = "\r\n".join([lines[0], "", lines[1], "," * 23, lines[2], lines[3]])
    sheet = read(source.encode())
    assert (sheet.total, [row.number for row in sheet.rows]) == (3, [3, 5])
    assert [(each.row, each.column) for each in sheet.rejected] == [(6, "NAMA")]


def test_a_line_break_within_a_cell_does_not_shift_the_numbers() -> None:
    sheet = read(as_csv(person(1, JABATAN="Perawat\nAhli Pertama"), person(2, NAMA="")))
    assert sheet.rows[0].post == "Perawat Ahli Pertama"
    assert sheet.rejected[0].row == 3


def test_a_comma_without_quotation_marks_does_not_shift_cells_unseen() -> None:
    source = as_csv(person(1, NAMA="Siti Aminah", SLKS_TERAKHIR="X")).replace(b"Siti Aminah", b"Siti Aminah, S.Kep.")
    sheet = read(source)
    assert sheet.rows == []
    (rejection,) = sheet.rejected
    assert (rejection.row, rejection.value) == (2, "X")
    assert "lebih banyak sel" in rejection.reason


def test_separators_too_many_at_the_end_of_rows_are_only_form() -> None:
    lines = as_csv(person(1), person(2)).decode().splitlines()
    assert len(read("\n".join([lines[0], lines[1] + ",,", lines[2] + ","]).encode()).rows) == 2


def test_a_quotation_mark_that_never_closes_is_told() -> None:
    source = as_csv(person(1), person(2)).replace(b"Pegawai B", b'"Pegawai B')
    with pytest.raises(UnreadableSheet, match="tidak ditutup"):
        read(source)


def test_a_stray_quotation_mark_is_only_form() -> None:
    source = as_csv(person(1), person(2)).replace(b"Pegawai B", b'"Pegawai" B')
    assert len(read(source).rows) == 2


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "judul kolom"),
        (b"\n\n", "judul kolom"),
        (b"halo dunia\nini bukan tabel\n", "judul kolom yang dikenal"),
        (b"%PDF-1.7 ...", "bukan CSV atau XLSX"),
        (b"\xd0\xcf\x11\xe0old excel", "bukan CSV atau XLSX"),
        (b"PK\x03\x04 nonsense", "XLSX"),
        (b"NIP\x00NAMA", "bukan teks"),
        (b"\xff\xfeN\x00I", "UTF-16"),
        ("NAMA,NIP\nJosé,".encode() + b"\xe9", "dua penyandian"),
        (b"NAMA,NIP\n\x81,1", "Penyandian"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(source: bytes, says: str) -> None:
    with pytest.raises(UnreadableSheet, match=says):
        read(source)


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableSheet, match="20 MB"):
        read(b"x" * (LARGEST_FILE + 1))


def test_a_workbook_is_read_with_its_dates() -> None:
    rows = [person(1, TMT_GOLONGAN=date(2023, 4, 1), TMT_CPNS="1/3/2015"), person(2, TMT_GOLONGAN=45017)]
    sheet = read(workbook(*rows), "pegawai.xlsx")
    assert sheet.rejected == []
    assert [row.grade_since for row in sheet.rows] == [date(2023, 4, 1), date(2023, 4, 1)]
    assert sheet.rows[0].cpns_on == date(2015, 3, 1)


def test_a_nip_kept_as_a_number_is_rejected_since_its_last_digits_are_gone() -> None:
    (rejection,) = read(workbook(person(1, NIP=198802142015032001)), "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column) == (2, "NIP")
    assert "bilangan" in rejection.reason


def test_a_formula_in_a_workbook_is_rejected_though_it_shows_a_value() -> None:
    source = workbook(person(1), person(2, NAMA=('=CONCATENATE("Sri"," Dewi")', "Sri Dewi")))
    (rejection,) = read(source, "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column) == (3, "NAMA")
    assert rejection.value.startswith("=CONCATENATE")
    assert "rumus" in rejection.reason


def test_a_text_that_looks_like_a_formula_is_rejected_in_a_workbook_too() -> None:
    (rejection,) = read(workbook(person(1, NAMA="=HYPERLINK(1)"), strings_to_formulas=False), "pegawai.xlsx").rejected
    assert "rumus" in rejection.reason


PLAIN = workbook(person(1))


def showing(shown: str, kind: str, heading: str) -> bytes:
    """A workbook whose second person has a cell of another kind: an error (e), a truth (b)."""
    source = workbook(person(1), person(2, **{heading: 987_654_321}))
    return changed(
        source,
        rb'<c (r="[A-Z]+3")( s="[0-9]+")?><v>987654321</v>',
        rf'<c \1\2 t="{kind}"><v>{shown}</v>'.encode(),
        within="sheet1",
    )


@pytest.mark.parametrize("heading", ["NIP", "NAMA", "TMT CPNS", "JENIS ASN", "NIP ATASAN LANGSUNG", "SLKS TERAKHIR"])
@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_cell_of_a_workbook_is_rejected_as_it_is_shown(shown: str, heading: str) -> None:
    (rejection,) = read(showing(shown, "e", heading), "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column, rejection.value) == (3, heading, shown)
    assert rejection.reason == "Sel berisi galat rumus. Ganti dengan nilainya."


def test_an_error_that_the_reader_does_not_know_is_named_with_its_cell() -> None:
    with pytest.raises(UnreadableSheet, match="sel C3 berisi galat #SPILL!"):
        read(showing("#SPILL!", "e", "NAMA"), "pegawai.xlsx")


@pytest.mark.parametrize("column", ["C", "W"])
def test_an_error_cell_in_a_row_of_its_own_is_no_blank_row(column: str) -> None:
    source = changed(
        PLAIN, b"</sheetData>", f'<row r="9"><c r="{column}9" t="e"><v>#N/A</v></c></row></sheetData>'.encode()
    )
    rejected = read(source, "pegawai.xlsx").rejected
    assert (9, HEADINGS["CW".index(column) * 20 + 2], "#N/A") in [
        (each.row, each.column, each.value) for each in rejected
    ]


def test_a_formula_that_fails_is_told_as_a_formula() -> None:
    (rejection,) = read(workbook(person(1, NAMA=("=NA()", "#N/A"))), "pegawai.xlsx").rejected
    assert rejection.value == "=NA()"


@pytest.mark.parametrize(("stored", "shown"), [("1", "TRUE"), ("0", "FALSE")])
@pytest.mark.parametrize("heading", ["NAMA", "JABATAN", "UNIT KERJA", "CLTN"])
def test_a_truth_of_a_workbook_is_no_text(heading: str, stored: str, shown: str) -> None:
    (rejection,) = read(showing(stored, "b", heading), "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column, rejection.value) == (3, heading, shown)
    assert "benar atau salah" in rejection.reason


def test_blank_rows_in_a_workbook_count_in_the_numbers() -> None:
    sheet = read(workbook(person(1), {}, {}, person(2, NAMA="")), "pegawai.xlsx")
    assert sheet.rejected[0].row == 5


def test_a_workbook_whose_first_row_is_blank_has_no_headings() -> None:
    with pytest.raises(UnreadableSheet, match="baris pertama"):
        read(workbook(person(1), above=2), "pegawai.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.imports.workbook.LARGEST_UNPACKED", 10_000)
    with pytest.raises(UnreadableSheet, match="terlalu besar"):
        read(workbook(*(person(number) for number in range(1, 50))), "pegawai.xlsx")


def test_a_small_file_that_unpacks_to_far_more_than_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = workbook(*(person(number) for number in range(1, 50)))
    monkeypatch.setattr("workflow.imports.workbook.SMALL_UNPACKED", 100_000)
    assert len(read(source, "pegawai.xlsx").rows) == 49
    packed = io.BytesIO(source)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/banyak.xml", b" " * 10_000_000)
    with pytest.raises(UnreadableSheet, match="terlalu besar"):
        read(packed.getvalue(), "pegawai.xlsx")


def changed(source: bytes, pattern: bytes, replacement: bytes, *, within: str = "") -> bytes:
    """The workbook with its XML rewritten."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, re.sub(pattern, replacement, content) if within in name else content)
    return target.getvalue()


def with_flags(source: bytes, *, flags: int = 0, method: int = 0) -> bytes:
    """The workbook with every part marked as encrypted (1), or as compressed in another way, in both places that say so."""
    marked = bytearray(source)
    for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(start), source):
            marked[found.start() + at] |= flags
            if method:
                marked[found.start() + at + 2] = method
    return bytes(marked)


@pytest.mark.parametrize(
    "source",
    [
        with_flags(PLAIN, flags=1),
        with_flags(PLAIN, method=99),
        with_flags(PLAIN, method=zipfile.ZIP_BZIP2),
        with_flags(PLAIN, method=zipfile.ZIP_LZMA),
        changed(PLAIN, b'encoding="UTF-8"', b'encoding="klingon"'),
        changed(PLAIN, b'encoding="UTF-8"', b'encoding="shift_jis"'),
        changed(PLAIN, b'<row r="1"', b'<row r="' + b"9" * 4400 + b'"', within="sheet1"),
    ],
    ids=["encrypted", "method 99", "bzip2", "lzma", "no encoding", "multi-byte", "row number"],
)
def test_a_workbook_that_is_broken_in_whatever_way_is_told_so(source: bytes) -> None:
    with pytest.raises(UnreadableSheet, match="bukan XLSX yang utuh"):
        read(source, "pegawai.xlsx")


def test_progress_is_told_up_to_the_last_row() -> None:
    heard: list[tuple[int, int]] = []
    source = as_csv(*(person(number) for number in range(1, 251)))
    read_staff(source, "pegawai.csv", on=ON, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(100, 250), (200, 250), (250, 250)]


def test_what_a_report_shows_of_a_cell_is_one_short_line() -> None:
    (rejection,) = read(as_csv(person(1, NIP="\x1b[31m" + "9" * 500))).rejected
    assert len(rejection.value) <= 120
    assert rejection.value.isprintable()
    assert nip(1) not in rejection.value


def astray(reference: str) -> bytes:
    """A workbook of one row, with a cell filled far from it."""
    source = io.BytesIO()
    with xlsxwriter.Workbook(source, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write(reference, "tersesat")
    return source.getvalue()


@pytest.mark.parametrize("reference", ["AAA3", "IW2", "A200001", "XFD1048576", "IV60000", "Z199999"])
def test_a_cell_astray_is_named_before_room_is_made_for_all_up_to_it(reference: str) -> None:
    source = astray(reference)
    tracemalloc.start()
    with pytest.raises(UnreadableSheet, match=rf"sel {reference} terisi jauh di luar tabel"):
        read(source, "pegawai.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


def test_a_cell_astray_not_far_below_is_an_ordinary_wrong_row() -> None:
    rejected = read(astray("C900"), "pegawai.xlsx").rejected
    assert {each.row for each in rejected} == {900}


FORMULA = workbook(person(1), person(2, NAMA=("=A1", "Sri Dewi")))


@pytest.mark.parametrize(
    "source",
    [
        changed(FORMULA, rb"(</f>)<v>.*?</v>", rb"\1", within="sheet1"),
        changed(FORMULA, rb'(<row) r="[0-9]+"', rb"\1", within="sheet1"),
        changed(
            FORMULA, rb"schemas.openxmlformats.org/spreadsheetml/2006/main", rb"purl.oclc.org/ooxml/spreadsheetml/main"
        ),
    ],
    ids=["its result is not stored", "rows are not numbered", "strict"],
)
def test_a_formula_is_found_however_the_workbook_was_written(source: bytes) -> None:
    (rejection,) = read(source, "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column, rejection.value) == (3, "NAMA", "=A1")


def test_a_formula_whose_result_is_not_stored_is_found_beyond_the_last_value() -> None:
    row = person(1, SLKS_TERAKHIR=("=A1", "X"))
    (rejection,) = read(changed(workbook(row), rb"(</f>)<v>.*?</v>", rb"\1", within="sheet1"), "pegawai.xlsx").rejected
    assert (rejection.row, rejection.column) == (2, "SLKS TERAKHIR")


@pytest.mark.parametrize(
    "heading", ["NIP", "NAMA", "GOLONGAN", "TMT CPNS", "EMAIL", "NIP ATASAN LANGSUNG", "JENIS KELAMIN"]
)
def test_a_cell_of_200_kb_is_a_wrong_cell_and_no_more(heading: str) -> None:
    sheet = read(as_csv(person(1), person(2, **{heading: "A1" * 100_000}), person(3)))
    (rejection,) = sheet.rejected
    assert (rejection.row, rejection.column) == (3, heading)
    assert rejection.reason == "Terlalu panjang: 200000 huruf, paling banyak 4096."
    assert len(rejection.value) <= 120
    assert [row.number for row in sheet.rows] == [2, 4]


def test_a_long_cell_of_a_column_that_is_ignored_does_no_harm() -> None:
    sheet = read(as_csv({**person(1), "Catatan": "A" * 200_000, "B" * 200_000: "x"}))
    assert len(sheet.rows) == 1
    assert sheet.ignored[0] == "Catatan"
    assert len(sheet.ignored[1]) <= 120


@pytest.mark.parametrize("stray", ["Pegawai B", '"Pegawai" B'])
def test_a_quotation_mark_that_never_closes_is_told_with_its_row(stray: str) -> None:
    source = as_csv(person(1), person(2), person(3), person(4)).replace(b"Pegawai B", stray.encode())
    with pytest.raises(UnreadableSheet, match="tidak ditutup, pada baris 4"):
        read(source.replace(b"Pegawai D", b'"Pegawai D'))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_titles_above_the_headings_are_told_with_the_row_of_the_headings(separator: str) -> None:
    source = f"DATA PEGAWAI{separator * 3}\r\n\r\n".encode() + as_csv(person(1), separator=separator)
    with pytest.raises(UnreadableSheet, match=r"judul kolom baru ada pada baris 3\. Hapus 2 baris di atasnya"):
        read(source)


def test_titles_above_the_headings_of_a_workbook_are_told_too() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.merge_range("A1:H1", "DAFTAR PEGAWAI")
        sheet.write_row(3, 0, HEADINGS)
    with pytest.raises(UnreadableSheet, match="judul kolom baru ada pada baris 4"):
        read(file.getvalue(), "pegawai.xlsx")


def test_a_hidden_sheet_in_front_is_not_what_is_read() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        hidden, shown = made.add_worksheet("Rahasia"), made.add_worksheet("Pegawai")
        hidden.write(0, 0, "bukan ini")
        shown.write_row(0, 0, HEADINGS)
        shown.write_row(1, 0, [person(1).get(heading, "") for heading in HEADINGS])
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert [row.nip for row in read(file.getvalue(), "pegawai.xlsx").rows] == [nip(1)]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_lines_end_as_they_like(line_end: str) -> None:
    text = as_csv(person(1), person(2)).decode().replace("\r\n", line_end)
    assert len(read(f"{text}{line_end}{',' * 23}{line_end}{line_end}".encode()).rows) == 2


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u00a0", " \t"])
def test_invisible_marks_in_a_heading_are_only_form(mark: str) -> None:
    source = (mark + as_csv(person(1)).decode().replace("NAMA", f"Nama{mark}")).encode("utf-8-sig")
    assert len(read(source).rows) == 1
