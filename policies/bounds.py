"""What a value of the law can plausibly be, told by its unit; anything else is a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policies.civil_service import Predicate, Status
from policies.nip import Kind
from policies.records import AGREEMENT_KINDS, DOCUMENTS, LEVELS, TIE_BREAKS

#: The least and the most, by the first word of the unit: ``hari kerja`` counts as ``hari``, ``JP per sesi`` as ``JP``.
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "hari": (0, 3660),
    "persen": (0, 100),
    "orang": (0, 100_000),
    "menit": (1, 1440),
    "pukul": (0, 23),
    "huruf": (8, 100),
    "percobaan": (1, 1000),
    "sesi": (0, 366),
    "pertemuan": (0, 366),
    "kata": (1, 1000),
    "JP": (0, 10_000),
    "nomor": (1, 1_000_000),
    "bidang": (1, 100),
    "poin": (0, 10_000),
    "ya": (0, 1),
    "tingkat": (0, 10),
    "bulan": (0, 120),
    "tahun": (0, 60),
}
#: By topic and unit: a rate of conversion may be more than the whole, a share may not.
_EXCEPTIONS: Mapping[tuple[str, str], tuple[int, int]] = {("credit", "persen"): (0, 1000)}

_WORDS: Mapping[str, Sequence[str]] = {
    "predikat": tuple(predicate.value for predicate in Predicate),
    "tingkat": LEVELS,
    "jenis naskah": AGREEMENT_KINDS,
    "pelimpahan": ("plt", "plh", "pj", "mandat", "delegasi"),
    "hari penentu": ("penyelesaian", "hari terakhir"),
    "jenis ASN": tuple(kind.value for kind in Kind),
    "status kepegawaian": tuple(status.label for status in Status),
    "dokumen": tuple(DOCUMENTS),
    "urutan penentu": TIE_BREAKS,
    "instansi": ("LAN", "BKN", "Kementerian PANRB", "Kementerian Dalam Negeri"),
}


def _bounds_of(topic: str, unit: str) -> tuple[int, int] | None:
    """The least and the most that a number of this unit can be; None where the unit says nothing about it."""
    kind = unit.split(maxsplit=1)[0]
    return _EXCEPTIONS.get((topic, kind)) or _NUMBERS.get(kind)


def _words_of(unit: str) -> Sequence[str] | None:
    """The words that a text of this unit can be; None where any may stand."""
    return _WORDS.get(unit)


def why_not(topic: str, unit: str, value: Any) -> str:
    """Why a value cannot be meant, in Indonesian; empty where it can."""
    if isinstance(value, int | float):
        bounds = _bounds_of(topic, unit)
        if bounds and not bounds[0] <= value <= bounds[1]:
            return f"nilai {value!r} tidak masuk akal; dalam satuan {unit} yang berlaku {bounds[0]} sampai {bounds[1]}"
        return ""
    words = _words_of(unit)
    strange = [item for item in (value if isinstance(value, list) else [value]) if words and item not in words]
    return f"nilai {strange[0]!r} tidak dikenal; yang berlaku: {', '.join(words or ())}" if strange else ""
