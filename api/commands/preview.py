"""``jenjang preview``: a letter as issuing would make it, to look at."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which
from uuid import UUID

import click

from api.commands.errors import CannotRun, NotReady
from api.commands.language import Command
from api.commands.session import now, say, session
from workflow.database import DatabaseUnavailable
from workflow.letters.profile import SHIPPED_PROFILE, TEMPLATES, Profile, load_profile
from workflow.letters.rendering import composed, previewed
from workflow.letters.specimen import specimen, specimen_proof
from workflow.people import stored_profile

#: Points to the inch of a picture: small type stays legible.
RESOLUTION = 110


@click.command(
    cls=Command,
    short_help="Lihat suatu surat sebelum terbit.",
    help="Buat PDF suatu SURAT seperti yang akan terbit: id surat dalam basis data, jenis naskah atau nama surat (dengan isi "
    "contoh), atau berkas TOML. Surat tersimpan yang belum ditandatangani tampil dengan kop dan penandatangan menurut jabatan "
    "saat ini; yang sudah ditandatangani tetap seperti yang tersimpan.",
)
@click.argument(
    "letter",
    metavar="SURAT",
    help="Id surat; surat_tugas, internship_request dan sebagainya; atau berkas TOML.",
)
@click.option(
    "--profile", "profile_name", metavar="PROFIL", help="Berkas profil, atau nama profil bawaan (kemuning, samudra)."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="BERKAS", help="PDF yang ditulis.")
@click.option("--png", is_flag=True, help="Tulis pula gambar tiap halaman.")
@click.option("--draft", is_flag=True, help="Sebagai konsep; hanya bagi isi contoh.")
@click.option("--by-hand", is_flag=True, help="Untuk tanda tangan basah; hanya bagi isi contoh.")
def preview(letter: str, profile_name: str | None, out: Path | None, *, png: bool, draft: bool, by_hand: bool) -> None:
    """Write the PDF of a letter."""
    profile = _profile(profile_name)
    if _is_id(letter):
        with session() as here:
            content = previewed(here.database, here.office, here.registry, letter, here.at, profile)
    else:
        chosen = profile or _own_profile()
        written = specimen(letter, chosen, now(), draft=draft, by_hand=by_hand)
        content = composed(chosen, written, specimen_proof(written.frame, chosen))
    file = out or Path(f"{Path(letter).stem}.pdf")
    file.write_bytes(content)
    say(f"{file}")
    if png:
        for picture in _pictures(file):
            say(f"{picture}")


def _profile(name: str | None) -> Profile | None:
    if name is None:
        return None
    shipped = TEMPLATES / "profiles" / f"{name}.toml"
    return load_profile(shipped if shipped.parent == TEMPLATES / "profiles" and shipped.is_file() else Path(name))


def _own_profile() -> Profile:
    """The agency's, or the shipped one where there is none yet."""
    try:
        with session() as here:
            return here.database.read(stored_profile) or load_profile(SHIPPED_PROFILE)
    except (NotReady, DatabaseUnavailable):
        return load_profile(SHIPPED_PROFILE)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _pictures(file: Path) -> list[Path]:
    program = which("pdftoppm")
    if program is None:
        raise CannotRun("Gambar memerlukan pdftoppm. Pasang paket poppler-utils, atau jalankan tanpa --png.")
    subprocess.run([program, "-r", str(RESOLUTION), "-png", file, file.with_suffix("")], check=True)  # noqa: S603 - our own words
    return sorted(file.parent.glob(f"{file.stem}-*.png"))
