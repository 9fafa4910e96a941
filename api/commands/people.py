"""``jenjang people`` and ``jenjang absences``: what an officer knows about someone that no export says."""

from __future__ import annotations

from datetime import date

import click

from api.commands.language import Day, Group
from api.commands.session import Session, say, session
from policies.dates import written
from workflow import directory
from workflow.people import leave, record_absence, rejoin
from workflow.people.guides import register_guide

WHO = "NIP, id, alamat surel, bupati, atau mitra:KODE."


@click.group(cls=Group, help="Pegawai: lihat, catat keluar, catat kembali.")
def people() -> None:
    """What is known of one person, and that they left."""


@people.command("show", help="Tampilkan semua yang diketahui tentang seseorang.")
@click.argument("nip", metavar="NIP", help=WHO)
def show(nip: str) -> None:
    """Print a person's card."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        say(here.database.read(directory.person_card, person, here.today))


@people.command("leave", help="Catat bahwa seseorang keluar; tugasnya beralih kepada penggantinya.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--on", "on", required=True, type=Day(), metavar="TANGGAL", help="Hari pertama ia tidak lagi bertugas.")
def people_leave(nip: str, on: date) -> None:
    """Record that someone left, and pass on what waited for them."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(leave, person.id, on, today=here.today)
        say(f"{person.full_name} dicatat keluar sejak {written(on)}.")
        _pass_on(here)


@people.command("rejoin", help="Batalkan catatan keluar.")
@click.argument("nip", metavar="NIP", help=WHO)
def people_rejoin(nip: str) -> None:
    """Take back that someone left."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(rejoin, person.id)
        say(f"{person.full_name} tercatat bertugas lagi. Jabatannya kembali dengan impor data pegawai berikutnya.")
        _pass_on(here)


@people.command("guide", help="Daftarkan pembimbing lapangan pada MITRA, atau perbarui datanya.")
@click.argument("partner", metavar="MITRA", help="Kode mitra.")
@click.option("--name", required=True, metavar="NAMA", help="Nama dengan gelarnya.")
@click.option("--post", required=True, metavar="JABATAN", help="Jabatan pada mitra itu.")
@click.option("--email", required=True, metavar="SUREL", help="Alamat surelnya; dengan itu ia ditunjuk.")
def people_guide(partner: str, name: str, post: str, email: str) -> None:
    """Make a guide known."""
    with session() as here:
        person = here.database.write(register_guide, partner, name, post, email, here.at)
    say(f"{person.full_name} terdaftar sebagai pembimbing lapangan pada {person.partner_id}.")
    say(f"  id {person.id}")
    say(f"  kunci API: jenjang keys issue {person.email}")


@click.group(cls=Group, help="Ketidakhadiran: cuti dan tugas di luar.")
def absences() -> None:
    """Leave and duty away from the post."""


@absences.command("add", help="Catat bahwa seseorang tidak di tempat; keduanya termasuk.")
@click.argument("nip", metavar="NIP", help=WHO)
@click.option("--from", "from_on", required=True, type=Day(), metavar="TANGGAL", help="Hari pertama.")
@click.option("--until", "until_on", required=True, type=Day(), metavar="TANGGAL", help="Hari terakhir.")
@click.option("--reason", required=True, metavar="ALASAN", help="Misalnya: cuti tahunan.")
def absences_add(nip: str, from_on: date, until_on: date, reason: str) -> None:
    """Record an absence, and pass on what waited for them."""
    with session() as here:
        person = here.database.read(directory.person_named, nip)
        here.database.write(record_absence, person.id, from_on, until_on, reason, at=here.at)
        say(f"{person.full_name} tidak di tempat {written(from_on)} sampai {written(until_on)}.")
        _pass_on(here)


def _pass_on(here: Session) -> None:
    if here.database.read(directory.profile_text) is not None:
        here.reseat()
