"""``jenjang cohort``: those who go together, opened from a list, shown, and moved by whoever may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from api.commands.errors import CannotRun
from api.commands.language import Group, InputFile
from api.commands.people import WHO
from api.commands.session import Session, caller_named, remark, say, session
from api.reading import read_json
from workflow.callers import Caller
from workflow.database import Connection
from workflow.engine import cohorts as cohort_store
from workflow.engine.cohorts import CohortAct, OwnStep
from workflow.errors import Problem
from workflow.imports.roster import typed
from workflow.letters.leaving import beside
from workflow.telling.form_words import either
from workflow.telling.plain_text import table
from workflow.views import cohort_actions, cohort_opening
from workflow.views.cohort_actions import CohortDone, StayedLine
from workflow.views.cohort_opening import Common
from workflow.views.cohorts import cohort_rows

COHORT = "Id rombongan."
TRIGGER = "Kode tindakan, lihat jenjang describe."
BY = "Yang bertindak: NIP, id, atau alamat surel."
EACH = 'Berkas JSON menurut nomor atau id berkas: {"NOMOR": {"trigger": "decline", "form": {…}}}.'


@click.group(cls=Group, help="Rombongan: berkas yang diajukan bersama.")
def cohort() -> None:
    """Cases that were asked for together."""


@cohort.command(
    "open",
    short_help="Buka berkas bagi semua dalam suatu daftar.",
    help="Buka berkas bagi semua orang dalam DAFTAR sekaligus, atau tidak bagi siapa pun.",
)
@click.argument("file", metavar="DAFTAR", type=InputFile(), help="CSV atau XLSX dengan kolom NIP dan kolom isian lain.")
@click.option("--process", required=True, metavar="PROSES", help="Nama proses, misalnya internship.")
@click.option("--title", required=True, metavar="NAMA", help="Nama rombongan.")
@click.option("--by", "by", required=True, metavar="NIP", help=f"Yang membuka. {WHO}")
@click.option(
    "--set", "fields", multiple=True, metavar="ISIAN=NILAI", help="Isian yang sama bagi semua; dapat diulang."
)
def cohort_open(file: Path, process: str, title: str, by: str, fields: tuple[str, ...]) -> None:
    """Open a cohort from a list."""
    with session() as here:
        form = typed(here.registry.process(process), _given(fields))
        caller, common = caller_named(here, by), Common(process, title, form)
        who = (here.engine, caller, here.at)
        found = here.database.read(cohort_opening.listed, *who, common, file.read_bytes(), file.name)
        done = here.database.write(cohort_opening.open_from_list, *who, common, found, None)
    say(f"Rombongan “{title}” dibuka bagi {len(done.moved)} orang.")
    say(f"  id {done.id}")
    for line in done.moved:
        say(f"  {line.subject}: berkas {line.reference}")


def _given(fields: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in fields:
        name, mark, value = each.partition("=")
        if not mark or name in given:
            raise CannotRun(f'--set {each}: tulis satu kali bagi tiap isian, seperti --set section="Instalasi Gizi".')
        given[name] = value
    return given


@cohort.command("show", help="Tampilkan satu rombongan: berkas, status, dan siapa yang ditunggu.")
@click.argument("cohort_id", metavar="ROMBONGAN", help=COHORT)
def cohort_show(cohort_id: str) -> None:
    """Print a cohort."""
    with session() as here:
        found = here.database.read(cohort_store.load, cohort_id)
        rows = here.database.read(cohort_rows, here.engine, found)
        process = here.registry.process(found.process)
    say(f"{found.title}: {process.title}, {len(rows)} orang")
    say("\n".join(table(("Berkas", "NIP", "Nama", "Status", "Menunggu"), rows, indent="")))


@cohort.command(
    "fire",
    short_help="Lakukan tindakan bagi rombongan.",
    help="Lakukan TINDAKAN bagi semua berkas yang memenuhi syarat; yang lain disebut beserta alasannya.",
)
@click.argument("cohort_id", metavar="ROMBONGAN", help=COHORT)
@click.argument("trigger", metavar="TINDAKAN", help=TRIGGER)
@click.option("--by", "by", required=True, metavar="NIP", help=BY)
@click.option("--form", "form", type=InputFile(), metavar="BERKAS", help="Isian tindakan, sebagai JSON.")
@click.option("--each", "each", type=InputFile(), metavar="BERKAS", help=EACH)
@click.option(
    "--acknowledge", multiple=True, metavar="SYARAT", help="Syarat yang peringatannya diketahui; dapat diulang."
)
@click.option("--try", "trial", is_flag=True, help="Coba saja; tidak ada yang dilakukan.")
def cohort_fire(
    cohort_id: str,
    trigger: str,
    by: str,
    form: Path | None,
    each: Path | None,
    acknowledge: tuple[str, ...],
    *,
    trial: bool,
) -> None:
    """Move a cohort."""
    deed = CohortAct(trigger=trigger, form=json_in(form), each=each_in(each), acknowledge=acknowledge)
    with session() as here:
        move(here, caller_named(here, by), cohort_id, deed, trial=trial)


def move(here: Session, caller: Caller, cohort_id: str, deed: CohortAct, *, trial: bool = False) -> None:
    """Take a step with a cohort, or try it, and say who moved and why the others did not. Raises Problem."""

    def work(conn: Connection) -> CohortDone:
        if trial:
            return cohort_actions.trial(conn, here.engine, caller, here.at, cohort_id, deed)
        return cohort_actions.act(conn, here.engine, caller, here.at, cohort_id, deed, None, None)

    with told_by_case():
        done = here.database.write(work)
    tell(done)


@contextmanager
def told_by_case() -> Iterator[None]:
    """Says why each case stayed where nobody could be moved, before the problem itself is told."""
    try:
        yield
    except Problem as problem:
        for line in problem.more.get("cases", ()):
            remark(_why(line))
        raise


def tell(done: CohortDone) -> None:
    """Print what an act did to a cohort."""
    moved = "Akan berjalan" if done.tried else "Berjalan"
    say(f"{moved}: {len(done.moved)} berkas; tidak: {len(done.stayed)} berkas.")
    for line in done.moved:
        say(f"  {line.subject} (berkas {line.reference}): {beside(line.state_title, line.state_awaits)}")
    for stayed in done.stayed:
        say(f"  {_why(stayed)}")
    for letter in done.letters:
        say(f"  surat {letter}")


def _why(line: StayedLine) -> str:
    cited = sorted({by for reason in line.reasons if reason.grade in ("refused", "unknown") for by in reason.by})
    told = [f"{line.subject}: {line.detail}{f' ({either(cited)})' if cited else ''}"]
    told += [fault.says for fault in line.fields]
    told += [f"akui dengan --acknowledge {rule}" for rule in line.acknowledge]
    return "\n    - ".join(told)


def json_in(file: Path | None) -> dict[str, Any]:
    """The JSON object in a file; an empty one where none is named. Raises Malformed, CannotRun."""
    if file is None:
        return {}
    value = read_json(file.read_bytes())
    if not isinstance(value, dict):
        raise CannotRun(f"{file} harus memuat satu objek JSON.")
    return value


def each_in(file: Path | None) -> dict[str, OwnStep]:
    """What some cases do instead, by their ids. Raises Malformed, CannotRun."""
    try:
        return msgspec.convert(json_in(file), dict[str, OwnStep])
    except msgspec.ValidationError as wrong:
        raise CannotRun(f"{file}: {EACH}") from wrong
