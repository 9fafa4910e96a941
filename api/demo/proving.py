"""A letter of the demo checked with the network off: as it left, by its QR code alone, and with one byte changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from api.demo.folder import Folder
from api.demo.visitor import Unexpected
from workflow.proof.apart import seen_apart

#: Seconds for one check, on a slow machine too.
PATIENCE = 120.0

Tell = Callable[[str], None]


def prove(folder: Folder, letter: Path, tell: Tell) -> None:
    """Check the letter, the text of its QR code and a copy with one byte changed. Raises Unexpected where an answer is wrong."""
    content = letter.read_bytes()
    statement = seen_apart(content).statement
    altered, says = _altered(folder, letter, content)
    tell(
        "\nSurat diperiksa tanpa jaringan: proses pemeriksanya menolak setiap sambungan, dan hanya membaca berkas yang"
    )
    tell(f"disebut dan kunci yang diumumkan instansi ({folder.published_keys}).")
    with ExitStack() as begun:
        checks = [begun.enter_context(_begun(folder, each)) for each in (str(letter), statement, str(altered))]
        tell(f"\n  Surat sebagaimana keluar: {letter}")
        _told(checks[0], "BERKAS ASLI DAN UTUH", 0, tell)
        tell("\n  Hanya teks kode QR-nya, seperti dibaca telepon dari kertas:")
        _told(checks[1], "KODE QR ASLI", 0, tell)
        tell(f"\n  Salinan yang {says}: {altered}")
        _told(checks[2], "[TIDAK]", 1, tell)
    tell("\n  Untuk mengulanginya:")
    for file in (letter, altered):
        tell(f"    .venv/bin/jenjang verify letter {file} --keys {folder.published_keys}")
    tell(f"  Halaman pemeriksa untuk peramban, juga tanpa jaringan: {folder.offline_page}")


def _altered(folder: Folder, letter: Path, content: bytes) -> tuple[Path, str]:
    """A copy with one byte changed in what is drawn, and how that is told."""
    place = content.index(b"stream") + 40
    changed = bytearray(content)
    changed[place] ^= 1
    folder.altered.mkdir(exist_ok=True)
    path = folder.altered / f"{letter.stem}-diubah.pdf"
    path.write_bytes(changed)
    return path, f"satu bitanya diubah (bita ke-{place + 1} dari {len(content)})"


def _begun(folder: Folder, what: str) -> subprocess.Popen[str]:
    """A check as anybody would type it, in a process without a network."""
    command = [sys.executable, "-m", "api.offline", "verify", "letter", what, "--keys", str(folder.published_keys)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _told(check: subprocess.Popen[str], expected: str, status: int, tell: Tell) -> None:
    try:
        answer, _ = check.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        check.kill()
        raise Unexpected(f"Pemeriksaan surat belum selesai setelah {PATIENCE:.0f} detik.") from late
    for line in answer.splitlines():
        tell(f"    {line}")
    if check.returncode != status or expected not in answer:
        raise Unexpected(f"Pemeriksaan surat seharusnya menjawab {expected}; keluarnya {check.returncode}.")
