"""``jenjang signing``: who signs letters by what, and whether that works."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from api.commands.language import Group
from api.commands.people import WHO
from api.commands.session import remark, say, session
from workflow import directory
from workflow.database import Database
from workflow.signatures import SigningFailed
from workflow.signatures.certificates import used
from workflow.signatures.examining import examined
from workflow.signatures.settings import account_of, masked_accounts, set_account, settings_for
from workflow.signatures.signer import masked


@click.group(cls=Group, help="Tanda tangan elektronik, akun, dan pemeriksaannya.")
def signing() -> None:
    """How letters are signed."""


@signing.command(
    "check",
    short_help="Periksa tanda tangan elektronik.",
    help="Tampilkan dengan apa surat ditandatangani (berkas JENJANG_SIGNING), akun tiap penanda tangan, dan masa berlaku "
    "sertifikat. Kunci uji dicoba menandatangani sungguh-sungguh. Keluar dengan 1 bila ada yang tidak berfungsi.",
)
def signing_check() -> int:
    """Print how letters are signed, and what is wrong with that."""
    with session() as here:
        settings = settings_for(here.database)
        told = examined(settings, here.at)
        say(f"Surat ditandatangani dengan {told.title}.")
        for line in told.lines:
            say(f"  {line}")
        _tell_certificates(here.database, here.at)
        if settings.needs_account:
            _tell_accounts(here.database)
    for line in told.faults:
        remark(line)
    return 1 if told.faults else 0


def _tell_certificates(database: Database, at: datetime) -> None:
    for each in database.read(used):
        until = "sudah berakhir" if each.ends_at < at else "berlaku sampai"
        say(
            f"  Sertifikat {each.subject} (penerbit {each.issuer}): {until} {each.ends_at:%d-%m-%Y}{' (UJI)' * each.is_test}."
        )


def _tell_accounts(database: Database) -> None:
    rows: list[Any] = database.read(masked_accounts)
    if not rows:
        say("  Belum ada akun. Catat dengan: jenjang signing account NIP AKUN")
    for name, account in rows:
        say(f"  {name}: {account}")


@signing.command(
    "account",
    short_help="Catat akun penanda tangan.",
    help="Catat akun (NIK, nama berkas kunci, atau nama kunci) yang dipakai NIP untuk menandatangani.",
)
@click.argument("nip", metavar="NIP", help=WHO)
@click.argument("account", metavar="AKUN", help="NIK pada layanan, nama berkas .p12 tanpa akhirannya, atau nama kunci.")
def signing_account(nip: str, account: str) -> int:
    """Record under which name a person signs."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        before = here.database.read(account_of, person.id)
        try:
            here.database.write(set_account, person.id, account, here.at)
        except SigningFailed as failed:
            remark(failed.says)
            return 1
        instead = f", sebelumnya {masked(before)}" if before and before != account else ""
        say(f"Akun tanda tangan {person.full_name}: {masked(account)}{instead}.")
    return 0
