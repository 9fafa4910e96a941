"""The staff export: which columns there are, and what each row of it says. Pure; nothing here knows the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from policies.civil_service import (
    Nip,
    NotRecognised,
    read_kind,
    read_nip,
    read_predicate,
    read_rank,
    read_sanction,
    read_status,
)
from policies.dates import MONTHS
from workflow.imports.cells import Row, place_columns, read_email, rows_of
from workflow.imports.report import Rejection, Wrong
from workflow.imports.sheet import read_sheet

NIP = "NIP"
SUPERIOR = "NIP ATASAN LANGSUNG"

#: The headings that every export has; those after EMAIL are missing from older ones.
REQUIRED = (
    NIP, "GELAR DEPAN", "NAMA", "GELAR BELAKANG", "JENIS KELAMIN", "JENIS ASN", "GOLONGAN", "TMT GOLONGAN", "TMT CPNS",
    "JENIS JABATAN", "ESELON", "JABATAN", "KODE UNIT KERJA", "UNIT KERJA", SUPERIOR, "HUKUMAN DISIPLIN", "EMAIL",
)  # fmt: skip
OPTIONAL = (
    "SUBUNIT", "STATUS KEPEGAWAIAN", "TMT HUKUMAN DISIPLIN", "AKHIR HUKUMAN DISIPLIN", "AKHIR KONTRAK", "CLTN",
    "SLKS TERAKHIR",
)  # fmt: skip
#: Shorter than its column, for the number that tells posts of one name apart.
LONGEST_SUBUNIT = 190
_PREDICATE_OF = re.compile(r"PREDIKAT KINERJA (20\d{2})")

_SEXES = {"l": "L", "p": "P", "laki-laki": "L", "laki laki": "L", "pria": "L", "perempuan": "P", "wanita": "P"}
_POST_KINDS = {
    prefix + name: kind
    for prefix in ("", "jabatan ")
    for name, kind in (
        ("struktural", "Struktural"),
        ("fungsional", "Fungsional"),
        ("fungsional tertentu", "Fungsional"),
        ("pelaksana", "Pelaksana"),
        ("fungsional umum", "Pelaksana"),
    )
}
_UNPAID_LEAVE = {"tidak": "Tidak", "tidak pernah": "Tidak", "belum pernah": "Tidak", "pernah": "Pernah", "ya": "Pernah"}
_MEDALS = {"x": "X", "xx": "XX", "xxx": "XXX", "10": "X", "20": "XX", "30": "XXX"}
_ECHELON = re.compile(r"(I{1,3}|IV|V)\s*[./-]?\s*([A-E])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """A sanction as the export has it. No level means that the export says there is none."""

    level: str | None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One sound row. None is a cell that was absent or blank, which means "belum diketahui"."""

    number: int
    nip: str
    name: str
    front_title: str | None
    back_title: str | None
    sex: str | None
    asn_kind: str | None
    grade: str | None
    grade_since: date | None
    cpns_on: date | None
    post_kind: str | None
    echelon: str | None
    post: str | None
    unit_id: str
    unit_name: str
    subunit: str | None
    superior_nip: str | None
    email: str | None
    status: str | None
    contract_ends_on: date | None
    unpaid_leave: str | None
    medal: str | None
    sanction: SanctionRow | None
    predicates: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class StaffSheet:
    """A whole export as read: sound rows, rejections, headings that were ignored, and every NIP that stands in it."""

    total: int
    rows: list[StaffRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)
    #: Where each readable NIP stands, rows that were rejected for something else included.
    standing: dict[str, int] = field(default_factory=dict)


def read_staff(
    source: bytes, filename: str, *, on: date, progress: Callable[[int, int], None] | None = None
) -> StaffSheet:
    """Reads an export. ``on``: the day it is read, after which nobody can have been appointed.

    ``progress`` hears rows done and rows in all. Raises UnreadableSheet where there is no table.
    """
    sheet = read_sheet(source, filename, (*REQUIRED, *OPTIONAL))
    columns, ignored, rejected = place_columns(sheet, required=REQUIRED, known=_known)
    result = StaffSheet(total=len(sheet.rows), rejected=rejected, ignored=ignored)
    if rejected:
        # Under a heading row that is wrong no row can be right.
        return result
    years = sorted(int(found[1]) for heading in columns if (found := _PREDICATE_OF.fullmatch(heading)))
    standing: dict[str, list[Row]] = {}
    for done, row in enumerate(rows_of(sheet, columns, rejected), start=1):
        nip = row.identity(NIP, lambda text: read_nip(text, on))
        if nip is not None:
            standing.setdefault(nip.digits, []).append(row)
        if not row.misplaced and (read := _read_row(row, nip, years)) is not None:
            result.rows.append(read)
            result.remarks += _status_remarks(read)
        if progress and (done % 100 == 0 or done == result.total):
            progress(done, result.total)
    _refuse_repeated(standing, result)
    result.standing = {nip: rows[0].number for nip, rows in standing.items()}
    return result


def _known(heading: str) -> bool:
    return heading in REQUIRED or heading in OPTIONAL or _PREDICATE_OF.fullmatch(heading) is not None


def _refuse_repeated(standing: dict[str, list[Row]], result: StaffSheet) -> None:
    repeated = set()
    for nip, rows in standing.items():
        if len(rows) > 1:
            repeated.add(nip)
            for row in rows:
                others = ", ".join(str(other.number) for other in rows if other is not row)
                row.reject(NIP, f"NIP ini ada juga pada baris {others}. Sisakan satu baris untuk satu pegawai.")
    result.rows = [row for row in result.rows if row.nip not in repeated]


def _read_row(row: Row, nip: Nip | None, years: list[int]) -> StaffRow | None:
    """What the row says, or None where anything in it is wrong."""
    if nip is None and row.sound:
        row.reject(NIP, "Wajib diisi.")
    asn_kind = row.read("JENIS ASN", _kind)
    if nip and asn_kind and asn_kind != nip.kind:
        row.reject("JENIS ASN", f"Tidak cocok dengan NIP, yang susunannya nomor induk {nip.kind}.")
    asn_kind = asn_kind or (nip.kind.value if nip else None)
    post_kind = row.choice("JENIS JABATAN", _POST_KINDS, ("Struktural", "Fungsional", "Pelaksana"))
    post = row.text("JABATAN")
    if post_kind == "Struktural" and not post:
        row.lacks("JABATAN", "Jabatan struktural wajib disebut namanya.")
    read = StaffRow(
        number=row.number,
        nip=nip.digits if nip else "",
        name=_name(row),
        front_title=row.text("GELAR DEPAN", 50),
        back_title=row.text("GELAR BELAKANG", 100),
        sex=row.choice("JENIS KELAMIN", _SEXES, ("L", "P")),
        asn_kind=asn_kind,
        grade=_grade(row, asn_kind),
        grade_since=row.day("TMT GOLONGAN"),
        cpns_on=_cpns_on(row, nip),
        post_kind=post_kind,
        echelon=row.read("ESELON", _echelon) or None,
        post=post,
        unit_id=row.required("KODE UNIT KERJA", 64),
        unit_name=row.required("UNIT KERJA"),
        subunit=row.text("SUBUNIT", LONGEST_SUBUNIT),
        superior_nip=_superior(row, nip),
        email=row.read("EMAIL", read_email),
        status=row.read("STATUS KEPEGAWAIAN", _status),
        contract_ends_on=row.day("AKHIR KONTRAK"),
        unpaid_leave=row.choice("CLTN", _UNPAID_LEAVE, ("Tidak", "Pernah")),
        medal=row.choice("SLKS TERAKHIR", _MEDALS, ("X", "XX", "XXX")),
        sanction=_sanction(row),
        predicates=_predicates(row, years),
    )
    return read if row.sound else None


def _name(row: Row) -> str:
    name = row.required("NAMA")
    if name and not any(letter.isalpha() for letter in name):
        row.reject("NAMA", "Nama harus memuat huruf.")
    return name


def _grade(row: Row, asn_kind: str | None) -> str | None:
    if asn_kind is None:
        # The NIP could not be read, and without it nobody can tell which ranks there are.
        return row.text("GOLONGAN")
    return row.read("GOLONGAN", lambda text: read_rank(text, asn_kind).grade)


def _cpns_on(row: Row, nip: Nip | None) -> date | None:
    day = row.day("TMT CPNS")
    if day and nip and nip.appointed.month and (day.year, day.month) != nip.appointed:
        in_nip = f"{MONTHS[nip.appointed.month - 1]} {nip.appointed.year}"
        row.reject("TMT CPNS", f"Tidak cocok dengan NIP, yang menyebut pengangkatan {in_nip}. Perbaiki salah satunya.")
    return day


def _echelon(text: str) -> str:
    """``II.b``; empty for the ways of saying that there is none."""
    if text.casefold() in {"non eselon", "non-eselon", "noneselon", "tidak ada"}:
        return ""
    found = _ECHELON.fullmatch(text)
    if not found:
        raise Wrong("Eselon tidak dikenal; tulis seperti II.b.")
    return f"{found[1].upper()}.{found[2].lower()}"


def _superior(row: Row, nip: Nip | None) -> str | None:
    superior = row.identity(SUPERIOR, read_nip)
    if superior is None:
        return None
    if nip is not None and superior.digits == nip.digits:
        row.reject(SUPERIOR, "Pegawai tidak dapat menjadi atasan bagi dirinya sendiri.")
    return superior.digits


def _kind(text: str) -> str:
    try:
        return read_kind(text.casefold().removesuffix("paruh waktu")).value
    except NotRecognised:
        # Once more, for a reason that quotes the cell as it was written.
        return read_kind(text).value


def _status(text: str) -> str:
    """The status as rules spell it. One that they do not know is kept as written: it is no fault of the row."""
    try:
        return read_status(text).label
    except NotRecognised:
        if len(text) > 40:
            raise Wrong("Terlalu panjang; paling banyak 40 huruf.") from None
        return text


def _status_remarks(row: StaffRow) -> list[str]:
    if row.status is None:
        return []
    try:
        status = read_status(row.status)
    except NotRecognised:
        says = f"Status kepegawaian {row.status} tidak dikenal; pegawai ini tidak dianggap aktif."
    else:
        if not status.left:
            return []
        says = f"Status kepegawaian {row.status}: catat tanggal keluarnya supaya tugasnya beralih."
    return [f"Baris {row.number} ({row.nip}): {says}"]


def _sanction(row: Row) -> SanctionRow | None:
    # In a tuple, since "Tidak ada" reads as no level and is still an answer.
    level = row.read("HUKUMAN DISIPLIN", lambda text: (read_sanction(text),))
    from_on, until_on = row.day("TMT HUKUMAN DISIPLIN"), row.day("AKHIR HUKUMAN DISIPLIN")
    if from_on and until_on and until_on < from_on:
        row.reject("AKHIR HUKUMAN DISIPLIN", "Hukuman tidak dapat berakhir sebelum berlaku.")
    if level is not None:
        return SanctionRow(level[0].value.casefold(), from_on, until_on) if level[0] else SanctionRow(None)
    if (from_on or until_on) and row.sound:
        row.reject("HUKUMAN DISIPLIN", "Tanggal hukuman diisi, tetapi tingkat hukumannya kosong.")
    return None


def _predicates(row: Row, years: list[int]) -> tuple[tuple[int, str], ...]:
    read = ((year, row.read(f"PREDIKAT KINERJA {year}", read_predicate)) for year in years)
    return tuple((year, predicate.value) for year, predicate in read if predicate is not None)
