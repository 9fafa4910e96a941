"""``jenjang accounts``: who signs in. Invite, hand over a code on paper, see and end sessions, take away a lost second factor."""

from __future__ import annotations

import click

from api.commands.errors import CannotRun
from api.commands.language import Group
from api.commands.session import Session, say, session
from workflow import directory
from workflow.accounts import key_marks, second_factor, tickets
from workflow.accounts.granting import end_keys, valid_keys
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import end_all, open_sessions
from workflow.people.person import Person

WHO = "NIP, id, atau alamat surel."


@click.group(cls=Group, help="Akun: undang, cetak kode, lihat dan akhiri sesi.")
def accounts() -> None:
    """Who signs in on pages."""


@accounts.command("invite", help="Kirimkan tautan aktivasi lewat surel.")
@click.argument("nip", metavar="NIP", help=WHO)
def invite(nip: str) -> None:
    """Owe somebody a mail with a link; the running server sends it."""
    with session() as here:
        person = _person(here, nip)
        address = here.database.write(tickets.invite, here.office, _safe(here), person.id, here.at)
    say(f"Tautan aktivasi bagi {person.full_name} dikirim ke {address} oleh server yang sedang berjalan.")


@accounts.command("print-code", help="Buat kode aktivasi untuk diserahkan di atas kertas.")
@click.argument("nip", metavar="NIP", help=WHO)
def print_code(nip: str) -> None:
    """Print a code, shown once."""
    with session() as here:
        person = _person(here, nip)
        code = here.database.write(tickets.print_code, here.office, _safe(here), person.id, here.at)
        site = here.office.profile.site.rstrip("/")
    say(f"Kode aktivasi bagi {person.full_name}: {code}")
    say(f"  Ketik kode itu pada {site}/aktivasi; berlaku sekali, dan kode yang lama tidak berlaku lagi.")


@accounts.command("sessions", help="Tampilkan sesi yang terbuka.")
@click.argument("nip", metavar="NIP", help=WHO)
def sessions(nip: str) -> None:
    """List somebody's sessions."""
    with session() as here:
        person = _person(here, nip)
        lines = here.database.read(open_sessions, person.id, here.at)
        zone = here.office.zone
    if not lines:
        say(f"{person.full_name} tidak sedang masuk.")
    for line in lines:
        seen = line.seen_at.astimezone(zone)
        say(f"{line.id}  {line.device}, terakhir dipakai {seen:%Y-%m-%d %H.%M}")


@accounts.command("end-sessions", help="Akhiri semua sesi seseorang seketika.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--keys", "with_keys", is_flag=True, help="Cabut juga semua kunci API-nya.")
def end_sessions(nip: str, *, with_keys: bool) -> None:
    """End all sessions of somebody, and with ``--keys`` all keys."""
    with session() as here:
        person = _person(here, nip)
        number = here.database.write(end_all, person.id, here.at, why="diakhiri administrator")
        revoked = here.database.write(end_keys, person.id, here.at) if with_keys else 0
        left = here.database.read(valid_keys, person.id, here.at)
    say(f"{number} sesi {person.full_name} diakhiri.")
    if revoked:
        say(f"{revoked} kunci API dicabut.")
    if left:
        say(
            f"{len(left)} kunci API masih berlaku: {', '.join(left)}. Cabut dengan --keys, atau satu per satu: jenjang keys revoke"
        )


@accounts.command("reset-factor", help="Hapus faktor kedua yang hilang.")
@click.argument("nip", metavar="NIP", help=WHO)
def reset_factor(nip: str) -> None:
    """Take a second factor away; all sessions end."""
    with session() as here:
        person = _person(here, nip)
        here.database.write(second_factor.remove, person.id, here.at)
    say(f"Faktor kedua {person.full_name} dihapus dan semua sesinya diakhiri.")


def _person(here: Session, nip: str) -> Person:
    return here.database.read(directory.person_named, nip)


@accounts.command(
    "accept-keys",
    short_help="Pakai folder kunci yang baru.",
    help="Pakai folder kunci yang sekarang (JENJANG_KEYS), karena yang lama hilang untuk selamanya. Setelah itu faktor kedua yang "
    "tersimpan tidak terbaca dan harus diatur ulang; tautan mitra, tautan aktivasi, dan rahasia webhook yang lama tidak berlaku.",
)
@click.option("--lost", is_flag=True, help="Kunci yang lama benar-benar hilang.")
def accept_keys(*, lost: bool) -> None:
    """Take the folder of keys for the database's own. Raises CannotRun."""
    if not lost:
        raise CannotRun(
            "Cari dahulu kunci lama pada cadangan. Bila benar-benar hilang: jenjang accounts accept-keys --lost"
        )
    with session() as here:
        here.database.write(key_marks.accept, Safe.of(here.database.address), here.at)
    say("Folder kunci yang sekarang dipakai sebagai kunci basis data ini. Jalankan ulang semua server dan worker.")


def _safe(here: Session) -> Safe:
    key_marks.require_ours(here.database, here.at)
    return Safe.of(here.database.address)
