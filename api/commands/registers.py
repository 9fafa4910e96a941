"""``jenjang register``: numbers that were given, blocks of them for units, and letters made where there is no network."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from api.commands.budget_figures import YEAR
from api.commands.errors import CannotRun
from api.commands.language import Day, Group, InputFile, InputFolder, Number
from api.commands.session import Session, caller_named, now, remark, say, session
from policies.dates import written
from workflow.letters.route import COMPLETE
from workflow.proof.keys import signing_key
from workflow.registers import leasing, settling, voiding, writing
from workflow.registers.lease_file import sealed
from workflow.registers.leasing import Wanted
from workflow.registers.numbers import book, printed
from workflow.registers.preparing import Asked, give_kit
from workflow.registers.settling import Settlement
from workflow.telling.plain_text import ended, table
from workflow.views import registers as views
from workflow.views.registers import BlockLine

_BY = "NIP petugas buku agenda atau administrator yang memutuskan."
#: Numbers that are printed at most.
MOST = 100_000


class _OutputFile(click.ParamType[Path]):
    """A file that does not exist yet."""

    name = "berkas"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if path.exists():
            self.fail(f"{path} sudah ada; sebutkan nama lain.", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"folder {path.parent} tidak ada; buatlah dahulu.", param, ctx)
        return path


@click.group(
    cls=Group,
    short_help="Buku agenda surat keluar, dan blok nomornya.",
    help="Buku agenda surat keluar: nomor, blok nomor, dan surat yang dibuat tanpa jaringan.",
)
def register() -> None:
    """Registers of letters that go out."""


# --- Looking ---------------------------------------------------------------------------------------------------------


@register.command("list", help="Tampilkan buku agenda dan blok nomor yang terbuka.")
def register_list() -> None:
    """Print the registers."""
    with session() as here:
        lines = here.database.read(views.all_registers, here.engine)
        zone = here.office.zone
    kinds = {"own": "nomor sendiri", "leased": "blok", "external": "sistem lain"}
    rows = [
        (line.code, str(line.year), kinds[line.kind], str(line.last or "-"), str(line.issued), str(line.void))
        for line in lines
    ]
    headings = ("Kode", "Tahun", "Cara", "Nomor terakhir", "Dengan surat", "Tanpa surat")
    say("\n".join(table(headings, rows, indent="")) if rows else "Belum ada nomor yang diberikan.")
    for line in lines:
        for block in line.blocks:
            if block.open:
                _tell_block(line.code, line.year, block, written(block.given_at.astimezone(zone).date()))


def _tell_block(code: str, year: int, block: BlockLine, given_on: str) -> None:
    where = "tanpa jaringan" if block.offline else "dengan jaringan"
    say(
        f"Blok {code} {year}: {block.first} sampai {block.last}, unit {block.unit}, {where}, diberikan {given_on}, "
        f"{len(block.open)} nomor terbuka. {block.purpose}"
    )
    say(f"  id {block.id}")
    for trouble in (block.trouble or "").splitlines():
        say(f"  belum selesai, nomor {trouble}")


@register.command(
    "show",
    short_help="Tampilkan nomor dari satu buku agenda.",
    help="Tampilkan nomor yang diberikan dari buku agenda REGISTER dalam TAHUN: surat, tanggal, status, banyaknya berkas.",
)
@click.argument("code", metavar="REGISTER", help="Kode buku agenda, lihat register list.")
@click.argument("year", metavar="TAHUN", type=YEAR, help="Tahun agenda.")
def register_show(code: str, year: int) -> None:
    """Print the numbers of a register."""
    with session() as here:
        found = here.database.read(views.book_of, here.registry, code, year, None, MOST)
    rows = [
        (
            printed(line.sequence, line.suffix) if line.sequence else "-",
            line.number or "-",
            written(line.dated_on) if line.dated_on else "-",
            line.title or "-",
            f"{line.state_title}{' basah' if line.by_hand and line.state in COMPLETE else ''}",
            str(line.cases),
            line.reason or "",
        )
        for line in found.items
    ]
    headings = ("Urut", "Nomor", "Tanggal", "Surat", "Status", "Berkas", "Alasan")
    say("\n".join(table(headings, rows, indent="")))


# --- Blocks ----------------------------------------------------------------------------------------------------------


@register.command(
    "lease",
    short_help="Beri unit satu blok nomor.",
    help="Beri UNIT satu blok nomor berurutan. Tanpa --offline: untuk buku agenda unit yang bernomor pinjaman. Dengan "
    "--offline: untuk komputer tanpa jaringan, beserta berkas bertanda tangan yang memuat segala yang diperlukan untuk membuat "
    "surat di sana. Dari berkas yang disebut ikut disiapkan surat langkah berikutnya, juga bila yang bertindak bukan "
    "penandatangannya, dan surat yang sudah menunggu paraf atau tanda tangan.",
)
@click.argument("unit", metavar="UNIT", help="Kode unit.")
@click.option("--count", required=True, type=Number(), metavar="BANYAK", help="Banyaknya nomor.")
@click.option("--purpose", required=True, metavar="TEKS", help="Untuk apa blok ini diberikan.")
@click.option("--by", "by", required=True, metavar="NIP", help=_BY)
@click.option(
    "--register", "code", default="", metavar="KODE", help="Kode buku agenda; bawaannya buku agenda unit itu."
)
@click.option("--offline", is_flag=True, help="Untuk komputer tanpa jaringan.")
@click.option("--out", "out", type=_OutputFile(), metavar="BERKAS", help="Berkas blok yang dibuat, dengan --offline.")
@click.option(
    "--cases",
    "case_ids",
    multiple=True,
    metavar="BERKAS",
    help="Nomor atau id berkas yang suratnya disiapkan; dapat diulang.",
)
@click.option(
    "--letters",
    "listed",
    type=InputFile(),
    metavar="BERKAS",
    help="Daftar JSON berkas, tindakan, dan isiannya: [{case, trigger, form}].",
)
@click.option(
    "--waiting",
    is_flag=True,
    help="Sertakan semua surat yang menunggu paraf atau tanda tangan unit itu, supaya dapat ditandatangani basah.",
)
def register_lease(  # noqa: PLR0913 - each is typed by whoever gives the block
    *,
    unit: str,
    count: int,
    purpose: str,
    by: str,
    code: str,
    offline: bool,
    out: Path | None,
    case_ids: tuple[str, ...],
    listed: Path | None,
    waiting: bool,
) -> None:
    """Give a block of numbers to a unit."""
    if offline != (out is not None):
        raise click.UsageError("--offline dan --out dipakai bersama-sama.")
    if (case_ids or listed or waiting) and not offline:
        raise click.UsageError("--cases, --letters, dan --waiting hanya bersama --offline.")
    asked = [*(Asked(case=case_id) for case_id in case_ids), *_asked_in(listed)]
    with session() as here:
        clerk = caller_named(here, by)
        wanted = Wanted(unit, count, purpose, clerk.person_id, code, offline)
        if out is None:
            block = here.database.write(leasing.lease, here.office, wanted, here.at)
            say(f"Unit {unit} mendapat {block.says}.")
            return
        _give(here, wanted, clerk.name, asked, out, waiting=waiting)


def _asked_in(path: Path | None) -> list[Asked]:
    if path is None:
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Asked])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotRun(
            f'{path}: bukan daftar JSON seperti [{{"case": "…", "trigger": "…", "form": {{}}}}] ({error}).'
        ) from error


def _give(here: Session, wanted: Wanted, clerk: str, asked: list[Asked], out: Path, *, waiting: bool) -> None:
    key = signing_key(here.database, here.at)
    lease, left = here.database.write(give_kit, here.engine, wanted, asked, clerk, here.at, waiting=waiting)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed(lease, key))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CannotRun(
            f"Blok sudah diberikan, tetapi {out} tidak dapat ditulis ({error.strerror or error}). Tutuplah blok itu dengan "
            f"jenjang register close {lease.id}, lalu ulangi."
        ) from error
    say(
        f"Unit {lease.unit_id} mendapat nomor {lease.first} sampai {lease.last} dalam {book(lease.register, lease.year)}."
    )
    for each in lease.prepared:
        say(f"  {each.id}. {each.says}")
    for why in left:
        remark(f"Tidak disiapkan: {why}")
    say(f"Ditulis: {out}. Di komputer tanpa jaringan jalankan: jenjang register write {out.name}")


@register.command(
    "close",
    short_help="Tutup blok nomor yang tidak dipakai lagi.",
    help="Tutup BLOK: nomor yang belum ada suratnya dinyatakan tidak terpakai dengan alasan. Catatan surat yang baru datang "
    "sesudahnya tidak dapat diselesaikan lagi dengan nomor itu.",
)
@click.argument("lease_id", metavar="BLOK", help="Id blok, lihat register list.")
@click.option("--reason", required=True, metavar="TEKS", help="Alasan.")
@click.option("--by", "by", required=True, metavar="NIP", help=_BY)
def register_close(lease_id: str, reason: str, by: str) -> None:
    """Close a block."""
    with session() as here:
        clerk = caller_named(here, by)
        numbers = here.database.write(leasing.close, lease_id, reason, clerk.person_id, here.at)
    say(f"Blok ditutup. {len(numbers)} nomor dinyatakan batal{': ' if numbers else '.'}{_listed(numbers)}")


# --- Letters of no case ----------------------------------------------------------------------------------------------


@register.command(
    "void",
    short_help="Nyatakan surat tanpa berkas tidak berlaku.",
    help="Nyatakan surat bernomor NOMOR, yang dicatat tanpa berkas, tidak berlaku karena ALASAN. Nomornya tetap terpakai, "
    "pembatalannya dicatat dalam buku agenda, dan yang telah menerima suratnya diberi tahu. Surat yang ada berkasnya "
    "dinyatakan tidak berlaku pada halaman surat itu.",
)
@click.argument("number", metavar="NOMOR", help="Nomor surat seperti tercetak, lihat register show, atau id suratnya.")
@click.argument("reason", metavar="ALASAN", help="Alasan.")
@click.option(
    "--by",
    "by",
    required=True,
    metavar="NIP",
    help="NIP petugas buku agenda, administrator, atau pemegang jabatan yang menandatangani surat itu.",
)
def register_void(number: str, reason: str, by: str) -> None:
    """Declare a letter of no case void."""
    with session() as here:
        title = here.database.write(voiding.void, here.engine, number, reason, caller_named(here, by), here.at)
    say(f"{title} dinyatakan tidak berlaku. Nomornya tetap terpakai.")


# --- Away from the network -------------------------------------------------------------------------------------------


@register.command(
    "write",
    short_help="Buat surat tanpa jaringan.",
    help="Buat surat di komputer tanpa jaringan dari BERKAS blok: nomor berikutnya dicatat, PDF ditulis di sebelahnya untuk "
    "dicetak dan ditandatangani basah. Tanpa pilihan: tampilkan yang disiapkan dan nomor berikutnya.",
)
@click.argument("file", metavar="BERKAS", type=InputFile(), help="Berkas blok dari register lease.")
@click.option("--letter", default="", metavar="NOMOR", help="Surat yang disiapkan, menurut daftarnya.")
@click.option("--from", "source", type=InputFile(), metavar="BERKAS", help="Surat lain, dari berkas TOML.")
@click.option("--date", "on", type=Day(), metavar="TANGGAL", help="Tanggal surat; bawaannya hari ini.")
@click.option("--spoilt", nargs=2, metavar="NOMOR ALASAN", help="Catat bahwa kertas bernomor ini rusak.")
def register_write(
    file: Path, letter: str, source: Path | None, on: date | None, spoilt: tuple[str, str] | None
) -> None:
    """Make a letter where there is no network."""
    if sum(map(bool, (letter, source, spoilt))) > 1:
        raise click.UsageError("Pakai salah satu dari --letter, --from, atau --spoilt.")
    at = now()
    if spoilt:
        number = Number().convert(spoilt[0], None, None)
        writing.spoil(file, number, spoilt[1], at)
        say(f"Nomor {number} dicatat rusak: {spoilt[1]}.")
        return
    if letter or source:
        made = (
            writing.print_prepared(file, letter, on, at)
            if source is None
            else writing.print_standalone(file, source, on, at)
        )
        say(f"Nomor {made.written.frame.number}. Cetak, lalu tanda tangani: {made.path}")
        say(f"Pindai hasilnya dengan nama {made.path.stem}.pdf ke dalam folder pindaian.")
        return
    _tell_kit(writing.kit(file))


def _tell_kit(found: writing.Kit) -> None:
    lease = found.lease
    say(f"Blok nomor {lease.first} sampai {lease.last} dalam {book(lease.register, lease.year)}, {lease.unit_name}.")
    say(f"Nomor berikutnya: {found.following or 'tidak ada lagi'}.")
    for each in found.waiting:
        say(f"  {each.id}. {each.says}")
    for why in lease.left:
        say(f"  tidak disiapkan: {why}")
    for entry in found.ledger.written if found.ledger else ():
        say(f"  sudah dibuat: {entry.frame.number}, {entry.frame.title}, {entry.file}")
    for number, reason in found.ledger.spoilt.items() if found.ledger else ():
        say(f"  rusak: nomor {number}, {reason}")


@register.command(
    "settle",
    short_help="Catat surat yang dibuat tanpa jaringan.",
    help="Baca CATATAN dari komputer tanpa jaringan: tiap surat disimpan beserta PDF dan pindaiannya, tindakannya dijalankan "
    "sebagai penandatangannya, dan nomor yang tidak terpakai dinyatakan batal. Yang berbenturan disebut dengan alasannya dan "
    "tetap terbuka; perintah ini aman diulang. Keluar dengan 1 bila masih ada yang terbuka.",
)
@click.argument("ledger", metavar="CATATAN", type=InputFile(), help="Berkas .catatan di sebelah berkas blok.")
@click.option(
    "--scans", type=InputFolder(), metavar="FOLDER", help="Folder pindaian; bawaannya pindaian di sebelah catatan."
)
@click.option(
    "--void",
    "void",
    nargs=2,
    multiple=True,
    metavar="NOMOR ALASAN",
    help="Simpan kertas bernomor ini beserta pindaiannya sebagai surat yang tidak berlaku; dapat diulang.",
)
@click.option("--by", "by", required=True, metavar="NIP", help=_BY)
def register_settle(ledger: Path, scans: Path | None, void: tuple[tuple[str, str], ...], by: str) -> int:
    """Bring home the letters of a laptop."""
    reasons = {Number().convert(number, None, None): reason for number, reason in void}
    with session() as here:
        clerk = caller_named(here, by)
        done = settling.settle(here.database, here.engine, ledger, scans, clerk, here.at, void=reasons)
    return _tell_settlement(done)


def _tell_settlement(done: Settlement) -> int:
    said = {
        "filed": "dicatat",
        "already": "sudah dicatat sebelumnya",
        "held": "belum dapat dicatat",
        "void": "disimpan sebagai surat yang tidak berlaku",
    }
    for text in done.remarks:
        remark(text)
    for fate in done.fates:
        why = f": {fate.says}" if fate.says else ""
        say(ended(f"Nomor {fate.number}, {fate.title}: {said[fate.state]}{why}"))
    for number, reason in sorted(done.void.items()):
        say(f"Nomor {number}: {reason}.")
    if done.closed:
        say("Blok selesai dan ditutup.")
        return 0
    say(f"Masih terbuka: nomor {_listed(list(done.open))}. Perbaiki sebabnya, lalu jalankan lagi.")
    return 1


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
