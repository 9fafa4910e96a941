"""``jenjang mandates``, ``who-can`` and ``appoint``: who stands in for whom, who may act and why, and a task that is moved."""

from __future__ import annotations

from datetime import date

import click

from api.commands.authority import print_table
from api.commands.language import Command, Day, Group, OneOf
from api.commands.people import WHO
from api.commands.session import Session, say, session
from policies.dates import written
from workflow import cases, directory
from workflow.authority.who_can import AbleLine, WhoCan, who_can
from workflow.engine.judging import Actor
from workflow.letters.words import moment
from workflow.people import (
    MANDATES,
    By,
    Terms,
    accept_mandate,
    propose_mandate,
    refuse_mandate,
    revoke_mandate,
)
from workflow.people.mandate_log import events_of_mandate
from workflow.views.mandates import TITLES, check_names, today_of

BY = click.option("--by", "by", required=True, metavar="NIP", help="Yang melakukannya.")
ID = click.argument("mandate", metavar="ID", help="Id pelimpahan, lihat mandates list.")


def _acting(here: Session, nip: str) -> By:
    person = here.database.read(directory.person_named, nip)
    return By(person.id, person.full_name)


# --- Mandates --------------------------------------------------------------------------------------------------------


@click.group(cls=Group, help="Pelimpahan wewenang: Plt., Plh., Pj., delegasi, mandat.")
def mandates() -> None:
    """Authority lent for a time."""


@mandates.command("list", help="Tampilkan pelimpahan yang berlaku atau akan berlaku.")
@click.option("--all", "past", is_flag=True, help="Tampilkan juga yang sudah berakhir, ditolak, atau dicabut.")
def mandates_list(*, past: bool) -> None:
    """Print mandates."""
    with session() as here:
        rows = here.database.read(directory.mandate_rows, here.today, past=past)
    print_table(("Id", "Jenis", "Jabatan", "Penerima", "Berlaku", "Keadaan", "Dasar"), rows)


@mandates.command("show", help="Tampilkan riwayat satu pelimpahan.")
@ID
def mandates_show(mandate: str) -> None:
    """Print what happened to a mandate."""
    with session() as here:
        happened = here.database.read(events_of_mandate, mandate)
        rows = [
            (moment(at, here.office.zone), TITLES.get(kind, kind), event.by.name or "Sistem", event.reason)
            for kind, at, event in happened
        ]
    print_table(("Waktu", "Peristiwa", "Oleh", "Alasan"), rows)


@mandates.command(
    "grant", help="Ajukan atau catat pelimpahan wewenang JABATAN kepada NIP. Berlaku setelah diterima oleh penerimanya."
)
@click.argument("kind", metavar="JENIS", type=OneOf(tuple(MANDATES)), help="plt, plh, pj, delegasi, atau mandat.")
@click.argument(
    "post", metavar="JABATAN", help="Kode unit (kepalanya), KODE/Nama jabatan, NIP pemangkunya, atau bupati."
)
@click.argument("nip", metavar="NIP", help="Penerima.")
@click.option("--from", "from_on", required=True, type=Day(), metavar="TANGGAL", help="Hari pertama.")
@click.option("--until", "until_on", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir.")
@click.option("--basis", required=True, metavar="NOMOR", help="Nomor surat dasarnya.")
@click.option("--basis-on", type=Day(), metavar="TANGGAL", help="Tanggal surat dasarnya; bila kosong, hari pertama.")
@click.option("--scope", default="*", metavar="PROSES", help="Nama proses dengan koma; bawaannya semua (*).")
@click.option(
    "--units", default="*", metavar="KODE", help="Kode unit dengan koma, yang berkasnya diurus; bawaannya semua (*)."
)
@click.option("--letters", default="*", metavar="JENIS", help="Jenis surat dengan koma; bawaannya semua (*).")
@click.option(
    "--via", metavar="ID", help="Pelimpahan yang diteruskan, bila wewenang itu sendiri diterima dari orang lain."
)
@click.option(
    "--by", "by", required=True, metavar="NIP", help="Pemberinya, atau petugas BKPSDM atau administrator yang mencatat."
)
def mandates_grant(  # noqa: PLR0913, PLR0917 - each is a part of the mandate
    kind: str,
    post: str,
    nip: str,
    from_on: date,
    until_on: date,
    basis: str,
    basis_on: date | None,
    scope: str,
    units: str,
    letters: str,
    via: str | None,
    by: str,
) -> None:
    """Propose a mandate."""
    with session() as here:
        check_names(here.registry, _names(scope), _names(letters))
        found = here.database.read(directory.post_named, post)
        person = here.database.read(directory.person_named, nip)
        terms = Terms(
            kind, found.id, person.id, from_on, until_on, basis, basis_on or from_on, scope, units, letters, via
        )
        today = today_of(here.engine, here.at)
        mandate_id = here.database.write(propose_mandate, terms, _acting(here, by), today)
        say(f"{MANDATES[kind]} {found.title}: {person.full_name}, {written(from_on)} sampai {written(until_on)}.")
        say(f"  id {mandate_id}")
        say("  Berlaku setelah diterima: jenjang mandates accept ID --by NIP")


@mandates.command("accept", help="Terima pelimpahan; sejak itu berlaku. Oleh penerimanya sendiri.")
@ID
@BY
def mandates_accept(mandate: str, by: str) -> None:
    """Accept a mandate."""
    with session() as here:
        here.database.write(accept_mandate, mandate, _acting(here, by), today_of(here.engine, here.at))
        say("Pelimpahan diterima.")
        here.reseat()


@mandates.command("refuse", help="Tolak pelimpahan, dengan alasannya. Oleh penerimanya sendiri.")
@ID
@BY
@click.option("--reason", required=True, metavar="ALASAN", help="Mengapa ditolak; pemberinya diberi tahu.")
def mandates_refuse(mandate: str, by: str, reason: str) -> None:
    """Refuse a mandate."""
    with session() as here:
        here.database.write(refuse_mandate, mandate, reason, _acting(here, by), today_of(here.engine, here.at))
        say("Pelimpahan ditolak.")


@mandates.command("revoke", help="Cabut pelimpahan. Yang sudah dilakukan berdasarkan pelimpahan itu tetap berlaku.")
@ID
@BY
@click.option("--on", "on", type=Day(), metavar="TANGGAL", help="Hari pertama tidak berlaku; bawaannya hari ini.")
@click.option("--reason", default="", metavar="ALASAN", help="Mengapa dicabut.")
def mandates_revoke(mandate: str, by: str, on: date | None, reason: str) -> None:
    """End a mandate."""
    with session() as here:
        today = today_of(here.engine, here.at)
        day = on or today.on
        here.database.write(revoke_mandate, mandate, day, _acting(here, by), today, reason)
        say(f"Pelimpahan dicabut sejak {written(day)}.")
        here.reseat()


def _names(scope: str) -> tuple[str, ...]:
    return tuple({part.strip() for part in scope.split(",")} - {"*", ""})


# --- Who can ---------------------------------------------------------------------------------------------------------


@click.command(
    "who-can",
    cls=Command,
    short_help="Siapa yang berwenang melakukan suatu tindakan, dan mengapa.",
    help="Sebutkan siapa yang berwenang melakukan TINDAKAN pada BERKAS, dalam kedudukan apa, dan mengapa; siapa yang tidak, dan "
    "mengapa; dan siapa yang menolong bila tidak ada. Untuk hari yang sudah lewat menurut riwayatnya.",
)
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.argument("trigger", metavar="TINDAKAN", help="Kode tindakan, lihat jenjang describe.")
@click.option("--on", "on", type=Day(), metavar="TANGGAL", help="Pada hari itu; bawaannya hari ini.")
def who(case: str, trigger: str, on: date | None) -> None:
    """Print who may take a step."""
    with session() as here:
        found = here.database.read(
            lambda conn: who_can(conn, here.engine, cases.load(conn, case), trigger, on, here.at)
        )
    say("\n".join(_lines(found)))


def _lines(found: WhoCan) -> list[str]:
    lines = [f"{found.title} ({found.trigger}), berkas {found.reference}, {written(found.on)}"]
    lines += [f"Status: {found.state_title}.", *found.remarks]
    lines += (
        ["", "Berwenang:", *(_line(line) for line in found.able)] if found.able else ["", "Tidak ada yang berwenang."]
    )
    if found.kept:
        kept = (f"- {line.name}, {line.role_title}: {line.why}." for line in found.kept)
        lines += ["", "Tidak dapat bertindak:", *kept]
    if found.helpers:
        lines += ["", "Yang dapat menolong:", *(_line(line) for line in found.helpers)]
        lines += [f"Penunjukannya: jenjang appoint {found.reference} PERAN NIP --by NIP-ADMINISTRATOR --reason ALASAN"]
    return lines


def _line(line: AbleLine) -> str:
    capacity = f" ({line.capacity})" if line.capacity != line.role_title else ""
    return f"- {line.name} sebagai {line.role_title}{capacity}: {line.why}."


# --- Moving a task ---------------------------------------------------------------------------------------------------


@click.command(
    cls=Command,
    short_help="Pindahkan tugas, atau tunjuk orang bila tidak ada lagi yang dapat bertindak.",
    help="Pindahkan tugas suatu peran pada satu berkas kepada orang lain yang juga berwenang, dengan alasannya; atau tunjuk "
    "seseorang bila tidak ada lagi yang dapat bertindak. Yang menunjuk harus administrator, dan tidak memutus sendiri.",
)
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.argument("role", metavar="PERAN", help="Kode peran, lihat jenjang describe.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--by", "by", required=True, metavar="NIP", help="Administrator yang menunjuk.")
@click.option("--reason", default="", metavar="ALASAN", help="Mengapa tugasnya dipindahkan; kedua pihak diberi tahu.")
def appoint(case: str, role: str, nip: str, by: str, reason: str) -> None:
    """An administrator names a person for a role on a case."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        names = here.database.read(directory.person_named, by)
        actor = Actor(names.id, names.full_name)
        why = " ".join(reason.split())
        here.database.write(here.engine.reseat, case, here.at, actor=actor, name={role: person.id}, reason=why)
        say(f"{person.full_name} ditunjuk oleh {names.full_name} untuk peran {role}.")
