"""The order in which letters name the rules that they rest on: the higher first, of the same rank the older."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

#: How titles begin, the highest first (UU 12/2011 Pasal 7). What begins otherwise stands last.
RANKS: Final = (
    "Undang-Undang Dasar",
    "Undang-Undang",
    "Peraturan Pemerintah",
    "Peraturan Presiden",
    "Keputusan Presiden",
    "Peraturan Menteri",
    "Peraturan Badan",
    "Peraturan Lembaga",
    "Peraturan Daerah",
    "Peraturan Bupati",
    "Peraturan Wali Kota",
)
_NUMBER: Final = re.compile(r"Nomor (\d+)\D.*?Tahun (\d{4})")


def in_legal_order(titles: Iterable[str]) -> tuple[str, ...]:
    """Full titles in the order of Mengingat, each once."""
    return tuple(sorted(dict.fromkeys(titles), key=_place))


def _place(title: str) -> tuple[int, int, int]:
    rank = next((at for at, begins in enumerate(RANKS) if title.startswith(begins)), len(RANKS))
    found = _NUMBER.search(title)
    return (rank, int(found[2]), int(found[1])) if found else (rank, 0, 0)
