"""The patterns of letter numbers: ``{klasifikasi}/{urut:000}/{unit}`` becomes ``800.1.4.1/007/BKPSDM``.

Only writes a number; which sequence comes next is the register's to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

#: Degree of security -> the letters by which a number names it.
SECURITY_CODES: Final = {"Biasa": "B", "Terbatas": "T", "Rahasia": "R", "Sangat Rahasia": "SR"}

_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_SUFFIX = re.compile(r"[a-z]")
_ALLOWED_TEXT = re.compile(r"[A-Za-z0-9 ./_-]*")


class PatternError(ValueError):
    """A number pattern that cannot be used: names the pattern, what is wrong and the way out, in Indonesian."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f'Pola nomor "{pattern}": {reason}')
        self.pattern, self.reason = pattern, reason


@dataclass(frozen=True)
class _Numbered:
    """What one number is made of."""

    classification: str
    sequence: int
    unit: str
    year: int
    month: int
    security: str
    kind: str
    #: Behind the sequence of a number put in between: ``.a``.
    beside: str


Piece = Callable[[_Numbered], str]

_TOKENS: Final[dict[str, Piece]] = {
    "keamanan": lambda made: SECURITY_CODES[made.security],
    "klasifikasi": lambda made: made.classification,
    "urut": lambda made: f"{made.sequence}{made.beside}",
    "jenis": lambda made: made.kind,
    "unit": lambda made: made.unit,
    "bulan": lambda made: str(made.month),
    "bulan:2": lambda made: f"{made.month:02d}",
    "bulan:romawi": lambda made: ROMAN_MONTHS[made.month - 1],
    "tahun": lambda made: str(made.year),
}


def check_pattern(pattern: str) -> None:
    """Raises PatternError where a pattern cannot number letters apart from each other."""
    _pieces(pattern)


def format_number(  # noqa: PLR0913 - what a number is made of
    pattern: str,
    *,
    classification: str,
    sequence: int,
    unit: str,
    year: int,
    month: int,
    security: str = "Biasa",
    kind: str = "",
    suffix: str = "",
) -> str:
    """The number as printed. ``unit`` and ``kind`` are short codes; ``security`` is a degree such as ``Biasa``.

    ``suffix``: the small letter of a number put in between, printed behind the sequence: ``101.a``.

    Raises PatternError for a pattern that is none, and where the pattern asks for a part that is empty.
    """
    if sequence < 1:
        raise PatternError(pattern, f"nomor urut {sequence} tidak mungkin; nomor urut dimulai dari 1.")
    if not 1 <= month <= 12:
        raise PatternError(pattern, f"bulan {month} tidak ada.")
    if security not in SECURITY_CODES:
        known = ", ".join(SECURITY_CODES)
        raise PatternError(pattern, f'derajat keamanan "{security}" tidak dikenal; yang dikenal: {known}.')
    if suffix and not _SUFFIX.fullmatch(suffix):
        raise PatternError(pattern, f'huruf sisipan "{suffix}" harus satu huruf kecil.')
    beside = f".{suffix}" if suffix else ""
    made = _Numbered(classification, sequence, unit, year, month, security, kind, beside)
    written = []
    for name, piece in _pieces(pattern):
        text = piece(made)
        if not text:
            raise PatternError(pattern, f"{{{name}}} kosong; lengkapi kodenya dalam profil instansi atau ubah polanya.")
        written.append(text)
    return "".join(written)


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[tuple[str, Piece], ...]:
    pieces = [_piece(pattern, *match.groups()) for match in _PART.finditer(pattern)]
    sequences = [name for name, _ in pieces if name == "urut" or name.startswith("urut:")]
    if len(sequences) != 1:
        raise PatternError(pattern, "harus memuat {urut} tepat satu kali, supaya tiap surat bernomor lain.")
    return tuple(pieces)


def _piece(pattern: str, token: str | None, text: str | None, brace: str | None) -> tuple[str, Piece]:
    if brace:
        raise PatternError(pattern, f'kurung kurawal "{brace}" tidak berpasangan.')
    if text is not None:
        if not _ALLOWED_TEXT.fullmatch(text):
            raise PatternError(pattern, f'"{text}" memuat tanda yang tidak lazim dalam nomor surat.')
        return "", lambda _: text
    name = token or ""
    if name in _TOKENS:
        return name, _TOKENS[name]
    zeros = name.removeprefix("urut:")
    if zeros != name and zeros and set(zeros) == {"0"} and len(zeros) <= 9:
        return name, lambda made: f"{made.sequence:0{len(zeros)}d}{made.beside}"
    known = ", ".join(f"{{{known}}}" for known in (*_TOKENS, "urut:000"))
    raise PatternError(pattern, f"{{{name}}} tidak dikenal; yang dikenal: {known}.")
