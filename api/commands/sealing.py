"""``jenjang log``, ``prove``, ``verify proof`` and ``verify head``: the log of all that was recorded, and proofs out of it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from api.commands.errors import CannotRun
from api.commands.language import Command, Group, InputFile
from api.commands.session import say, session
from workflow.auditing.access import hand_over_proof
from workflow.keyring import keys_folder
from workflow.sealing import keys
from workflow.sealing.checking import check_continued, check_proof, read_consistency, read_head, read_proof
from workflow.sealing.checkpoint import NotGenuine, VerifierKey, read_key
from workflow.sealing.handed_in import continued
from workflow.sealing.heads import LogHead
from workflow.sealing.heads import head as log_head
from workflow.sealing.proving import case_proof
from workflow.sealing.sealer import seal as sealed


@click.group(
    cls=Group,
    short_help="Log segala peristiwa dan kepalanya.",
    help="Log segala peristiwa (RFC 9162): setiap peristiwa masuk satu kali dan tidak dapat diubah tanpa ketahuan oleh siapa pun "
    "yang menyimpan salah satu kepalanya.",
)
def log() -> None:
    """The log of everything that was recorded."""


@log.command(
    short_help="Segel yang menunggu sekarang.",
    help="Masukkan semua peristiwa yang menunggu ke dalam log, lalu tanda tangani kepalanya. Server melakukannya setiap menit.",
)
def seal() -> None:
    """Put what waits into the log."""
    with session() as here:
        count = sealed(here.database, here.at)
        newest = here.database.read(log_head)
    say(f"{count} peristiwa disegel.")
    _say(newest)


@log.command(
    short_help="Tampilkan kepala log.",
    help="Tampilkan kepala log yang terbaru, atau yang mencakup sebanyak DAUN. Simpanlah di luar sistem ini: dengan itulah siapa "
    "pun kelak dapat membuktikan bahwa tidak ada yang diubah.",
)
@click.option("--size", type=int, metavar="DAUN", help="Banyaknya daun; bawaannya yang terbaru.")
@click.option("--key", "only_keys", is_flag=True, help="Cetak kunci log saja.")
def head(size: int | None, *, only_keys: bool) -> None:
    """Print a head as it is given out, or the keys."""
    with session() as here:
        found = here.database.read(log_head, size)
    say("\n".join(found.keys) if only_keys else found.checkpoint.rstrip("\n"))


@log.command(
    short_help="Ganti kunci log.",
    help="Buat kunci log baru dan pakai mulai sekarang; kepala yang lama tetap dapat diperiksa. Beri tahu siapa pun yang mengawasi "
    "log ini, karena mereka mengenalnya dari kuncinya.",
)
def rotate() -> None:
    """Make a key and use it from now on."""
    with session() as here:
        made = keys.rotate(here.database, here.at)
        folder = keys_folder(here.database.address)
    say(f"Kunci log baru: {made.told}")
    say(f"Kunci rahasianya ada di {folder.resolve()}: cadangkan, dan jangan berikan kepada siapa pun.")


@click.command(
    cls=Command,
    short_help="Simpan bukti keutuhan satu berkas.",
    help="Simpan bukti bahwa peristiwa BERKAS tidak diubah sejak disegel, sebagai JSON tanpa data pribadi. Siapa pun memeriksanya "
    "tanpa sistem ini: jenjang verify proof.",
)
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
@click.option(
    "--to", "to", required=True, type=click.Path(path_type=Path), metavar="FILE", help="File JSON yang dibuat."
)
@click.option("--payloads", is_flag=True, help="Sertakan isi peristiwa, yang memuat data pribadi.")
@click.option("--for", "assignment", metavar="PENUGASAN", help="Id penugasan auditor yang menerimanya: dicatat.")
def prove(case: str, to: Path, assignment: str | None, *, payloads: bool) -> None:
    """Write the proof of a case; a file that exists is left alone."""
    with session() as here:
        if assignment:
            here.database.write(hand_over_proof, here.engine, assignment, case, here.at)
        proof = here.database.read(case_proof, case, payloads=payloads)
    try:
        with to.open("xb") as target:
            target.write(msgspec.json.format(msgspec.json.encode(proof)))
    except FileExistsError:
        raise CannotRun(f"{to} sudah ada. Sebutkan nama lain, atau pindahkan dahulu file itu.") from None
    waiting = sum(event.position is None for event in proof.events)
    said = f", {waiting} di antaranya belum disegel" if waiting else ""
    say(f"{to}: bukti berkas {proof.reference}, {len(proof.events)} peristiwa{said}.")


@click.command(
    "proof",
    cls=Command,
    short_help="Periksa bukti keutuhan sebuah berkas, tanpa jaringan.",
    help="Periksa FILE dari `jenjang prove` tanpa jaringan. Kunci log diambil dari basis data, atau disebut dengan --key. Keluar "
    "dengan 1 bila bukti itu tidak benar.",
)
@click.argument("file", metavar="FILE", type=InputFile())
@click.option(
    "--key", "key", metavar="KUNCI", help="Kunci log, atau file yang memuatnya, seperti pada alamat /verify/log."
)
def verify_proof(file: Path, key: str | None) -> int:
    """Check a proof; with ``--key`` neither network nor database is needed."""
    try:
        checked = check_proof(read_proof(file.read_bytes()), _keys(key))
    except NotGenuine as error:
        say(f"[TIDAK] {error}")
        return 1
    say(f"[BENAR] Berkas {checked.proof.reference}: {checked.proven} peristiwa tidak diubah sejak disegel.")
    say(f"  Log    : {checked.head.origin}, {checked.head.size} daun")
    say(f"  Akar   : {checked.head.root.hex()}")
    if checked.waiting:
        say(f"  - {checked.waiting} peristiwa terakhir belum disegel, sehingga belum terbukti.")
    return 0


@click.command(
    "head",
    cls=Command,
    short_help="Periksa apakah log melanjutkan kepala yang disimpan.",
    help="Periksa apakah log hari ini melanjutkan kepala log yang dahulu disimpan di FILE (dari `jenjang log head` atau alamat "
    "/verify/log), sehingga tidak ada yang diubah sejak itu. Dengan --with tanpa jaringan dan tanpa basis data. Keluar dengan "
    "1 bila tidak.",
)
@click.argument("file", metavar="FILE", type=InputFile())
@click.option(
    "--with",
    "consistency",
    type=InputFile(),
    metavar="FILE",
    help="Jawaban /verify/log/consistency?from=DAUN yang disimpan; tanpa ini dari basis data.",
)
@click.option(
    "--key",
    "key",
    metavar="KUNCI",
    help="Kunci log yang Anda simpan, atau file yang memuatnya; tanpa ini dari basis data.",
)
def verify_head(file: Path, consistency: Path | None, key: str | None) -> int:
    """Check that the log goes on from a head; with ``--with`` and ``--key`` neither network nor database is needed."""
    try:
        kept, known = read_head(file.read_bytes()), _keys(key)
        if consistency is None:
            with session() as here:
                found = here.database.read(continued, kept, known)
        else:
            told = read_consistency(consistency.read_bytes())
            found = check_continued(kept, told.later.checkpoint, [bytes.fromhex(each) for each in told.path], known)
    except NotGenuine as error:
        say(f"[TIDAK] {error}")
        return 1
    added = found.later.size - found.kept.size
    say(
        f"[BENAR] Log {found.later.origin} melanjutkan kepala yang disimpan: {found.kept.size} peristiwa yang dicakupnya tidak "
        f"diubah, dan {added} ditambahkan sesudahnya."
    )
    say(f"  Disimpan : {found.kept.size} daun, akar {found.kept.root.hex()}")
    say(f"  Terbaru  : {found.later.size} daun, akar {found.later.root.hex()}")
    if consistency is None:
        say("  - Apakah isi basis data masih sesuai dengan log diperiksa dengan: jenjang verify log")
    return 0


def _keys(named: str | None) -> list[VerifierKey]:
    if named is None:
        with session() as here:
            return here.database.read(keys.log_keys)
    lines = Path(named).read_text("utf-8").split() if "+" not in named else [named]
    return [read_key(line) for line in lines]


def _say(found: LogHead) -> None:
    say(f"Log {found.origin}: {found.size} daun, akar {found.root}.")
