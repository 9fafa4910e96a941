"""``jenjang verify letter`` and ``jenjang proof``: letters checked without a network, and the keys that they are checked with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from api import verify_pages
from api.commands import knowing
from api.commands.errors import CannotRun
from api.commands.language import Group, InputFile
from api.commands.sealing import verify_head, verify_proof
from api.commands.session import say, session
from workflow.keyring import keys_folder
from workflow.proof import keys
from workflow.proof.apart import LARGEST, seen_apart
from workflow.proof.keys import Published, UnreadableKeys, read_keys
from workflow.proof.verdict import Verdict, of_file, of_text
from workflow.verification import PARTS

_PDF = b"%PDF-"
_MARKS = {"good": "ASLI", "care": "ASLI, perhatikan", "bad": "TIDAK"}


class VerifyGroup(Group):
    """Checks the database, as it always did, unless what follows is one of its commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "", knowing.verify, args


@click.group(
    cls=VerifyGroup,
    invoke_without_command=True,
    subcommand_metavar="[BAGIAN]... | letter BERKAS|TEKS | proof FILE | head FILE",
    short_help=knowing.verify.short_help,
    help=f"{knowing.verify.help}\n\nBAGIAN saja: {', '.join(PARTS)}. Dengan `letter`: periksa sebuah surat; dengan `proof`: "
    "bukti keutuhan sebuah berkas; dengan `head`: apakah log melanjutkan kepala yang disimpan.",
)
@click.pass_context
def verify(ctx: click.Context) -> int:
    """Check the database against itself, or a letter against the published keys."""
    return 0 if ctx.invoked_subcommand is not None else int(ctx.invoke(knowing.verify, parts=()))


@verify.command(
    short_help="Periksa sebuah surat, tanpa jaringan.",
    help="Periksa surat tanpa jaringan: berkas PDF-nya, atau TEKS dari kode QR-nya. Keluar dengan 1 bila tidak terbukti asli "
    "dan utuh. Kunci diambil dari basis data, atau dari berkas yang disimpan dari alamat /verify/keys. Apakah surat sudah "
    "dibatalkan atau diganti tidak diperiksa, juga bila ada basis data: tanyakan pada alamat yang disebut jawabannya.",
)
@click.argument("what", metavar="BERKAS|TEKS", help="Berkas PDF, berkas teks, atau teks kode QR.")
@click.option(
    "--keys", "key_file", type=InputFile(), metavar="BERKAS", help="Kunci instansi; tanpa ini dari basis data."
)
def letter(what: str, key_file: Path | None) -> int:
    """Check a letter; with ``--keys`` neither network nor database is needed."""
    published = _published(key_file)
    content = _content(what)
    told = of_file(seen_apart(content), published) if content.startswith(_PDF) else of_text(_text(content), published)
    _say(told)
    return int(told.tone == "bad")


verify.add_command(verify_proof)
verify.add_command(verify_head)


@click.group(
    cls=Group,
    short_help="Kunci pernyataan surat dan halaman pemeriksa.",
    help="Kunci yang menandatangani pernyataan dalam kode QR surat, dan halaman pemeriksa surat yang bekerja tanpa jaringan.",
)
def proof() -> None:
    """The keys of statements."""


@proof.command(
    short_help="Buat kunci baru.",
    help="Buat kunci pernyataan baru dan pakai mulai sekarang. Surat yang lama tetap dapat diperiksa. Kunci yang dibuat sendiri "
    "oleh sistem pada surat pertama bertanda UJI; kunci dari perintah ini ialah kunci resmi instansi, kecuali dengan --uji.",
)
@click.option("--uji", is_flag=True, help="Tandai sebagai kunci uji.")
def rotate(*, uji: bool) -> None:
    """Make a key and use it from now on."""
    with session() as here:
        made = keys.rotate(here.database, here.at, is_test=uji)
        folder = keys_folder(here.database.address)
    say(f"Kunci {made.id}{' (UJI)' if uji else ''} dibuat dan dipakai mulai sekarang.")
    say(f"Kunci rahasianya ada di {folder.resolve()}: cadangkan, dan jangan berikan kepada siapa pun.")


@proof.command(
    "keys",
    short_help="Simpan kunci yang diumumkan.",
    help="Tulis kunci yang diumumkan, sama dengan alamat /verify/keys.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="BERKAS", required=True, help="Berkas JSON."
)
def published_keys(out: Path) -> None:
    """Write the public keys to a file."""
    out.write_bytes(msgspec.json.encode(_published(None)))
    say(f"Kunci yang diumumkan ditulis ke {out}.")


@proof.command(
    short_help="Buat halaman pemeriksa tanpa jaringan.",
    help="Tulis halaman yang memeriksa surat tanpa jaringan, dengan kunci yang diumumkan di dalamnya.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="BERKAS", required=True, help="Berkas HTML."
)
def page(out: Path) -> None:
    """Write the page that checks letters with the network off."""
    with session() as here:
        profile = here.office.profile
        published = here.database.read(keys.published)
        out.write_bytes(verify_pages.offline_page(profile.agency, profile.site, published, here.today))
    say(f"Halaman pemeriksa ditulis ke {out}; kuncinya {len(published.keys)}.")


def _published(key_file: Path | None) -> Published:
    if key_file is None:
        with session() as here:
            return here.database.read(keys.published)
    try:
        return read_keys(key_file.read_bytes())
    except UnreadableKeys as error:
        raise CannotRun(f"{key_file}: {error}") from error


def _content(what: str) -> bytes:
    """The file of that name, else the text itself."""
    try:
        path = Path(what)
        if path.is_file():
            with path.open("rb") as file:
                return file.read(LARGEST + 1)
    except (OSError, ValueError):  # a text too long, or with signs that no file name has
        pass
    if what.lower().endswith(".pdf"):
        raise CannotRun(f"Berkas {what} tidak ada; periksa letak dan namanya.")
    return what.encode()


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _say(told: Verdict) -> None:
    say(f"[{_MARKS[told.tone]}] {told.title}")
    width: Any = max((len(label) for label, _ in told.rows), default=0)
    for label, value in told.rows:
        say(f"  {label:<{width}} : {value}")
    for line in told.lines:
        say(f"  - {line}")
