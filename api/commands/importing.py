"""``jenjang import-people`` and its sisters: files of the agency's other systems go in, whole or not at all."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from api.commands.language import Command, InputFile
from api.commands.session import Session, now, remark, say, session
from api.settings import database_address
from workflow import directory
from workflow.database import Database
from workflow.engine.affected import groups_and_regent
from workflow.imports import (
    ImportReport,
    Rejection,
    UnreadableSheet,
    import_agreements,
    import_budgets,
    import_partners,
    import_places,
    import_staff,
)
from workflow.migrations import current_revision, migrate, needs_migration
from workflow.people import setup_agency

#: Imports all take the same.
Import = Callable[..., ImportReport]

#: Rejections and other findings shown one by one; the rest is counted. ``--json`` names them all.
SHOWN = 40


class _Unopened(click.ParamType[Path]):
    """A path, whatever lies there: what is wrong with it belongs to the answer of the import."""

    name = "berkas"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002 - click's own
        return Path(value)


class Bar:
    """A progress bar on a terminal, on standard error; nothing elsewhere."""

    def __init__(self, label: str, *, shown: bool) -> None:
        self._label = label
        self._shown = shown and sys.stderr.isatty()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Hear how many rows are done, and of how many."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr, width=30)
        self._bar.update(done - self._bar.pos)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.render_finish()


def _command(name: str, what: str, work: Import, *, reseats: bool, lasting: str) -> Command:
    """One import command: they differ in what they read. ``lasting`` says what becomes of what the file no longer has."""

    @click.argument("file", metavar="BERKAS", type=_Unopened(), help="Berkas CSV atau XLSX.")
    @click.option("--dry-run", is_flag=True, help="Periksa saja; tidak ada yang ditulis.")
    @click.option("--json", "as_json", is_flag=True, help="Cetak hasilnya sebagai JSON, dan hanya itu.")
    @click.option("--skip-rejected", is_flag=True, help="Tulis baris yang benar walaupun ada yang ditolak.")
    @click.pass_context
    def command(context: click.Context, file: Path, *, dry_run: bool, as_json: bool, skip_rejected: bool) -> int:
        try:
            InputFile().convert(file, context.command.params[0], context)
            with _working(dry_run=dry_run) as here:
                with Bar(f"Membaca {file.name}", shown=not as_json) as bar:
                    report = here.database.write(
                        work,
                        file.read_bytes(),
                        file.name,
                        at=here.at,
                        on=here.today,
                        dry_run=dry_run,
                        skip_rejected=skip_rejected,
                        progress=bar,
                    )
                if report.written and reseats:
                    _take_up(here, report)
        except (UnreadableSheet, click.BadParameter) as error:
            if not as_json:
                raise
            report = _unread(error)
        if as_json:
            say(json.dumps(report.for_machines(), ensure_ascii=False))
        else:
            _tell(report, lasting, dry_run=dry_run)
        return 1 if report.rejected else 0

    help_ = (
        f"Impor {what} dari BERKAS (CSV dengan koma atau titik koma, atau XLSX).\n\n"
        "Baris pertama berisi judul kolom. Tidak ada yang ditulis bila ada baris yang ditolak, kecuali dengan --skip-rejected. "
        "Impor ulang memperbarui. Keluar dengan 0 bila tidak ada yang ditolak, selain itu 1."
    )
    return click.command(name, cls=Command, help=help_, short_help=f"Impor {what}.")(command)


def _unread(error: UnreadableSheet | click.BadParameter) -> ImportReport:
    """The answer for machines where there was no table to read; people hear of it on standard error."""
    reason = error.says if isinstance(error, UnreadableSheet) else f"Tidak terbaca: {error.message}"
    remark(reason)
    return ImportReport(rows=0, accepted=0, rejected=(Rejection(1, "", "", reason),))


@contextmanager
def _working(*, dry_run: bool) -> Iterator[Session]:
    """The database to import into, made ready where it is new. A trial run on one that does not exist leaves none behind."""
    if not dry_run or not _is_new():
        with session(create=True) as here:
            yield here
        return
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/uji.db")
        try:
            migrate(database)
            yield Session(database, now())
        finally:
            database.close()


def _is_new() -> bool:
    database = Database.open(database_address())
    kind, _, path = database_address().partition(":///")
    try:
        if kind.startswith("sqlite") and not Path(path).exists():
            return True
        return needs_migration(database) and current_revision(database) is None
    finally:
        database.close()


def _take_up(here: Session, report: ImportReport) -> None:
    """What follows from new people and posts: groups that were empty, the line to the regent, and who waits for what."""
    text = here.database.read(directory.profile_text)
    if text is None:
        remark("Profil instansi belum ada; setelah impor jalankan: jenjang agency set BERKAS")
        return
    before = here.database.read(groups_and_regent)
    for says in here.database.write(setup_agency, text, here.at):
        remark(says)
    same = before == here.database.read(groups_and_regent)
    here.reseat(report.touched if same else None)


def _tell(report: ImportReport, lasting: str, *, dry_run: bool) -> None:
    say(f"{report.rows} baris dibaca, {report.accepted} diterima, {len(report.rejected)} penolakan.")
    if report.ignored_headings:
        say(f"Kolom yang tidak dikenal dan diabaikan: {', '.join(report.ignored_headings)}.")
    _several([_rejection(each) for each in report.rejected])
    _several([f"Catatan: {says}" for says in report.remarks])
    _several([f"Tidak ada lagi dalam berkas ini: {each.name} ({each.key})." for each in report.missing])
    if report.missing:
        say(lasting)
    if report.written:
        say(f"Ditulis: {report.new} baru, {report.changed} berubah.")
    elif dry_run:
        say(f"Hanya diperiksa; tidak ada yang ditulis. Yang akan ditulis: {report.new} baru, {report.changed} berubah.")
    elif report.rejected:
        say("Tidak ada yang ditulis. Perbaiki barisnya, atau pakai --skip-rejected untuk menulis baris yang benar.")


def _rejection(each: Rejection) -> str:
    value = f" (isi: {each.value})" if each.value else ""
    return f"Baris {each.row}, kolom {each.column}: {each.reason}{value}"


def _several(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(f"  {line}")
    if len(lines) > SHOWN:
        say(f"  ... dan {len(lines) - SHOWN} lagi; lihat semuanya dengan --json.")


COMMANDS = (
    _command(
        "import-people",
        "data pegawai",
        import_staff,
        reseats=True,
        lasting="Yang tidak ada lagi tetap tercatat; pegawai yang keluar dicatat dengan: "
        "jenjang people leave NIP --on TANGGAL",
    ),
    _command(
        "import-partners",
        "mitra dan narahubungnya",
        import_partners,
        reseats=True,
        lasting="Mitra yang tidak ada lagi tetap tercatat.",
    ),
    _command(
        "import-agreements",
        "kerja sama dengan mitra",
        import_agreements,
        reseats=False,
        lasting="Kerja sama yang tidak ada lagi tetap tercatat dan berlaku sampai tanggal akhirnya.",
    ),
    _command(
        "import-budgets",
        "pagu anggaran",
        import_budgets,
        reseats=False,
        lasting="Baris anggaran yang tidak ada lagi tetap tercatat beserta pagunya.",
    ),
    _command(
        "import-places",
        "tempat magang menurut bagian pada mitra dan unit",
        import_places,
        reseats=False,
        lasting="Bagian yang tidak ada lagi tetap tercatat beserta banyaknya tempat.",
    ),
)
