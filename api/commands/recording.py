"""``jenjang record`` and ``jenjang incoming``: answers that came on paper, put on record for whoever gave them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from api.commands.budget_figures import YEAR
from api.commands.cohorts import BY, EACH, TRIGGER, each_in, json_in, tell, told_by_case
from api.commands.language import Command, Day, InputFile, OneOf
from api.commands.session import caller_named, say, session
from policies.dates import written
from workflow import cases, filing
from workflow.callers import Caller
from workflow.database import Connection
from workflow.engine import cohorts as cohort_store
from workflow.engine.cohorts import CohortAct, OwnStep
from workflow.engine.engine import Engine
from workflow.engine.steps import Step
from workflow.errors import NotFound
from workflow.letters.leaving import beside
from workflow.telling.plain_text import table
from workflow.views import actions, cohort_actions
from workflow.views.actions import ActionDone
from workflow.views.cohort_actions import CohortDone
from workflow.views.incoming import whole_book

CHANNELS = {"surat": "letter", "surel": "email", "whatsapp": "whatsapp", "buku": "logbook"}
#: Entries that are printed at most.
MOST = 10_000


@click.command(
    cls=Command,
    short_help="Catat jawaban yang datang di atas kertas.",
    help="Catat TINDAKAN atas nama instansi penerima yang menjawab di atas kertas, bagi satu BERKAS atau satu rombongan. "
    "Surat masuk ke buku agenda, dan instansi penerima mendapat salinannya.",
)
@click.argument("about", metavar="BERKAS", help="Nomor atau id berkas, atau id rombongan.")
@click.argument("trigger", metavar="TINDAKAN", help=TRIGGER)
@click.option("--by", "by", required=True, metavar="NIP", help=BY)
@click.option("--number", default="", metavar="NOMOR", help="Nomor surat; kosong hanya bagi buku catatan harian.")
@click.option("--date", "dated_on", required=True, type=Day(), metavar="TANGGAL", help="Tanggal surat.")
@click.option("--signer", required=True, metavar="NAMA", help="Nama penandatangan.")
@click.option("--post", required=True, metavar="JABATAN", help="Jabatan penandatangan.")
@click.option("--channel", required=True, type=OneOf(tuple(CHANNELS)), metavar="CARA", help=f"{', '.join(CHANNELS)}.")
@click.option("--received", required=True, type=Day(), metavar="TANGGAL", help="Tanggal diterima.")
@click.option("--scan", required=True, type=InputFile(), metavar="BERKAS", help="Pindaian: PDF, PNG, atau JPEG.")
@click.option("--form", "form", type=InputFile(), metavar="BERKAS", help="Isian tindakan, sebagai JSON.")
@click.option("--each", "each", type=InputFile(), metavar="BERKAS", help=f"Bagi rombongan. {EACH}")
@click.option(
    "--acknowledge", multiple=True, metavar="SYARAT", help="Syarat yang peringatannya diketahui; dapat diulang."
)
def record(about: str, trigger: str, by: str, scan: Path, form: Path | None, each: Path | None, **typed: Any) -> None:
    """Put an answer on record for whoever gave it on paper."""
    paper = {
        "channel": CHANNELS[typed["channel"]],
        "number": typed["number"],
        "dated_on": typed["dated_on"].isoformat(),
        "signer_name": typed["signer"],
        "signer_post": typed["post"],
        "received_on": typed["received"].isoformat(),
    }
    step = Step(trigger, json_in(form), typed["acknowledge"], paper)
    with session() as here:
        caller = caller_named(here, by)
        with told_by_case():
            done = here.database.write(_recorded, here.engine, caller, here.at, about, step, each_in(each), scan)
    if isinstance(done, CohortDone):
        tell(done)
    else:
        say(f"Dicatat. Status berkas {done.reference} sekarang: {beside(done.state_title, done.state_awaits)}.")


def _recorded(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: Any,
    about: str,
    step: Step,
    each: dict[str, OwnStep],
    scan: Path,
) -> ActionDone | CohortDone:
    """Hand in the scan and take the step with it, in one unit. Raises Problem."""
    file = filing.store_file(conn, engine, caller, at, scan.name, scan.read_bytes())
    paper = {**(step.recorded or {}), "scan": file.id}
    if _is_cohort(conn, about):
        deed = CohortAct(
            trigger=step.trigger, form=dict(step.form), acknowledge=step.acknowledge, each=each, recorded=paper
        )
        return cohort_actions.act(conn, engine, caller, at, about, deed, None, None)
    steps = (Step(step.trigger, step.form, step.acknowledge, paper),)
    return actions.act(conn, engine, caller, at, about, steps, cases.load(conn, about).version, None)


def _is_cohort(conn: Connection, about: str) -> bool:
    try:
        cohort_store.load(conn, about)
    except NotFound:
        return False
    return True


@click.command(
    cls=Command,
    short_help="Tampilkan buku agenda surat masuk.",
    help="Tampilkan buku agenda surat masuk, seluruhnya atau satu TAHUN: nomor agenda, surat, pengirim, dan pencatatnya.",
)
@click.argument("year", metavar="[TAHUN]", required=False, type=YEAR, help="Tahun agenda.")
def incoming(year: int | None) -> None:
    """Print the book of incoming letters."""
    with session() as here:
        found = here.database.read(whole_book, year, MOST)
    rows = [
        (
            line.agenda,
            _said(line.received_on),
            line.number or "tanpa nomor",
            _said(line.dated_on),
            line.sender_name or line.sender,
            f"{line.signer_name}, {line.signer_post}",
            line.channel_title,
            line.recorded_by,
            str(len({case.case_id for case in line.cases})),
        )
        for line in found
    ]
    headings = ("Agenda", "Diterima", "Nomor", "Tanggal", "Pengirim", "Penandatangan", "Melalui", "Pencatat", "Berkas")
    say("\n".join(table(headings, rows, indent="")) if rows else "Tidak ada.")


def _said(day: date | None) -> str:
    return written(day) if day else "-"
