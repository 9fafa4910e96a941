"""``jenjang budgets``: the lines of a year, what is promised on them, ceilings that are too low, and the end of a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from api.commands.budget_figures import YEAR, left, reconcile
from api.commands.errors import CannotRun
from api.commands.language import Group
from api.commands.session import Session, say, session
from policies.wording import say_money, with_full_stop
from workflow import directory
from workflow.budgets import remaining, year_end
from workflow.budgets.remaining import Line, OpenPromise
from workflow.budgets.telling import what_can_be_decided
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.references import named, reference_of
from workflow.telling.plain_text import table

#: What an officer says where no reason of their own is given.
_CLOSING = "Penutupan tahun anggaran {year}."


class Amount(click.ParamType[int]):
    """Whole rupiah, with or without marks for thousands."""

    name = "rupiah"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().replace(".", "")
        if not (text.isascii() and text.isdecimal() and len(text) <= 15):
            self.fail(f"{text[:40]!r} bukan jumlah rupiah bulat; tulis seperti 1500000.", param, ctx)
        return int(text)


_BY = "NIP pengelola anggaran yang memutuskan."


@click.group(cls=Group, help="Mata anggaran, janji, kekurangan pagu, dan tutup tahun.")
def budgets() -> None:
    """The year's budget."""


budgets.add_command(left)
budgets.add_command(reconcile)


@budgets.command("list", help="Tampilkan mata anggaran TAHUN beserta saldonya.")
@click.argument("year", metavar="TAHUN", type=YEAR, help="Tahun anggaran.")
def budgets_list(year: int) -> None:
    """Print the lines of a year."""
    with session() as here:
        found = here.database.read(remaining.lines, year)
        closed = here.database.read(year_end.closed_by, year)
    if not found:
        say(f"Tidak ada mata anggaran tahun {year}.")
    for line in found:
        _tell_line(line)
    if closed is not None:
        say(with_full_stop(f"Tahun anggaran {year} sudah ditutup oleh {closed[0]}"))


@budgets.command(
    "deficit",
    short_help="Tampilkan pagu yang kurang dari janjinya.",
    help="Tampilkan mata anggaran yang pagunya kurang dari yang sudah dijanjikan, dengan setiap janji yang harus diputuskan. "
    "Putuskan satu per satu: kurangi atau lepas dengan budgets release, atau batalkan berkasnya.",
)
@click.argument("year", metavar="[TAHUN]", type=YEAR, required=False, help="Satu tahun saja.")
def budgets_deficit(year: int | None) -> None:
    """Print lines whose ceiling is too low, with the promises on each."""
    with session() as here:
        short = here.database.read(remaining.deficits, year)
        promises = {line.id: here.database.read(remaining.open_promises, None, line.id) for line in short}
        for line in short:
            _tell_line(line)
            _tell_promises(here, promises[line.id])
    if not short:
        say("Tidak ada pagu yang kurang dari janjinya.")
        return
    say("Putuskan satu per satu: jenjang budgets release BERKAS --year TAHUN --remains SISA --reason ALASAN --by NIP")


@budgets.command("fund", help="Danai bagian BERKAS yang menunggu DPA tahun itu.")
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.argument("line", metavar="MATA-ANGGARAN", help="Id mata anggaran, lihat budgets list.")
@click.option("--by", "nip", required=True, metavar="NIP", help=_BY)
def budgets_fund(case: str, line: str, nip: str) -> None:
    """Fund what awaited a year's budget."""
    with session() as here:
        _decide(here, case, "fund_next_year", _officer(here, nip), {"next_budget_line": line})
        say(f"Bagian berkas {named(case)} yang menunggu DPA kini didanai.")


@budgets.command("release", help="Kurangi atau lepas janji anggaran sebuah BERKAS.")
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.option("--year", required=True, type=YEAR, metavar="TAHUN", help="Tahun anggaran janjinya.")
@click.option("--remains", default=0, type=Amount(), metavar="RUPIAH", help="Yang tersisa; bawaannya dilepas.")
@click.option("--reason", required=True, metavar="ALASAN", help="Alasan keputusan, dicatat pada berkas.")
@click.option("--by", "nip", required=True, metavar="NIP", help=_BY)
def budgets_release(case: str, year: int, remains: int, reason: str, nip: str) -> None:
    """Make a promise smaller, or release it."""
    form = {"budget_year": year, "remains": remains, "reason": reason}
    with session() as here:
        _decide(here, case, "release_promise", _officer(here, nip), form)
        say(f"Janji tahun {year} pada berkas {named(case)} kini {say_money(remains)}.")


@budgets.command(
    "close",
    short_help="Tutup TAHUN anggaran setelah setiap janji diputuskan.",
    help="Tanpa --by: tampilkan janji TAHUN yang masih terbuka dan apa yang dapat diputuskan. Dengan --by: jalankan setiap "
    "keputusan atas nama pengelola anggaran itu, lalu tutup tahunnya bila tidak ada lagi yang terbuka. Tidak ada yang "
    "ditutup diam-diam.",
)
@click.argument("year", metavar="TAHUN", type=YEAR, help="Tahun anggaran.")
@click.option("--by", "nip", default="", metavar="NIP", help=_BY)
@click.option("--release", "released", multiple=True, metavar="BERKAS", help="Lepas janji berkas ini; boleh diulang.")
@click.option(
    "--carry",
    "carried",
    multiple=True,
    metavar="BERKAS[=MATA-ANGGARAN]",
    help="Alihkan janji berkas ini ke mata anggaran tahun berikutnya, atau agar menunggu DPA-nya; boleh diulang.",
)
@click.option("--reason", default="", metavar="ALASAN", help="Alasan keputusan; bawaannya penutupan tahun anggaran.")
def budgets_close(year: int, nip: str, released: Sequence[str], carried: Sequence[str], reason: str) -> int:
    """List what is open, or decide and close."""
    if (released or carried) and not nip:
        raise CannotRun("Keputusan harus atas nama pengelola anggaran: tambahkan --by NIP.")
    with session() as here:
        officer = _officer(here, nip) if nip else None
        failed = 0
        if officer is not None:
            because = reason or _CLOSING.format(year=year)
            decisions = [*_releases(released), *_carries(carried)]
            failed = sum(_tried(here, officer, year, because, *decision) for decision in decisions)
        still_open = here.database.read(remaining.open_promises, year)
        if still_open:
            _tell_open(here, year, still_open)
        elif officer is None or failed:  # what went wrong is put right first: a closed year stays closed
            _say_whether_closed(here, year)
        else:
            here.database.write(year_end.close_year, year, officer, here.at, today_year=here.today.year)
            say(with_full_stop(f"Tahun anggaran {year} ditutup oleh {officer.name}"))
        return 1 if failed or (still_open and officer) else 0


def _tell_open(here: Session, year: int, promises: Sequence[OpenPromise]) -> None:
    say(f"Janji tahun {year} yang masih terbuka:")
    _tell_promises(here, promises)
    say(
        f"Setiap janji dapat dilepas (--release BERKAS) atau dialihkan ke tahun {year + 1} "
        "(--carry BERKAS=MATA-ANGGARAN, atau --carry BERKAS agar menunggu DPA). Tahun ini belum ditutup."
    )


def _say_whether_closed(here: Session, year: int) -> None:
    closed = here.database.read(year_end.closed_by, year)
    if closed is not None:
        say(with_full_stop(f"Tahun anggaran {year} sudah ditutup oleh {closed[0]}"))
    else:
        say(f"Tidak ada janji tahun {year} yang terbuka. Tutuplah dengan: jenjang budgets close {year} --by NIP")


def _releases(cases: Sequence[str]) -> list[tuple[str, str, dict[str, str]]]:
    return [(case, "release_promise", {}) for case in cases]


def _carries(carried: Sequence[str]) -> list[tuple[str, str, dict[str, str]]]:
    parts = [each.partition("=") for each in carried]
    return [(case, "carry_promise", {"next_budget_line": line} if line else {}) for case, _, line in parts]


def _tried(here: Session, officer: Actor, year: int, reason: str, case: str, trigger: str, more: dict[str, str]) -> int:
    """One decision on one case; answers 1 where it could not be made, and says why."""
    try:
        _decide(here, case, trigger, officer, {"budget_year": year, "reason": reason, **more})
    except Problem as problem:
        say(f"Berkas {named(case)}: {problem.says}")
        for said in dict.fromkeys(
            f"{reason.says} {reason.remedy}".strip() for reason in problem.reasons if reason.remedy
        ):
            say(f"  - {said}")
        return 1
    say(f"Berkas {named(case)}: {'dilepas' if trigger == 'release_promise' else f'dialihkan ke tahun {year + 1}'}.")
    return 0


def _decide(here: Session, case: str, trigger: str, officer: Actor, form: dict[str, object]) -> None:
    here.database.write(year_end.decide, here.engine, case, trigger, officer, form, here.at)


def _officer(here: Session, nip: str) -> Actor:
    """The budget officer of a NIP. Raises NotYours for anybody else."""
    person = here.database.read(directory.person_named, nip)
    officer = Actor(person.id, person.full_name)
    here.database.read(year_end.check_officer, officer)
    return officer


def _tell_line(line: Line) -> None:
    say(f"{line.title}, {line.unit} (id {line.id})")
    parts = {
        "pagu": line.ceiling,
        "tersedia": line.available,
        "dicadangkan": line.reserved,
        "diikat": line.committed,
        "dibelanjakan": line.spent,
    }
    if line.missing:
        parts["KURANG"] = line.missing
    say(f"  {', '.join(f'{name} {say_money(amount)}' for name, amount in parts.items())}")


def _tell_promises(here: Session, promises: Sequence[OpenPromise]) -> None:
    rows = [
        (
            reference_of(each.case_id),
            each.name,
            each.unit,
            here.registry.process(each.process).state[each.state].title,
            _state_of(each),
            say_money(each.amount),
            each.line or "belum ada",
            what_can_be_decided(each, here.registry),
        )
        for each in promises
    ]
    for text in table(_PROMISES, rows) if rows else ():
        say(text)


_PROMISES = ("Berkas", "Nama", "Unit", "Status", "Janji", "Jumlah", "Mata anggaran", "Dapat diputuskan")


def _state_of(promise: OpenPromise) -> str:
    parts = {"dicadangkan": promise.reserved, "diikat": promise.committed, "menunggu DPA": promise.awaiting}
    return " dan ".join(name for name, amount in parts.items() if amount)
