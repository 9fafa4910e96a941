"""The demo's folder: its database, its keys and mail, and what is looked at afterwards, each kind in a place of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.demo.visitor import Unexpected, Visitor
from workflow.database import serve_lock
from workflow.demo.cast import Player
from workflow.letters.route import COMPLETE

#: What an earlier demo leaves behind; nothing else in the folder is touched.
_FILES: Final = (
    "*.db",
    "*.db-*",
    "*.log",
    "laporan-triwulan-*.xlsx",
    "daftar-nominatif-*.xlsx",
    "riwayat-penghargaan-*.csv",
    "verify-keys.json",
    "verifikasi.html",
)
_FOLDERS: Final = ("letters", "scans", "altered", "keys", "surel", "jenjang-surel")

#: What the surroundings may say of an agency's own signing and mail; the demo is to touch neither.
_NOT_OURS: Final = ("JENJANG_SIGNING", "JENJANG_MAIL_FROM", "JENJANG_MAIL_PASSWORD_FILE")


@dataclass(frozen=True)
class Folder:
    """Where all of a demo lies. ``letters`` holds nothing but what was issued, signed and left as it was."""

    path: Path
    #: Of a database elsewhere, which is empty; otherwise it lies here too.
    database: str = ""

    @property
    def address(self) -> str:
        """The address of the database."""
        return self.database or f"sqlite:///{self.path / 'jenjang.db'}"

    @property
    def letters(self) -> Path:
        """Issued and signed letters, as they left."""
        return self.path / "letters"

    @property
    def scans(self) -> Path:
        """What was printed to be signed by hand, and the scans that came back."""
        return self.path / "scans"

    @property
    def altered(self) -> Path:
        """Copies that somebody has meddled with."""
        return self.path / "altered"

    @property
    def mail(self) -> Path:
        """The messages that were sent."""
        return self.path / "surel"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "server.log"

    @property
    def published_keys(self) -> Path:
        """The keys that letters are checked with."""
        return self.path / "verify-keys.json"

    @property
    def offline_page(self) -> Path:
        """The page that checks letters in a browser without a network."""
        return self.path / "verifikasi.html"

    def settings(self) -> dict[str, str]:
        """The environment of everything that works in the folder."""
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        own = {
            "JENJANG_DATABASE": self.address,
            "JENJANG_KEYS": str(self.path / "keys"),
            "JENJANG_MAIL": str(self.mail),
        }
        return kept | own

    def clear(self) -> None:
        """Empty it. Raises ServedElsewhere where a demo still runs there."""
        self.path.mkdir(parents=True, exist_ok=True)
        with serve_lock(self.address):
            for pattern in _FILES:
                for old in self.path.glob(pattern):
                    old.unlink()
            for name in _FOLDERS:
                shutil.rmtree(self.path / name, ignore_errors=True)

    # --- What is kept to be looked at ---------------------------------------------------------------------------------

    def keep(self, name: str, content: bytes) -> Path:
        """Write something into the folder itself. Answers the file."""
        path = self.path / name
        path.write_bytes(content)
        return path

    def keep_print(self, number: int, letter: Mapping[str, Any], content: bytes) -> Path:
        """Write what was printed of a letter that is signed by hand; ``number``: its place among all. Answers the file."""
        return _written(self.scans, f"{_named(number, letter)}-cetakan.pdf", content)

    def keep_letters(self, letters: Sequence[tuple[str, Player]], visitor: Callable[[Player], Visitor]) -> list[Path]:
        """Write every letter as it left, in the order of issue; scans of paper apart. Raises Unexpected for an unfinished one."""
        saved = []
        for number, (letter_id, player) in enumerate(letters, start=1):
            page = visitor(player).get(f"/api/letters/{letter_id}").document
            letter, content = page["letter"], visitor(player).pdf(letter_id)
            if letter["state"] not in COMPLETE:
                raise Unexpected(f"{letter['title']} belum ditandatangani: {letter['state_title']}.")
            name = _named(number, letter)
            if letter["method"] == "by_hand":
                saved.append(_written(self.scans, f"{name}-pindaian.pdf", content))
                continue
            if hashlib.sha256(content).hexdigest() != page["sha256"]:
                raise Unexpected(f"Berkas {letter['title']} Nomor {letter['number']} bukan yang diterbitkan.")
            saved.append(_written(self.letters, f"{name}.pdf", content))
        return saved


def _named(number: int, letter: Mapping[str, Any]) -> str:
    return f"{number:02d}-{letter['title'].lower().replace(' ', '-')}-{letter['number'].replace('/', '-')}"


def _written(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path
