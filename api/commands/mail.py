"""``jenjang mail``: what is owed by mail, whether the setting works, and what came back."""

from __future__ import annotations

import click

from api.commands.errors import CannotRun
from api.commands.language import Group
from api.commands.running import run_effects
from api.commands.session import say, session
from api.settings import mail_address
from api.settings import post as post_set
from workflow.ids import new_id
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.mail.ledger import mail_rows, record_bounce, record_delivery, retry
from workflow.mail.post import Post
from workflow.registry import Registry
from workflow.telling.plain_text import table

_HEADINGS = ("Id", "Jenis", "Kepada", "Tentang", "Keadaan", "Percobaan", "Alasan")


@click.group(
    cls=Group,
    short_help="Surel: yang belum terkirim, uji setelan, dan yang kembali.",
    help="Surel kepada orang dan mitra. JENJANG_MAIL menunjuk folder, smtp://pengguna@server:port?tls=starttls, atau off; "
    "bawaannya folder di sebelah basis data. Kata sandi dibaca dari berkas JENJANG_MAIL_PASSWORD_FILE, dan alamat pengirim dari "
    "JENJANG_MAIL_FROM atau profil instansi.",
)
def mail() -> None:
    """What goes out by mail."""


@mail.command("list", help="Tampilkan surel yang menunggu atau gagal.")
def mail_list() -> None:
    """Print what has not been sent."""
    with session() as here:
        rows = here.database.read(mail_rows)
    say("\n".join(table(_HEADINGS, rows, indent="")) if rows else "Tidak ada.")


@mail.command(
    "retry",
    short_help="Kirim lagi yang gagal atau menunggu.",
    help="Kirim lagi yang gagal atau menunggu: satu surel, semua surel satu surat, atau semua.",
)
@click.argument("which", metavar="[ID|NOMOR]", required=False, help="Id surel atau nomor surat, lihat mail list.")
def mail_retry(which: str | None) -> None:
    """Make mail due now."""
    with session() as here:
        number = here.database.write(retry, which, here.at)
        say(f"{number} surel akan dikirim lagi.")
        run_effects(here)


@mail.command("test", help="Kirim surel uji ke satu alamat.")
@click.argument("address", metavar="ALAMAT", help="Alamat surel penerima.")
def mail_test(address: str) -> None:
    """Send a message that says that it works."""
    try:
        to = read_email(address)
    except Wrong as wrong:
        raise CannotRun(f"{address}: {wrong}") from wrong
    with session() as here:
        post = _post(here.registry)
        sender = post.try_out(here.office, new_id(here.at), to, here.at)
    say(f"Surel uji diterima {post.transport.says} dari {sender} untuk {to}.")


@mail.command(
    "bounced",
    short_help="Catat surel yang kembali.",
    help="Catat surel yang kembali, seperti tertulis pada surel pengembaliannya.",
)
@click.argument("message", metavar="MESSAGE-ID", help="Message-ID surel asli.")
@click.argument("reason", metavar="ALASAN", help="Alasan surel itu kembali.")
def mail_bounced(message: str, reason: str) -> None:
    """Record what came back."""
    with session() as here:
        effect = here.database.write(record_bounce, _post(here.registry), here.office, message, reason, here.at)
    say(f"Surel {effect} dicatat kembali. Sesudah alamatnya diperbaiki: jenjang mail retry {effect}")


@mail.command(
    "delivered",
    short_help="Catat surat yang sampai tanpa surel.",
    help="Catat surat yang disampaikan dengan cara lain, misalnya lewat kurir.",
)
@click.argument("effect", metavar="ID", help="Id surel, lihat mail list.")
@click.argument("how", metavar="KETERANGAN", help="Bagaimana dan kapan surat itu disampaikan.")
def mail_delivered(effect: str, how: str) -> None:
    """Record that a letter got there without mail."""
    with session() as here:
        here.database.write(record_delivery, effect, how, here.at)
    say("Dicatat.")


def _post(registry: Registry) -> Post:
    post = post_set(registry)
    if post is None:
        raise CannotRun(
            f"Surel dimatikan (JENJANG_MAIL={mail_address()}). Isi JENJANG_MAIL dengan folder atau server surel."
        )
    return post
