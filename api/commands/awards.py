"""``jenjang awards``: who could be nominated, what is within reach, how fairly awards are given, the lists to pay and to record."""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.language import Command, Group, Number
from api.commands.session import Session, caller_named, say, session
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow import directory
from workflow.awards import sheets
from workflow.awards.candidates import candidates
from workflow.awards.fairness import fairness
from workflow.awards.judging import KINDS
from workflow.awards.personnel_record import SHIPPED, personnel_record, record_layout
from workflow.awards.reach import reach
from workflow.awards.seeing import seen_payments
from workflow.hours.sheets import Cell, Sheet
from workflow.telling.plain_text import table


def _known(_ctx: click.Context, _param: click.Parameter, file: Path | None) -> Path | None:
    """Refuses a file of another type before anything is read, or a look put on record."""
    if file is not None and _ending(file) not in sheets.MEDIA_TYPES:
        raise click.UsageError(f"Akhiran {file.name!r} tidak dikenal; pakai .csv atau .xlsx.")
    return file


_file = click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_known,
    metavar="BERKAS",
    help="Tulis ke berkas .csv atau .xlsx.",
)
_year = click.option("--year", type=Number(), metavar="TAHUN", help="Bawaannya tahun berjalan.")


@click.group(
    cls=Group,
    short_help="Calon penerima, pemerataan, dan daftar penghargaan.",
    help="Penghargaan di luar berkasnya: siapa yang dapat diusulkan, apa yang dapat dicapai seorang pegawai, pemerataan, daftar "
    "nominatif, dan riwayat untuk SIASN. Dengan --to ditulis sebagai CSV atau XLSX menurut akhiran nama berkasnya.",
)
def awards() -> None:
    """Awards beside their cases."""


@awards.command(
    "candidates",
    cls=Command,
    short_help="Siapa yang dapat diusulkan sekarang.",
    help="Cetak pegawai yang dapat diusulkan sekarang dan belum diusulkan, menurut jenis dan perangkat daerah, beserta yang belum "
    "diketahui dan yang dilengkapi saat diusulkan.",
)
@click.option("--kind", default="", metavar="JENIS", help=f"Satu jenis saja: {', '.join(KINDS)}.")
@click.option("--unit", default="", metavar="KODE", help="Satu perangkat daerah saja.")
@_file
def candidates_command(*, kind: str, unit: str, file: Path | None) -> None:
    """Print or write who could be nominated."""
    with session() as here:
        found = here.database.read(candidates, here.office, here.today, kind=kind, unit=unit)
        _give(here, sheets.candidates_sheet(found), file)


@awards.command(
    "reach",
    cls=Command,
    short_help="Penghargaan yang dapat dicapai seorang pegawai.",
    help="Cetak penghargaan yang dapat dicapai seorang PEGAWAI (NIP, id, atau alamat surel): yang sudah ada, yang kurang, dan "
    "dasar hukumnya.",
)
@click.argument("person", metavar="PEGAWAI", help="NIP, id, atau alamat surel.")
@_file
def reach_command(*, person: str, file: Path | None) -> None:
    """Print or write what is within somebody's reach."""
    with session() as here:
        named = here.database.read(directory.person_named, person)
        _give(here, sheets.reach_sheet(here.database.read(reach, here.office, named.id, here.today)), file)


@awards.command(
    "fairness",
    cls=Command,
    short_help="Pemerataan penghargaan dalam setahun.",
    help="Cetak banyaknya pegawai yang diusulkan, dinilai, dan menerima menurut perangkat daerah, jenis kelamin, golongan, dan "
    "jenis; sebaran nilai anggota tim penilai; dan penerima berulang. Dengan --open seperti yang dilihat semua pegawai: tanpa "
    "nama, dan tanpa angka tentang terlalu sedikit orang.",
)
@_year
@click.option("--open", "open_to_all", is_flag=True, help="Hanya yang boleh dilihat semua pegawai.")
@_file
def fairness_command(*, year: int | None, open_to_all: bool, file: Path | None) -> None:
    """Print or write how fairly awards are given."""
    with session() as here:
        asked = _checked(here, year)
        found = here.database.read(fairness, here.office, asked, here.today, open_to_all=open_to_all)
        _give(here, sheets.fairness_sheet(found), file)


@awards.command(
    "payments",
    cls=Command,
    short_help="Daftar nominatif suatu putaran.",
    help="Cetak daftar nominatif PUTARAN (nomor atau id berkasnya) bagi verifikator atau pengelola anggaran yang disebut dengan "
    "--for. Nomor rekening adalah data pribadi: yang melihatnya dicatat pada setiap berkas.",
)
@click.argument("award_round", metavar="PUTARAN", help="Nomor atau id berkas putaran.")
@click.option("--for", "viewer", required=True, metavar="PEGAWAI", help="Bagi siapa: NIP, id, atau alamat surel.")
@_file
def payments_command(*, award_round: str, viewer: str, file: Path | None) -> None:
    """Print or write the list by which a round is paid, for somebody who may see it."""
    with session() as here:
        caller = caller_named(here, viewer)
        found = here.database.write(seen_payments, here.engine, caller, here.at, award_round)
        _give(here, sheets.payments_sheet(found), file)


@awards.command(
    "record",
    cls=Command,
    short_help="Riwayat penghargaan untuk SIASN.",
    help="Cetak penghargaan yang diserahkan dalam setahun dengan kolom yang diminta riwayat penghargaan SIASN. Kolomnya dapat "
    "diganti dengan tata letak sendiri.",
)
@_year
@click.option(
    "--layout",
    type=click.Path(dir_okay=False, path_type=Path),
    default=SHIPPED,
    metavar="BERKAS",
    help="Tata letak sendiri (TOML).",
)
@_file
def record_command(*, year: int | None, layout: Path, file: Path | None) -> None:
    """Print or write what the personnel record takes."""
    columns = record_layout(layout)
    with session() as here:
        found = here.database.read(personnel_record, here.office, here.registry, _checked(here, year))
        _give(here, sheets.record_sheet(found, columns), file)


def _checked(here: Session, year: int | None) -> int:
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise click.UsageError(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")
    return year or here.today.year


def _give(here: Session, sheet: Sheet, file: Path | None) -> None:
    """Print a table, or write it where it was asked for."""
    if file is not None:
        file.write_bytes(sheets.file_of(sheet, _ending(file), here.today))
        say(f"{sheet.title} ditulis ke {file}.")
        return
    rows = [tuple(map(_printed, sheet.headings, row)) for row in sheet.rows]
    for line in (sheet.title, *sheet.says, "", *table(sheet.headings, rows)):
        say(line)


def _printed(heading: str, cell: Cell) -> str:
    """A cell as it is read: rupiah with dots."""
    return f"{cell:,}".replace(",", ".") if heading in sheets.RUPIAH and isinstance(cell, int) else str(cell)


def _ending(file: Path) -> str:
    return file.suffix.lower().lstrip(".")
