"""Cohorts, recorded answers, places and guides by command."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.conftest import Typed

OFFICER = "198002032006011001"
NURSES = ("199409122019022001", "199112282018031001")
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TODAY = datetime.now(UTC).date()
FIRST = TODAY + timedelta(days=60)


def opened(office: Typed, folder: Path, *nips: str) -> str:
    """A cohort opened from a list; answers its id."""
    file = folder / "daftar.csv"
    file.write_text("NIP;Bagian yang dituju\n" + "".join(f"{nip};Instalasi Gizi\n" for nip in nips or NURSES))
    result = office(
        "cohort", "open", file, "--process", "internship", "--title", "Magang gizi", "--by", OFFICER,
        "--set", "host=partner:RSUP-TELAGA", "--set", f"starts_on={FIRST}",
        "--set", f"Tanggal selesai={FIRST + timedelta(days=4)}", "--set", "estimate=0",
        "--set", "competency=Gizi klinik", "--set", "goal=Menerapkan gizi klinik.", "--set", "plan_item=Butir 12",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert f"dibuka bagi {len(nips or NURSES)} orang" in result.stdout
    found: list[str] = re.findall(r"id (\S+)", result.stdout)
    return found[0]


def case_ids(office: Typed, cohort: str) -> list[str]:
    return re.findall(r"^([0-9A-Z]{4}-[0-9A-Z]{4}) +\d{18}", office("cohort", "show", cohort).stdout, re.MULTILINE)


def test_a_cohort_is_opened_from_a_list_and_shown(office: Typed, tmp_path: Path) -> None:
    shown = office("cohort", "show", opened(office, tmp_path)).stdout
    assert "Magang gizi: Magang antarinstansi, 2 orang" in shown
    assert "Ns. Kirana Maheswari, S.Kep." in shown
    assert shown.count("Draf") == 2


def test_a_list_that_is_wrong_is_answered_with_line_and_column(office: Typed, tmp_path: Path) -> None:
    file = tmp_path / "daftar.csv"
    file.write_text(f"NIP,estimate\n{NURSES[0]},banyak\n12345,1\n")
    result = office("cohort", "open", file, "--process", "internship", "--title", "x", "--by", OFFICER)
    assert result.exit_code == 1
    assert "Baris 2, kolom ESTIMATE" in result.stderr
    assert "Baris 3, kolom NIP" in result.stderr
    wrong = office(
        "cohort", "open", file, "--process", "internship", "--title", "x", "--by", OFFICER, "--set", "warna=biru"
    )
    assert "“warna” tidak dikenal" in wrong.stderr
    malformed = office("cohort", "open", file, "--process", "internship", "--title", "x", "--by", OFFICER, "--set", "a")
    assert "--set a" in malformed.stderr


def test_a_cohort_is_tried_and_moved_by_a_named_person(office: Typed, tmp_path: Path) -> None:
    cohort = opened(office, tmp_path)
    form = tmp_path / "isian.json"
    form.write_text(json.dumps({"goal": "Menerapkan gizi klinik di RSUD."}))
    tried = office("cohort", "fire", cohort, "save", "--by", OFFICER, "--form", form, "--try")
    assert "Akan berjalan: 2 berkas; tidak: 0 berkas." in tried.stdout
    assert "Berjalan: 2 berkas" in office("cohort", "fire", cohort, "save", "--by", OFFICER, "--form", form).stdout
    refused = office("cohort", "fire", cohort, "submit", "--by", OFFICER)
    assert refused.exit_code == 1
    assert refused.stderr.count("“Ajukan” dilakukan oleh peserta magang.") >= 2
    assert "Ns. Bonaventura Seran, S.Kep.:" in refused.stderr
    stranger = office("cohort", "fire", cohort, "submit", "--by", "mitra:RSUP-TELAGA")
    assert "tidak ada, atau bukan untuk Anda lihat" in stranger.stderr
    form.write_text("[1]")
    assert "satu objek JSON" in office("cohort", "fire", cohort, "save", "--by", OFFICER, "--form", form).stderr


def asked(office: Typed, folder: Path) -> tuple[str, str]:
    """A cohort of one whose host has been asked, and a verifier."""
    cohort = opened(office, folder, NURSES[0])
    con = sqlite3.connect(office.path)
    (verifier,) = con.execute(
        "select person_id from group_members where group_name='bkpsdm.verifier' limit 1"
    ).fetchone()
    con.close()
    for step, by in (
        ("submit", NURSES[0]),
        ("endorse", "197708262001122001"),
        ("forward", "197312202001122001"),
        ("verify", verifier),
        ("request_host", "196804171994031001"),
    ):
        result = office("cohort", "fire", cohort, step, "--by", by)
        rules = re.findall(r"--acknowledge (\S+)", result.output)
        if rules:
            more = [part for rule in rules for part in ("--acknowledge", rule)]
            result = office("cohort", "fire", cohort, step, "--by", by, *more)
        assert result.exit_code == 0, result.output
    return cohort, verifier


def test_an_answer_on_paper_is_recorded_and_stands_in_the_book(office: Typed, tmp_path: Path) -> None:
    cohort, verifier = asked(office, tmp_path)
    scan, form, today = tmp_path / "balasan.pdf", tmp_path / "isian.json", TODAY.isoformat()
    scan.write_bytes(PDF)
    form.write_text(json.dumps({"field_supervisor": "Ns. Ratri", "field_supervisor_post": "Kepala Ruang"}))
    (case,) = case_ids(office, cohort)
    paper = (
        "--number", "445/1/RSUP", "--date", today, "--signer", "dr. Wulan", "--post", "Wakil Direktur",
        "--channel", "whatsapp", "--received", today, "--scan", scan,
    )  # fmt: skip
    stranger = office("record", case, "confirm", "--by", NURSES[1], *paper, "--form", form)
    assert "bukan untuk Anda lihat" in stranger.stderr
    late = office(
        "record",
        cohort,
        "confirm",
        "--by",
        verifier,
        *paper[:-4],
        "--received",
        "2020-01-01",
        "--scan",
        scan,
        "--form",
        form,
    )
    assert "mendahului tanggal diterima" in late.stderr
    done = office("record", case, "confirm", "--by", verifier, *paper, "--form", form)
    assert done.exit_code == 0, done.output
    assert f"Status berkas {case} sekarang: Diterima instansi penerima" in done.stdout
    book = office("incoming").stdout
    assert f"1/{TODAY.year}" in book
    assert "445/1/RSUP" in book
    assert "Tidak ada." in office("incoming", "2001").stdout
    assert office("incoming", "dahulu").exit_code == 2
    told = office("explain", case).stdout
    assert "atas nama Rumah Sakit Umum Pusat Telaga Biru menurut surat Nomor 445/1/RSUP" in told
    assert office("verify").exit_code == 0


def test_places_are_imported_by_partner_and_by_unit(office: Typed, tmp_path: Path) -> None:
    file = tmp_path / "tempat.csv"
    file.write_text("KODE MITRA,KODE UNIT,BAGIAN,TEMPAT\nRSUP-TELAGA,,Instalasi Gizi,2\n,rsud,ICU,0\n")
    assert "2 baris dibaca, 2 diterima" in office("import-places", file).stdout
    con = sqlite3.connect(office.path)
    assert sorted(con.execute("select host, section, number from places")) == [
        ("partner:RSUP-TELAGA", "Instalasi Gizi", 2),
        ("unit:RSUD", "ICU", 0),
    ]
    file.write_text("KODE MITRA,BAGIAN,TEMPAT\nrsup-telaga,instalasi  gizi,5\n")
    again = office("import-places", file).stdout
    assert "ICU" in again
    assert con.execute("select number from places where section='Instalasi Gizi'").fetchall() == [(5,)]
    con.close()
    file.write_text("KODE MITRA,KODE UNIT,BAGIAN,TEMPAT\nX,,Gizi,1\nRSUP-TELAGA,RSUD,Gizi,1\nRSUP-TELAGA,,,dua\n")
    wrong = office("import-places", file)
    assert wrong.exit_code == 1
    for says in ("Mitra belum dikenal", "Isi salah satu dari", "Bukan banyaknya orang", "Wajib diisi"):
        assert says in wrong.stdout


def test_a_guide_is_registered_once_gets_a_key_and_never_a_group(office: Typed) -> None:
    typed = ("people", "guide", "rsup-telaga", "--post", "Kepala Ruang", "--email", "ratri@rsup-telaga.example")
    first = office(*typed, "--name", "Ns. Ratri Puspita")
    assert first.exit_code == 0, first.output
    again = office(*typed, "--name", "Ns. Ratri Puspita, S.Kep.")
    assert re.findall("id (.*)", first.stdout) == re.findall("id (.*)", again.stdout)
    assert (
        "pembimbing lapangan pada mitra (RSUP-TELAGA)" in office("people", "show", "ratri@rsup-telaga.example").stdout
    )
    assert office("keys", "issue", "ratri@rsup-telaga.example").stdout.startswith("jj_")
    assert "pembimbing pada mitra" in office("groups", "add", "auditor", "ratri@rsup-telaga.example").stderr
    assert "Danurwendo" in office("people", "show", "mitra:RSUP-TELAGA").stdout
    assert "tidak dikenal" in office("people", "guide", "X", *typed[3:], "--name", "Ns. Ratri").stderr
    other = office("people", "guide", "UNIV-TB", *typed[3:], "--name", "Ns. Ratri")
    assert "sudah dipakai" in other.stderr
