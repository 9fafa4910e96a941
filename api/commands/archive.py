"""``jenjang archive``: letters as files, for the agency's records system."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.errors import CannotRun
from api.commands.language import Day, Group
from api.commands.session import remark, say, session
from workflow.telling.plain_text import listing


@click.group(cls=Group, help="Surat sebagai berkas untuk sistem kearsipan.")
def archive() -> None:
    """Letters for the records system."""


@archive.command(
    "export",
    short_help="Tulis surat satu rentang tanggal ke folder atau ZIP.",
    help="Tulis surat yang bertanggal dalam satu rentang: PDF, pindaian, metadata (CSV dan JSON), nomor batal, dan SHA256SUMS.",
)
@click.option("--from", "first", type=Day(), required=True, metavar="TANGGAL", help="Tanggal surat paling awal.")
@click.option("--to", "last", type=Day(), required=True, metavar="TANGGAL", help="Tanggal surat paling akhir.")
@click.option("--unit", metavar="UNIT", help="Hanya surat yang dinomori atau ditandatangani unit ini.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FOLDER|ZIP", help="Folder atau berkas .zip baru."
)
def archive_export(first: date, last: date, unit: str | None, out: Path) -> None:
    """Write the letters of a period."""
    from workflow.letters.archive import Asked, export  # noqa: PLC0415 - looks into PDF, which takes a while to load

    with session() as here:
        done = export(here.database, here.office, here.registry, Asked(first, last, unit), out)
    say(f"{done.letters} surat ({done.files} berkas) dan {done.void} nomor batal ditulis ke {out}.")
    if done.lacking:
        remark(f"Belum ada berkasnya: {listing(done.lacking)}. Jalankan: jenjang effects run")
    if done.altered:
        raise CannotRun(
            f"Isi berkas berbeda dari sidik yang dicatat: {listing(done.altered)}. Jalankan: jenjang verify files"
        )
