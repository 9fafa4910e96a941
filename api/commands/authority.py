"""``jenjang groups``, ``mandates``, ``keys`` and ``appoint``: who may act, in whose place, and with which key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import click

from api.commands.language import Command, Day, Days, Group, OneOf
from api.commands.people import WHO
from api.commands.session import say, session
from policies.dates import written
from workflow import directory
from workflow.judging import Actor
from workflow.people import (
    GROUPS,
    MANDATES,
    SCOPES,
    add_to_group,
    grant_mandate,
    issue_key,
    remove_from_group,
    revoke_key,
    revoke_mandate,
)
from workflow.plain_text import table

# --- Groups ----------------------------------------------------------------------------------------------------------


@click.group(cls=Group, help="Kelompok kerja dan anggotanya.")
def groups() -> None:
    """Who belongs to which group."""


@groups.command("list", help="Tampilkan kelompok dan anggotanya.")
@click.argument("group", metavar="[KELOMPOK]", required=False, type=OneOf(tuple(GROUPS)), help="Satu kelompok saja.")
def groups_list(group: str | None) -> None:
    """Print groups and members."""
    with session() as here:
        rows = here.database.read(directory.group_rows, group)
    _print(("Kode", "Kelompok", "Unit", "Nama", "NIP"), rows)


@groups.command("add", help="Tambahkan seseorang ke dalam kelompok.")
@click.argument("group", metavar="KELOMPOK", type=OneOf(tuple(GROUPS)), help="Kode kelompok, lihat groups list.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--unit", default="", metavar="KODE", help="Kode unit, bagi kelompok yang dimiliki tiap unit.")
def groups_add(group: str, nip: str, unit: str) -> None:
    """Add someone to a group."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(add_to_group, group, person.id, unit)
        say(f"{person.full_name} menjadi anggota {GROUPS[group]}{f' {unit}' if unit else ''}.")
        here.reseat()


@groups.command("remove", help="Keluarkan seseorang dari kelompok.")
@click.argument("group", metavar="KELOMPOK", type=OneOf(tuple(GROUPS)), help="Kode kelompok, lihat groups list.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--unit", default="", metavar="KODE", help="Kode unit, bagi kelompok yang dimiliki tiap unit.")
def groups_remove(group: str, nip: str, unit: str) -> None:
    """Take someone out of a group."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(remove_from_group, group, person.id, unit)
        say(f"{person.full_name} bukan lagi anggota {GROUPS[group]}{f' {unit}' if unit else ''}.")
        here.reseat()


# --- Mandates --------------------------------------------------------------------------------------------------------


@click.group(cls=Group, help="Pelimpahan wewenang: Plt., Plh., Pj., delegasi, mandat.")
def mandates() -> None:
    """Authority lent for a time."""


@mandates.command("list", help="Tampilkan pelimpahan yang berlaku atau akan berlaku.")
@click.option("--all", "past", is_flag=True, help="Tampilkan juga yang sudah berakhir atau dicabut.")
def mandates_list(*, past: bool) -> None:
    """Print mandates."""
    with session() as here:
        rows = here.database.read(directory.mandate_rows, here.today, past=past)
    _print(("Id", "Jenis", "Jabatan", "Penerima", "Berlaku", "Dasar"), rows)


@mandates.command("grant", help="Catat pelimpahan wewenang JABATAN kepada NIP.")
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
def mandates_grant(
    kind: str, post: str, nip: str, from_on: date, until_on: date, basis: str, basis_on: date | None, scope: str
) -> None:
    """Record a mandate."""
    with session() as here:
        for name in {part.strip() for part in scope.split(",")} - {"*", ""}:
            here.registry.process(name)  # says which there are
        found = here.database.read(directory.post_named, post)
        person = here.database.read(directory.person_named, nip)
        mandate_id = here.database.write(
            grant_mandate, kind, found.id, person.id, from_on, until_on, scope, basis, basis_on or from_on, at=here.at
        )
        say(f"{MANDATES[kind]} {found.title}: {person.full_name}, {written(from_on)} sampai {written(until_on)}.")
        say(f"  id {mandate_id}")
        here.reseat()


@mandates.command("revoke", help="Cabut pelimpahan.")
@click.argument("mandate", metavar="ID", help="Id pelimpahan, lihat mandates list.")
@click.option("--on", "on", type=Day(), metavar="TANGGAL", help="Hari pertama tidak berlaku; bawaannya hari ini.")
def mandates_revoke(mandate: str, on: date | None) -> None:
    """End a mandate."""
    with session() as here:
        day = on or here.today
        here.database.write(revoke_mandate, mandate, day)
        say(f"Pelimpahan dicabut sejak {written(day)}.")
        here.reseat()


# --- Keys ------------------------------------------------------------------------------------------------------------


@click.group(cls=Group, help="Kunci API: terbitkan, tampilkan, cabut.")
def keys() -> None:
    """API keys."""


@keys.command("issue", help="Terbitkan kunci API bagi seseorang. Kuncinya hanya dicetak sekali ini.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option(
    "--scopes",
    default=",".join(SCOPES),
    metavar="CAKUPAN",
    help=f"Dengan koma: {', '.join(SCOPES)}.",
    show_default=True,
)
@click.option("--label", default="Dari baris perintah", metavar="NAMA", help="Kegunaan kunci ini.", show_default=True)
@click.option("--days", type=Days(), metavar="HARI", help="Berlaku selama sekian hari; tanpa ini sampai dicabut.")
def keys_issue(nip: str, scopes: str, label: str, days: int | None) -> None:
    """Issue a key and print it once."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        expires_at = here.at + timedelta(days=days) if days is not None else None
        key = here.database.write(issue_key, person.id, label, scopes.replace(",", " "), here.at, expires_at)
    say(key)


@keys.command("list", help="Tampilkan kunci yang ada; kuncinya sendiri tidak tersimpan.")
def keys_list() -> None:
    """Print what is known of the keys."""
    with session() as here:
        rows = here.database.read(directory.key_rows, here.at)
    _print(("Id", "Pemegang", "Kegunaan", "Cakupan", "Keadaan", "Terakhir dipakai"), rows)


@keys.command("revoke", help="Cabut kunci.")
@click.argument("key", metavar="KUNCI", help="Id kunci, atau kuncinya sendiri.")
def keys_revoke(key: str) -> None:
    """End a key."""
    with session() as here:
        here.database.write(revoke_key, key, here.at)
    say("Kunci dicabut.")


# --- Nobody left -----------------------------------------------------------------------------------------------------


@click.command(
    cls=Command,
    short_help="Tunjuk orang bila tidak ada lagi yang dapat bertindak.",
    help="Tunjuk seseorang untuk suatu peran pada satu berkas, bila tidak ada lagi yang dapat bertindak. "
    "Yang menunjuk harus administrator, dan tidak memutus sendiri.",
)
@click.argument("case", metavar="BERKAS", help="Id berkas.")
@click.argument("role", metavar="PERAN", help="Kode peran, lihat jenjang describe.")
@click.argument("nip", metavar="NIP", help="Yang ditunjuk.")
@click.option("--by", "by", required=True, metavar="NIP", help="Administrator yang menunjuk.")
def appoint(case: str, role: str, nip: str, by: str) -> None:
    """An administrator names a person for a role on a case."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        names = here.database.read(directory.person_named, by)
        actor = Actor(names.id, names.full_name)
        here.database.write(here.engine.reseat, case, here.at, actor=actor, name={role: person.id})
        say(f"{person.full_name} ditunjuk oleh {names.full_name} untuk peran {role}.")


def _print(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        say("Tidak ada.")
    else:
        say("\n".join(table(headings, rows, indent="")))
