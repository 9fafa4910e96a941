"""``jenjang bulk``: one step for many tasks of somebody's inbox, tried, ordered, looked at, cancelled and run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from api.commands.cohorts import BY, TRIGGER, json_in
from api.commands.language import Group, InputFile
from api.commands.session import Session, caller_named, remark, say, session
from api.settings import database_address
from policies.dates import written
from workflow.bulk import choosing, ordering, pages, trying
from workflow.bulk.choosing import BulkChoices, Wanted
from workflow.bulk.ordering import seen_by_name
from workflow.bulk.pages import BulkProgress
from workflow.bulk.running import run_due
from workflow.callers import Caller
from workflow.database import Connection, ServedElsewhere, serve_lock
from workflow.engine.steps import Step
from workflow.letters.leaving import beside
from workflow.telling.form_words import either
from workflow.telling.plain_text import table
from workflow.views.several_actions import SeveralDone, SeveralTrial, act_on_several, try_on_several
from workflow.views.shown import ReasonLine
from workflow.views.trials import TrialLine

ACT = "Id tindakan massal, lihat bulk list."
KEY = "Kunci idempotensi: perintah dengan kunci yang sama tidak terjadi dua kali."
#: Seconds between two looks at an act that a server runs.
PAUSE = 1.0


def _by(command: click.decorators.FC) -> click.decorators.FC:
    return click.option("--by", "by", required=True, metavar="NIP", help=BY)(command)


def _tasks(command: click.decorators.FC) -> click.decorators.FC:
    """Which tasks: named, or by process and state."""
    for option in (
        click.option("--state", metavar="STATUS", help="Semua yang berstatus ini."),
        click.option("--process", metavar="PROSES", help="Semua tugas dari proses ini."),
        click.option("--task", "named", multiple=True, metavar="TUGAS", help="Nomor berkas atau id; dapat diulang."),
    ):
        command = option(command)
    return _by(command)


def _step(command: click.decorators.FC) -> click.decorators.FC:
    """What is to be done with all of them."""
    for option in (
        click.option(
            "--acknowledge", multiple=True, metavar="SYARAT", help="Syarat yang peringatannya diketahui; dapat diulang."
        ),
        click.option("--form", "form", type=InputFile(), metavar="BERKAS", help="Isian bagi semua, sebagai JSON."),
    ):
        command = option(command)
    return click.argument("trigger", metavar="TINDAKAN", help=TRIGGER)(command)


@click.group(
    cls=Group,
    short_help="Satu tindakan bagi banyak tugas.",
    help="Tindakan massal: satu tindakan bagi banyak tugas, masing-masing diputuskan sendiri.",
)
def bulk() -> None:
    """One step for many tasks."""


@bulk.command(
    "choices",
    short_help="Tampilkan tugas dan tindakan bagi semuanya.",
    help="Tampilkan tugas yang terpilih dan tindakan yang terbuka bagi semuanya.",
)
@_tasks
def choices(named: tuple[str, ...], process: str | None, state: str | None, by: str) -> None:
    """Print tasks and what is open for all."""
    with session() as here:
        found = _chosen(here, caller_named(here, by), named, process, state)
    rows = [
        (line.reference, line.subject, line.process_title, line.state_title, written(line.due_on))
        for line in found.items
    ]
    say("\n".join(table(("Berkas", "Nama", "Proses", "Status", "Tenggat"), rows, indent="")) if rows else "Tidak ada.")
    for offer in found.offers:
        asked = f"; isian: {', '.join(need.name for need in offer.needs)}" if offer.needs else ""
        say(f"  {offer.trigger}: {offer.title}{asked}")
    if rows and not found.offers:
        say("Tidak ada tindakan yang terbuka bagi semuanya; pilihlah yang sejenis.")
    if found.letters:
        say(
            f"{len(found.letters)} surat menunggu tanda tangan; surat ditandatangani bersama lewat API /api/letters/sign."
        )
    if found.more:
        remark(f"Lebih dari {choosing.MOST} tugas; hanya {choosing.MOST} pertama yang dipilih.")


def _chosen(here: Session, caller: Caller, named: Sequence[str], process: str | None, state: str | None) -> BulkChoices:
    wanted = Wanted(tuple(named), process, state)
    return here.database.read(choosing.bulk_choices, here.engine, caller, here.at, wanted)


@bulk.command("preview", help="Coba TINDAKAN bagi tugas yang terpilih; tidak ada yang dilakukan.")
@_step
@_tasks
def preview(
    trigger: str,
    form: Path | None,
    acknowledge: tuple[str, ...],
    named: tuple[str, ...],
    process: str | None,
    state: str | None,
    by: str,
) -> None:
    """Print what would come of each."""
    step = Step(trigger, json_in(form), acknowledge)
    with session() as here:
        caller = caller_named(here, by)
        versions = _versions(_chosen(here, caller, named, process, state))
        tried = here.database.read(trying.bulk_trial, here.engine, caller, here.at, step, versions)
    say(f"Dapat: {tried.allowed} berkas; dengan peringatan: {tried.warned}; tidak dapat: {tried.refused}.")
    _tell_obstacles(tried.items)
    for rule in tried.acknowledge:
        say(f"  akui dengan --acknowledge {rule}")


@bulk.command(
    "start",
    short_help="Mulai TINDAKAN bagi tugas yang terpilih.",
    help="Mulai TINDAKAN bagi tugas yang terpilih, lalu jalankan bila tidak ada server yang melayani. Aman diulang dengan "
    "--key yang sama.",
)
@_step
@_tasks
@click.option("--key", metavar="KUNCI", help=KEY)
def start(
    trigger: str,
    form: Path | None,
    acknowledge: tuple[str, ...],
    named: tuple[str, ...],
    process: str | None,
    state: str | None,
    by: str,
    key: str | None,
) -> None:
    """Order a step for many tasks, and run it."""
    step = Step(trigger, json_in(form), acknowledge)
    with session() as here:
        caller = caller_named(here, by)
        wanted = Wanted(tuple(named), process, state)
        act = here.database.write(ordering.order_wanted, here.engine, caller, here.at, step, wanted, key)
        begun = "sudah dimulai" if act.repeated else "dimulai"
        say(f"Tindakan massal “{act.title}” {begun} bagi {act.total} berkas.")
        say(f"  id {act.id}")
        run_acts(here, only=act.id, told=_Tally(act.left).told)
        _show(here, caller, act.id)


@bulk.command(
    "together",
    short_help="Lakukan TINDAKAN pada beberapa berkas sekaligus.",
    help="Lakukan TINDAKAN pada beberapa berkas sebagai satu perbuatan: semuanya atau tidak satu pun; surat bersama terbit sekali.",
)
@_step
@click.option("--try", "trial", is_flag=True, help="Coba saja; tidak ada yang dilakukan.")
@click.option(
    "--task", "named", multiple=True, required=True, metavar="BERKAS", help="Nomor berkas atau id; dapat diulang."
)
@_by
def together(
    trigger: str,
    form: Path | None,
    acknowledge: tuple[str, ...],
    named: tuple[str, ...],
    by: str,
    *,
    trial: bool,
) -> None:
    """Take a step with several cases at once, or try it."""
    step = Step(trigger, json_in(form), acknowledge)
    with session() as here:
        caller = caller_named(here, by)

        def work(conn: Connection) -> SeveralTrial | SeveralDone:
            versions = {name: case.version for name, case in seen_by_name(conn, here.engine, caller, named).items()}
            if trial:
                return try_on_several(conn, here.engine, caller, here.at, step, versions)
            return act_on_several(conn, here.engine, caller, here.at, step, versions, None)

        found = here.database.write(work)
    if isinstance(found, SeveralTrial):
        _tell_trial(found)
        return
    say(f"Dilakukan pada {len(found.items)} berkas.")
    for line in found.items:
        say(f"  berkas {line.reference}: {beside(line.state_title, line.state_awaits)}")
    for letter in dict.fromkeys(letter for line in found.items for letter in line.letters):
        say(f"  surat {letter}")


def _tell_trial(found: SeveralTrial) -> None:
    stands = sum(line.answer != "allowed" for line in found.items)
    say(
        f"Dapat dilakukan pada {len(found.items)} berkas."
        if found.ready
        else f"Belum dapat: ada halangan pada {stands} dari {len(found.items)} berkas, sehingga tidak satu pun akan dilakukan."
    )
    _tell_obstacles(found.items)
    for letter in found.letters:
        say(f"  terbit satu {letter.title} bagi {len(letter.cases)} berkas")
    for rule in found.acknowledge:
        say(f"  akui dengan --acknowledge {rule}")


def _tell_obstacles(items: Sequence[TrialLine]) -> None:
    for line in items:
        for obstacle in line.obstacles:
            told = [_why(obstacle.detail, obstacle.reasons), *(fault.says for fault in obstacle.fields)]
            say(f"  {line.subject or '-'} (berkas {line.reference}): {' '.join(told)}")


def _versions(found: BulkChoices) -> dict[str, int]:
    return {line.case_id: line.version for line in found.items}


@bulk.command("list", help="Tampilkan tindakan massal seseorang, yang terbaru lebih dahulu.")
@_by
def list_(by: str) -> None:
    """Print the acts of somebody."""
    with session() as here:
        found = here.database.read(pages.bulk_list, here.engine, caller_named(here, by), here.at, limit=100)
    rows = [(line.id, line.title, _so_far(line)) for line in found.items]
    say("\n".join(table(("Id", "Tindakan", "Kemajuan"), rows, indent="")) if rows else "Tidak ada.")


@bulk.command("show", help="Tampilkan kemajuan satu tindakan massal dan hasil tiap berkas.")
@click.argument("bulk_id", metavar="ID", help=ACT)
@click.option("--wait", "waits", is_flag=True, help="Tunggu sampai selesai dijalankan server; kemajuannya ditampilkan.")
@_by
def show(bulk_id: str, by: str, *, waits: bool) -> None:
    """Print an act and its lines."""
    with session() as here:
        caller = caller_named(here, by)
        if waits:
            _wait(here, caller, bulk_id)
        _show(here, caller, bulk_id)


def _wait(here: Session, caller: Caller, bulk_id: str) -> None:
    """Tell how far an act is until nothing is left of it."""
    tally = None
    while True:
        act = here.database.read(pages.bulk_page, here.engine, caller, here.at, bulk_id, limit=1).progress
        tally = tally or _Tally(act.total)
        tally.told(act.total - act.left)
        if not act.left:
            return
        time.sleep(PAUSE)


class _Tally:
    """Tells how far an act is, each time that another tenth of it is done."""

    def __init__(self, total: int) -> None:
        self._total, self._tenths = total, 0

    def told(self, decided: int) -> None:
        """So many lines have been decided."""
        tenths = 10 * decided // self._total
        if tenths > self._tenths:
            self._tenths = tenths
            remark(f"{decided} dari {self._total} berkas diputuskan.")


@bulk.command("cancel", help="Batalkan yang belum dilakukan; yang sudah dilakukan tetap.")
@click.argument("bulk_id", metavar="ID", help=ACT)
@_by
def cancel(bulk_id: str, by: str) -> None:
    """Cancel what is left of an act."""
    with session() as here:
        act = here.database.write(ordering.cancel, here.engine, caller_named(here, by), here.at, bulk_id)
    say(f"Dibatalkan bagi {act.cancelled} berkas. {_so_far(act)}")


@bulk.command(
    "run",
    short_help="Jalankan sekarang yang belum selesai.",
    help="Jalankan sekarang yang belum selesai, bila tidak ada server yang melayani.",
)
def run() -> None:
    """Run what is left of every act."""
    with session() as here:
        run_acts(here)


def run_acts(here: Session, *, only: str | None = None, told: Callable[[int], None] = lambda _: None) -> None:
    """Run what is left of bulk acts, or of one, unless a server does so already."""
    try:
        with serve_lock(database_address()):
            decided = run_due(here.database, here.engine, lambda: here.at, only=only, told=told)
    except ServedElsewhere:
        remark(
            "Tindakan massal dijalankan oleh server yang sedang melayani; lihat kemajuannya dengan bulk show --wait."
        )
    else:
        if only is None:
            say(f"{decided} berkas tindakan massal diputuskan.")


def _show(here: Session, caller: Caller, bulk_id: str) -> None:
    page = here.database.read(pages.bulk_page, here.engine, caller, here.at, bulk_id, limit=choosing.MOST)
    say(f"{page.progress.title}: {_so_far(page.progress)}")
    for line in page.items:
        told = f": {_why(line.detail, line.reasons)}" if line.problem else f": {line.state_title}" if line.state else ""
        say(f"  {line.position}. {line.subject or '-'} (berkas {line.reference}) {line.outcome_title}{told}")


def _so_far(act: BulkProgress) -> str:
    return f"{act.done} dilakukan, {act.refused} ditolak, {act.cancelled} dibatalkan, {act.left} menunggu dari {act.total} berkas."


def _why(detail: str, reasons: Sequence[ReasonLine]) -> str:
    cited = sorted({by for reason in reasons if reason.grade in ("refused", "unknown") for by in reason.by})
    return f"{detail}{f' ({either(cited)})' if cited else ''}"
