"""``jenjang budgets left`` and ``reconcile``: what is left and for what it is promised, and the treasury's payments compared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from api.commands.language import Command, InputFile
from api.commands.session import say, session
from policies.wording import say_money
from workflow.budgets.reconciling import FINDINGS
from workflow.budgets.remaining import remaining
from workflow.budgets.seeing import reconciled
from workflow.budgets.sheets import MEDIA_TYPES, Cell, Document, Table, file_of
from workflow.budgets.telling import left_document, reconciliation_document
from workflow.telling.plain_text import table


class Year(click.ParamType[int]):
    """A budget year: ``2026``."""

    name = "tahun"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip()
        if not re.fullmatch(r"20[0-9]{2}", text):
            self.fail(f"{text[:40]!r} bukan tahun anggaran; tulis seperti 2026.", param, ctx)
        return int(text)


YEAR = Year()

_TO = click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BERKAS",
    help="Tulis ke berkas .csv atau .xlsx.",
)
_YEAR = click.option("--year", type=YEAR, metavar="TAHUN", help="Tahun anggaran; bawaannya tahun berjalan.")


@click.command(
    "left",
    cls=Command,
    short_help="Tampilkan sisa anggaran dan untuk apa ia dijanjikan.",
    help="Tampilkan sisa setiap mata anggaran, setiap janji dengan berkasnya, dan, dengan --movements, setiap mutasi dengan "
    "peristiwanya. Dengan --to ketiganya ditulis sebagai CSV atau XLSX menurut akhiran nama berkasnya.",
)
@_YEAR
@click.option("--unit", default="", metavar="KODE", help="Mata anggaran unit ini saja.")
@click.option(
    "--line", default="", metavar="KODE", help="Satu mata anggaran: id, kode sub kegiatan, atau kode rekening."
)
@click.option("--movements", is_flag=True, help="Tampilkan juga setiap mutasi.")
@_TO
def left(*, year: int | None, unit: str, line: str, movements: bool, file: Path | None) -> None:
    """Print or write what is left."""
    kind = _kind(file)
    with session() as here:
        found = here.database.read(remaining, year or here.today.year, unit, line)
        document = left_document(found, here.registry, here.office.zone, here.today)
    if file is not None:
        _write(document, file, kind)
        return
    if not found.lines:
        say(f"Tidak ada mata anggaran tahun {found.year} yang dimaksud.")
    for each in document.tables if movements else document.tables[:2]:
        _tell(each)


@click.command(
    "reconcile",
    cls=Command,
    short_help="Cocokkan daftar SP2D kas daerah dengan pembukuan.",
    help="Cocokkan daftar pembayaran kas daerah (nomor dan tanggal SP2D, kode rekening, penerima, jumlah) dengan yang "
    "dibukukan sebagai belanja: cocok, berbeda, belum dibukukan, tidak ada pada daftar, atau tercatat dua kali. Pembukuan "
    "tidak diubah. Dengan --to hasilnya ditulis sebagai berkas untuk dikirim kembali.",
)
@click.argument("payments", metavar="BERKAS", type=InputFile(), help="Daftar SP2D, CSV atau XLSX.")
@_YEAR
@_TO
def reconcile(*, payments: Path, year: int | None, file: Path | None) -> int:
    """Compare, and print or write what was found; answers 1 where something is to be looked into."""
    kind = _kind(file)
    with session() as here:
        asked = year or here.today.year
        found = here.database.read(reconciled, here.office, payments.name, payments.read_bytes(), asked)
        document = reconciliation_document(found, here.today)
    if file is not None:
        _write(document, file, kind)
    else:
        _tell(document.tables[0])
    counts = [f"{FINDINGS[name]} {count}" for name, count in found.counts.items() if count]
    counts += [f"tidak terbaca {len(found.unread)}"] if found.unread else []
    counts += [f"bukan mata anggaran kita {found.elsewhere}"] if found.elsewhere else []
    say(f"Tahun {asked}: {', '.join(counts) or 'tidak ada pembayaran'}.")
    return 0 if found.agrees else 1


def _kind(file: Path | None) -> str:
    kind = file.suffix.lower().lstrip(".") if file else ""
    if file is not None and kind not in MEDIA_TYPES:
        raise click.UsageError(f"Akhiran {file.name!r} tidak dikenal; pakai .csv atau .xlsx.")
    return kind


def _write(document: Document, file: Path, kind: str) -> None:
    file.write_bytes(file_of(document, kind))
    say(f"{document.title} ditulis ke {file}.")


def _tell(told: Table) -> None:
    if not told.rows:
        return
    say(f"{told.title}:")
    for line in table(told.headings, [tuple(map(_shown, row)) for row in told.rows]):
        say(line)


def _shown(cell: Cell) -> str:
    return say_money(cell) if isinstance(cell, int) else cell
