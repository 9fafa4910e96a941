"""The demo as a newcomer runs it: from an empty folder to signed letters, over the API, and nothing left lying about."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.demo.paper import paper
from api.demo.preparation import SAMPLE, clear, prepare
from api.demo.stage import listed
from tests.cli.test_serving import PATIENCE, status
from workflow.callers import caller_of
from workflow.cast import NoCast
from workflow.database import Database
from workflow.filing import kind_of

DEMO = [sys.executable, "-m", "api", "demo", "--port", "0"]
ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")}
    return {**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def test_once_it_walks_the_whole_way_and_leaves_one_closed_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [*DEMO, "--once"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
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
    folder = tmp_path / "demo"
    assert [path.name for path in folder.glob("*.db*")] == ["jenjang.db"]
    *letters, sheet = sorted((folder / "letters").iterdir())
    assert sheet.name == "laporan-triwulan-2026-2.xlsx"
    assert sheet.read_bytes().startswith(b"PK")
    assert [path.name.split("-800")[0] for path in letters] == [
        "01-surat-usulan",
        "02-surat-permohonan-magang",
        "03-surat-tugas",
        "04-surat-pengantar",
        "05-surat-keterangan-jp",
        "06-surat-usulan",
        "07-surat-permohonan-magang",
        "08-surat-tugas",
        "09-surat-pengantar",
        "10-pemberitahuan-penggantian-peserta",
        "11-surat-perubahan-surat-tugas",
        "12-surat-tugas-perpanjangan",
        *(f"{number}-surat-keterangan-jp" for number in range(13, 18)),
        "18-laporan-pengembangan-kompetensi",
    ]
    assert all(path.read_bytes().startswith(b"%PDF-1.7") for path in letters)
    database = Database.open(f"sqlite:///{folder / 'jenjang.db'}")
    keys = re.findall(r"jj_\S+", told)
    assert len(keys) >= 8
    now = datetime.now(UTC)
    assert all(database.read(caller_of, key, "read", now, now.date()) for key in keys)
    database.close()


def test_it_leaves_the_server_running_until_interrupted(tmp_path: Path) -> None:
    process = subprocess.Popen(
        DEMO, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        told = ""
        for line in process.stdout:
            told += line
            if "Tekan Ctrl-C" in line:
                break
        (port,) = set(re.findall(r"http://127\.0\.0\.1:(\d+)", told))
        assert status(int(port)) == 200, told
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert status(int(port)) is None
        assert [path.name for path in (tmp_path / "demo").glob("*.db*")] == ["jenjang.db"]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def test_what_the_data_lacks_comes_from_the_defaults_and_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(SAMPLE / "pegawai.csv", data)
    told: list[str] = []
    prepared = prepare(clear(tmp_path / "demo"), data, None, told.append)
    said = "\n".join(told)
    assert "tidak berisi mitra.csv; dipakai contoh bawaan" in said
    assert "memakai bawaan" in said
    assert set(prepared.keys) == {player.id for player in (*prepared.cast.players, *prepared.troupe.players)}


def test_a_folder_without_staff_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCast, match=r"tidak berisi pegawai\.csv"):
        prepare(clear(tmp_path / "demo"), tmp_path, None, lambda _: None)


def test_an_older_demo_is_cleared_away(tmp_path: Path) -> None:
    for name in ("jenjang.db", "jenjang.db-wal", "lain.db"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "letters").mkdir()
    clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_papers_that_people_hand_in_are_pdf() -> None:
    assert kind_of(paper("KUITANSI (asli)", "Rp3.650.000,00")) == "application/pdf"


def test_names_are_listed_as_a_sentence_lists_them() -> None:
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A dan B"
    assert listed(["A", "B", "C"]) == "A, B, dan C"
    assert listed(["A, S.E.", "B", "C"]) == "A, S.E.; B; dan C"
