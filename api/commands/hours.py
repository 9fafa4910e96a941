"""``jenjang hours``: a year of JP, of a person, a unit or all, each figure with where it comes from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.language import Command, Number
from api.commands.session import Session, say, session
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow import directory
from workflow.hours.figures import agency_hours, person_hours, unit_hours
from workflow.hours.sheets import MEDIA_TYPES, Hours, file_of, sheet_of
from workflow.telling.plain_text import table


@click.command(
    cls=Command,
    short_help="Jam pelajaran (JP) dalam setahun.",
    help="Cetak JP seorang PEGAWAI (NIP, id, atau alamat surel), suatu unit, atau seluruh instansi dalam setahun, beserta asal "
    "setiap angka. Dengan --to ditulis sebagai CSV, XLSX, atau PDF menurut akhiran nama berkasnya.",
)
@click.argument("person", metavar="[PEGAWAI]", required=False, help="NIP, id, atau alamat surel.")
@click.option("--unit", metavar="KODE", help="Semua pegawai unit ini.")
@click.option("--all", "every", is_flag=True, help="Seluruh instansi, menurut unit.")
@click.option("--year", type=Number(), metavar="TAHUN", help="Bawaannya tahun berjalan.")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BERKAS",
    help="Tulis ke berkas .csv, .xlsx, atau .pdf.",
)
def hours(*, person: str | None, unit: str | None, every: bool, year: int | None, file: Path | None) -> None:
    """Print or write a year of hours."""
    if sum((person is not None, unit is not None, every)) != 1:
        raise click.UsageError("Sebutkan salah satu: PEGAWAI, --unit KODE, atau --all.")
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise click.UsageError(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")
    kind = file.suffix.lower().lstrip(".") if file else ""
    if file is not None and kind not in MEDIA_TYPES:
        raise click.UsageError(f"Akhiran {file.name!r} tidak dikenal; pakai .csv, .xlsx, atau .pdf.")
    with session() as here:
        found, on, zone = _found(here, person, unit, year), here.today, here.office.zone
    sheet = sheet_of(found, zone)
    if file is not None:
        file.write_bytes(file_of(sheet, kind, on))
        say(f"{sheet.title} ditulis ke {file}.")
        return
    for line in (sheet.title, *sheet.says, "", *table(sheet.headings, [tuple(map(str, row)) for row in sheet.rows])):
        say(line)


def _found(here: Session, person: str | None, unit: str | None, asked: int | None) -> Hours:
    on: date = here.today
    year = asked or on.year
    if person is not None:
        named = here.database.read(directory.person_named, person)
        return here.database.read(person_hours, here.office, named.id, year, on)
    if unit is not None:
        return here.database.read(unit_hours, here.office, unit, year, on)
    return here.database.read(agency_hours, here.office, year, on)
