"""``jenjang retention`` and ``jenjang hold``: what closed cases still say, for how long, and what must be kept nevertheless."""

from __future__ import annotations

import os
from pathlib import Path

import click

from api.commands.errors import CannotRun
from api.commands.language import Command, Group
from api.commands.session import Session, remark, say, session
from policies.dates import written
from workflow import directory
from workflow.auditing.archive import archive_name, write_archive
from workflow.database import Connection
from workflow.people import By
from workflow.references import reference_of
from workflow.retention.erasing import erase_listed
from workflow.retention.holds import administrator, end_hold
from workflow.retention.holds import hold as put_hold
from workflow.retention.schedule import Due, Listed, listed, runs_by_itself
from workflow.telling.plain_text import table

#: Lines of a list that are shown; a longer one goes to a file.
SHOWN = 200

_BY = click.option("--by", "by", required=True, metavar="NIP", help="Administrator yang menetapkannya.")


@click.command(
    cls=Command,
    short_help="Hapus isi berkas lama menurut jadwal.",
    help="Tampilkan berkas selesai yang sudah lewat masa simpannya, lalu hapus data pribadinya setelah daftarnya disetujui "
    "administrator dengan --confirm KODE --by NIP. Peristiwa, rantai, nomor surat, surat, dan pembukuan tetap ada. Masa simpan "
    "tiap proses ada dalam ketentuan retention; bila automatic = 1, tidak perlu disetujui.",
)
@click.option("--dry-run", is_flag=True, help="Tampilkan saja, juga bila penghapusan berjalan sendiri.")
@click.option(
    "--confirm", "code", metavar="KODE", default="", help="Kode daftar yang disetujui, sebagaimana ditampilkan."
)
@click.option("--by", "by", metavar="NIP", default="", help="Administrator yang menyetujui.")
@click.option(
    "--archive",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Simpan setiap berkas sebagai ZIP ke folder ini sebelum isinya dihapus.",
)
def retention(*, dry_run: bool, code: str, by: str, archive: Path | None) -> None:
    """Erase what has been kept long enough."""
    with session() as here:
        found = here.database.read(listed, here.office, here.at)
        by_itself = runs_by_itself(here.office, here.at)
        if dry_run or not (code or (by_itself and found.due)):
            _show(found, by_itself=by_itself)
            return
        if code and not by:
            raise CannotRun("Sebutkan administrator yang menyetujui dengan --by NIP.")
        who = here.database.read(_administrator, by) if code else None
        before = _Archive(here, archive) if archive else None
        done = erase_listed(here.database, here.engine, here.at, who, code, before)
        for each in done:
            say(
                f"{each.due.reference}: {each.events} peristiwa, {each.entries} catatan, {each.files} lampiran dihapus isinya."
            )
        say(f"Isi {len(done)} berkas dihapus; surat, nomor, dan pembukuannya tetap.")
        remark("Cadangan yang lebih lama masih memuatnya sampai dihapus oleh --keep.")


def _show(found: Listed, *, by_itself: bool) -> None:
    rows = [(due.reference, due.process, written(due.closed_on), f"{due.years} tahun", due.by) for due in found.due]
    if rows:
        say("\n".join(table(("Berkas", "Proses", "Selesai", "Masa simpan", "Dasar"), rows[:SHOWN], indent="")))
    if len(rows) > SHOWN:
        say(f"... dan {len(rows) - SHOWN} lagi.")
    say(f"{len(rows)} berkas lewat masa simpan, {found.held} ditahan, {found.unfinished} masih ada yang tertunda.")
    if rows and not by_itself:
        say(f"Untuk menghapus isinya: jenjang retention --confirm {found.code} --by NIP")


class _Archive:
    """Puts a case into a folder before it is erased; a file that is there already is left, as the unit may be run again."""

    def __init__(self, here: Session, folder: Path) -> None:
        self._here, self._folder = here, folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __call__(self, conn: Connection, due: Due) -> None:
        """Write the ZIP whole or not at all, and only then let the unit go on."""
        target = self._folder / archive_name(due.case_id)
        part = target.with_suffix(".sebagian")
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            write_archive(conn, self._here.office, self._here.registry, due.case_id, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)


def _administrator(conn: Connection, named: str) -> By:
    return administrator(conn, directory.person_named(conn, named))


@click.group(
    cls=Group,
    short_help="Tahan penghapusan isi berkas.",
    help="Tahan penghapusan isi berkas, atau akhiri penahanannya.",
)
def hold() -> None:
    """Legal holds."""


@hold.command("set", help="Tahan: isi berkas tidak dihapus selama penahanan berlaku.")
@click.argument("case", metavar="BERKAS")
@click.option("--reason", required=True, metavar="ALASAN", help="Perkara, pemeriksaan, atau permintaan siapa.")
@_BY
def hold_set(case: str, reason: str, by: str) -> None:
    """Put a hold on a case."""
    with session() as here:
        held = here.database.write(put_hold, case, reason, here.database.read(_administrator, by), here.at)
        say(f"Penghapusan isi berkas {reference_of(held.id)} ditahan.")


@hold.command("end", help="Akhiri penahanan; masa simpan berlaku lagi.")
@click.argument("case", metavar="BERKAS")
@click.option("--reason", required=True, metavar="ALASAN", help="Mengapa tidak diperlukan lagi.")
@_BY
def hold_end(case: str, reason: str, by: str) -> None:
    """End the hold on a case."""
    with session() as here:
        held = here.database.write(end_hold, case, reason, here.database.read(_administrator, by), here.at)
        say(f"Penahanan atas berkas {reference_of(held.id)} diakhiri.")
