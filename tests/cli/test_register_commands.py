"""Registers by command: blocks that are given, letters made away from the network, and brought home."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.away import ORDER, PNG
from tests.cli.conftest import Run, Typed


@pytest.fixture
def desk(office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """An office whose keys lie in a folder of its own, with somebody who keeps the registers."""
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    shown = office("groups", "list", "administrator").stdout
    found = re.search(r"\b\d{18}\b", shown)
    assert found
    assert office("groups", "add", "register_clerk", found[0]).exit_code == 0
    return office


@pytest.fixture
def clerk(desk: Typed) -> str:
    found = re.search(r"\b\d{18}\b", desk("groups", "list", "register_clerk").stdout)
    assert found
    return found[0]


def lease(desk: Typed, clerk: str, *more: str | Path) -> str:
    typed = ("register", "lease", "BKPSDM", "--count", "3", "--purpose", "Jaringan terputus", "--by", clerk)
    result = desk(*typed, *more)
    assert result.exit_code == 0, result.output
    return result.stdout


def order(file: Path) -> Path:
    """A surat tugas, signed by the first official of the block."""
    official = json.loads(file.read_bytes())["lease"]["officials"][0]
    source = file.with_name("tugas.toml")
    block = official["block"]
    source.write_text(ORDER.format(name=block["name"], title=block["title"], nip=block["nip"]), encoding="utf-8")
    return source


def test_a_laptop_makes_a_letter_and_its_number_comes_home(
    desk: Typed, clerk: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "blok.json"
    said = lease(desk, clerk, "--offline", "--out", file)
    assert "nomor 1 sampai 3 dalam buku agenda BKPSDM" in said
    assert file.stat().st_mode & 0o777 == 0o600

    with monkeypatch.context() as away:
        away.setenv("JENJANG_DATABASE", "sqlite:////nowhere/at/all.db")
        assert "Nomor berikutnya: 1" in run("register", "write", file).stdout
        made = run("register", "write", file, "--from", order(file))
        assert made.exit_code == 0, made.output
        spoilt = run("register", "write", file, "--spoilt", "2", "kertas sobek")
        assert spoilt.stdout == "Nomor 2 dicatat rusak: kertas sobek.\n"
        assert "rusak: nomor 2, kertas sobek" in run("register", "write", file).stdout

    ledger = tmp_path / "blok.json.catatan"
    held = desk("register", "settle", ledger, "--by", clerk)
    assert held.exit_code == 1
    assert "Pindaian surat yang ditandatangani belum ada" in held.stdout
    assert "belum selesai, nomor 1: Pindaian" in desk("register", "list").stdout

    (tmp_path / "pindaian").mkdir()
    pdf = next(tmp_path.glob("*.pdf"))
    (tmp_path / "pindaian" / f"{pdf.stem}.png").write_bytes(PNG)
    settled = desk("register", "settle", ledger, "--by", clerk)
    assert settled.exit_code == 0, settled.output
    assert "Nomor 1, Surat Tugas: dicatat: surat ini tidak menyebut penerima" in settled.stdout
    assert "Blok selesai dan ditutup." in settled.stdout
    shown = desk("register", "show", "BKPSDM", re.search(r"tahun (\d{4})", said)[1])  # type: ignore[index]
    assert re.search(r"^1 .*Surat Tugas.*ditandatangani basah", shown.stdout, re.MULTILINE)
    assert re.search(r"^2 .*Tanpa surat.*kertas sobek", shown.stdout, re.MULTILINE)
    assert re.search(r"^3 .*tidak terpakai", shown.stdout, re.MULTILINE)
    number = re.search(r"Nomor (\S+)\. Cetak", made.stdout)[1]  # type: ignore[index]
    refused = desk("register", "void", "800/404", "Rapat ditiadakan", "--by", clerk)
    assert (refused.exit_code, "tidak ada" in refused.stderr) == (1, True)
    voided = desk("register", "void", number, "Rapat ditiadakan", "--by", clerk)
    assert voided.stdout == f"Surat Tugas Nomor {number} dinyatakan tidak berlaku. Nomornya tetap terpakai.\n"
    assert desk("verify", "numbers").exit_code == 0


def test_only_those_who_keep_the_registers_give_a_block(desk: Typed, tmp_path: Path) -> None:
    typed = ("register", "lease", "BKPSDM", "--count", "3", "--purpose", "Uji", "--by", "197009021996022001")
    result = desk(*typed, "--offline", "--out", tmp_path / "blok.json")
    assert result.exit_code == 1
    assert "petugas buku agenda" in result.stderr
    assert not (tmp_path / "blok.json").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--offline",), "--out"),
        (("--cases", "x"), "--offline"),
        (("--offline", "--out", "/nowhere/blok.json"), "tidak ada"),
    ],
)
def test_what_does_not_go_together_is_answered_with_what_does(
    desk: Typed, clerk: str, more: tuple[str, ...], says: str
) -> None:
    typed = ("register", "lease", "BKPSDM", "--count", "3", "--purpose", "Uji", "--by", clerk)
    result = desk(*typed, *more)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_block_on_line_where_numbers_come_of_themselves_is_answered_with_the_way_out(desk: Typed, clerk: str) -> None:
    typed = ("register", "lease", "BKPSDM", "--count", "3", "--purpose", "Uji", "--by", clerk)
    result = desk(*typed)
    assert result.exit_code == 1
    assert "--offline" in result.stderr


def test_a_lost_laptops_block_is_closed_with_a_reason(desk: Typed, clerk: str, tmp_path: Path) -> None:
    lease(desk, clerk, "--offline", "--out", tmp_path / "blok.json")
    found = re.search(r"id (\S+)", desk("register", "list").stdout)
    assert found
    closed = desk("register", "close", found[1], "--reason", "Laptop hilang", "--by", clerk)
    assert "3 nomor dinyatakan batal: 1, 2, 3" in closed.stdout
    assert desk("register", "close", found[1], "--reason", "Lagi", "--by", clerk).exit_code == 1
    assert desk("verify", "numbers").exit_code == 0


def test_a_file_that_is_no_block_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lain.json").write_text("{}", encoding="utf-8")
    result = run("register", "write", tmp_path / "lain.json")
    assert result.exit_code == 1
    assert "bukan berkas blok nomor" in result.stderr


def test_a_paper_that_became_something_else_is_kept_as_void(desk: Typed, clerk: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "blok.json"
    lease(desk, clerk, "--offline", "--waiting", "--out", file)
    assert run("register", "write", file, "--from", order(file)).exit_code == 0
    (tmp_path / "pindaian").mkdir()
    pdf = next(tmp_path.glob("*.pdf"))
    (tmp_path / "pindaian" / f"{pdf.stem}.png").write_bytes(PNG)
    ledger = tmp_path / "blok.json.catatan"
    unknown = desk("register", "settle", ledger, "--by", clerk, "--void", "3", "Keliru")
    assert unknown.exit_code == 1
    assert "Nomor 3 tidak ada suratnya dalam catatan ini" in unknown.output
    kept = desk("register", "settle", ledger, "--by", clerk, "--void", "1", "Sudah terbit dalam aplikasi")
    assert kept.exit_code == 0, kept.output
    assert "disimpan sebagai surat yang tidak berlaku: Sudah terbit dalam aplikasi." in kept.stdout
    assert desk("verify", "numbers").exit_code == 0


def test_letters_that_wait_are_only_taken_along_by_a_laptop(desk: Typed, clerk: str) -> None:
    typed = ("register", "lease", "BKPSDM", "--count", "3", "--purpose", "Uji", "--by", clerk, "--waiting")
    assert "hanya bersama --offline" in desk(*typed).output
