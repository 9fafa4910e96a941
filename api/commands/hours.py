"""``jenjang hours``: a year of JP, of a person, a unit or all, each figure with where it comes from; and counting it anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.language import Command, Group, Number
from api.commands.session import Session, say, session
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow import directory
from workflow.hours.figures import agency_hours, person_hours, unit_hours
from workflow.hours.recounting import recount_all
from workflow.hours.sheets import MEDIA_TYPES, Hours, file_of, sheet_of
from workflow.people.person import find_person
from workflow.telling.plain_text import table


class _Hours(Group):
    """Prints the book where no command is named: ``jenjang hours NIP`` is ``jenjang hours show NIP``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in self.get_help_option_names(ctx))
        return super().parse_args(ctx, args if named else ["show", *args])


@click.group(
    cls=_Hours,
    short_help="Jam pelajaran (JP) dalam setahun.",
    help="Buku JP: cetak, atau hitung ulang setelah ketentuan berubah. Tanpa nama perintah berarti show: jenjang hours PEGAWAI.",
)
def hours() -> None:
    """The book of hours."""


@hours.command(
    "show",
    cls=Command,
    short_help="Cetak atau tulis JP dalam setahun.",
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
def show(*, person: str | None, unit: str | None, every: bool, year: int | None, file: Path | None) -> None:
    """Print or write a year of hours."""
    if sum((person is not None, unit is not None, every)) != 1:
        raise click.UsageError("Sebutkan salah satu: PEGAWAI, --unit KODE, atau --all.")
    _check_year(year)
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


@hours.command(
    "recount",
    cls=Command,
    short_help="Hitung ulang JP setelah ketentuan berubah.",
    help="Hitung ulang JP semua pegawai menurut ketentuan yang berlaku sekarang, misalnya setelah angka yang sudah berlaku diubah. "
    "Setiap perbedaan dibukukan sebagai koreksi bertanggal hari ini dan tercatat pada riwayat berkasnya; dijalankan lagi, tidak "
    "ada yang berubah.",
)
@click.option("--year", type=Number(), metavar="TAHUN", help="Hanya JP tahun ini.")
@click.option("--person", metavar="PEGAWAI", help="Hanya JP pegawai ini: NIP, id, atau alamat surel.")
def recount(*, year: int | None, person: str | None) -> None:
    """Post what the law as it is now makes of the evidence on record."""
    _check_year(year)
    with session() as here:
        named = here.database.read(directory.person_named, person).id if person is not None else ""
        found = recount_all(here.database, here.engine, here.at, person_id=named, year=year)
        for person_id, moved in found.moved.items():
            say(here.database.read(find_person, person_id).full_name)
            for each in moved:
                say(f"  {each.year}  {each.hours:+d} JP  {each.says}")
        movements = sum(map(len, found.moved.values()))
        told = f"{movements} mutasi koreksi bagi {len(found.moved)} pegawai" if movements else "tidak ada yang berubah"
        say(f"JP {found.people} pegawai dihitung ulang: {told}.")


def _check_year(year: int | None) -> None:
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise click.UsageError(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")


def _found(here: Session, person: str | None, unit: str | None, asked: int | None) -> Hours:
    on: date = here.today
    year = asked or on.year
    if person is not None:
        named = here.database.read(directory.person_named, person)
        return here.database.read(person_hours, here.office, named.id, year, on)
    if unit is not None:
        return here.database.read(unit_hours, here.office, unit, year, on)
    return here.database.read(agency_hours, here.office, year, on)
