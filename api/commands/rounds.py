"""``jenjang round``: rounds that match mentors and mentees, run from the desk of BKPSDM and answered by personnel officers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from api.commands.errors import CannotRun
from api.commands.language import Day, Group, InputFile, Number, OneOf
from api.commands.people import WHO
from api.commands.session import Session, caller_named, say, session
from policies.dates import written
from workflow.database import Connection
from workflow.filling import read_form
from workflow.letters.words import moment
from workflow.matching import acting, pages, publishing
from workflow.matching.acting import NewRound
from workflow.matching.called import PersonLine
from workflow.matching.proposing import propose as work_out
from workflow.matching.publishing import PublishedPart
from workflow.matching.sheet import SIDES, alone_rows, sheet_of
from workflow.matching.shown import AnswerLine, ProposalPage, Running
from workflow.matching.told import Side
from workflow.telling.plain_text import table

ROUND = "Id putaran, lihat round list."
BY = f"Yang bertindak. {WHO}"
_SIDES: dict[str, Side] = {"mentor": "offer", "mentee": "wish"}
_CALLED = {side: called for called, side in _SIDES.items()}
_ANSWERS = ("Sebagai", "Nama", "Bidang atau tujuan", "Kapasitas", "Yang diinginkan", "Yang tidak diinginkan")
_BONDS: dict[str, acting.Bond] = {"tetapkan": "pin", "larang": "forbid", "lepas": "free"}


def _by(command: click.decorators.FC) -> click.decorators.FC:
    return click.option("--by", "by", required=True, metavar="NIP", help=BY)(command)


def _round(command: click.decorators.FC) -> click.decorators.FC:
    return click.argument("round_id", metavar="PUTARAN", help=ROUND)(command)


def _reason(command: click.decorators.FC) -> click.decorators.FC:
    return click.option("--reason", required=True, metavar="ALASAN", help="Alasannya; dicatat.")(command)


@click.group(
    "round",
    cls=Group,
    short_help="Putaran pemasangan mentor dan mentee.",
    help="Putaran mentoring: tawaran mentor, keinginan mentee, usulan pasangan, dan penerbitannya.",
)
def round_() -> None:
    """Rounds of mentoring."""


@round_.command("open", help="Buka putaran mentoring.")
@click.option("--title", required=True, metavar="NAMA", help="Nama putaran.")
@click.option("--field", "fields", required=True, multiple=True, metavar="BIDANG", help="Bidangnya; dapat diulang.")
@click.option("--offers-until", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir tawaran mentor.")
@click.option("--wishes-until", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir keinginan mentee.")
@click.option("--from", "starts_on", required=True, type=Day(), metavar="TANGGAL", help="Hari pertama mentoring.")
@click.option("--until", "ends_on", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir mentoring.")
@click.option("--meetings", required=True, metavar="URAIAN", help="Rencana pertemuan.")
@_by
def open_(
    title: str,
    fields: tuple[str, ...],
    offers_until: date,
    wishes_until: date,
    starts_on: date,
    ends_on: date,
    meetings: str,
    by: str,
) -> None:
    """Open a round."""
    given = {
        "title": title,
        "fields": list(fields),
        "offers_until": offers_until.isoformat(),
        "wishes_until": wishes_until.isoformat(),
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "meetings": meetings,
    }
    with session() as here:
        form = read_form(NewRound, given)
        done = here.database.write(acting.open_round, here.engine, caller_named(here, by), here.at, form, None)
    say(f"Putaran “{title}” dibuka.")
    say(f"  id {done.id}")


@round_.command("list", help="Tampilkan semua putaran.")
@_by
def list_(by: str) -> None:
    """Print the rounds."""
    with session() as here:
        found = here.database.read(pages.round_list, here.engine, caller_named(here, by), here.at)
    rows = [
        (line.id, line.title, written(line.offers_until), written(line.wishes_until), "Ditutup" if line.closed else "")
        for line in found.items
    ]
    say(
        "\n".join(table(("Id", "Putaran", "Tawaran sampai", "Keinginan sampai", ""), rows, indent=""))
        if rows
        else "Belum ada."
    )


@round_.command("show", help="Tampilkan satu putaran.")
@_round
@_by
def show(round_id: str, by: str) -> None:
    """Print a round."""
    with session() as here:
        page = here.database.read(pages.round_page, here.engine, caller_named(here, by), here.at, round_id)
    say(f"{page.title}: {page.state_title}")
    say(f"  Bidang: {', '.join(page.fields)}")
    say(f"  Tawaran sampai {written(page.offers_until)}, keinginan sampai {written(page.wishes_until)}")
    say(f"  Mentoring {written(page.starts_on)} sampai {written(page.ends_on)}; {page.meetings}")
    for pair in page.my_pairs:
        say(
            f"  {pair.mentor} membimbing {pair.mentee} (berkas {pair.reference}): {pair.state or 'menunggu pihak lain'}"
        )
    for result in page.my_results:
        say(f"  Anda belum dipasangkan sebagai {result.side}. {result.reason}")
    if page.apart:
        say(f"  {page.apart}")
    if page.running is not None:
        running = page.running
        say(f"  {running.offers} mentor (kapasitas {running.capacity}), {running.wishes} mentee")
        say(f"  {_proposals(running)}; {running.published} berkas terbit")
        for bond in running.bonds:
            kept = "ditetapkan" if bond.bond == "pin" else "dilarang"
            say(f"  {bond.mentor.name} dan {bond.mentee.name} {kept} oleh {bond.by}: {bond.reason}")


def _proposals(running: Running) -> str:
    if not running.proposals:
        return "Belum ada usulan"
    return f"{running.proposals} usulan, " + (
        "yang terbaru masih berlaku" if running.current else "ada yang berubah sesudahnya"
    )


@round_.command(
    "answer",
    short_help="Catat tawaran atau keinginan dari daftar.",
    help="Catat tawaran atau keinginan dari DAFTAR, semua baris atau tidak satu pun.",
)
@_round
@click.argument(
    "file",
    metavar="DAFTAR",
    type=InputFile(),
    help="CSV atau XLSX; kolomnya NIP, BIDANG, KAPASITAS bagi mentor, NIP dan TUJUAN bagi mentee.",
)
@click.option("--as", "side", required=True, type=OneOf(tuple(_SIDES)), metavar="PERAN", help="mentor atau mentee.")
@_by
def answer(round_id: str, file: Path, side: str, by: str) -> None:
    """Hand in a spreadsheet."""
    with session() as here:
        done = here.database.write(
            acting.hand_in_list,
            here.engine,
            caller_named(here, by),
            here.at,
            round_id,
            _SIDES[side],
            file.read_bytes(),
            file.name,
        )
    say(f"Dicatat: {done.offers} tawaran, {done.wishes} keinginan{' (susulan)' if done.late else ''}.")
    for warning in done.warnings:
        say(f"  Perhatian: {warning}")
    if done.note:
        say(f"  {done.note}")


@round_.command("answers", help="Tampilkan tawaran dan keinginan yang boleh Anda lihat.")
@_round
@_by
def answers(round_id: str, by: str) -> None:
    """Print what came in, and what came before it."""
    with session() as here:
        found = here.database.read(pages.round_answers, here.engine, caller_named(here, by), here.at, round_id)
        zone = here.engine.office.zone
    rows = [(SIDES[_CALLED[line.side]], line.person.name, *_cells(line)) for line in found.items]
    say("\n".join(table(_ANSWERS, rows, indent="")) if rows else "Belum ada.")
    for former in found.history:
        done = f"ditarik: {former.reason}" if former.answer is None else "; ".join(filter(None, _cells(former.answer)))
        side = SIDES[_CALLED[former.side]]
        say(f"{moment(former.at, zone)}, oleh {former.by}: {side} {former.person.name}: {done}")


def _cells(line: AnswerLine) -> tuple[str, ...]:
    """Fields, capacity, and whom they want and whom not."""
    named = (", ".join(each.name or each.nip for each in names) for names in (line.would, line.would_not))
    return ", ".join(line.fields), str(line.capacity or ""), *named


@round_.command("withdraw", help="Tarik kembali tawaran atau keinginan.")
@_round
@click.option("--as", "side", required=True, type=OneOf(tuple(_SIDES)), metavar="PERAN", help="mentor atau mentee.")
@click.option("--of", "person", metavar="NIP", help="Milik siapa; bawaannya milik sendiri.")
@_reason
@_by
def withdraw(round_id: str, side: str, person: str | None, reason: str, by: str) -> None:
    """Take an answer back."""
    with session() as here:
        caller = caller_named(here, by)
        here.database.write(acting.withdraw, here.engine, caller, here.at, round_id, person, _SIDES[side], reason)
    say("Ditarik.")


@round_.command("bind", help="Tetapkan, larang, atau lepaskan pasangan MENTOR dan MENTEE.")
@_round
@click.argument("mentor", metavar="MENTOR", help="NIP mentor.")
@click.argument("mentee", metavar="MENTEE", help="NIP mentee.")
@click.option("--as", "bond", required=True, type=OneOf(tuple(_BONDS)), metavar="CARA", help=", ".join(_BONDS))
@_reason
@_by
def bind(round_id: str, mentor: str, mentee: str, bond: str, reason: str, by: str) -> None:
    """Fix or forbid a pair."""
    with session() as here:
        here.database.write(
            acting.bind, here.engine, caller_named(here, by), here.at, round_id, mentor, mentee, _BONDS[bond], reason
        )
    say("Dicatat. Hitung usulan baru dengan `jenjang round propose`.")


@round_.command("propose", help="Hitung usulan pasangan yang terbaik bagi semua, dan catat.")
@_round
@_by
def propose(round_id: str, by: str) -> None:
    """Work a proposal out."""
    with session() as here:
        caller = caller_named(here, by)
        asked = here.database.read(acting.round_asked, here.engine, caller, here.at, round_id)
        proposed = work_out(asked)
        here.database.write(acting.keep_proposal, here.engine, caller, here.at, asked, proposed)
        _tell(_page(here, by, round_id, proposed.number))


@round_.command("proposal", help="Tampilkan usulan pasangan, atau simpan sebagai XLSX.")
@_round
@click.option("--number", type=Number(), metavar="NOMOR", help="Nomor usulan; bawaannya yang terbaru.")
@click.option("--to", "to", type=click.Path(path_type=Path), metavar="FILE", help="File XLSX yang dibuat.")
@_by
def proposal(round_id: str, number: int | None, to: Path | None, by: str) -> None:
    """Print a proposal, or write it as a spreadsheet; a file that exists is left alone."""
    if to is not None and to.exists():
        raise CannotRun(f"{to} sudah ada. Sebutkan nama lain, atau pindahkan dahulu file itu.")
    with session() as here:
        page = _page(here, by, round_id, number)
    if to is None:
        _tell(page)
        return
    to.write_bytes(sheet_of(page))
    say(f"{to}: usulan nomor {page.number}, {len(page.pairs)} pasangan")


@round_.command(
    "publish",
    short_help="Terbitkan usulan.",
    help="Terbitkan usulan NOMOR: satu berkas mentoring bagi tiap pasangan. Dapat diulang.",
)
@_round
@click.argument("number", type=Number(), metavar="NOMOR", help="Nomor usulan yang sudah diperiksa.")
@_by
def publish(round_id: str, number: int, by: str) -> None:
    """Publish a proposal, a cohort at a time."""
    with session() as here:
        caller = caller_named(here, by)

        def portion(conn: Connection) -> PublishedPart:
            return publishing.publish(conn, here.engine, caller, here.at, round_id, number)

        done = here.database.write(portion)
        while done.left:
            say(f"  {done.opened} berkas terbit, {done.left} pasangan lagi")
            done = here.database.write(portion)
    say(f"Usulan nomor {number} terbit: {done.opened} berkas dalam {len(done.cohorts)} rombongan.")
    for cohort in done.cohorts:
        say(f"  rombongan {cohort}")
    for failed in done.not_opened:
        say(f"  tidak terbit: mentor {failed.mentor.name}, mentee {failed.mentee.name}: {failed.why}")


@round_.command("close", help="Tutup putaran; berkas yang sudah terbit tetap berjalan.")
@_round
@_reason
@_by
def close(round_id: str, reason: str, by: str) -> None:
    """End a round."""
    with session() as here:
        here.database.write(acting.close_round, here.engine, caller_named(here, by), here.at, round_id, reason)
    say("Putaran ditutup.")


def _page(here: Session, by: str, round_id: str, number: int | None) -> ProposalPage:
    return here.database.read(pages.proposal_page, here.engine, caller_named(here, by), here.at, round_id, number)


def _tell(page: ProposalPage) -> None:
    kept = "" if page.current else "; ada yang berubah sesudahnya"
    say(f"Usulan nomor {page.number} bagi “{page.title}”: {len(page.pairs)} pasangan, {page.points} poin{kept}")
    for pair in page.pairs:
        fixed = ", ditetapkan" if pair.pinned else ""
        say(f"{_at(pair.mentor)} membimbing {_at(pair.mentee)}: {pair.points} poin{fixed}")
        for why in pair.reasons:
            say(f"  {why}")
    for _, name, unit, side, reason in alone_rows(page):
        say(f"{side} belum berpasangan: {name} ({unit}). {reason}")


def _at(person: PersonLine) -> str:
    return f"{person.name} ({person.unit})"
