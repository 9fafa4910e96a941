"""The demo as a newcomer runs it: from an empty folder to signed letters, over the API, and nothing left lying about."""

from __future__ import annotations

import hashlib
import html
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.demo.folder import Folder
from api.demo.paper import paper
from api.demo.preparation import SAMPLE, prepare
from api.demo.proving import prove
from api.demo.stage import listed
from api.demo.visitor import Unexpected
from tests.cli.test_serving import PATIENCE, status
from workflow.callers import Key, caller_of
from workflow.database import Database
from workflow.demo.cast import NoCast
from workflow.demo.scanned import signed_by_hand
from workflow.filing import kind_of
from workflow.proof.reading import look
from workflow.tables import files

#: A demo makes some forty letters and mails hundreds of messages, on two cores that other tests share.
pytestmark = pytest.mark.timeout(420)

DEMO = [sys.executable, "-m", "api", "demo", "--port", "0"]
ROOT = Path(__file__).parents[2]


def emptied(folder: Path) -> str:
    """The address of the database of a demo that begins in a folder."""
    Folder(folder).clear()
    return Folder(folder).address


def environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")}
    return {**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class Walked:
    """A demo that came to its end: what it told, its folder, and what its server answered before it was interrupted and after."""

    told: str
    folder: Path
    answered: int | None
    answered_after: int | None
    #: The page on which one steps into people, and what the ways in without an account answered.
    people: str
    doors: Mapping[str, int]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """A demo that is interrupted as soon as it only serves. One for all these tests: it takes as long as hundreds of others."""
    where = tmp_path_factory.mktemp("peragaan")
    process = subprocess.Popen(
        DEMO, cwd=where, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        told = ""
        for line in process.stdout:
            told += line
            if "Tekan Ctrl-C" in line:
                break
        (port,) = set(re.findall(r"http://127\.0\.0\.1:(\d+)", told))
        answered = status(int(port))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, follow_redirects=True) as client:
            people = client.get("/peran").text
            doors = {
                path: client.get(path).status_code for path in re.findall(r'href="(/(?:mitra|verify)/[^"]+)"', people)
            }
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, told
        return Walked(told, where / "demo", answered, status(int(port)), people, doors)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


@pytest.mark.skipif(
    "WALKS" not in os.environ, reason="walks the whole way a second time: with WALKS in the environment"
)
def test_once_it_ends_by_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [*DEMO, "--once"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tekan Ctrl-C" not in done.stdout
    assert "Peragaan selesai." in done.stdout


def test_it_leaves_the_server_running_until_interrupted(walked: Walked) -> None:
    assert (walked.answered, walked.answered_after) == (200, None), walked.told


def test_it_walks_the_whole_way_and_leaves_one_closed_database(walked: Walked) -> None:
    told, folder = walked.told, walked.folder
    for says in (
        "Status: Selesai.",
        "DITOLAK (Bukan kewenangan Anda",
        "Bertumpang tindih",
        "1 diingatkan",
        "Dasar: PerLAN",
        "Surat tugas Nomor 800.1.11.1/002/DINKES/2026 untuk 5 peserta",
        "Dicatat oleh",
        "agenda 1/2026",
        "Rombongan sekarang:",
        "Terbitkan surat tugas perpanjangan.",
        "Laporan pengembangan kompetensi triwulan II tahun 2026 (sebagaimana ditandatangani pada 1 Juli 2026)",
    ):
        assert says in told
    assert "temuan." in told
    assert not re.search(r"\d+ temuan", told)
    assert [path.name for path in folder.glob("*.db*")] == ["jenjang.db"]
    assert (folder / "laporan-triwulan-2026-2.xlsx").read_bytes().startswith(b"PK")
    database = Database.open(f"sqlite:///{folder / 'jenjang.db'}")
    keys = re.findall(r"jj_\S+", told)
    assert len(keys) >= 8
    now = datetime.now(UTC)
    assert all(database.read(caller_of, Key(key), "read", now, now.date()) for key in keys)
    database.close()


def test_the_letters_lie_in_order_and_those_on_paper_apart(walked: Walked) -> None:
    letters = sorted((walked.folder / "letters").iterdir())
    assert [path.name.split("-800")[0] for path in letters] == [
        "01-surat-usulan",
        "02-surat-permohonan-magang",
        "03-surat-tugas",
        "04-surat-pengantar",
        "06-surat-usulan",
        "07-surat-permohonan-magang",
        "08-surat-tugas",
        "09-surat-pengantar",
        "10-pemberitahuan-penggantian-peserta",
        "11-surat-perubahan-surat-tugas",
        "12-surat-tugas-perpanjangan",
        *(f"{number}-surat-keterangan-jp" for number in range(13, 18)),
        "18-laporan-pengembangan-kompetensi",
        "19-surat-tugas",
        "20-kesepakatan-mentoring",
        "21-laporan-akhir-mentoring",
        "22-surat-keterangan-jp",
        "23-surat-keterangan-mentor",
        "24-surat-edaran-pengusulan",
        "25-surat-usulan",
        *(f"{number}-surat-keterangan-disiplin" for number in (26, 27, 28)),
        "29-surat-usul-satyalancana",
        "30-keputusan-tim-penilai",
        "31-surat-edaran-pengusulan",
        "32-surat-usulan",
        "33-surat-keterangan-disiplin",
        "34-surat-usulan",
        *(f"{number}-surat-keterangan-disiplin" for number in (35, 36)),
        "37-berita-acara-penilaian",
        "38-keputusan",
        "39-petikan-keputusan",
        "40-piagam-penghargaan",
        "41-petikan-keputusan",
        "42-piagam-penghargaan",
        "43-surat-usulan",
        "44-piagam-perangkat-daerah",
        "45-surat-usulan",
        "46-surat-permohonan-magang",
        "47-surat-tugas",
        "48-kesepakatan-mentoring",
        "49-surat-tugas",
        "50-kesepakatan-mentoring",
        "51-surat-tugas",
        "52-surat-pengantar",
        "53-surat-usulan",
        "54-surat-permohonan-magang",
        "55-surat-usulan",
        "56-surat-permohonan-magang",
        *(f"{number}-surat-usulan" for number in range(57, 64)),
    ]
    number = "800.1.4.1-002-BKPSDM-2026"
    assert sorted(path.name for path in (walked.folder / "scans").iterdir()) == [
        f"05-surat-keterangan-jp-{number}-cetakan.pdf",
        f"05-surat-keterangan-jp-{number}-pindaian.pdf",
    ]


def test_every_letter_is_signed_whole_and_as_the_database_keeps_it(walked: Walked) -> None:
    database = Database.open(f"sqlite:///{walked.folder / 'jenjang.db'}")
    kept = {row.sha256 for row in database.read(lambda conn: conn.execute(select(files.c.sha256)).all())}
    database.close()
    for path in (walked.folder / "letters").iterdir():
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() in kept
        assert look(content).intact, path


def test_those_who_initial_send_back_and_correct_before_the_host_is_asked(walked: Walked) -> None:
    lines = [line.strip() for line in walked.told.splitlines()]
    told_in_turn = [
        "mengembalikan konsep surat untuk diperbaiki.",
        "Catatan perbaikan: Hal belum menyebut bidang magangnya; lengkapi, agar surat diteruskan kepada bagian yang tepat.",
        "Hal: “Permohonan magang” menjadi “Permohonan magang tentang keperawatan intensif”.",
        "mengoreksi satu kata, lalu membubuhkan paraf.",
        "Hal: “Permohonan magang tentang keperawatan intensif” menjadi “Permohonan magang bidang keperawatan intensif”.",
        "Surat permohonan magang Nomor 800.1.4.1/001/SETDA/2026, ditandatangani Sekretaris Daerah.",
        "Suratnya sudah keluar: baru sekarang jawaban Rumah Sakit Umum Pusat Telaga Biru ditunggu.",
        "menandatangani 5 surat keterangan JP sekaligus, dengan satu perbuatan.",
    ]
    places = [next(place for place, line in enumerate(lines) if line.endswith(says)) for says in told_in_turn]
    assert places == sorted(places)


def test_a_pair_reaches_both_certificates_with_a_stand_in_a_dispute_and_a_meeting_that_does_not_count(
    walked: Walked,
) -> None:
    lines = [line.strip() for line in walked.told.split("=== Mentoring di ")[1].splitlines()]
    told_in_turn = [
        "(Pelaksana harian): menerima pelimpahan itu.",
        "ditandatangani Plh. Kepala Dinas Kesehatan.",
        "Pada surat: Plh. Kepala Dinas Kesehatan, Lestantun Wibisana, S.K.M., M.Kes.",
        "Plh. Kepala Dinas Kesehatan, menggantikan dr. Tirtayasa Mandala, M.Kes.",
        "dicatat dengan 0 JP: paling banyak dua sesi sebulan (PerLAN 10/2018 Lampiran)",
        "(Mentee): menyanggah catatan itu.",
        "menjadi pukul 13.00 sampai 14.30; catatan lama tetap terbaca.",
        "(Mentee): mengonfirmasi catatan itu.",
        "(Verifikator BKPSDM): Terbitkan surat keterangan. Status: Selesai.",
        "(Mentee): ikut menandatangani laporan itu.",
        "28 JP  seluruhnya, dari sekurang-kurangnya 20 JP setahun (PP 11/2017 Pasal 203 ayat (4)).",
    ]
    place = 0
    for says in told_in_turn:
        place = next(at for at, line in enumerate(lines) if at >= place and line.endswith(says))


def test_a_round_of_awards_goes_from_the_panel_to_the_piagam_with_a_refusal_and_hidden_scores(walked: Walked) -> None:
    lines = [line.strip() for line in walked.told.split("=== Putaran pegawai berprestasi ===")[1].splitlines()]
    told_in_turn = [
        "ditandatangani Bupati Kemuning.",
        "yang menghalangi: sedang atau berat dalam 2 tahun terakhir. Usulkan kembali setelah jangka waktunya lewat.",
        "Dasar: PP 94/2021 Pasal 8, Praktik daerah.",
        "membaca dengan kuncinya sendiri mengapa belum dapat diusulkan.",
        "mengusulkan ke BKPSDM, 2 calon. Status: Dalam verifikasi.",
        "menyatakan memenuhi syarat, 3 calon. Status: Dalam penilaian tim penilai.",
        "ekerja pada perangkat daerah yang sama dengan calon.",
        "Nilai itu tersembunyi bagi orang lain sampai semua anggota menilai.",
        "Status: Menunggu kepastian anggaran (2 calon); Tidak terpilih (1 calon).",
        "ikut menandatangani berita acara itu.",
        "Dicadangkan: Rp2.500.000,00 bagi Ns. Rahmadi Suryanata, S.Kep. dan Ns. Laras Kinanti, S.Kep.",
        "menetapkan penerima dengan satu keputusan, 2 calon. Status: Ditetapkan.",
        "menandatangani 2 piagam penghargaan sekaligus, dengan satu perbuatan.",
        "2 penerima uang pembinaan; 2 sudah dibayar.",
        "mencatat penyerahan dengan piagam, 2 calon. Status: Penghargaan diserahkan.",
        "Status putaran: Selesai.",
        "mengusulkan Ns. Diah Kusumastuti, S.Kep. untuk Ucapan Terima Kasih atau Piagam Perangkat Daerah.",
        "ditandatangani Kepala Dinas Kesehatan.",
        "Catat penyerahan. Status: Penghargaan diserahkan.",
    ]
    place = 0
    for says in told_in_turn:
        place = next(at for at, line in enumerate(lines) if at >= place and line.endswith(says))
    assert "mengusulkan Sutarman Wirya, A.Md.Kep.: DITOLAK (Belum memenuhi syarat, 422)" in walked.told
    assert (walked.folder / "daftar-nominatif-2026.xlsx").read_bytes().startswith(b"PK")


def test_a_list_of_medals_goes_upward_as_one_letter_and_the_keppres_names_some_of_it(walked: Walked) -> None:
    lines = [line.strip() for line in walked.told.split("=== Satyalancana: usul kepada Presiden ===")[1].splitlines()]
    told_in_turn = [
        "untuk Satyalancana Karya Satya X Tahun.",
        "untuk Satyalancana Karya Satya XX Tahun.",
        "untuk Satyalancana Karya Satya XXX Tahun.",
        "mengusulkan kepada Presiden dengan satu daftar nominatif, 3 calon. Status: Menunggu Keputusan Presiden.",
        "untuk 3 calon, ditandatangani Bupati Kemuning.",
        "mencatat Keputusan Presiden, 2 calon. Status: Ditetapkan.",
        "Belum tercantum dan masih ditunggu: Dra. Sitoresmi Wiratama, M.AP.",
        "mencatat penyematan, 2 calon. Status: Penghargaan diserahkan.",
        "5 penghargaan diserahkan pada tahun 2026. demo/riwayat-penghargaan-2026.csv",
    ]
    place = 0
    for says in told_in_turn:
        place = next(at for at, line in enumerate(lines) if at >= place and line.endswith(says))


#: Something of what awaits each kind of person who comes in with a session, and where ways in without one lead.
AWAITED = {
    "Pegawai": "2 berkas magang antarinstansi",
    "Atasan langsung": "3 berkas magang antarinstansi, 1 terlambat",
    "Mentor": "2 berkas mentoring",
    "Mentee": "1 berkas mentoring",
    "Instansi penerima": "/mitra/",
    "Pembimbing lapangan": "/mitra/",
    "Pengelola kepegawaian": "1 berkas rekan terlambat",
    "Kepala perangkat daerah": "1 berkas magang antarinstansi",
    "Verifikator BKPSDM": "1 surat menunggu paraf",
    "Pembubuh paraf": "1 surat menunggu paraf",
    "Penandatangan": "2 surat menunggu tanda tangan",
    "Kepala daerah": "1 berkas putaran penghargaan",
    "Administrator": "kiriman gagal",
    "Auditor Inspektorat": "1 penugasan pengawasan",
    "Warga": "/verify/",
}


def test_each_kind_of_person_has_something_to_do_when_it_ends(walked: Walked) -> None:
    _, told = walked.told.split("Yang menunggu, menurut peran:\n")
    lines = [line.strip() for line in told.split("\n\n")[0].splitlines()]
    for kind, awaits in AWAITED.items():
        of_kind = [line for line in lines if line.startswith(f"{kind}: ")]
        assert any(awaits in line for line in of_kind), kind
        assert not any("tidak ada" in line for line in of_kind), kind
    assert {line.split(":")[0] for line in lines} == set(AWAITED)


def test_the_page_of_people_shows_them_by_kind_with_what_awaits_each_and_the_ways_in(walked: Walked) -> None:
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", walked.people)).split())
    titles = re.findall(r"<h2[^>]*>([^<]*)</h2>", walked.people)
    assert titles == [*list(AWAITED)[:-1], "Warga", "Pemeran lain"]
    assert "Nirmala Dewanti, S.AP." in shown
    assert "3 berkas magang antarinstansi, 1 terlambat" in shown
    assert all(answered == 200 for answered in walked.doors.values()), walked.doors
    assert {path.split("/")[1] for path in walked.doors} == {"mitra", "verify"}


def test_a_letter_proves_itself_without_a_network_and_its_altered_copy_does_not(walked: Walked) -> None:
    _, told = walked.told.split("Surat diperiksa tanpa jaringan")
    assert told.index("BERKAS ASLI DAN UTUH") < told.index("KODE QR ASLI") < told.index("BERKAS TIDAK UTUH")
    (altered,) = (walked.folder / "altered").iterdir()
    issued = walked.folder / "letters" / altered.name.replace("-diubah", "")
    changed = [a ^ b for a, b in zip(altered.read_bytes(), issued.read_bytes(), strict=True) if a != b]
    assert changed == [1]
    assert b"<script" in (walked.folder / "verifikasi.html").read_bytes()


def test_a_demo_whose_letter_does_not_prove_itself_fails(walked: Walked, tmp_path: Path) -> None:
    (tmp_path / "verify-keys.json").write_text('{"keys": []}')
    letter = min((walked.folder / "letters").iterdir())
    with pytest.raises(Unexpected, match="seharusnya menjawab BERKAS ASLI DAN UTUH"):
        prove(Folder(tmp_path), letter, lambda _: None)


def test_the_checking_process_has_no_network() -> None:
    tried = "from api import offline; import sys, socket; sys.addaudithook(offline._refuse); socket.socket()"
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, timeout=60, check=False)
    assert "PermissionError: socket.__new__: this process has no network" in done.stderr


def test_keys_and_mail_of_the_demo_stay_in_its_folder(walked: Walked) -> None:
    assert (walked.folder / "keys" / "surat.pem").exists()
    assert list((walked.folder / "surel").glob("*.eml"))
    assert {path.name for path in walked.folder.parent.iterdir()} == {"demo"}


def test_what_the_data_lacks_comes_from_the_defaults_and_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(SAMPLE / "pegawai.csv", data)
    told: list[str] = []
    prepared = prepare(emptied(tmp_path / "demo"), data, None, told.append)
    said = "\n".join(told)
    assert "tidak berisi mitra.csv; dipakai contoh bawaan" in said
    assert "memakai bawaan" in said
    # Besides those who play a part, whoever initials what they sign.
    assert set(prepared.keys) >= {
        player.id
        for player in (
            *prepared.cast.players,
            *prepared.troupe.players,
            *prepared.pair.players,
            *prepared.honours.players,
        )
    }


def test_a_folder_without_staff_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCast, match=r"tidak berisi pegawai\.csv"):
        prepare(emptied(tmp_path / "demo"), tmp_path, None, lambda _: None)


def test_an_older_demo_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    for name in ("jenjang.db", "jenjang.db-wal", "lain.db", "verify-keys.json", "verifikasi.html", "catatan.txt",
        "daftar-nominatif-2026.xlsx", "riwayat-penghargaan-2026.csv"):  # fmt: skip
        (tmp_path / name).write_bytes(b"x")
    for name in ("letters", "scans", "altered", "keys", "surel"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lama").write_bytes(b"x")
    Folder(tmp_path).clear()
    assert [path.name for path in tmp_path.iterdir()] == ["catatan.txt"]


def test_the_demo_signs_and_mails_by_nothing_that_the_surroundings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_SIGNING", "/etc/jenjang/tanda-tangan.toml")
    monkeypatch.setenv("JENJANG_KEYS", "/etc/jenjang/kunci")
    monkeypatch.setenv("JENJANG_MAIL", "smtp://surel.example")
    settings = Folder(tmp_path).settings()
    assert "JENJANG_SIGNING" not in settings
    assert settings["JENJANG_KEYS"] == str(tmp_path / "keys")
    assert settings["JENJANG_MAIL"] == str(tmp_path / "surel")


def test_the_papers_that_people_hand_in_are_pdf() -> None:
    handed_in = paper("KUITANSI (asli)", "Rp3.650.000,00")
    assert kind_of(handed_in) == "application/pdf"
    assert kind_of(signed_by_hand(handed_in)) == "application/pdf"


def test_names_are_listed_as_a_sentence_lists_them() -> None:
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A dan B"
    assert listed(["A", "B", "C"]) == "A, B, dan C"
    assert listed(["A, S.E.", "B", "C"]) == "A, S.E.; B; dan C"
