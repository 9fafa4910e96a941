"""HTML becomes a PDF: PDF/A-3a and PDF/UA-1 in one, our fonts only, the data embedded. Same input, same bytes.

WeasyPrint is imported when the first PDF is made: it takes most of a second and 50 MB that a server without letters can
spare. One font configuration and one parsed stylesheet serve the whole process; a fresh one for each letter would leak
and cost half as much again. Rendering holds a lock: the interpreter's own leaves threads nothing to gain.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from workflow.letters.layout import LetterError
from workflow.letters.profile import TEMPLATES

#: The embedded data: what the letter was made of.
ATTACHMENT: Final = "surat.json"

#: Signs of a letter's HTML without its pictures: about 2,500 participants or 250 full pages.
MOST_SIGNS: Final = 1_000_000
#: Bytes of the embedded data.
MOST_DATA: Final = 4_000_000

_OVERLONG: Final = (
    "Surat terlalu panjang: paling banyak 250 halaman, kira-kira 2.500 peserta atau satu juta huruf. Bagi menjadi beberapa "
    "surat, atau lampirkan daftarnya sebagai berkas tersendiri."
)
_PICTURE: Final = re.compile(r'"data:image/[^"]*"')

#: System library -> the Debian package that brings it. Without the last one letters are made three times slower.
_LIBRARIES: Final = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def pdf(
    html_text: str, *, body_json: bytes, at: datetime, title: str | None = None, fields: Sequence[str] = ()
) -> bytes:
    """The letter as a PDF that carries ``body_json`` as an attachment.

    ``at``: the aware instant that dates the file. ``title``: what a reader shows as its name; the HTML's own by
    default. ``fields``: an empty field to sign in for each label, called ``parts.field_name(1)`` and so on. Raises
    LetterError where the text has signs that our fonts lack, is longer than a letter may be, a file from outside the
    templates is asked for, or a part of the system is missing.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone: the instant that dates a file must be aware")
    _refuse_overlong(html_text, body_json)
    text = unicodedata.normalize("NFC", html_text)
    _refuse_unprintable(text)
    try:
        from workflow.letters.press import Enclosed, TooLong, Unreachable, press  # noqa: PLC0415 - WeasyPrint, see above
    except OSError as error:
        packages = " ".join(missing_system_parts() or _LIBRARIES.values())
        raise LetterError(f"PDF tidak dapat dibuat: pustaka sistem kurang. Pasang paket {packages}.") from error
    try:
        when = at.astimezone(UTC).replace(microsecond=0)
        return press(text, Enclosed(data=body_json, name=ATTACHMENT, at=when, fields=tuple(fields)), title)
    except TooLong as error:
        raise LetterError(_OVERLONG) from error
    except Unreachable as error:
        reason = "surat hanya boleh memakai berkas dari folder templates"
        raise LetterError(f"PDF tidak dapat dibuat: {reason} ({error}).") from error


def missing_system_parts() -> list[str]:
    """Debian packages without which letters are not made, or three times slower; empty where all is there."""
    return [package for library, package in _LIBRARIES.items() if not _loads(library)]


def unprintable(text: str) -> str:
    """The signs in a text that our fonts cannot draw, each once; a system font never stands in for them."""
    return "".join(sorted(sign for sign in set(text) - set("\n\r\t") if ord(sign) not in _drawable()))


def _refuse_overlong(text: str, body_json: bytes) -> None:
    """Before anything is laid out: that alone takes a hundred times the memory of what is typed."""
    letter = _PICTURE.sub("", text)
    if len(letter) > MOST_SIGNS or len(body_json) > MOST_DATA:
        raise LetterError(_OVERLONG)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _refuse_unprintable(text: str) -> None:
    if lacking := unprintable(text):
        named = ", ".join(f'"{sign}" (U+{ord(sign):04X})' for sign in lacking[:8])
        raise LetterError(f"Surat memuat tanda yang tidak ada dalam fon surat: {named}. Tulis dengan huruf Latin.")


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """What every face of every family can draw."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - comes with WeasyPrint, and is as seldom needed

    signs = []
    for face in sorted((TEMPLATES / "fonts").glob("*/*.?tf")):
        with TTFont(face, lazy=True) as opened:
            signs.append(frozenset(opened.getBestCmap()))
    return frozenset.intersection(*signs)
