"""``jenjang report``: the figures for the regent, running or as they were signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.commands.language import Command
from api.commands.session import Session, say, session
from policies.dates import written
from policies.report import Period, read_period
from workflow.letters.words import begun_large, decimal
from workflow.reports.showing import Report, report_of_case, running
from workflow.reports.spreadsheet import spreadsheet
from workflow.telling.plain_text import table

SHOW = "show"


class Time(click.ParamType[Period | str]):
    """A year, a quarter of one, or the word that a case follows."""

    name = "kurun"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period | str:
        if isinstance(value, Period):
            return value
        if value == SHOW:
            return SHOW
        found = read_period(str(value))
        if found is None:
            self.fail(f"{str(value)[:40]!r} bukan triwulan atau tahun; tulis seperti 2026-1 atau 2026.", param, ctx)
        return found


@click.command(
    cls=Command,
    short_help="Angka laporan bagi kepala daerah.",
    help="Cetak angka berjalan suatu TRIWULAN (2026-1) atau TAHUN (2026). Dengan `show BERKAS`: laporan suatu berkas, "
    "sebagaimana ditandatangani.",
)
@click.argument("time", metavar="TRIWULAN|TAHUN|show", type=Time(), help="Misalnya 2026-1, 2026, atau show.")
@click.argument("case", metavar="[BERKAS]", required=False, help="Nomor atau id berkas laporan, sesudah show.")
@click.option(
    "--xlsx",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BERKAS",
    help="Tulis sebagai XLSX ke berkas ini.",
)
def report(time: Period | str, case: str | None, file: Path | None) -> None:
    """Print a report, or write its spreadsheet."""
    if (time == SHOW) != (case is not None):
        raise click.UsageError("Tulis `report 2026-1`, `report 2026`, atau `report show BERKAS`.")
    with session() as here:
        found = _found(here, time, case)
    if file is not None:
        file.write_bytes(spreadsheet(found))
        say(f"{begun_large(found.title)} ditulis ke {file}.")
        return
    for line in report_lines(found):
        say(line)


def _found(here: Session, time: Period | str, case: str | None) -> Report:
    processes, on = tuple(here.registry.processes.values()), here.today
    if isinstance(time, Period):
        return here.database.read(running, here.office, processes, time, on)
    return here.database.read(report_of_case, here.office, processes, str(case), on)


def report_lines(found: Report) -> list[str]:
    """A report as people read it on a screen, line by line."""
    state = "sebagaimana ditandatangani pada" if found.signed_at else "angka berjalan, dihitung"
    lines = [f"{begun_large(found.title)} ({state} {written(found.counted_on)})"]
    for section in found.figures:
        rows = [(begun_large(row.title), *(decimal(cell.value) for cell in row.cells)) for row in section.lines]
        lines += ["", section.title, section.says, *table((section.heading, *section.measures), rows)]
        lines += [f"  {note}" for row in section.rows if section.code == "agreements" for note in row.notes]
    lines += ["", "Koreksi atas laporan sebelumnya"]
    lines += [
        f"{begun_large(Period(each.year, each.quarter).title)}, {each.title}, {each.measure}: dilaporkan "
        f"{decimal(each.was)}, seharusnya {decimal(each.now)}."
        for each in found.corrections
    ] or ["Tidak ada koreksi."]
    for title, text in (("Hambatan", found.obstacles), ("Tindak lanjut", found.follow_up)):
        lines += ["", title, text] if text else []
    return lines
