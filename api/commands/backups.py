"""``jenjang backup``, ``restore`` and ``move``: an office that survives its server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from api.commands.errors import CannotRun
from api.commands.knowing import told_of
from api.commands.language import Command, Group, InputFile
from api.commands.session import remark, say, session
from api.settings import database_address, policies_folder
from policies.parameters import Policies
from workflow.backups.container import Manifest
from workflow.backups.last import note
from workflow.backups.making import make
from workflow.backups.moving import move as move_database
from workflow.backups.restoring import Faulty, Restored, look_into, try_out
from workflow.backups.restoring import restore as restore_database
from workflow.backups.sealing import identities_in, new_key, recipients_in
from workflow.errors import Problem
from workflow.keyring import keys_folder

#: Where backups go unless --to says otherwise.
_FOLDER = Path("cadangan")

_KEY_TO_READ = click.option(
    "--key", "key_file", type=InputFile(), metavar="BERKAS", help="Kunci rahasia, bagi cadangan yang terenkripsi."
)
_EVEN_SO = click.option(
    "--even-so", is_flag=True, help="Simpan juga bila pemeriksaan isinya menemukan yang tidak sesuai."
)


@click.group(
    cls=Group,
    invoke_without_command=True,
    subcommand_metavar="[check|key]",
    short_help="Buat cadangan selagi kantor bekerja.",
    help="Buat cadangan basis data selagi kantor bekerja: satu berkas berisi keadaan pada satu saat, utuh atau tidak sama sekali. "
    "Keluar dengan 0 bila cadangan sudah tersimpan, dengan 1 bila tidak. Folder kunci rahasia (JENJANG_KEYS) TIDAK termasuk: "
    "cadangkan terpisah, atau sertakan dengan --with-keys dalam cadangan terenkripsi.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER|BERKAS",
    default=_FOLDER,
    help="Tempat cadangan.",
    show_default=True,
)
@click.option(
    "--key",
    "key_file",
    type=InputFile(),
    metavar="BERKAS",
    help="Kunci publik age atau SSH; cadangan dienkripsi untuknya.",
)
@click.option("--with-keys", is_flag=True, help="Sertakan folder kunci rahasia; hanya dengan --key.")
@click.option(
    "--keep", type=click.IntRange(1, 10_000), metavar="JUMLAH", help="Simpan sekian cadangan terbaru dalam folder itu."
)
@click.pass_context
def backup(ctx: click.Context, to: Path, key_file: Path | None, *, with_keys: bool, keep: int | None) -> None:
    """Make a backup."""
    if ctx.invoked_subcommand is not None:
        return
    with session() as here:
        at = here.at
    address = database_address()
    recipients = recipients_in(key_file) if key_file else []
    keys = keys_folder(address)
    made = make(address, to, at, recipients=recipients, keys=keys if with_keys else None, keep=keep)
    _note(at)
    say(f"Cadangan tersimpan: {made.file} ({_size(made.size)}{', terenkripsi' if recipients else ''}).")
    _tell(made.manifest)
    for each in made.removed:
        say(f"Cadangan lama dihapus: {each}")
    if not recipients:
        remark(
            "Cadangan ini tidak terenkripsi dan memuat data pribadi: simpan di tempat yang hanya terbuka bagi petugasnya."
        )
    if not with_keys:
        remark(
            f"Kunci rahasia ({keys.resolve()}) tidak termasuk. Cadangkan terpisah: tanpa itu surat baru memakai kunci lain, "
            "faktor kedua tidak terbaca, dan tautan mitra tidak berlaku."
        )


def _note(at: datetime) -> None:
    """Write down that the office was backed up; the backup is good also where that cannot be written."""
    try:
        with session() as here:
            here.database.write(note, at, here.today, here.at)
    except Problem as problem:
        remark(f"Cadangan ini tidak tercatat dalam basis data, sehingga /ready tidak mengetahuinya: {problem.says}")


@backup.command(
    short_help="Periksa sebuah cadangan.",
    help="Pulihkan cadangan ke tempat sementara dan periksa semuanya; tidak ada yang lain yang disentuh. Cadangan PostgreSQL "
    "dipulihkan ke basis data kosong yang disebut dengan --to. Keluar dengan 1 bila ada yang tidak sesuai.",
)
@click.argument("file", metavar="BERKAS", type=InputFile())
@click.option("--to", "address", metavar="ALAMAT", help="Basis data PostgreSQL yang kosong.")
@_KEY_TO_READ
def check(file: Path, address: str | None, key_file: Path | None) -> int:
    """Restore a backup for trial, and check it."""
    identities = _identities(key_file)
    policies = Policies.load(policies_folder())
    if address:
        restored = restore_database(file, address, policies, identities=identities, even_so=True)
    elif look_into(file, identities).kind == "sqlite":
        restored = try_out(file, policies, identities)
    else:
        raise CannotRun(
            "Cadangan ini utuh, dan berasal dari PostgreSQL. Untuk memeriksa isinya, sebutkan basis data kosong dengan --to, "
            "misalnya postgresql+psycopg:///coba setelah `createdb coba`."
        )
    return _report(restored)


@backup.command(
    "key",
    short_help="Buat pasangan kunci untuk cadangan.",
    help="Tulis kunci rahasia baru ke BERKAS, dan tampilkan kunci publiknya. Simpan kunci rahasia di luar server ini: tanpa itu "
    "cadangan tidak dapat dibuka oleh siapa pun. Kunci publiknya ditulis ke berkas bagi `jenjang backup --key`.",
)
@click.argument("file", metavar="BERKAS", type=click.Path(dir_okay=False, path_type=Path))
def make_key(file: Path) -> None:
    """Make a pair of keys."""
    private, public = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotRun(f"{file} sudah ada dan tidak ditimpa; sebutkan nama lain.") from None
    with os.fdopen(descriptor, "w") as target:
        target.write(f"# kunci publik: {public}\n{private}\n")
    say(public)
    remark(f"Kunci rahasia ditulis ke {file}. Pindahkan ke tempat yang aman di luar server ini.")


@click.command(
    cls=Command,
    short_help="Pulihkan cadangan ke basis data kosong.",
    help="Pulihkan cadangan ke basis data yang masih kosong, bandingkan dengan manifesnya, dan periksa isinya seperti `jenjang "
    "verify`. Cadangan yang rusak, terpotong, diubah, atau terkunci untuk kunci lain ditolak, dan tidak ada yang tertinggal.",
)
@click.argument("file", metavar="BERKAS", type=InputFile())
@click.option("--to", "address", metavar="ALAMAT", required=True, help="Basis data tujuan, seperti JENJANG_DATABASE.")
@_KEY_TO_READ
@click.option(
    "--keys-to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder baru bagi kunci rahasia kantor.",
)
@_EVEN_SO
def restore(file: Path, address: str, key_file: Path | None, keys_to: Path | None, *, even_so: bool) -> int:
    """Restore a backup."""
    if keys_to is not None and keys_to.exists() and any(keys_to.iterdir()):
        raise CannotRun(f"Folder {keys_to} sudah ada isinya; kunci tidak ditimpa. Sebutkan folder lain.")
    policies = Policies.load(policies_folder())
    try:
        restored = restore_database(file, address, policies, identities=_identities(key_file), even_so=even_so)
    except Faulty as faulty:
        for checked in faulty.checked:
            told_of(checked)
        raise
    if keys_to is not None:
        _put_keys(restored.keys, keys_to)
    elif restored.keys:
        remark("Cadangan ini memuat kunci rahasia kantor; --keys-to FOLDER mengeluarkannya.")
    else:
        remark("Kembalikan juga folder kunci rahasia (JENJANG_KEYS) dari cadangannya sendiri.")
    code = _report(restored)
    if restored.is_older:
        say(
            f"Cadangan ini dari revisi {restored.manifest.stand.revision}. Jalankan jenjang migrate, lalu jenjang verify."
        )
    return 0 if even_so else code


@click.command(
    cls=Command,
    short_help="Pindahkan kantor antara SQLite dan PostgreSQL.",
    help="Pindahkan seluruh isi basis data dari SQLite ke PostgreSQL atau sebaliknya, dalam satu transaksi: semuanya, atau tidak "
    "sama sekali. Hentikan server lebih dahulu. Sumbernya tidak diubah. Jumlah baris dan sidik tiap tabel dibandingkan, lalu "
    "isinya diperiksa seperti `jenjang verify`.",
)
@click.option("--from", "source", metavar="ALAMAT", required=True, help="Basis data sumber.")
@click.option("--to", "target", metavar="ALAMAT", required=True, help="Basis data tujuan, yang masih kosong.")
@_EVEN_SO
def move(source: str, target: str, *, even_so: bool) -> int:
    """Move an office."""
    path = source.partition(":///")[2]
    if source.startswith("sqlite") and not Path(path).exists():
        raise CannotRun(f"Basis data {source} tidak ada.")
    moved = move_database(source, target, Policies.load(policies_folder()), even_so=even_so)
    for checked in moved.checked:
        told_of(checked)
    say(f"{moved.stand.rows} baris dalam {len(moved.stand.tables)} tabel dipindahkan; sidik setiap tabel sama.")
    say("Arahkan JENJANG_DATABASE ke tujuan, dan tetapkan JENJANG_KEYS ke folder kunci yang lama.")
    return 0


def _identities(key_file: Path | None) -> Sequence[Any]:
    return identities_in(key_file) if key_file else ()


def _report(restored: Restored) -> int:
    _tell(restored.manifest)
    for checked in restored.checked:
        told_of(checked)
    say(
        "Sama dengan manifesnya."
        if not restored.failures
        else "Sama dengan manifesnya, tetapi ada yang TIDAK SESUAI: lihat di atas."
    )
    return 1 if restored.failures else 0


def _tell(manifest: Manifest) -> None:
    stand = manifest.stand
    events = stand.tables["events"].rows if "events" in stand.tables else 0
    say(
        f"Keadaan {manifest.at} ({manifest.kind}, revisi {stand.revision}): {stand.rows} baris dalam {len(stand.tables)} tabel, "
        f"{events} peristiwa berkas, {len(stand.registers)} buku agenda."
    )


def _put_keys(keys: dict[str, bytes], folder: Path) -> None:
    if not keys:
        raise CannotRun("Basis data sudah dipulihkan, tetapi cadangan ini tidak memuat kunci rahasia.")
    for name, content in keys.items():
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise CannotRun(f"Cadangan ini memuat nama kunci yang keluar dari foldernya: {name}.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    say(f"{len(keys)} kunci rahasia dikembalikan ke {folder}.")


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
