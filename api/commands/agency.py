"""``jenjang agency``: the profile of the agency, its regent, and what follows from them."""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.language import Group, InputFile
from api.commands.session import remark, say, session
from workflow import directory
from workflow.letters.profile import load_profile
from workflow.office import NotSetUp
from workflow.people import setup_agency, stored_profile


@click.group(cls=Group, help="Profil instansi: kepala daerah, kop, nomor surat.")
def agency() -> None:
    """The agency's profile."""


@agency.command(
    "set",
    short_help="Simpan profil instansi dari BERKAS.",
    help="Simpan profil instansi dari BERKAS (TOML; contohnya templates/profiles/kemuning.toml).",
)
@click.argument("file", metavar="BERKAS", type=InputFile(), help="Profil dalam TOML, dengan lambang di sebelahnya.")
def agency_set(file: Path) -> None:
    """Store the profile, name the regent and fill the groups that are empty."""
    profile = load_profile(file)  # what is wrong with it is said with the file's name, before anything is opened
    text = file.read_text(encoding="utf-8")
    with session(create=True) as here:
        for says in here.database.write(setup_agency, text, here.at, folder=file.resolve().parent):
            remark(says)
        say(f"Profil {profile.agency} disimpan. Kepala daerah: {profile.regent.name}, {profile.regent.title}.")
        here.reseat()


@agency.command("show", help="Tampilkan profil instansi yang tersimpan.")
def agency_show() -> None:
    """Print what matters of the stored profile."""
    with session() as here:
        profile = here.database.read(stored_profile)
    if profile is None:
        raise NotSetUp("Profil instansi belum ada. Jalankan: jenjang agency set BERKAS")
    say(f"{profile.agency} ({profile.kind}), {profile.seat}, zona waktu {profile.zone}")
    say(f"  Kepala daerah: {profile.regent.name}, {profile.regent.title}")
    say(f"  Unit kepegawaian: {profile.personnel_unit}; sekretariat: {profile.secretariat}")
    say(f"  Enam hari kerja: {', '.join(profile.six_day_units) or 'tidak ada'}")
    say(f"  Pola nomor surat: {profile.numbers.pattern}")
    say(f"  Kop surat sendiri: {', '.join(profile.units) or 'tidak ada'}")


@agency.command(
    "export",
    short_help="Cetak profil yang tersimpan sebagai TOML.",
    help="Cetak profil yang tersimpan sebagai TOML, untuk diubah dan disimpan kembali.",
)
def agency_export() -> None:
    """Print the stored profile as it was set."""
    with session() as here:
        text = here.database.read(directory.profile_text)
    if text is None:
        raise NotSetUp("Profil instansi belum ada. Jalankan: jenjang agency set BERKAS")
    say(text.rstrip("\n"))
