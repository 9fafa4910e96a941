"""``jenjang mail`` and ``jenjang archive``: what officers type about letters that leave the house."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Typed
from tests.cli.test_outward_commands import typed_in
from tests.mailing import file_letters, mail_server, read_mail, text_of, with_addresses
from tests.world import World
from workflow.tables import effects, letters

Opened = Callable[[str], tuple[World, str]]


@pytest.fixture
def at_work(standing_at: Opened, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Typed]:
    """An office whose people have addresses, and in which letters are to be sent; the partner has none."""
    world, _ = standing_at("verification")
    with_addresses(world, "contact", "nurse")
    file_letters(world)
    return world, typed_in(world, monkeypatch)


def inbox(world: World) -> Path:
    """The folder beside the database, in which mail lies unless somewhere else is named."""
    database = Path(world.database.address.removeprefix("sqlite:///"))
    return database.with_name(f"{database.stem}-surel")


def test_mail_lies_beside_the_database_unless_told_otherwise(at_work: tuple[World, Typed]) -> None:
    world, jenjang = at_work
    assert "menunggu kirim" in jenjang("mail", "list").stdout
    assert "tindak lanjut dijalankan" in jenjang("effects", "run").stdout
    messages = [read_mail(path.read_bytes()) for path in inbox(world).glob("*.eml")]
    assert any("Bersama ini kami sampaikan surat usulan Nomor" in text_of(message) for message in messages)
    listed = jenjang("mail", "list").stdout
    assert "Tidak ada alamat surel: Nurse." in listed
    assert "gagal, perlu diperiksa" in listed
    assert world.all(select(letters.c.state)) == [("sent",)]


def test_mail_that_is_off_waits(at_work: tuple[World, Typed], monkeypatch: pytest.MonkeyPatch) -> None:
    world, jenjang = at_work
    monkeypatch.setenv("JENJANG_MAIL", "off")
    assert jenjang("effects", "run").exit_code == 0
    assert not inbox(world).exists()
    assert "Surel dimatikan" in jenjang("mail", "test", "perawat@kemuning.example").stderr


def test_an_address_that_was_missing_is_mailed_after_all(at_work: tuple[World, Typed]) -> None:
    world, jenjang = at_work
    jenjang("effects", "run")
    with_addresses(world)
    ((number,),) = world.all(select(letters.c.number))
    assert "surel akan dikirim lagi" in jenjang("mail", "retry", number).stdout
    assert f"Nomor {number}" not in jenjang("mail", "list").stdout
    again = jenjang("mail", "retry", number)
    assert (again.exit_code, "Tidak ada surel yang belum terkirim" in again.stderr) == (1, True)


def test_what_came_back_and_what_a_courier_brought_are_put_on_record(at_work: tuple[World, Typed]) -> None:
    world, jenjang = at_work
    jenjang("effects", "run")
    sent = next(
        message
        for message in (read_mail(path.read_bytes()) for path in inbox(world).glob("*.eml"))
        if "surat usulan" in text_of(message)
    )
    told = jenjang("mail", "bounced", sent["Message-ID"], "550 kotak surat penuh")
    assert (told.exit_code, "dicatat kembali" in told.stdout) == (0, True)
    assert "kembali: 550 kotak surat penuh" in jenjang("mail", "list").stdout
    assert world.all(select(letters.c.state)) == [("signed",)]
    effect = str(sent["Message-ID"]).strip("<>").partition("@")[0]
    assert jenjang("mail", "delivered", effect, "Kurir, 3 Maret 2026").stdout == "Dicatat.\n"
    assert world.all(select(letters.c.state)) == [("sent",)]
    assert world.all(select(effects.c.error).where(effects.c.id == effect)) == [
        ("Disampaikan dengan cara lain: Kurir, 3 Maret 2026",)
    ]
    assert "Tidak ada surel dengan Message-ID" in jenjang("mail", "bounced", "<bukan@kita.example>", "x").stderr


def test_the_setting_can_be_tried_out(at_work: tuple[World, Typed], monkeypatch: pytest.MonkeyPatch) -> None:
    _, jenjang = at_work
    with mail_server() as (handler, port):
        monkeypatch.setenv("JENJANG_MAIL", f"smtp://127.0.0.1:{port}?tls=none")
        monkeypatch.setenv("JENJANG_MAIL_FROM", "surat@kemuning.example")
        told = jenjang("mail", "test", "Perawat@Kemuning.example")
        assert f"server 127.0.0.1:{port} (tanpa enkripsi) dari surat@kemuning.example" in told.stdout
        (message,) = handler.to("perawat@kemuning.example")
        assert message["Subject"] == "Uji surel Jenjang"
        handler.answers["perawat@kemuning.example"] = ["550 unknown"]
        refused = jenjang("mail", "test", "perawat@kemuning.example")
    assert (refused.exit_code, "Ditolak server surel (550 unknown)." in refused.stderr) == (1, True)
    monkeypatch.setenv("JENJANG_MAIL", "smtp://a:rahasia@kemuning.example")
    refused = jenjang("effects", "run")
    assert refused.exit_code == 1
    assert "JENJANG_MAIL_PASSWORD_FILE" in refused.stderr
    assert "rahasia" not in refused.output


def test_the_letters_of_a_month_are_written_for_the_records_system(
    at_work: tuple[World, Typed], tmp_path: Path
) -> None:
    _, jenjang = at_work
    out = tmp_path / "arsip"
    told = jenjang("archive", "export", "--from", "2026-03-01", "--to", "31-03-2026", "--unit", "RSUD", "--out", out)
    assert (told.exit_code, told.stdout) == (0, f"1 surat (1 berkas) dan 0 nomor batal ditulis ke {out}.\n")
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=out, check=True, timeout=30)
    again = jenjang("archive", "export", "--from", "2026-03-01", "--to", "2026-03-31", "--out", out)
    assert (again.exit_code, "sudah ada dan tidak diubah" in again.stderr) == (1, True)
