"""``jenjang groups`` and ``keys``: who belongs to which group, and who holds which key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from api.commands.language import Days, Group, OneOf
from api.commands.people import WHO
from api.commands.session import say, session
from workflow import directory
from workflow.accounts import granting
from workflow.people import GROUPS, SCOPES
from workflow.telling.plain_text import table

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
    print_table(("Kode", "Kelompok", "Unit", "Nama", "NIP"), rows)


@groups.command("add", help="Tambahkan seseorang ke dalam kelompok.")
@click.argument("group", metavar="KELOMPOK", type=OneOf(tuple(GROUPS)), help="Kode kelompok, lihat groups list.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--unit", default="", metavar="KODE", help="Kode unit, bagi kelompok yang dimiliki tiap unit.")
def groups_add(group: str, nip: str, unit: str) -> None:
    """Add someone to a group."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(granting.join, group, person.id, unit, here.at)
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
        here.database.write(granting.leave_group, group, person.id, unit, here.at)
        say(f"{person.full_name} bukan lagi anggota {GROUPS[group]}{f' {unit}' if unit else ''}.")
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
        wanted = scopes.replace(",", " ").split()
        key, _ = here.database.write(granting.grant_key, person.id, label, wanted, here.at, expires_at)
    say(key)


@keys.command("list", help="Tampilkan kunci yang ada; kuncinya sendiri tidak tersimpan.")
def keys_list() -> None:
    """Print what is known of the keys."""
    with session() as here:
        rows = here.database.read(directory.key_rows, here.at)
    print_table(("Id", "Pemegang", "Kegunaan", "Cakupan", "Keadaan", "Terakhir dipakai"), rows)


@keys.command("revoke", help="Cabut kunci.")
@click.argument("key", metavar="KUNCI", help="Id kunci, atau kuncinya sendiri.")
def keys_revoke(key: str) -> None:
    """End a key."""
    with session() as here:
        here.database.write(granting.end_key, key, here.at)
    say("Kunci dicabut.")


def print_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows under their headings, or that there are none."""
    if not rows:
        say("Tidak ada.")
    else:
        say("\n".join(table(headings, rows, indent="")))
