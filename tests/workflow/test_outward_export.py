"""What goes to SIASN and SIMPEG: each completed internship once, with its evidence, or named with why not yet."""

from __future__ import annotations

import csv
import io
import json
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from tests.hours import book, put_right
from tests.offices import change
from tests.outward import BODY, answered, completed, names, result, sent, table, written
from tests.world import REQUEST, World
from workflow.errors import NotFound
from workflow.outward import Batch, export, layout_named, standing, write_batch
from workflow.outward.folder import AlreadyThere
from workflow.outward.sheets import one_line, runs
from workflow.tables import letter_cases, outward_records, people


def nip_of(world: World, who: str) -> str:
    ((nip,),) = world.all(select(people.c.nip).where(people.c.id == world.ids[who]))
    return str(nip)


def test_a_completed_internship_is_one_row_with_its_certificate(world: World, tmp_path: Path) -> None:
    completed(world)
    batch = sent(world)
    assert batch.id == "SIASN-2026-0001"
    sheet, evidence = written(world, batch, tmp_path)
    nip = nip_of(world, "nurse")
    assert table(sheet) == [
        {
            "NIP": nip,
            "NAMA": "Nurse",
            "JENIS DIKLAT ID": 10,
            "NAMA DIKLAT": "Magang/praktik kerja: Keperawatan intensif",
            "INSTITUSI PENYELENGGARA": "Rumah Sakit Provinsi Contoh",
            "NOMOR SERTIFIKAT": "800.1.4.1/007/BKPSDM/2026",
            "TANGGAL SERTIFIKAT": "02-03-2026",
            "TANGGAL MULAI": "06-04-2026",
            "TANGGAL SELESAI": "17-04-2026",
            "TAHUN": 2026,
            "DURASI JAM": 20,
            "BERKAS": f"{nip}.pdf",
            "NOMOR REFERENSI": "SIASN-2026-0001-1",
        }
    ]
    assert list(evidence) == [f"{nip}.pdf"]
    assert evidence[f"{nip}.pdf"].startswith(b"%PDF-")


def test_the_local_layout_differs_and_counts_for_itself(world: World, tmp_path: Path) -> None:
    completed(world)
    assert sent(world).id == "SIASN-2026-0001"
    batch = sent(world, "simpeg")
    assert batch.id == "SIMPEG-2026-0001"
    sheet, _ = written(world, batch, tmp_path)
    content = sheet.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert row["NIP"] == f"'{nip_of(world, 'nurse')}"
    assert row["JENIS"] == "MAGANG"
    assert row["KODE RIWAYAT"] == "BANGKOM"
    assert row["MULAI"] == "2026-04-06"
    assert (row["KIRIMAN"], row["BARIS"], row["JP"]) == ("SIMPEG-2026-0001", "1", "20")


def test_what_was_sent_waits_and_goes_again_only_when_told_to(world: World) -> None:
    completed(world)
    sent(world)
    second = sent(world)
    assert (second.id, second.rows) == ("", ())
    assert [(each.batch, each.row) for each in second.waiting] == [("SIASN-2026-0001", 1)]
    third = sent(world, again=True)
    assert (third.id, len(third.rows), third.waiting) == ("SIASN-2026-0002", 1, ())
    assert world.all(select(outward_records.c.attempt).order_by(outward_records.c.attempt)) == [(1,), (2,)]


def test_a_trial_run_records_nothing(world: World) -> None:
    completed(world)
    batch = sent(world, dry_run=True)
    assert (batch.id, len(batch.rows)) == ("", 1)
    assert world.all(select(func.count()).select_from(outward_records)) == [(0,)]


def test_several_of_one_nip_are_told_apart_by_a_counter(world: World, tmp_path: Path) -> None:
    completed(world)
    completed(world)
    completed(world, "second_nurse")
    batch = sent(world)
    one, other = nip_of(world, "nurse"), nip_of(world, "second_nurse")
    assert sorted(names(batch)) == sorted([f"{one}-1.pdf", f"{one}-2.pdf", f"{other}.pdf"])
    assert sorted(written(world, batch, tmp_path)[1]) == sorted(names(batch))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"nip": None}, "belum mempunyai NIP"),
        ({"name": "  "}, "Nama pegawai kosong"),
        ({"nip": "123"}, "NIP tidak sah"),
    ],
)
def test_someone_without_nip_or_name_is_left_for_the_next_time(
    values: dict[str, str | None], says: str, world: World
) -> None:
    completed(world)
    stood = world.all(select(people.c.nip, people.c.name).where(people.c.id == world.ids["nurse"]))[0]
    change(world, update(people).where(people.c.id == world.ids["nurse"]).values(values))
    batch = sent(world)
    assert batch.rows == ()
    (left,) = batch.left
    assert says in left.says
    assert left.person.case_id in left.person.says
    change(world, update(people).where(people.c.id == world.ids["nurse"]).values(nip=stood.nip, name=stood.name))
    assert len(sent(world).rows) == 1


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ("to_sign", "belum ditandatangani"),
        ("to_mend", "belum ditandatangani"),
        ("to_render", "belum dibuat"),
        ("void", "Tidak ada surat keterangan"),
        (None, "Tidak ada surat keterangan"),
    ],
)
def test_an_internship_without_a_finished_certificate_is_left_with_the_reason(
    letter: str | None, says: str, one_world: World
) -> None:
    completed(one_world, letter=letter)
    batch = sent(one_world)
    assert batch.rows == ()
    assert says in batch.left[0].says


def test_the_hosts_own_certificate_serves_where_there_is_none_of_ours(world: World, tmp_path: Path) -> None:
    completed(world, letter=None, paper="application/pdf")
    sheet, evidence = written(world, sent(world), tmp_path)
    (row,) = table(sheet)
    assert row["NOMOR SERTIFIKAT"] == "445/17/RSPROV/2026"
    assert row["INSTITUSI PENYELENGGARA"] == "Rumah Sakit Provinsi Contoh"
    assert row["TANGGAL SELESAI"] == "17-04-2026"
    assert len(evidence) == 1


def test_a_photograph_is_no_evidence(one_world: World) -> None:
    completed(one_world, letter=None, paper="image/jpeg")
    assert "bukan PDF" in sent(one_world).left[0].says


def test_a_certificate_that_no_longer_holds_for_the_case_proves_nothing(one_world: World) -> None:
    completed(one_world)
    change(one_world, update(letter_cases).values(changed_by="another"))
    assert "Tidak ada surat keterangan" in sent(one_world).left[0].says


def test_evidence_that_is_too_large_is_sent_and_warned_of(one_world: World) -> None:
    completed(one_world, size=1024 * 1024 + 1)
    completed(one_world, "second_nurse", size=1024 * 1024)
    assert sorted((each.size, each.too_large) for each in sent(one_world).rows) == [
        (1024 * 1024, False),
        (1024 * 1024 + 1, True),
    ]


def test_an_internship_that_ended_early_is_sent_with_its_real_last_day(one_world: World, tmp_path: Path) -> None:
    completed(one_world, body=json.dumps({**BODY, "ended_on": "2026-04-10"}))
    sheet, _ = written(one_world, sent(one_world), tmp_path)
    assert table(sheet)[0]["TANGGAL SELESAI"] == "10-04-2026"


@pytest.mark.parametrize("gone", ["{}", "", "null", "[1]", '{"host": 7}', "\u001frusak"])
def test_what_was_erased_or_damaged_is_left_with_the_columns_it_lacks(gone: str, one_world: World) -> None:
    completed(one_world, body=gone, form=gone)
    completed(one_world, "second_nurse")
    batch = sent(one_world)
    assert len(batch.rows) == 1
    assert "INSTITUSI PENYELENGGARA, TANGGAL MULAI, TANGGAL SELESAI" in batch.left[0].says


def test_an_erased_letter_is_read_from_the_request(one_world: World, tmp_path: Path) -> None:
    completed(one_world, body="{}", form=json.dumps({**REQUEST, "host": "unit:DINKES"}))
    sheet, _ = written(one_world, sent(one_world), tmp_path)
    assert table(sheet)[0]["INSTITUSI PENYELENGGARA"] == "Dinas Kesehatan"


def test_hours_that_were_corrected_to_nothing_are_not_reported(one_world: World) -> None:
    completed(one_world, hours=0)
    assert "tidak ada yang dilaporkan" in sent(one_world).left[0].says


def test_activities_that_the_system_does_not_know_are_not_sent(one_world: World) -> None:
    completed(one_world, activity="A1")
    completed(one_world, activity="something_else")
    batch = sent(one_world)
    assert (batch.rows, batch.left) == ((), ())


def test_formulas_and_line_breaks_in_names_are_made_harmless(one_world: World, tmp_path: Path) -> None:
    evil = "=cmd|' /C calc'!A0"
    change(
        one_world,
        update(people).where(people.c.id == one_world.ids["nurse"]).values(name=evil, post="a;b\r\n\tc"),
    )
    completed(one_world)
    sheet, _ = written(one_world, sent(one_world, "simpeg"), tmp_path)
    (row,) = csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig")), delimiter=";")
    assert row["NAMA LENGKAP"] == f"'{evil}"
    sheet, _ = written(one_world, sent(one_world), tmp_path)
    assert table(sheet)[0]["NAMA"] == evil  # a text in its cell, which the reader would show empty were it a formula


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(A1)", " =1", "'=1", "\uff1d1", "\u200b=1"])
def test_what_a_spreadsheet_would_run_is_known_whatever_stands_before_it(text: str) -> None:
    assert runs(one_line(text))


@pytest.mark.parametrize("text", ["Ma'ruf", "Siti Nur'aini, S.Kep.", "'Aisyah", "", "800.1/2"])
def test_names_with_apostrophes_are_no_formulas(text: str) -> None:
    assert not runs(one_line(text))
    assert one_line(text) == text


def test_the_same_rows_make_the_same_bytes(one_world: World, tmp_path: Path) -> None:
    completed(one_world)
    completed(one_world, "second_nurse")
    batch = sent(one_world)
    first = written(one_world, batch, tmp_path / "one")[0].parent
    second = written(one_world, batch, tmp_path / "two")[0].parent
    assert [path.read_bytes() for path in sorted(first.iterdir())] == [
        path.read_bytes() for path in sorted(second.iterdir())
    ]


def test_a_batch_is_written_again_as_it_was_whatever_changed_since(world: World, tmp_path: Path) -> None:
    completed(world)
    batch = sent(world)
    change(world, update(people).where(people.c.id == world.ids["nurse"]).values(name="Lain", nip=None))
    sheet, evidence = written(world, batch, tmp_path)
    assert table(sheet)[0]["NAMA"] == "Nurse"
    assert len(evidence) == 1


def test_nothing_half_done_is_left_where_writing_fails(sqlite_world: World, tmp_path: Path) -> None:
    completed(sqlite_world)
    batch = sent(sqlite_world)
    (name,) = names(batch)
    change(sqlite_world, update(outward_records).values(evidence_name="x" * 70_000))  # no ZIP takes it, nor PostgreSQL
    with pytest.raises(struct.error):
        write_batch(sqlite_world.database, batch.id, tmp_path)
    assert list(tmp_path.iterdir()) == []
    change(sqlite_world, update(outward_records).values(evidence_name=name))
    assert list(written(sqlite_world, batch, tmp_path)[1]) == [name]


def test_a_folder_that_is_there_already_is_not_touched(one_world: World, tmp_path: Path) -> None:
    completed(one_world)
    batch = sent(one_world)
    (tmp_path / batch.id).mkdir()
    with pytest.raises(AlreadyThere, match="tidak diubah"):
        write_batch(one_world.database, batch.id, tmp_path)
    assert list((tmp_path / batch.id).iterdir()) == []


def test_a_batch_that_is_not_there_cannot_be_written(one_world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="siasn status"):
        write_batch(one_world.database, "SIASN-2026-0099", tmp_path)


def test_a_batch_whose_unit_fails_is_not_recorded(world: World) -> None:
    completed(world)

    def power_cut(conn: Connection) -> None:
        assert export(conn, layout_named("siasn"), at=world.at, on=world.at.date()).id
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.database.write(power_cut)
    assert world.all(select(func.count()).select_from(outward_records)) == [(0,)]
    batch = sent(world)
    assert (batch.id, len(batch.rows)) == ("SIASN-2026-0001", 1)


def test_two_officers_at_once_send_nothing_twice(world: World) -> None:
    for who in ("nurse", "second_nurse", "third_nurse"):
        completed(world, who)

    def press(_: int) -> Batch:
        return world.database.write(export, layout_named("siasn"), at=world.at, on=world.at.date())

    with ThreadPoolExecutor(4) as officers:
        batches = list(officers.map(press, range(4)))
    assert sorted((len(each.rows), len(each.waiting)) for each in batches) == [(0, 3), (0, 3), (0, 3), (3, 0)]
    assert world.all(select(func.count()).select_from(outward_records)) == [(3,)]


def test_what_is_recorded_is_never_sent_again(world: World) -> None:
    completed(world)
    sent(world)
    answered(world, result(f"SIASN-2026-0001-1;{nip_of(world, 'nurse')};Tercatat;"))
    batch = sent(world, again=True)
    assert (batch.rows, batch.waiting, batch.refused, batch.left) == ((), (), (), ())
    (found,) = world.database.read(standing).batches
    assert (found.recorded, found.waiting) == (1, 0)


def test_two_systems_know_nothing_of_each_other(world: World) -> None:
    completed(world)
    sent(world)
    answered(world, result("SIASN-2026-0001-1;;berhasil;"))
    assert len(sent(world, "simpeg").rows) == 1


def test_batches_go_on_counting_and_begin_anew_each_year(world: World) -> None:
    completed(world)
    assert [sent(world, again=True).id for _ in range(2)] == ["SIASN-2026-0001", "SIASN-2026-0002"]
    world.at = world.at.replace(year=2027)
    assert sent(world, again=True).id == "SIASN-2027-0001"


def test_credits_of_a_corrected_year_go_again_after_a_refusal(world: World) -> None:
    case = completed(world)
    sent(world)
    answered(world, result("SIASN-2026-0001-1;;gagal;Tahun tidak sesuai"))
    still = sent(world)
    assert (still.rows, [each.reason for each in still.refused]) == ((), ["Tahun tidak sesuai"])
    change(world, put_right(case, year=2025))
    again = sent(world)
    assert (len(again.rows), again.refused) == (1, ())


def test_the_meetings_of_a_pair_go_as_one_activity_with_all_their_hours(world: World, tmp_path: Path) -> None:
    body = json.dumps({"competency": "Keperawatan", "starts_on": "2026-03-09", "concluded_on": "2026-05-29"})
    pair: dict[str, Any] = {"activity": "C2", "hours": 2, "body_type": "MenteeCertificate", "body": body, "form": "{}"}
    case = completed(world, **pair)
    for number, hours in ((2, 2), (3, 0)):
        world.database.write(book, world.ids["nurse"], case, hours, world.at, activity="C2", number=number)
    world.database.write(book, world.ids["second_nurse"], case, 3, world.at, activity="C2", number=2)
    batch = sent(world)
    (row,) = table(written(world, batch, tmp_path)[0])
    assert (row["DURASI JAM"], row["INSTITUSI PENYELENGGARA"]) == (4, "Rumah Sakit Umum Daerah Kemuning")
    assert (row["TANGGAL MULAI"], row["TANGGAL SELESAI"]) == ("09-03-2026", "29-05-2026")
    (left,) = batch.left
    assert left.key == (case, world.ids["second_nurse"]), "the mentee's certificate proves nothing for the mentor"


def test_a_refusal_whose_cause_lies_outside_goes_again_when_told_to(world: World) -> None:
    completed(world)
    sent(world)
    answered(world, result("SIASN-2026-0001-1;;ditolak;NIP tidak ditemukan"))
    assert len(sent(world, again=True).rows) == 1
