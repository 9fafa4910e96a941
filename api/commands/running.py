"""``jenjang serve``, ``migrate``, ``sweep`` and ``effects``: what keeps the office running."""

from __future__ import annotations

import os

import click

from api import settings
from api.commands.bulk import run_acts
from api.commands.configuration import unknown_said
from api.commands.language import Command, Group, Port
from api.commands.session import Session, remark, say, session
from api.configuration import require_sound
from api.settings import database_address, mail_address, post
from workflow import directory
from workflow.accounts.key_marks import require_ours
from workflow.database import Database, ServedElsewhere, serve_lock
from workflow.effects import run_due
from workflow.engine.sweep import sweep as sweep_now
from workflow.migrations import current_revision, go_back
from workflow.migrations import migrate as migrate_database
from workflow.retention.daily import look_for_lapsed
from workflow.sealing.sealer import seal
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

    _require_sound()
    with session() as here:
        here.office  # noqa: B018 - says at once what is missing or malformed, rather than at the first request
        require_ours(here.database, here.at)
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
    short_help="Kerjakan tindak lanjut di belakang server.",
    help="Kerjakan tindak lanjut di belakang server, yaitu PDF surat, surel, tindakan massal, dan sapuan harian, sampai dihentikan "
    "(Ctrl-C). Hanya untuk PostgreSQL; boleh berapa pun, di mesin mana pun. Jalankan servernya dengan JENJANG_WORKER=apart.",
)
@click.option(
    "--concurrency",
    default=4,
    type=click.IntRange(1, 32),
    metavar="BANYAKNYA",
    help="Pekerjaan yang ditangani sekaligus.",
    show_default=True,
)
@click.option(
    "--heartbeat",
    type=click.FloatRange(1, 300),
    metavar="DETIK",
    help="Jarak antartanda hidup, bila lain dari JENJANG_HEARTBEAT; setelah tiga kali terlewat, pekerjaannya diambil alih worker "
    "lain. Isi JENJANG_HEARTBEAT server dengan angka yang sama, agar /ready tidak menganggap worker yang hidup sudah mati.",
)
def worker(concurrency: int, heartbeat: float | None) -> None:
    """Do what is owed behind the servers until stopped."""
    from api.worker import work  # noqa: PLC0415 - only a worker loads it

    _require_sound()
    with session() as here:
        here.office  # noqa: B018 - as in serve
        require_ours(here.database, here.at)

    def began(address: str) -> None:
        say(f"Worker Jenjang mengerjakan tindak lanjut basis data {address}.")

    work(concurrency, settings.heartbeat() if heartbeat is None else heartbeat, began)


def _require_sound() -> None:
    """Raises CannotRun with all that is wrong with what is set; what nobody knows is only said."""
    unknown_said()
    require_sound()


@click.command(
    cls=Command,
    short_help="Siapkan atau mutakhirkan basis data.",
    help="Buat atau mutakhirkan tabel basis data. Buatlah cadangan sebelum memutakhirkan. Dengan --to, kembali ke revisi yang "
    "lebih lama, selama tidak ada isi yang hilang karenanya.",
)
@click.option("--to", "revision", metavar="REVISI", help="Kembali ke revisi ini, misalnya 0001.")
def migrate(revision: str | None) -> None:
    """Bring the tables to where the program stands, or back."""
    database = Database.open(database_address())
    try:
        changed = migrate_database(database) if revision is None else go_back(database, revision)
        current = current_revision(database)
    finally:
        database.close()
    if changed:
        say(f"Basis data {database.address} sekarang pada revisi {current}.")
    else:
        say(f"Basis data {database.address} sudah {'mutakhir' if revision is None else f'pada revisi {current}'}.")


@click.command(
    cls=Command,
    short_help="Jalankan semua yang jatuh tempo.",
    help="Jalankan semua yang jatuh tempo: ingatan, pengajuan kepada atasan, langkah oleh sistem, lalu PDF surat dan surel yang "
    "tertunda, dan segel log. Aman diulang; server menjalankannya sendiri setiap hari.",
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
        lapsed = look_for_lapsed(here.database, here.engine, here.at)
        if lapsed.proposed:
            say(f"{lapsed.proposed} berkas lewat masa simpan; lihat jenjang retention.")
        if lapsed.erased:
            say(f"Isi {lapsed.erased} berkas dihapus menurut masa simpannya.")
        run_acts(here)
        run_effects(here)
        seal(here.database, here.at)


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
