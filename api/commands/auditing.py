"""``jenjang audit``: assignments to examine, what was looked at, samples, archives of cases, and what to ask about."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import click
import msgspec

from api.commands.errors import CannotRun
from api.commands.language import Day, Group, Number, OneOf
from api.commands.session import remark, say, session
from policies.dates import written
from workflow import directory
from workflow.auditing import archive as archives
from workflow.auditing import questions as asking
from workflow.auditing import sampling, viewing
from workflow.auditing.access import examiner_at_the_desk, hand_over_archive
from workflow.auditing.assignments import assignment_rows, give_assignment, revoke_assignment
from workflow.auditing.inquiry import Question
from workflow.auditing.questions import KINDS
from workflow.auditing.sampling import Sample, Wanted
from workflow.database import Connection
from workflow.letters.words import moment
from workflow.references import reference_of
from workflow.telling.plain_text import table

#: Lines of a table whose columns are aligned together.
_TOGETHER = 500


@click.group(
    cls=Group,
    short_help="Pengawasan oleh auditor.",
    help="Pengawasan: penugasan auditor, sampel, arsip berkas, dan hal yang perlu ditanyakan.",
)
def audit() -> None:
    """Everything for those who examine."""


def _for(command: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--for",
        "assignment",
        metavar="PENUGASAN",
        help="Id penugasan auditor yang menerimanya: dicatat, dan berkas tempat ia sendiri berperan ditinggalkan.",
    )(command)


def _period(command: click.decorators.FC) -> click.decorators.FC:
    first = click.option("--from", "from_on", type=Day(), metavar="TANGGAL", help="Hari pertama.")
    last = click.option("--until", "until_on", type=Day(), metavar="TANGGAL", help="Hari terakhir.")
    return first(last(command))


# --- Assignments -----------------------------------------------------------------------------------------------------


@audit.command(
    "assign",
    short_help="Catat penugasan auditor.",
    help="Catat penugasan pengawasan bagi auditor NIP; ia dapat melihat berkas hanya pada hari-hari itu.",
)
@click.argument("nip", metavar="NIP", help="Auditor, anggota kelompok auditor.")
@click.option("--letter", required=True, metavar="NOMOR", help="Nomor surat tugasnya.")
@click.option("--letter-on", required=True, type=Day(), metavar="TANGGAL", help="Tanggal surat tugasnya.")
@click.option("--about", required=True, metavar="URAIAN", help="Yang diperiksa, seperti tertulis pada surat tugas.")
@click.option("--from", "from_on", required=True, type=Day(), metavar="TANGGAL", help="Hari pertama.")
@click.option("--until", "until_on", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir.")
@click.option("--by", "by", metavar="NIP", help="Yang mencatat penugasan ini.")
def assign(nip: str, letter: str, letter_on: date, about: str, from_on: date, until_on: date, by: str | None) -> None:
    """Record an assignment."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        giver = here.database.read(directory.person_named, by).id if by else None
        given = here.database.write(
            give_assignment, person.id, letter, letter_on, about, from_on, until_on, giver, here.at
        )
    say(f"{person.full_name} bertugas memeriksa {written(from_on)} sampai {written(until_on)} dengan surat {letter}.")
    say(f"  id {given}")


@audit.command("revoke", help="Cabut penugasan.")
@click.argument("assignment", metavar="PENUGASAN", help="Id penugasan, lihat audit list.")
@click.option("--on", "on", type=Day(), metavar="TANGGAL", help="Hari pertama tidak berlaku; bawaannya hari ini.")
def revoke(assignment: str, on: date | None) -> None:
    """End an assignment."""
    with session() as here:
        day = on or here.today
        here.database.write(revoke_assignment, assignment, day)
    say(f"Penugasan dicabut sejak {written(day)}.")


@audit.command("list", help="Tampilkan penugasan yang berlaku atau akan berlaku.")
@click.option("--all", "past", is_flag=True, help="Tampilkan juga yang sudah berakhir atau dicabut.")
def list_(*, past: bool) -> None:
    """Print assignments."""
    with session() as here:
        rows = here.database.read(assignment_rows, here.today, past=past)
    headings = ("Id", "Auditor", "Surat tugas", "Berlaku", "Keadaan", "Akses")
    say("\n".join(table(headings, rows, indent="")) if rows else "Tidak ada.")


@audit.command(
    "views",
    short_help="Tampilkan yang dilihat auditor.",
    help="Tampilkan semua yang dilihat selama PENUGASAN, yang terlama lebih dahulu.",
)
@click.argument("assignment", metavar="PENUGASAN", help="Id penugasan, lihat audit list.")
def views(assignment: str) -> None:
    """Print what was looked at."""
    with session() as here:

        def tell(conn: Connection) -> bool:
            rows = viewing.assignment_views(conn, here.office, assignment)
            found = False
            while page := list(itertools.islice(rows, _TOGETHER)):
                say("\n".join(table(("Waktu", "Yang dilihat", "Berkas", "Rincian"), page, indent="")))
                found = True
            return found

        if not here.database.read(tell):
            say("Belum ada yang dilihat.")


# --- Examining -------------------------------------------------------------------------------------------------------


@audit.command(
    "sample",
    short_help="Undi sampel berkas.",
    help="Undi sampel berkas dengan benih yang disebut; benih dan daftar yang sama memberi hasil yang sama.",
)
@click.option("--seed", required=True, metavar="BENIH", help="Benih undian, misalnya nomor surat tugas.")
@click.option(
    "--size", required=True, type=Number(), metavar="BANYAK", help=f"Banyaknya berkas, 1 sampai {sampling.LARGEST}."
)
@_period
@click.option("--process", metavar="PROSES", help="Satu proses saja.")
@click.option("--unit", metavar="KODE", help="Satu unit saja.")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
@_for
def sample(
    seed: str,
    size: int,
    from_on: date | None,
    until_on: date | None,
    process: str | None,
    unit: str | None,
    assignment: str | None,
    *,
    as_json: bool,
) -> None:
    """Draw a sample."""
    wanted = Wanted(seed, size, from_on, until_on, process, unit)
    with session() as here:
        engine = here.engine
        drawn = here.database.read(
            lambda conn: sampling.sample(conn, engine, examiner_at_the_desk(conn, engine, assignment), wanted)
        )
        if assignment:
            here.database.write(viewing.note_handing_over, here.office, assignment, None, "draw_sample", here.at)
        if as_json:
            say(msgspec.json.encode(drawn).decode())
        else:
            _tell_sample(drawn, [moment(line.opened_at, here.office.zone) for line in drawn.chosen])


def _tell_sample(drawn: Sample, opened: list[str]) -> None:
    say(f"Populasi: {drawn.population} berkas; sidik populasi {drawn.population_sha256}")
    say(f"Benih: {drawn.seed}")
    say(f"Cara: {drawn.method}")
    rows = [
        (str(line.rank), reference_of(line.id), line.process_title, line.subject, line.unit, line.state_title, at)
        for line, at in zip(drawn.chosen, opened, strict=True)
    ]
    headings = ("No.", "Berkas", "Proses", "Peserta", "Unit", "Status", "Dibuka")
    say("\n".join(table(headings, rows, indent="")) if rows else "Tidak ada berkas dalam populasi itu.")
    for line in drawn.excluded:
        say(f"Ditinggalkan: {reference_of(line.id)}. {line.reason}")
    if drawn.excluded_count > len(drawn.excluded):
        say(f"Ditinggalkan: {drawn.excluded_count - len(drawn.excluded)} berkas lain dengan alasan yang sama.")


@audit.command(
    "archive",
    short_help="Simpan satu berkas sebagai ZIP.",
    help="Simpan satu BERKAS seutuhnya sebagai ZIP menurut urutan waktu, dengan daftar isi dan sidiknya.",
)
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.option(
    "--to", "to", required=True, type=click.Path(path_type=Path), metavar="FILE", help="File ZIP yang dibuat."
)
@_for
def archive(case: str, to: Path, assignment: str | None) -> None:
    """Write the archive of a case; a file that exists is left alone."""
    if to.exists():
        raise CannotRun(f"{to} sudah ada. Sebutkan nama lain, atau pindahkan dahulu file itu.")
    unfinished = to.with_name(f"{to.name}.sebagian")
    with session() as here:
        if assignment:
            here.database.write(hand_over_archive, here.engine, assignment, case, here.at)
        try:
            with unfinished.open("xb") as target:
                here.database.read(archives.write_archive, here.office, here.registry, case, target)
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)
    say(f"{to}: {to.stat().st_size} byte")


@audit.command("ask", help="Tampilkan hal-hal yang perlu ditanyakan dalam suatu jangka waktu.")
@_period
@click.option("--kind", type=OneOf(tuple(KINDS)), metavar="JENIS", help=f"Satu jenis saja: {', '.join(KINDS)}.")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON, satu baris satu hal.")
@_for
def ask(
    from_on: date | None, until_on: date | None, kind: str | None, assignment: str | None, *, as_json: bool
) -> None:
    """Print what to ask about, as it is found."""
    with session() as here:
        engine = here.engine
        if assignment:
            here.database.write(viewing.note_handing_over, here.office, assignment, None, "may_ask", here.at)

        def tell(conn: Connection) -> int:
            who = examiner_at_the_desk(conn, engine, assignment)
            number, told = 0, ""
            for number, question in enumerate(asking.questions(conn, engine, who, from_on, until_on, kind), 1):
                if as_json:
                    say(msgspec.json.encode(question).decode())
                    continue
                if question.kind != told:
                    say(f"{question.kind_title.upper()}")
                    told = question.kind
                _tell_question(number, question)
            return number

        if not here.database.read(tell):
            remark("Tidak ada yang perlu ditanyakan.")


def _tell_question(number: int, question: Question) -> None:
    say(f"{number}. {question.says}")
    say(f"   Tanyakan: {question.ask}")
    say(f"   Berkas: {', '.join(map(reference_of, question.case_ids))}")
    if question.by:
        say(f"   Dasar: {'; '.join(question.by)}")
