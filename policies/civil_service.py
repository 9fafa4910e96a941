"""What several processes ask of a civil servant: number, rank, performance predicate, sanction, status, name.

What is only form (blanks, case, an apostrophe before a number) is forgiven; what is wrong is refused with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import total_ordering

from policies.nip import Appointment, Kind, Nip, NotANip, is_old_number, read_nip

__all__ = [
    "RANKS",
    "Appointment",
    "Kind",
    "Nip",
    "NotANip",
    "NotRecognised",
    "Predicate",
    "Rank",
    "Sanction",
    "Status",
    "full_name",
    "is_old_number",
    "plain",
    "read_kind",
    "read_nip",
    "read_predicate",
    "read_rank",
    "read_sanction",
    "read_status",
]


class NotRecognised(ValueError):
    """A text that is none of the values it should be one of; says which there are, in Indonesian."""


def plain(text: str) -> str:
    """A text without what is only form: case, and blanks of every width before, after and within."""
    return " ".join(text.split()).casefold()


def read_kind(text: str) -> Kind:
    """``PNS`` (also CPNS) or ``PPPK`` (also P3K). Raises NotRecognised."""
    names = {"pns": Kind.PNS, "cpns": Kind.PNS, "pppk": Kind.PPPK, "p3k": Kind.PPPK}
    if plain(text) not in names:
        raise NotRecognised(f"jenis ASN {text.strip()!r} tidak dikenal; yang dikenal: PNS, PPPK")
    return names[plain(text)]


@total_ordering
class Ordered(Enum):
    """A scale whose members are declared from the lowest to the highest; compares by that order, shows as its label."""

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        scale = list(type(self))
        return scale.index(self) < scale.index(other)

    def __str__(self) -> str:
        return str(self.value)


class Predicate(Ordered):
    """Predikat kinerja of a year (PermenPANRB 6/2022), lowest first."""

    VERY_POOR = "Sangat Kurang"
    POOR = "Kurang"
    NEEDS_IMPROVEMENT = "Butuh Perbaikan"
    GOOD = "Baik"
    VERY_GOOD = "Sangat Baik"


class Sanction(Ordered):
    """Level of a disciplinary sanction (PP 94/2021 Pasal 8), mildest first."""

    LIGHT = "Ringan"
    MODERATE = "Sedang"
    SEVERE = "Berat"


def read_predicate(text: str) -> Predicate:
    """The predicate a text names. Raises NotRecognised, also for a blank: nothing recorded is not a predicate."""
    for predicate in reversed(Predicate):
        if plain(text) == plain(predicate.value):
            return predicate
    known = ", ".join(predicate.value for predicate in reversed(Predicate))
    raise NotRecognised(f"predikat kinerja {text.strip()!r} tidak dikenal; yang dikenal: {known}")


def read_sanction(text: str) -> Sanction | None:
    """The level a text names, or None where it says that there is none (``Tidak ada``, ``-``).

    Raises NotRecognised, also for a blank: nothing recorded is not a no.
    """
    words = plain(text).removeprefix("hukuman disiplin ").removeprefix("tingkat ")
    for sanction in Sanction:
        if words == plain(sanction.value):
            return sanction
    if words in ("tidak ada", "tidak pernah", "nihil", "-"):
        return None
    known = ", ".join(sanction.value for sanction in Sanction)
    raise NotRecognised(f"hukuman disiplin {text.strip()!r} tidak dikenal; yang dikenal: {known}, Tidak ada")


class Status(Enum):
    """Employment status as personnel systems show it: label, other names, may take part in a process, has left."""

    ACTIVE = ("Aktif", (), True, False)
    # Study is itself a full-time development activity; the sanctioned and the retiring are not developed.
    STUDY = ("Tugas belajar", (), False, False)
    UNPAID_LEAVE = ("CLTN", ("Cuti di luar tanggungan negara", "Cuti di luar tanggungan negara (CLTN)"), False, False)
    SECONDED = ("Diperbantukan", ("Dipekerjakan",), False, False)
    SUSPENDED = ("Diberhentikan sementara", ("Pemberhentian sementara",), False, False)
    RETIRING = ("Masa persiapan pensiun", ("MPP",), False, False)
    WAITING_PAY = ("Penerima uang tunggu", (), False, False)
    RETIRED = ("Pensiun", ("BUP",), False, True)
    RESIGNED = ("Mengundurkan diri", ("Berhenti atas permintaan sendiri", "APS"), False, True)
    DISMISSED = ("Diberhentikan", ("Berhenti",), False, True)
    CONTRACT_ENDED = ("Kontrak berakhir", ("Perjanjian kerja berakhir",), False, True)
    TRANSFERRED = ("Pindah instansi", ("Mutasi keluar", "Pindah"), False, True)
    DECEASED = ("Meninggal dunia", ("Meninggal", "Wafat"), False, True)

    def __init__(self, label: str, also: tuple[str, ...], may_take_part: bool, left: bool) -> None:
        self.label = label
        self.also = also
        self.may_take_part = may_take_part
        self.left = left


def read_status(text: str) -> Status:
    """The employment status a text names. Raises NotRecognised, also for a blank."""
    for status in Status:
        if plain(text) in {plain(name) for name in (status.label, *status.also)}:
            return status
    known = ", ".join(status.label for status in Status)
    raise NotRecognised(f"status kepegawaian {text.strip()!r} tidak dikenal; yang dikenal: {known}")


@total_ordering
@dataclass(frozen=True)
class Rank:
    """Golongan of a civil servant; ``level`` orders it within its kind, lowest 1. Ranks of two kinds do not compare."""

    kind: Kind
    grade: str
    title: str
    level: int

    @property
    def on_letter(self) -> str:
        """``Penata Tingkat I (III/d)``; ``Golongan IX``, since PPPK have no pangkat."""
        return f"{self.title} ({self.grade})" if self.kind is Kind.PNS else self.title

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Rank) or other.kind is not self.kind:
            return NotImplemented
        return self.level < other.level


_PANGKAT = {
    "I/a": "Juru Muda",
    "I/b": "Juru Muda Tingkat I",
    "I/c": "Juru",
    "I/d": "Juru Tingkat I",
    "II/a": "Pengatur Muda",
    "II/b": "Pengatur Muda Tingkat I",
    "II/c": "Pengatur",
    "II/d": "Pengatur Tingkat I",
    "III/a": "Penata Muda",
    "III/b": "Penata Muda Tingkat I",
    "III/c": "Penata",
    "III/d": "Penata Tingkat I",
    "IV/a": "Pembina",
    "IV/b": "Pembina Tingkat I",
    "IV/c": "Pembina Utama Muda",
    "IV/d": "Pembina Utama Madya",
    "IV/e": "Pembina Utama",
}
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII")

#: Every rank of a kind, lowest first.
RANKS: dict[Kind, tuple[Rank, ...]] = {
    Kind.PNS: tuple(Rank(Kind.PNS, grade, title, level) for level, (grade, title) in enumerate(_PANGKAT.items(), 1)),
    Kind.PPPK: tuple(Rank(Kind.PPPK, grade, f"Golongan {grade}", level) for level, grade in enumerate(_ROMAN, 1)),
}


def _grade_only(text: str) -> str:
    return "".join(text.split()).casefold().removeprefix("golongan").removeprefix("gol.").removeprefix("gol")


_BY_GRADE = {kind: {_grade_only(rank.grade): rank for rank in ranks} for kind, ranks in RANKS.items()}
_BY_LETTER = {_grade_only(rank.on_letter): rank for rank in RANKS[Kind.PNS]}


def read_rank(text: str, kind: Kind | str) -> Rank:
    """The rank a text names for a kind of civil servant.

    ``III/d``, ``iii / D``, ``Penata Tingkat I (III/d)`` of PNS; ``IX``, ``Golongan IX`` of PPPK. Raises
    NotRecognised with the ranks there are.
    """
    kind = Kind(kind)
    grade = _grade_only(text)
    rank = _BY_GRADE[kind].get(grade) or (_BY_LETTER.get(grade) if kind is Kind.PNS else None)
    if rank is not None:
        return rank
    known = "I/a sampai IV/e" if kind is Kind.PNS else "I sampai XVII"
    other = Kind.PPPK if kind is Kind.PNS else Kind.PNS
    hint = f" (itu golongan {other})" if grade in _BY_GRADE[other] else ""
    raise NotRecognised(f"golongan {text.strip()!r} tidak dikenal bagi {kind}{hint}; yang dikenal: {known}")


def full_name(front: str | None, name: str, back: str | None) -> str:
    """Name with academic titles before and behind, as in ``dr. Wulan Iskandar, Sp.PD.``."""
    front, name, back = (" ".join((part or "").split()) for part in (front, name, back))
    return ", ".join(part for part in (f"{front} {name}".strip(), back.strip(", ")) if part)


#: Titles before a name that are also written without a full stop.
_FRONT_TITLES = frozenset({"apt", "dr", "dra", "drg", "drh", "drs", "h", "hj", "ir", "ns", "prof"})


def plain_name(text: str) -> str:
    """A name in small letters and without titles: ``galuh candrakirana`` of ``dr. Galuh Candrakirana, Sp.PD.``.

    What is abbreviated counts as a title, unless nothing else is left.
    """
    words = text.partition(",")[0].casefold().split()
    plain = [word for word in words if "." not in word and word not in _FRONT_TITLES]
    return " ".join(plain or words)
