"""``jenjang export-log``: what happened in the cases of a process, for tools of process mining."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.errors import CannotRun
from api.commands.language import Command, Day, OneOf
from api.commands.session import say, session
from workflow.auditing.access import examiner_at_the_desk
from workflow.auditing.viewing import note_handing_over
from workflow.database import Connection
from workflow.process_log import exporting
from workflow.process_log.exporting import FORMS, Asked


@click.command(
    "export-log",
    cls=Command,
    short_help="Ekspor log suatu proses untuk process mining.",
    help="Ekspor peristiwa berkas suatu proses yang dibuka dalam suatu jangka waktu. Orang disebut dengan nama samaran yang "
    "berlaku dalam satu ekspor saja.",
)
@click.option("--process", "process", required=True, metavar="PROSES", help="Nama proses, misalnya internship.")
@click.option("--from", "from_on", type=Day(), metavar="TANGGAL", help="Berkas yang dibuka sejak hari ini.")
@click.option("--until", "until_on", type=Day(), metavar="TANGGAL", help="Sampai dengan hari ini.")
@click.option(
    "--format",
    "form",
    type=OneOf(tuple(FORMS)),
    default="xes",
    metavar="BENTUK",
    help=f"{', '.join(FORMS)}; bawaannya xes.",
)
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), metavar="FILE", help="File yang dibuat.")
@click.option("--names", is_flag=True, help="Sebut orang dengan namanya, bukan nama samaran.")
@click.option("--for", "assignment", metavar="PENUGASAN", help="Id penugasan auditor yang menerimanya: dicatat.")
def export_log(
    process: str,
    from_on: date | None,
    until_on: date | None,
    form: str,
    to: Path,
    assignment: str | None,
    *,
    names: bool,
) -> None:
    """Write the log of a process; a file that exists is left alone."""
    if to.exists():
        raise CannotRun(f"{to} sudah ada. Sebutkan nama lain, atau pindahkan dahulu file itu.")
    asked = Asked(process, form, from_on, until_on, names)
    unfinished = to.with_name(f"{to.name}.sebagian")
    with session() as here:
        engine = here.engine
        if assignment:
            here.database.write(note_handing_over, here.office, assignment, None, "may_take_process_log", here.at)
        try:
            with unfinished.open("xb") as target:

                def write(conn: Connection) -> None:
                    who = examiner_at_the_desk(conn, engine, assignment)
                    exporting.write(conn, exporting.wanted_at_the_desk(engine, who, asked), form, target)

                here.database.read(write)
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)
    say(f"{to}: {to.stat().st_size} byte")
