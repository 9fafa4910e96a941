"""What SIASN and SIMPEG answer: each row recorded or refused with its reason; what does not fit is named by line."""

from __future__ import annotations

import io

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select

from tests.outward import answered, completed, result, sent
from tests.world import World
from workflow.imports import UnreadableSheet
from workflow.outward import standing
from workflow.tables import outward_records, people


@pytest.fixture
def office(world: World) -> World:
    """Two nurses whose internships went out with the first batch, on either database."""
    return with_two_sent(world)


@pytest.fixture
def small_office(one_world: World) -> World:
    """The same on SQLite, where the database makes no difference."""
    return with_two_sent(one_world)


def with_two_sent(world: World) -> World:
    completed(world)
    completed(world, "second_nurse")
    assert len(sent(world).rows) == 2
    return world


def stands(world: World) -> list[tuple[int, str, str | None]]:
    columns = (outward_records.c.row_number, outward_records.c.status, outward_records.c.reason)
    rows = world.all(select(*columns).order_by(outward_records.c.batch_id, outward_records.c.row_number))
    return [(row.row_number, row.status, row.reason) for row in rows]


BOTH = result("SIASN-2026-0001-1;;Tercatat;", "SIASN-2026-0001-2;;DITOLAK;Nomor sertifikat ganda")


def test_each_row_becomes_recorded_or_refused_with_its_reason(office: World) -> None:
    read = answered(office, BOTH)
    assert (read.rows, read.recorded, read.refused, read.rejected) == (2, 1, 1, ())
    assert stands(office) == [(1, "recorded", None), (2, "refused", "Nomor sertifikat ganda")]
    assert [each.reason for each in office.database.read(standing).open] == ["Nomor sertifikat ganda"]


def test_the_same_file_read_twice_changes_nothing(office: World) -> None:
    answered(office, BOTH)
    before = office.all(select(outward_records))
    read = answered(office, BOTH)
    assert (read.recorded, read.refused, read.unchanged, read.rejected) == (0, 0, 2, ())
    assert office.all(select(outward_records)) == before


def test_a_row_that_was_never_sent_is_named_by_its_line(office: World) -> None:
    read = answered(office, result("SIASN-2026-0001-3;;tercatat;", "SIASN-2026-0009-1;;tercatat;"))
    assert [(each.row, each.column) for each in read.rejected] == [(2, "NOMOR REFERENSI"), (3, "NOMOR REFERENSI")]
    assert "tidak pernah dikirim" in read.rejected[0].reason
    assert "tidak dikenal" in read.rejected[1].reason
    assert [status for _, status, _ in stands(office)] == ["sent", "sent"]


def test_sound_rows_count_although_another_is_left_out(small_office: World) -> None:
    read = answered(small_office, result("SIASN-2026-0001-1;;tercatat;", "bukan nomor;;tercatat;"))
    assert (read.recorded, [each.row for each in read.rejected]) == (1, [3])
    assert "SIASN-2026-0001-7" in read.rejected[0].reason


def test_the_same_line_twice_counts_once(small_office: World) -> None:
    read = answered(small_office, result("SIASN-2026-0001-1;;tercatat;", "SIASN-2026-0001-1;;tercatat;"))
    assert (read.recorded, read.rejected) == (1, ())
    assert read.remarks == ("Baris 3 mengulang baris 2 dan dihitung sekali.",)


def test_lines_that_contradict_each_other_count_not_at_all(small_office: World) -> None:
    read = answered(small_office, result("SIASN-2026-0001-1;;tercatat;", "SIASN-2026-0001-1;;ditolak;Ganda"))
    assert [(each.row, "Bertentangan" in each.reason) for each in read.rejected] == [(2, True), (3, True)]
    assert stands(small_office)[0] == (1, "sent", None)


def test_an_answer_that_contradicts_an_earlier_one_needs_to_be_meant(office: World) -> None:
    answered(office, BOTH)
    other = result("SIASN-2026-0001-2;;tercatat;")
    read = answered(office, other)
    assert "ditolak: Nomor sertifikat ganda" in read.rejected[0].reason
    assert "--correct" in read.rejected[0].reason
    assert stands(office)[1][1] == "refused"
    assert answered(office, other, correct=True).recorded == 1
    assert stands(office)[1] == (2, "recorded", None)


def test_a_row_that_names_another_nip_is_left_out(small_office: World) -> None:
    (nurse,) = small_office.all(select(people.c.nip).where(people.c.id == small_office.ids["nurse"]))
    (second,) = small_office.all(select(people.c.nip).where(people.c.id == small_office.ids["second_nurse"]))
    first, other = sorted((nurse.nip, second.nip))
    read = answered(
        small_office, result(f"SIASN-2026-0001-1;{other};tercatat;", f"SIASN-2026-0001-2;'{other};tercatat;")
    )
    assert [(each.row, each.column) for each in read.rejected] == [(2, "NIP")]
    assert first in read.rejected[0].reason
    assert read.recorded == 1


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (";;tercatat;", "NOMOR REFERENSI", "Wajib diisi"),
        ("SIASN-2026-0001-1;;;", "STATUS", "Wajib diisi"),
        ("SIASN-2026-0001-1;;mungkin;", "STATUS", "tidak dikenal"),
        ("SIASN-2026-0001-1;;ditolak;", "KETERANGAN", "harus menyebut alasannya"),
        ("SIASN-2026-0001-1;1,98501E+17;tercatat;", "NIP", "bilangan ilmiah"),
        ("SIASN-2026-0001-1;;ditolak;=HYPERLINK(1)", "KETERANGAN", "rumus"),
        ("SIASN-2026-0001-1;;tercatat;;berlebih", "", "lebih banyak sel"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_column(
    row: str, column: str, says: str, small_office: World
) -> None:
    read = answered(small_office, result(row))
    assert [(each.row, each.column) for each in read.rejected] == [(2, column)]
    assert says in read.rejected[0].reason
    assert stands(small_office)[0][1] == "sent"


def test_a_file_without_the_columns_is_refused_as_a_whole(small_office: World) -> None:
    read = answered(small_office, "NOMOR REFERENSI;STATUS\nSIASN-2026-0001-1;tercatat\n")
    assert [(each.row, each.column) for each in read.rejected] == [(1, "KETERANGAN")]
    with pytest.raises(UnreadableSheet):
        answered(small_office, "apa;saja\n1;2\n")
    with pytest.raises(UnreadableSheet):
        answered(small_office, b"%PDF-1.7")
    assert [status for _, status, _ in stands(small_office)] == ["sent", "sent"]


def test_a_workbook_is_read_as_well(small_office: World) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Status", "Keterangan", "Nomor  Referensi", "Lain"))
        sheet.write_row(1, 0, ("SUKSES", "", "siasn-2026-0001-2", "x"))
    read = answered(small_office, made.getvalue())
    assert (read.recorded, read.ignored_headings) == (1, ("Lain",))
    assert stands(small_office)[1][1] == "recorded"


def test_a_layout_may_match_by_batch_and_row(one_world: World) -> None:
    completed(one_world)
    sent(one_world, "simpeg")
    text = "KIRIMAN,BARIS,NIP,HASIL,ALASAN\nSIMPEG-2026-0001,{},,{},{}\n"
    assert "bilangan" not in answered(one_world, text.format("x", "ok", ""), "simpeg").rejected[0].reason
    assert answered(one_world, text.format("0", "ok", ""), "simpeg").rejected[0].column == "BARIS"
    assert answered(one_world, text.format("1", "tolak", "Berkas rusak"), "simpeg").refused == 1
    assert stands(one_world) == [(1, "refused", "Berkas rusak")]


def test_the_batch_of_another_system_is_not_answered(one_world: World) -> None:
    completed(one_world)
    sent(one_world, "simpeg")
    read = answered(one_world, result("SIMPEG-2026-0001-1;;tercatat;"))
    assert "--layout untuk sistem simpeg" in read.rejected[0].reason
    assert stands(one_world)[0][1] == "sent"


def test_a_late_answer_to_an_earlier_attempt_still_counts(office: World) -> None:
    again = sent(office, again=True)
    assert (again.id, len(again.rows)) == ("SIASN-2026-0002", 2)
    (first, second) = office.database.read(standing).batches
    assert (first.repeated, first.waiting, second.waiting) == (2, 0, 2)
    assert answered(office, BOTH).recorded == 1
    later = sent(office)
    assert [(each.batch, each.row) for each in later.waiting] == [("SIASN-2026-0002", 2)]
