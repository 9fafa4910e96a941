"""``jenjang serve``, ``migrate``, ``sweep`` and ``effects``: what keeps the office running."""

from __future__ import annotations

import os

import click

from api.commands.bulk import run_acts
from api.commands.language import Command, Group, Port
from api.commands.session import Session, remark, say, session
from api.settings import database_address, letter_workers, mail_address, post, trusted_proxies
from workflow import directory
from workflow.database import Database, ServedElsewhere, serve_lock
from workflow.effects import run_due
from workflow.engine.sweep import sweep as sweep_now
from workflow.migrations import migrate as migrate_database
from workflow.telling.plain_text import table


@click.command(
    cls=Command,
    short_help="Layani API sampai dihentikan.",
    help="Layani API sampai dihentikan (Ctrl-C). Basis data harus sudah siap: jalankan jenjang migrate lebih dahulu.",
)
@click.option("--host", default="127.0.0.1", metavar="ALAMAT", help="Alamat yang didengarkan.", show_default=True)
@click.option("--port", default=8000, type=Port(), metavar="PORT", help="Nomor port.", show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the API until stopped."""
    from api.server import serve as serve_until_stopped  # noqa: PLC0415 - the server takes a while to load

    with session() as here:
        here.office  # noqa: B018 - says at once what is missing or malformed, rather than at the first request
        post(here.registry)
        letter_workers()
        trusted_proxies()
        address = here.database.address
    with serve_lock(database_address()):
        pass  # another server says so here, in words
    os.environ["JENJANG_DATABASE"] = database_address()
    os.environ["JENJANG_MAIL"] = mail_address()

    def listening(bound: int) -> None:
        where = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        say(f"Jenjang melayani {where} dengan basis data {address}. Dokumentasi API: {where}/api/docs")

    serve_until_stopped(host, port, listening)


@click.command(
    cls=Command,
    short_help="Siapkan atau mutakhirkan basis data.",
    help="Buat atau mutakhirkan tabel basis data. Buatlah cadangan sebelum memutakhirkan.",
)
def migrate() -> None:
    """Bring the tables to where the program stands."""
    database = Database.open(database_address())
    try:
        applied = migrate_database(database)
    finally:
        database.close()
    if applied:
        say(f"Basis data {database.address} sekarang pada revisi {applied[-1]}.")
    else:
        say(f"Basis data {database.address} sudah mutakhir.")


@click.command(
    cls=Command,
    short_help="Jalankan semua yang jatuh tempo.",
    help="Jalankan semua yang jatuh tempo: ingatan, pengajuan kepada atasan, langkah oleh sistem, lalu PDF surat dan surel yang "
    "tertunda. Aman diulang; server menjalankannya sendiri setiap hari.",
)
def sweep() -> None:
    """Fire what is due."""
    with session() as here:
        swept = sweep_now(here.database, here.engine, here.at)
        say(
            f"{swept.reminded} diingatkan, {swept.escalated} diajukan kepada yang lebih tinggi, {swept.fired} langkah oleh sistem, "
            f"{swept.reseated} berkas disesuaikan."
        )
        for held_up in swept.held_up:
            say(f"  Belum dapat: {held_up}")
        run_acts(here)
        run_effects(here)


def run_effects(here: Session) -> None:
    """Make what letters are due, and send what mail is, unless a server does so already."""
    try:
        with serve_lock(database_address()):
            done = 0
            while some := run_due(here.database, here.office, here.at):
                done += some
            mail = post(here.registry)
            while mail is not None and (some := mail.run_due(here.database, here.office, here.at)):
                done += some
            say(f"{done} tindak lanjut dijalankan.")
    except ServedElsewhere:
        remark("Tindak lanjut dijalankan oleh server yang sedang melayani.")


@click.group(cls=Group, help="Tindak lanjut: PDF surat dan pesan.")
def effects() -> None:
    """What transitions still owe the world."""


@effects.command("list", help="Tampilkan tindak lanjut yang menunggu atau gagal.")
def effects_list() -> None:
    """Print the effects that are not done."""
    with session() as here:
        rows = here.database.read(directory.effect_rows)
    say(
        "\n".join(table(("Id", "Jenis", "Berkas/surat", "Keadaan", "Percobaan", "Kesalahan"), rows, indent=""))
        if rows
        else "Tidak ada."
    )


@effects.command(
    "run",
    short_help="Jalankan sekarang yang jatuh tempo.",
    help="Jalankan sekarang yang jatuh tempo, bila tidak ada server yang melayani.",
)
def effects_run() -> None:
    """Run what is due."""
    with session() as here:
        run_effects(here)


@effects.command("retry", help="Coba lagi yang gagal: satu ID, atau semua.")
@click.argument("effect", metavar="[ID]", required=False, help="Id tindak lanjut, lihat effects list.")
def effects_retry(effect: str | None) -> None:
    """Make parked effects due again."""
    with session() as here:
        number = here.database.write(directory.retry_effects, effect, here.at)
        say(f"{number} tindak lanjut akan dicoba lagi.")
        run_effects(here)
