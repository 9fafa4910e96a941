"""The 18 digits of a civil servant's number.

PNS (Perka BKN 22/2007): date of birth, year and month of appointment, sex, sequence. PPPK: date of birth, year of the
first appointment, number of the work agreement from 21 on, sex, sequence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from policies.dates import MONTHS, written

#: Age at appointment, in completed years, outside which a number cannot be right.
YOUNGEST, OLDEST = 18, 70

#: Digits 13 and 14 of a PPPK count the work agreements from here; below stand the months of PNS.
FIRST_AGREEMENT = 21

_ONLY_FORM = re.compile(r"[\s.'’‘`´\u200b\ufeff]")
_SPREADSHEET_NUMBER = re.compile(r"\d[.,]?\d*e\+?\d+|\d{15,}[.,]0+", re.IGNORECASE)


class Kind(StrEnum):
    """The two kinds of civil servant (UU 20/2023): permanent, or with a work agreement."""

    PNS = "PNS"
    PPPK = "PPPK"


class NotANip(ValueError):
    """A text that cannot be a NIP; says in Indonesian what exactly is wrong."""


class Appointment(NamedTuple):
    """When someone was appointed, as far as the number tells: PPPK have no month."""

    year: int
    month: int | None


@dataclass(frozen=True)
class Nip:
    """A number that can be. ``sex`` is ``L`` or ``P``; ``agreement`` is the first work agreement's number of a PPPK."""

    digits: str
    kind: Kind
    birth_on: date
    appointed: Appointment
    agreement: int | None
    sex: str

    def __str__(self) -> str:
        return self.digits

    def grouped(self) -> str:
        """As letters print it: ``19860926 201505 1 001``."""
        return f"{self.digits[:8]} {self.digits[8:14]} {self.digits[14]} {self.digits[15:]}"


def read_nip(text: str, on: date | None = None) -> Nip:
    """The number a text holds; blanks, apostrophes and dots are forgiven.

    With ``on``, an appointment after that day is refused too. Raises NotANip.
    """
    if _SPREADSHEET_NUMBER.fullmatch(text.strip()):
        raise NotANip("tersimpan sebagai bilangan sehingga angka terakhirnya hilang; ketik ulang sebagai teks")
    digits = _ONLY_FORM.sub("", text)
    _require_18_digits(digits)
    birth_on = _birth_on(digits)
    kind, appointed, agreement = _appointment(digits)
    _require_possible_age(birth_on, appointed)
    sex = {"1": "L", "2": "P"}.get(digits[14])
    if sex is None:
        raise NotANip(f"angka ke-15 adalah {digits[14]}; kode jenis kelamin harus 1 (laki-laki) atau 2 (perempuan)")
    if on is not None and (appointed.year, appointed.month or 1) > (on.year, on.month):
        raise NotANip(f"pengangkatan {_spoken(appointed)} sesudah {written(on)}")
    return Nip(digits, kind, birth_on, appointed, agreement, sex)


def is_old_number(text: str) -> bool:
    """Whether a text is a NIP of 9 digits, as given before 2008: kept as text, never read as a NIP."""
    return re.fullmatch(r"[0-9]{9}", _ONLY_FORM.sub("", text)) is not None


def _require_18_digits(digits: str) -> None:
    if not digits:
        raise NotANip("NIP kosong")
    if not (digits.isascii() and digits.isdecimal()):
        strange = next(sign for sign in digits if sign not in "0123456789")
        raise NotANip(f"NIP hanya boleh berisi angka, tetapi berisi {strange!r}")
    if len(digits) == 9:
        raise NotANip("NIP lama 9 angka; isi dengan NIP 18 angka")
    if len(digits) != 18:
        raise NotANip(f"NIP harus 18 angka, tetapi berisi {len(digits)} angka")


def _birth_on(digits: str) -> date:
    spoken = f"{digits[6:8]}-{digits[4:6]}-{digits[:4]}"
    if digits[:2] not in ("19", "20"):
        raise NotANip(f"tanggal lahir {spoken} (angka ke-1 sampai ke-8) tidak mungkin")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise NotANip(f"tanggal lahir {spoken} (angka ke-1 sampai ke-8) tidak ada dalam kalender") from None


def _appointment(digits: str) -> tuple[Kind, Appointment, int | None]:
    year, code = int(digits[8:12]), int(digits[12:14])
    if digits[8:10] not in ("19", "20"):
        raise NotANip(f"tahun pengangkatan {digits[8:12]} (angka ke-9 sampai ke-12) tidak mungkin")
    if 1 <= code <= 12:
        return Kind.PNS, Appointment(year, code), None
    if code >= FIRST_AGREEMENT:
        return Kind.PPPK, Appointment(year, None), code
    raise NotANip(
        f"angka ke-13 dan ke-14 adalah {digits[12:14]}; bagi PNS harus bulan pengangkatan 01 sampai 12, "
        f"bagi PPPK nomor perjanjian kerja mulai {FIRST_AGREEMENT}"
    )


def _require_possible_age(birth_on: date, appointed: Appointment) -> None:
    # PNS are appointed on the first of a month. Of PPPK only the year is known: the benefit of the doubt is theirs.
    age = appointed.year - birth_on.year
    if appointed.month is not None and (appointed.month, 1) < (birth_on.month, birth_on.day):
        age -= 1
    if not YOUNGEST <= age <= OLDEST:
        raise NotANip(
            f"lahir {written(birth_on)} dan diangkat {_spoken(appointed)} berarti berumur {age} tahun saat diangkat; "
            f"yang mungkin {YOUNGEST} sampai {OLDEST} tahun"
        )


def _spoken(appointed: Appointment) -> str:
    return f"{MONTHS[appointed.month - 1]} {appointed.year}" if appointed.month else f"tahun {appointed.year}"
