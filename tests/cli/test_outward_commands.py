"""``jenjang siasn``: a completed internship goes out and its answer comes back, as the officer at BKPSDM types it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update

from tests.cli.conftest import Typed
from tests.offices import change
from tests.outward import completed, result, table
from tests.stages import AFTER
from tests.world import World
from workflow.effects import run_due
from workflow.migrations import head_revision
from workflow.tables import letters, people

Opened = Callable[[str], tuple[World, str]]


def typed_in(world: World, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Commands typed in the office of a world, whose tables were made at once: say that they are the newest."""

    def stamp(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head_revision()})

    world.database.reshape(stamp)
    monkeypatch.setenv("JENJANG_DATABASE", world.database.address)
    return Typed(Path(world.database.address.removeprefix("sqlite:///")))


def test_an_internship_goes_out_when_its_certificate_is_signed_and_comes_back_recorded(
    standing_at: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, case = standing_at("final_verification")
    jenjang, out = typed_in(world, monkeypatch), tmp_path / "keluar"
    assert "0 kegiatan dikirim" in jenjang("siasn", "export", "--to", out).stdout
    _it_is_named_until_its_certificate_is_made(world, case, jenjang, out)
    told = jenjang("siasn", "export", "--to", out)
    (batch,) = out.iterdir()
    assert f"Kiriman {batch.name}: 1 kegiatan dikirim ke SIASN" in told.stdout
    ((nip,),) = world.all(select(people.c.nip).where(people.c.id == world.ids["nurse"]))
    (row,) = table(batch / f"{batch.name}.xlsx")
    assert (row["NIP"], row["JENIS DIKLAT ID"], row["DURASI JAM"]) == (nip, 10, 20)
    assert row["INSTITUSI PENYELENGGARA"] == "Rumah Sakit Provinsi Contoh"
    assert (row["TANGGAL MULAI"], row["TANGGAL SELESAI"]) == ("06-04-2026", "17-04-2026")
    with zipfile.ZipFile(batch / f"{batch.name}-bukti.zip") as archive:
        assert archive.namelist() == [f"{nip}.pdf"]
        assert archive.read(f"{nip}.pdf").startswith(b"%PDF-")
    _its_answer_is_read(jenjang, out, result(f"{row['NOMOR REFERENSI']};{nip};Tercatat;"), tmp_path / "hasil.csv")
    assert jenjang("verify", "files").exit_code == 0


def _it_is_named_until_its_certificate_is_made(world: World, case: str, jenjang: Typed, out: Path) -> None:
    world.go_to(AFTER)
    world.fire(case, "complete", "verifier", {"cost": 3_500_000, "proofs": [world.file("verifier")]})
    told = jenjang("siasn", "export", "--to", out)
    assert told.exit_code == 0
    assert "0 kegiatan dikirim ke SIASN, 0 menunggu hasil, 0 masih ditolak, 1 belum dapat dikirim." in told.stdout
    assert f"berkas {case}: Surat keterangan JP belum ditandatangani." in told.stdout
    assert list(out.iterdir()) == []
    ((letter,),) = world.all(select(letters.c.id).where(letters.c.body_type == "CreditCertificate"))
    world.sign(letter, "agency_chief")
    assert "belum dibuat. Jalankan: jenjang effects run" in jenjang("siasn", "export", "--to", out).stdout
    while run_due(world.database, world.engine.office, world.at):
        pass


def _its_answer_is_read(jenjang: Typed, out: Path, answer: str, file: Path) -> None:
    assert "1 menunggu hasil" in jenjang("siasn", "export", "--to", out).stdout
    assert "menunggu hasil." in jenjang("siasn", "status").stdout
    file.write_text(answer, "utf-8")
    read = jenjang("siasn", "result", file)
    assert (read.exit_code, "1 tercatat, 0 ditolak" in read.stdout) == (0, True)
    assert "1 sudah diketahui" in jenjang("siasn", "result", file).stdout
    assert "menunggu hasil." not in jenjang("siasn", "status").stdout
    assert "0 menunggu hasil" in jenjang("siasn", "export", "--to", out, "--again").stdout


@pytest.fixture
def sent(standing_at: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[World, Typed, Path]:
    """One internship of a nurse has gone out to the folder."""
    world, _ = standing_at("office")
    jenjang = typed_in(world, monkeypatch)
    completed(world)
    assert jenjang("siasn", "export", "--to", tmp_path / "keluar").exit_code == 0
    return world, jenjang, tmp_path / "keluar"


def test_a_refusal_is_shown_and_goes_again_when_told_to(sent: tuple[World, Typed, Path], tmp_path: Path) -> None:
    _, jenjang, out = sent
    (batch,) = out.iterdir()
    answer = tmp_path / "hasil.csv"
    answer.write_text(
        result(f"{batch.name}-1;;ditolak;Sertifikat tidak terbaca", f"{batch.name}-2;;tercatat;"), "utf-8"
    )
    read = jenjang("siasn", "result", answer)
    assert read.exit_code == 1
    assert "Baris 3, kolom NOMOR REFERENSI" in read.stdout
    assert "ditolak: Sertifikat tidak terbaca" in jenjang("siasn", "status").stdout
    told = jenjang("siasn", "export", "--to", out).stdout
    assert "1 masih ditolak" in told
    assert "pakai --again" in told
    assert "1 kegiatan akan dikirim" in jenjang("siasn", "export", "--to", out, "--again", "--dry-run").stdout
    assert len(list(out.iterdir())) == 1
    assert "1 kegiatan dikirim" in jenjang("siasn", "export", "--to", out, "--again").stdout
    assert len(list(out.iterdir())) == 2


def test_a_batch_can_be_written_again(sent: tuple[World, Typed, Path], tmp_path: Path) -> None:
    _, jenjang, out = sent
    (batch,) = out.iterdir()
    refused = jenjang("siasn", "export", "--to", out, "--batch", batch.name)
    assert refused.exit_code == 1
    assert "sudah ada dan tidak diubah" in refused.stderr
    assert jenjang("siasn", "export", "--to", tmp_path / "lagi", "--batch", batch.name.lower()).exit_code == 0
    for file in batch.iterdir():
        assert (tmp_path / "lagi" / batch.name / file.name).read_bytes() == file.read_bytes()


def test_nothing_is_recorded_where_the_folder_cannot_be_written(
    sent: tuple[World, Typed, Path], tmp_path: Path
) -> None:
    world, jenjang, _ = sent
    completed(world, "second_nurse")
    (tmp_path / "berkas").write_text("x")
    assert "bukan folder" in jenjang("siasn", "export", "--to", tmp_path / "berkas").stderr
    told = jenjang("siasn", "export", "--to", tmp_path / "berkas" / "dalam")
    assert told.exit_code == 1
    assert "Traceback" not in told.output
    assert "1 kegiatan akan dikirim" in jenjang("siasn", "export", "--to", tmp_path, "--dry-run").stdout


def test_evidence_that_is_too_large_is_named_with_its_row(sent: tuple[World, Typed, Path]) -> None:
    world, jenjang, out = sent
    completed(world, "second_nurse", size=600 * 1024)
    told = jenjang("siasn", "export", "--to", out, "--layout", "simpeg").stdout
    assert "2 kegiatan dikirim ke SIMPEG daerah" in told
    assert "600 kB, paling besar 500 kB" in told


def test_someone_without_nip_is_named(sent: tuple[World, Typed, Path]) -> None:
    world, jenjang, out = sent
    completed(world, "second_nurse")
    change(world, update(people).where(people.c.id == world.ids["second_nurse"]).values(nip=None))
    told = jenjang("siasn", "export", "--to", out).stdout
    assert "Belum dapat dikirim: Second Nurse, berkas" in told
    assert "belum mempunyai NIP" in told


def test_a_layout_with_a_fault_is_answered_before_anything_happens(
    sent: tuple[World, Typed, Path], tmp_path: Path
) -> None:
    _, jenjang, out = sent
    (tmp_path / "kami.toml").write_text('system = "siasn"\ntitle = ""', "utf-8")
    told = jenjang("siasn", "export", "--to", out, "--layout", tmp_path / "kami.toml")
    assert (told.exit_code, "kami.toml" in told.stderr) == (1, True)


def test_where_nothing_was_sent_status_says_how_to(standing_at: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    jenjang = typed_in(standing_at("office")[0], monkeypatch)
    assert "Belum ada yang dikirim" in jenjang("siasn", "status").stdout
