"""What a cell of an export may look like and still be read, and what is rejected with which reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports import HEADINGS, ON, as_csv, nip, person, post, under
from workflow.imports import UnreadableSheet
from workflow.imports.staff import StaffRow, StaffSheet, read_staff

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


def read(*rows: dict[str, Any], **options: Any) -> StaffSheet:
    return read_staff(as_csv(*rows, **options), "pegawai.csv", on=ON)


def only(row: dict[str, Any]) -> StaffRow:
    sheet = read(row)
    assert sheet.rejected == []
    return sheet.rows[0]


def reason(row: dict[str, Any], column: str) -> str:
    """Why the one row is rejected, and that it is for this column alone."""
    sheet = read(row)
    assert sheet.rows == []
    (rejection,) = sheet.rejected
    assert (rejection.row, rejection.column) == (2, column)
    return rejection.reason


@pytest.mark.parametrize(
    "written",
    [
        "'198802142015032001",
        "19880214 201503 2 001",
        " 198802142015032001 ",
        "\u00a0198802142015032001\u200b",
        "’19880214 201503 2 001",
        "19880214.201503.2.001",
    ],
)
def test_a_nip_is_read_whatever_its_form(written: str) -> None:
    assert only(person(1, NIP=written)).nip == nip(1)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1.97E+17", "bilangan"),
        ("1,97201E+17", "bilangan"),
        ("198802142015032001.0", "bilangan"),
        ("19880214201503200", "18 angka"),
        ("1988021420150320011", "18 angka"),
        ("198802302015032001", "tanggal lahir"),
        ("198802142015132001", "ke-13"),
        ("198802142015034001", "jenis kelamin"),
        ("201502142015032001", "berumur"),
        ("198802142027032001", "sesudah"),
        ("19880214201503200O", "hanya boleh berisi angka"),
        ("", "Wajib"),
        ("-", "Wajib"),
    ],
)
def test_a_nip_that_cannot_be_is_rejected(written: str, says: str) -> None:
    assert says.casefold() in reason(person(1, NIP=written), "NIP").casefold()


def test_a_nip_twice_names_both_rows() -> None:
    sheet = read(person(1), person(2), person(1, NIP="19880214 201503 2 001"))
    assert [row.nip for row in sheet.rows] == [nip(2)]
    assert [(each.row, each.column) for each in sheet.rejected] == [(2, "NIP"), (4, "NIP")]
    assert "baris 4" in sheet.rejected[0].reason
    assert "baris 2" in sheet.rejected[1].reason


@pytest.mark.parametrize(
    ("written", "meant"),
    [("iii/B", "III/b"), (" III / b ", "III/b"), ("Penata Muda Tingkat I (III/b)", "III/b"), ("", None), ("-", None)],
)
def test_a_rank_is_read_whatever_its_form(written: str, meant: str | None) -> None:
    assert only(person(1, GOLONGAN=written)).grade == meant


def test_a_rank_that_does_not_exist_is_rejected() -> None:
    assert "V/a" in reason(person(1, GOLONGAN="V/a"), "GOLONGAN")


def test_a_rank_of_the_other_kind_of_staff_is_rejected() -> None:
    assert "PPPK" in reason(person(1, GOLONGAN="IX"), "GOLONGAN")


def test_the_kind_of_staff_follows_from_the_nip_where_the_column_is_blank() -> None:
    row = only(person(1, NIP="198802142022212001", JENIS_ASN="", GOLONGAN="ix"))
    assert (row.asn_kind, row.grade) == ("PPPK", "IX")


@pytest.mark.parametrize("written", ["Honorer", "Honorer Paruh Waktu"])
def test_a_kind_of_staff_that_does_not_exist_is_quoted_as_it_was_written(written: str) -> None:
    assert f"'{written}'" in reason(person(1, JENIS_ASN=written), "JENIS ASN")


@pytest.mark.parametrize("written", ["PPPK Paruh Waktu", "pppk  paruh waktu", "P3K"])
def test_a_kind_of_staff_is_read_whatever_its_form(written: str) -> None:
    assert only(person(1, NIP="198802142022212001", JENIS_ASN=written, GOLONGAN="IX")).asn_kind == "PPPK"


@pytest.mark.parametrize("written", ["01-04-2015", "01-03-2091", "01-03-2014"])
def test_an_appointment_that_the_nip_contradicts_is_rejected(written: str) -> None:
    assert "Maret 2015" in reason(person(1, TMT_CPNS=written), "TMT CPNS")


def test_an_appointment_in_the_month_of_the_nip_is_accepted() -> None:
    assert only(person(1, TMT_CPNS="16-03-2015")).cpns_on == date(2015, 3, 16)


def test_the_nip_of_pppk_tells_no_month_that_an_appointment_could_contradict() -> None:
    row = person(1, NIP="198802142022212001", JENIS_ASN="PPPK", GOLONGAN="IX", TMT_CPNS="01-04-2022")
    assert only(row).cpns_on == date(2022, 4, 1)


def test_a_kind_of_staff_that_the_nip_contradicts_is_rejected() -> None:
    assert "PNS" in reason(person(1, JENIS_ASN="PPPK", GOLONGAN=""), "JENIS ASN")


@pytest.mark.parametrize(
    "written",
    [
        "01-04-2023",
        "1/4/2023",
        "2023-04-01",
        "2023-04-01 00:00:00",
        "1.4.2023",
        "1 April 2023",
        "2023/04/01",
        "01/04/2023",
    ],
)
def test_a_date_is_read_whatever_its_form(written: str) -> None:
    assert only(person(1, TMT_GOLONGAN=written)).grade_since == date(2023, 4, 1)


@pytest.mark.parametrize(
    "written", ["31-02-2023", "2023-13-01", "1-4-23", "April 2023", "00-00-0000", "kemarin", "1/4/1023"]
)
def test_a_date_that_cannot_be_is_rejected(written: str) -> None:
    assert reason(person(1, TMT_GOLONGAN=written), "TMT GOLONGAN")


@pytest.mark.parametrize("heading", ["NAMA", "KODE UNIT KERJA", "UNIT KERJA"])
@pytest.mark.parametrize("blank", ["", "  ", "-", "\u200b"])
def test_a_name_and_a_unit_must_be_there(heading: str, blank: str) -> None:
    assert reason({**person(1), heading: blank}, heading) == "Wajib diisi."


def test_a_name_without_letters_is_rejected() -> None:
    assert "huruf" in reason(person(1, NAMA="12345"), "NAMA")


@pytest.mark.parametrize(
    "name", ["D'Costa", "Ni'matul Khairiyah", "'Aisyah Rahma", "Anak Agung Gde-Putra", "Müller Ñ", "M. Y."]
)
def test_marks_that_belong_to_a_name_stay(name: str) -> None:
    assert only(person(1, NAMA=name)).name == name


def test_needless_blanks_and_invisible_marks_go() -> None:
    assert only(person(1, NAMA="  Sri \u202eLestari\t\u00a0Dewi\n")).name == "Sri Lestari Dewi"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1:A2)",
        "'=1+1",
        " =A1",
        "\t=A1",
        "\uff1dA1",
        "#REF!",
        "#N/A",
        '="Sri"',
    ],
)
def test_a_formula_is_rejected(cell: str) -> None:
    assert "rumus" in reason(person(1, NAMA=cell), "NAMA")


@pytest.mark.parametrize(
    "cell", ["<b>Sri</b>", "Sri <script>alert(1)</script>", "<!-- Sri -->", "< img src=x>", "</td>Sri"]
)
def test_markup_is_rejected(cell: str) -> None:
    assert "markup" in reason(person(1, JABATAN=cell), "JABATAN")


@pytest.mark.parametrize(("cell", "says"), [("@SUM(1)", "rumus"), ("Kepala < Seksi", "kode"), ("K" * 201, "panjang")])
def test_a_structural_post_that_is_wrong_is_not_called_missing_too(cell: str, says: str) -> None:
    assert says in reason(post(1, cell), "JABATAN")


def test_a_comparison_is_no_markup() -> None:
    assert only(person(1, JABATAN="Perawat (masa kerja < 5 tahun)")).post == "Perawat (masa kerja < 5 tahun)"


@pytest.mark.parametrize(
    "address",
    ["siti", "siti@", "@contoh.example", "siti@contoh", "si ti@contoh.example", "a@b@c.example", "a..b@c.example"],
)
def test_an_address_that_is_none_is_rejected(address: str) -> None:
    assert reason(person(1, EMAIL=address), "EMAIL")


def test_an_address_is_kept_in_lower_case() -> None:
    assert only(person(1, EMAIL=" Siti.A@Contoh.EXAMPLE ")).email == "siti.a@contoh.example"


@pytest.mark.parametrize("heading", ["PREDIKAT KINERJA 2023", "predikat kinerja 2025"])
def test_a_predicate_of_any_year_is_read(heading: str) -> None:
    row = only({**person(1), heading: " sangat BAIK "})
    assert row.predicates == ((int(heading[-4:]), "Sangat Baik"),)


def test_a_predicate_that_does_not_exist_is_rejected() -> None:
    assert "Cukup" in reason({**person(1), "PREDIKAT KINERJA 2025": "Cukup"}, "PREDIKAT KINERJA 2025")


def test_a_sanction_without_dates_is_kept_without_dates() -> None:
    sanction = only(person(1, HUKUMAN_DISIPLIN="berat")).sanction
    assert sanction is not None
    assert (sanction.level, sanction.from_on, sanction.until_on) == ("berat", None, None)


def test_a_blank_sanction_is_not_known_and_tidak_ada_is() -> None:
    assert only(person(1, HUKUMAN_DISIPLIN="")).sanction is None
    told = only(person(1, HUKUMAN_DISIPLIN="Tidak ada")).sanction
    assert told is not None
    assert told.level is None


def test_a_sanction_that_ends_before_it_begins_is_rejected() -> None:
    dated = {"TMT_HUKUMAN_DISIPLIN": "01-02-2025", "AKHIR_HUKUMAN_DISIPLIN": "01-02-2024"}
    assert reason(person(1, HUKUMAN_DISIPLIN="Sedang", **dated), "AKHIR HUKUMAN DISIPLIN")


def test_dates_of_a_sanction_without_its_level_are_rejected() -> None:
    assert reason(person(1, TMT_HUKUMAN_DISIPLIN="01-02-2025"), "HUKUMAN DISIPLIN")


@pytest.mark.parametrize(
    ("written", "meant"), [("II.b", "II.b"), ("iia", "II.a"), ("III/A", "III.a"), ("Non Eselon", None)]
)
def test_an_echelon_is_read_whatever_its_form(written: str, meant: str | None) -> None:
    assert only(post(1, "Direktur", ESELON=written)).echelon == meant


def test_a_structural_post_needs_its_name() -> None:
    assert reason(post(1, ""), "JABATAN")


def test_a_closed_list_names_what_it_knows() -> None:
    assert "Tidak, Pernah" in reason(person(1, CLTN="mungkin"), "CLTN")
    assert "L, P" in reason(person(1, JENIS_KELAMIN="X"), "JENIS KELAMIN")


def test_a_status_that_no_rule_knows_is_kept_and_remarked() -> None:
    sheet = read(person(1, STATUS_KEPEGAWAIAN="Dititipkan"), person(2, STATUS_KEPEGAWAIAN=" AKTIF "))
    assert [row.status for row in sheet.rows] == ["Dititipkan", "Aktif"]
    assert len(sheet.remarks) == 1
    assert "Dititipkan" in sheet.remarks[0]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    sheet = read(person(1, NIP="1", GOLONGAN="IX/z", EMAIL="tidak ada", TMT_CPNS="31-02-2020", NAMA=""))
    assert {each.column for each in sheet.rejected} == {"NIP", "GOLONGAN", "EMAIL", "TMT CPNS", "NAMA"}
    assert {each.value for each in sheet.rejected} == {"1", "IX/z", "tidak ada", "31-02-2020", ""}


@pytest.mark.parametrize(
    ("heading", "longest"),
    [
        ("NAMA", 200),
        ("GELAR DEPAN", 50),
        ("GELAR BELAKANG", 100),
        ("JABATAN", 200),
        ("KODE UNIT KERJA", 64),
        ("UNIT KERJA", 200),
        ("SUBUNIT", 190),
        ("STATUS KEPEGAWAIAN", 40),
    ],
)
def test_a_text_too_long_for_the_register_is_rejected(heading: str, longest: int) -> None:
    assert only({**person(1), heading: "a" * longest}).number == 2
    for letters in (longest + 1, 4000):
        assert f"paling banyak {longest}" in reason({**person(1), heading: "a" * letters}, heading)


def test_nobody_is_their_own_superior() -> None:
    assert "dirinya" in reason(under(1, 1), "NIP ATASAN LANGSUNG")


@given(st.dictionaries(st.sampled_from([*HEADINGS, "PREDIKAT KINERJA 2025"]), ANY_TEXT))
def test_whatever_stands_in_a_row_it_is_read_or_rejected_with_a_reason(cells: dict[str, str]) -> None:
    sheet = read({**person(1), **cells})
    if sheet.total:
        assert bool(sheet.rows) is not bool(sheet.rejected)
    assert all(each.reason[0].isupper() and each.reason.endswith(".") for each in sheet.rejected)


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_read_or_refused(source: bytes) -> None:
    with suppress(UnreadableSheet):
        read_staff(source, "pegawai.csv", on=ON)


def test_the_superior_may_be_written_in_any_form_too() -> None:
    sheet = read(post(1, "Direktur"), person(2, NIP_ATASAN_LANGSUNG="'19880214 201503 2 001"))
    assert sheet.rows[1].superior_nip == nip(1)
