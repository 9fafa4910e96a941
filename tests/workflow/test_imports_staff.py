"""Importing staff: nothing half written, nothing forgotten, and importing again brings the database up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.exports import AT, HEADINGS, ON, SAMPLE, as_csv, connection, nip, person, post, under
from workflow.imports import ImportReport, import_staff
from workflow.people import leave, rejoin
from workflow.tables import people, performances, positions, sanctions


@pytest.fixture
def conn() -> Iterator[Connection]:
    with connection() as conn:
        yield conn


def load(conn: Connection, *rows: dict[str, Any], on: date = ON, **options: Any) -> ImportReport:
    headings = options.pop("headings", HEADINGS)
    return import_staff(conn, as_csv(*rows, headings=headings), "pegawai.csv", at=AT, on=on, **options)


def known(conn: Connection, number: int) -> Any:
    return conn.execute(select(people).where(people.c.nip == nip(number))).one()


def count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(people)).scalar_one())


def test_the_sample_is_imported_without_rejection_or_remark(database_url: str) -> None:
    with connection(database_url) as conn:
        source = (SAMPLE / "pegawai.csv").read_bytes()
        report = import_staff(conn, source, "pegawai.csv", at=AT, on=ON)
        assert (report.rows, report.accepted, report.new, report.rejected, report.remarks) == (77, 77, 77, (), ())
        again = import_staff(conn, source, "pegawai.csv", at=AT, on=ON)
        assert (again.accepted, again.new, again.changed, again.missing) == (77, 0, 0, ())


def test_an_update_of_everything_reaches_both_databases(database_url: str) -> None:
    with connection(database_url) as conn:
        before = [post(1, "Direktur", HUKUMAN_DISIPLIN="Sedang"), under(2, 1), under(3, 1)]
        load(conn, *[{**row, "PREDIKAT KINERJA 2025": "Baik"} for row in before])
        after = [under(1, 3, HUKUMAN_DISIPLIN="Tidak ada"), post(3, "Direktur"), under(4, 3)]
        report = load(conn, *[{**row, "PREDIKAT KINERJA 2025": "Sangat Baik"} for row in after])
        assert (report.new, report.changed, [each.key for each in report.missing]) == (1, 2, [nip(2)])
        assert conn.execute(select(func.count()).select_from(sanctions)).scalar_one() == 0
        assert known(conn, 2).missing_since == ON


def test_posts_of_one_long_name_reach_both_databases(database_url: str) -> None:
    with connection(database_url) as conn:
        long: dict[str, Any] = {
            "SUBUNIT": "S" * 190,
            "NAMA": "N" * 200,
            "GELAR DEPAN": "G" * 50,
            "UNIT KERJA": "U" * 200,
        }
        rows = [post(number, "J" * 200, **long) for number in (1, 2, 3)]
        assert load(conn, *rows).written
        held = conn.execute(select(positions.c.subunit).order_by(positions.c.subunit)).scalars().all()
        assert held == [f"{'S' * 190}{each}" for each in ("", " #2", " #3")]


def test_nothing_is_written_when_a_row_is_rejected(conn: Connection) -> None:
    report = load(conn, person(1), person(2, GOLONGAN="V/z"))
    assert (report.rows, report.accepted, report.written, count(conn)) == (2, 1, False, 0)


def test_sound_rows_are_written_when_rejected_ones_are_skipped(conn: Connection) -> None:
    report = load(conn, person(1), person(2, GOLONGAN="V/z"), skip_rejected=True)
    assert (report.accepted, report.written, count(conn)) == (1, True, 1)


def test_a_dry_run_tells_everything_and_writes_nothing(conn: Connection) -> None:
    report = load(conn, person(1), person(2), dry_run=True)
    assert (report.rows, report.accepted, report.new, report.written, count(conn)) == (2, 2, 2, False, 0)


def test_the_answer_for_machines_has_the_agreed_shape(conn: Connection) -> None:
    assert load(conn, person(1), person(2, EMAIL="tidak ada")).for_machines() == {
        "rows": 2,
        "accepted": 1,
        "rejected": [
            {
                "row": 3,
                "column": "EMAIL",
                "value": "tidak ada",
                "reason": "Bukan alamat surel yang sah; contoh: nama@kabupaten.example.",
            }
        ],
    }


def test_the_same_nip_stays_the_same_person(conn: Connection) -> None:
    load(conn, person(1))
    before = known(conn, 1).id
    report = load(conn, person(1, NAMA="Nama Baru"))
    assert (report.new, report.changed, known(conn, 1).id, known(conn, 1).name) == (0, 1, before, "Nama Baru")


def test_a_blank_or_absent_column_never_overwrites_what_is_known(conn: Connection) -> None:
    full = {
        "TMT_GOLONGAN": "01-04-2023", "SUBUNIT": "Bidang Keperawatan", "STATUS_KEPEGAWAIAN": "Aktif", "CLTN": "Tidak",
        "AKHIR_KONTRAK": "31-12-2028", "SLKS_TERAKHIR": "X", "GELAR_BELAKANG": "S.Kep.", "HUKUMAN_DISIPLIN": "Ringan",
        "TMT_HUKUMAN_DISIPLIN": "01-02-2025", "AKHIR_HUKUMAN_DISIPLIN": "01-08-2025",
    }  # fmt: skip
    load(conn, {**person(1, **full), "PREDIKAT KINERJA 2025": "Baik"})
    before = known(conn, 1)
    blank = {**person(1), "EMAIL": "", "GOLONGAN": "", "JENIS KELAMIN": "", "JENIS JABATAN": "", "JABATAN": ""}
    assert load(conn, {**blank, "PREDIKAT KINERJA 2025": ""}).changed == 0
    assert load(conn, blank, headings=HEADINGS[:17]).changed == 0
    assert known(conn, 1) == before
    assert conn.execute(select(performances.c.predicate)).scalars().all() == ["Baik"]
    assert conn.execute(select(sanctions.c.until_on)).scalars().all() == [date(2025, 8, 1)]


def test_what_was_blank_stays_not_known(conn: Connection) -> None:
    load(conn, person(1, EMAIL="", GOLONGAN=""))
    row = known(conn, 1)
    assert (row.status, row.unpaid_leave, row.email, row.grade, row.subunit, row.contract_ends_on) == (None,) * 6


def test_a_new_post_forgets_what_was_told_of_the_old_one(conn: Connection) -> None:
    boss = post(9, "Direktur")
    load(conn, boss, post(1, "Kepala Bidang", 9, SUBUNIT="Bidang Medik", ESELON="III.b"))
    load(conn, boss, person(1, JABATAN="Dokter Ahli Madya"))
    row = known(conn, 1)
    assert (row.subunit, row.echelon, row.superior_position_id) == (None, None, None)


def test_a_sanction_without_dates_gets_them_later_and_does_not_double(conn: Connection) -> None:
    load(conn, person(1, HUKUMAN_DISIPLIN="Berat"))
    report = load(conn, person(1, HUKUMAN_DISIPLIN="Berat", TMT_HUKUMAN_DISIPLIN="01-02-2026"))
    assert report.changed == 1
    assert conn.execute(select(sanctions.c.level, sanctions.c.from_on, sanctions.c.until_on)).all() == [
        ("berat", date(2026, 2, 1), None)
    ]


def test_another_sanction_follows_the_one_before(conn: Connection) -> None:
    load(
        conn,
        person(1, HUKUMAN_DISIPLIN="Ringan", TMT_HUKUMAN_DISIPLIN="01-02-2024", AKHIR_HUKUMAN_DISIPLIN="01-08-2024"),
    )
    load(conn, person(1, HUKUMAN_DISIPLIN="Sedang"))
    levels = conn.execute(select(sanctions.c.level).order_by(sanctions.c.from_on)).scalars().all()
    assert sorted(levels) == ["ringan", "sedang"]


def test_tidak_ada_ends_what_had_no_end_and_keeps_what_is_history(conn: Connection) -> None:
    load(
        conn,
        person(1, HUKUMAN_DISIPLIN="Ringan", TMT_HUKUMAN_DISIPLIN="01-02-2024", AKHIR_HUKUMAN_DISIPLIN="01-08-2024"),
    )
    load(conn, person(1, HUKUMAN_DISIPLIN="Sedang"))
    load(conn, person(1, HUKUMAN_DISIPLIN="Tidak ada"))
    assert conn.execute(select(sanctions.c.level)).scalars().all() == ["ringan"]


def test_who_is_missing_is_told_and_comes_back(conn: Connection) -> None:
    load(conn, person(1), person(2))
    report = load(conn, person(1), on=date(2026, 4, 1))
    assert [(each.key, each.name) for each in report.missing] == [(nip(2), "Pegawai C")]
    assert known(conn, 2).missing_since == date(2026, 4, 1)
    load(conn, person(1), on=date(2026, 5, 1))
    assert known(conn, 2).missing_since == date(2026, 4, 1)
    assert load(conn, person(1), person(2), on=date(2026, 6, 1)).missing == ()
    assert known(conn, 2).missing_since is None


def test_who_stands_in_a_rejected_row_is_not_missing(conn: Connection) -> None:
    load(conn, person(1), person(2))
    assert load(conn, person(1), person(2, NAMA=""), skip_rejected=True).missing == ()


def test_who_has_left_is_not_missing_and_stays_away_though_the_file_names_them(conn: Connection) -> None:
    load(conn, person(1), post(2, "Direktur"))
    leave(conn, nip(2), date(2026, 2, 1))
    assert load(conn, person(1)).missing == ()
    report = load(conn, person(1), post(2, "Direktur"))
    assert any("tercatat sudah keluar" in remark for remark in report.remarks)
    assert known(conn, 2).left_on == date(2026, 2, 1)
    rejoin(conn, nip(2))
    assert known(conn, 2).left_on is None


def test_an_unknown_superior_is_rejected(conn: Connection) -> None:
    (rejection,) = load(conn, under(1, 77)).rejected
    assert (rejection.row, rejection.column, rejection.value) == (2, "NIP ATASAN LANGSUNG", nip(77))


def test_a_superior_from_an_earlier_import_is_known(conn: Connection) -> None:
    load(conn, post(1, "Direktur"))
    report = load(conn, under(2, 1))
    assert (report.rejected, report.written, [each.key for each in report.missing]) == ((), True, [nip(1)])


def test_a_superior_who_has_left_is_rejected_unless_the_file_still_has_them(conn: Connection) -> None:
    load(conn, post(1, "Direktur"))
    leave(conn, nip(1), date(2026, 2, 1))
    (rejection,) = load(conn, under(2, 1)).rejected
    assert "keluar sejak 1 Februari 2026" in rejection.reason
    assert load(conn, post(1, "Direktur"), under(2, 1)).rejected == ()


def test_a_circle_of_superiors_rejects_each_in_it_and_nobody_else(conn: Connection) -> None:
    report = load(conn, under(1, 2), under(2, 3), under(3, 1), under(4, 1), person(5))
    assert [(each.row, each.column) for each in report.rejected] == [(row, "NIP ATASAN LANGSUNG") for row in (2, 3, 4)]
    assert all("melingkar" in each.reason for each in report.rejected)
    assert report.accepted == 2


def test_two_circles_are_told_apart(conn: Connection) -> None:
    report = load(conn, under(1, 2), under(2, 1), under(3, 4), under(4, 3))
    assert [each.row for each in report.rejected] == [2, 3, 4, 5]
    assert nip(3) not in report.rejected[0].reason


def test_rejection_does_not_spread_to_subordinates(conn: Connection) -> None:
    rows = [post(1, "Direktur", EMAIL="bukan alamat"), under(2, 1), under(3, 2)]
    report = load(conn, *rows, skip_rejected=True)
    assert (report.accepted, [each.row for each in report.rejected]) == (2, [2])
    assert known(conn, 2).superior_position_id is None
    assert any(remark.startswith(f"Baris 3 ({nip(2)})") for remark in report.remarks)
    assert known(conn, 3).superior_position_id is not None


def test_a_superior_whose_row_is_rejected_is_who_they_were_before(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), under(2, 1))
    before = known(conn, 2).superior_position_id
    report = load(conn, post(1, "Direktur", EMAIL="bukan alamat"), under(2, 1), skip_rejected=True)
    assert known(conn, 2).superior_position_id == before
    assert report.remarks == ()


def test_unit_codes_are_one_unit_whatever_their_case_and_names_go_by_the_majority(conn: Connection) -> None:
    report = load(conn, person(1), person(2), person(3, KODE_UNIT_KERJA="rsud", UNIT_KERJA="RSUD"))
    assert {known(conn, number).unit_id for number in (1, 2, 3)} == {"RSUD"}
    assert any("beberapa nama" in remark for remark in report.remarks)


def test_a_wrong_heading_row_does_not_make_everyone_missing(conn: Connection) -> None:
    load(conn, person(1))
    source = as_csv(person(1)).replace(b"NAMA", b"NAMAA")
    report = import_staff(conn, source, "pegawai.csv", at=AT, on=ON, skip_rejected=True)
    assert (report.written, report.missing, report.accepted) == (False, (), 0)
