"""The layout of what a system takes and answers: columns, their values from a closed list, dates, kind of file. It is data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policies.credit import ACTIVITIES
from policies.files import PolicyError, Table, read_toml
from workflow.letters.profile import TEMPLATES

FOLDER: Final = TEMPLATES / "outward"

#: What a column may hold, and what each is.
VALUES: Final = {
    "nip": "NIP, 18 angka",
    "name": "nama dengan gelar",
    "plain_name": "nama tanpa gelar",
    "asn_kind": "PNS atau PPPK",
    "post": "jabatan",
    "unit": "kode unit kerja",
    "unit_name": "nama unit kerja",
    "activity": "nama kegiatan menurut tabel konversi JP",
    "activity_code": "kode kegiatan menurut tabel konversi JP",
    "kind": "jenis kegiatan menurut sistem penerima (jenis_diklat)",
    "title": "nama kegiatan dan kompetensinya",
    "competency": "kompetensi yang dikembangkan",
    "host": "instansi penyelenggara",
    "city": "kota penyelenggara",
    "country": "negara penyelenggara",
    "section": "bagian yang dituju",
    "starts_on": "tanggal mulai",
    "ends_on": "tanggal selesai",
    "year": "tahun JP dihitung",
    "hours": "banyaknya JP",
    "certificate_number": "nomor surat keterangan",
    "certificate_on": "tanggal surat keterangan",
    "evidence": "nama berkas bukti",
    "batch": "nomor kiriman",
    "row": "nomor baris dalam kiriman",
    "reference": "nomor kiriman dan baris sekaligus",
}
DATES: Final = {"dd-mm-yyyy": "%d-%m-%Y", "dd/mm/yyyy": "%d/%m/%Y", "yyyy-mm-dd": "%Y-%m-%d"}
FILES: Final = ("xlsx", "csv")

_KEYS = (
    "system", "title", "file", "separator", "byte_order_mark", "text_mark", "dates", "largest_evidence_kb", "columns", "kinds",
    "result",
)  # fmt: skip
_RESULT_KEYS = ("reference", "batch", "row", "nip", "status", "reason", "recorded", "refused")
_SYSTEM = re.compile(r"[a-z][a-z0-9]{0,19}")


@dataclass(frozen=True)
class Column:
    """A column: one of ``VALUES``, or a text that is the same in every row. ``required``: without it a row is not sent."""

    heading: str
    value: str
    fixed: str | int
    required: bool


@dataclass(frozen=True)
class ResultColumns:
    """The headings, in capitals, of the file that comes back, and the words by which it says what became of a row.

    Either ``reference`` or both ``batch`` and ``row`` are there; ``nip`` is empty where the file has none.
    """

    reference: str
    batch: str
    row: str
    nip: str
    status: str
    reason: str
    recorded: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """The headings that must be there."""
        return tuple(each for each in (self.reference, self.batch, self.row, self.status, self.reason) if each)


@dataclass(frozen=True)
class Layout:
    """How one system takes what is sent to it. ``kinds``: its own kind for each code of the conversion table."""

    system: str
    title: str
    file: str
    separator: str
    byte_order_mark: bool
    text_mark: str
    dates: str
    largest_evidence: int  # bytes
    columns: tuple[Column, ...]
    kinds: Mapping[str, str | int]
    result: ResultColumns


def layout_named(named: str) -> Layout:
    """A shipped layout by its name, or any by its file. Raises PolicyError that names file, key and reason."""
    file = FOLDER / f"{named}.toml"
    if named not in shipped():
        file = Path(named)
        if not file.exists():
            raise PolicyError(
                file, "", f"tata letak ini tidak ada; pilih {', '.join(shipped())}, atau sebutkan berkas TOML-nya"
            )
    return _layout(Table.of(file, "", read_toml(file), _KEYS, 'system = "siasn"'))


def shipped() -> tuple[str, ...]:
    """The names of the layouts that come with the program."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml") if file.stem != "jenis_diklat"))


def _layout(table: Table) -> Layout:
    system = table.text("system")
    if not _SYSTEM.fullmatch(system):
        raise table.wrong("system harus berupa satu kata pendek dengan huruf kecil, misalnya siasn")
    size = table.content.get("largest_evidence_kb")
    if type(size) is not int or size < 1:
        raise table.wrong("largest_evidence_kb harus berupa bilangan kB, misalnya 1024")
    mark = table.content.get("text_mark", "")
    if mark not in ("", "'"):
        raise table.wrong("text_mark hanya dapat berupa tanda petik tunggal, atau dikosongkan")
    bom = table.content.get("byte_order_mark", False)
    if type(bom) is not bool:
        raise table.wrong("byte_order_mark harus berupa true atau false")
    return Layout(
        system=system,
        title=table.text("title"),
        file=_one_of(table, "file", FILES),
        separator=_one_of(table, "separator", (",", ";"), ","),
        byte_order_mark=bom,
        text_mark=mark,
        dates=DATES[_one_of(table, "dates", tuple(DATES))],
        largest_evidence=size * 1024,
        columns=_columns(table),
        kinds=_kinds(table),
        result=_result(table),
    )


def _one_of(table: Table, name: str, known: tuple[str, ...], otherwise: str | None = None) -> str:
    value = table.content.get(name, otherwise)
    if not isinstance(value, str) or value not in known:
        raise table.wrong(f"{name} harus salah satu dari: {' '.join(known)}")
    return value


def _columns(table: Table) -> tuple[Column, ...]:
    rows = table.rows("columns", ("heading", "value", "fixed", "required"), '[{ heading = "NIP", value = "nip" }]')
    columns = tuple(_column(row) for row in rows)
    doubled = [heading for heading, times in Counter(c.heading.upper() for c in columns).items() if times > 1]
    if doubled:
        raise table.wrong(f"judul kolom {', '.join(doubled)} ada lebih dari satu kali pada columns")
    held = {column.value for column in columns}
    if not ("reference" in held or {"batch", "row"} <= held):
        raise table.wrong(
            "columns harus memuat reference, atau batch dan row; tanpanya hasilnya tidak dapat dicocokkan"
        )
    if "nip" not in held:
        raise table.wrong("columns harus memuat nip")
    return columns


def _column(row: Table) -> Column:
    heading, fixed = row.text("heading"), row.content.get("fixed")
    required = row.content.get("required", False)
    if type(required) is not bool:
        raise row.wrong(f"kolom {heading}: required harus berupa true atau false")
    if (fixed is None) is ("value" not in row.content):
        raise row.wrong(f"kolom {heading}: isi salah satu dari value dan fixed")
    if fixed is not None:
        if type(fixed) not in (str, int):
            raise row.wrong(f"kolom {heading}: fixed harus berupa teks atau bilangan bulat")
        return Column(heading, "", fixed, required)
    value = row.text("value")
    if value not in VALUES:
        raise row.wrong(f"kolom {heading}: nilai {value!r} tidak dikenal; yang dikenal: {', '.join(VALUES)}")
    return Column(heading, value, "", required)


def _kinds(table: Table) -> dict[str, str | int]:
    file = FOLDER / "jenis_diklat.toml"
    common = Table.of(file, "", read_toml(file), ("source", "kinds"), "[kinds]")
    common.text("source")
    return {**_kinds_of(common), **_kinds_of(table)}


def _kinds_of(table: Table) -> dict[str, str | int]:
    found: Any = Table.of(table.file, "kinds", table.content.get("kinds", {}), tuple(ACTIVITIES), "C11 = 10").content
    for code, kind in found.items():
        if type(kind) not in (str, int) or kind == "":
            raise table.wrong(f"kinds: jenis untuk {code} harus berupa teks atau bilangan bulat")
    return dict(found)


def _result(table: Table) -> ResultColumns:
    result = Table.of(table.file, "result", table.content.get("result"), _RESULT_KEYS, '[result] status = "STATUS"')
    headings = {
        name: " ".join(result.text(name).split()).upper() if name in result.content else "" for name in _RESULT_KEYS[:4]
    }
    if bool(headings["reference"]) is bool(headings["batch"] or headings["row"]):
        raise result.wrong("isi reference, atau batch dan row")
    if bool(headings["batch"]) is not bool(headings["row"]):
        raise result.wrong("batch dan row harus diisi bersama")
    recorded, refused = _words(result, "recorded"), _words(result, "refused")
    if both := set(recorded) & set(refused):
        raise result.wrong(f"{', '.join(sorted(both))} tidak dapat berarti tercatat sekaligus ditolak")
    return ResultColumns(
        **headings,
        status=" ".join(result.text("status").split()).upper(),
        reason=" ".join(result.text("reason").split()).upper(),
        recorded=recorded,
        refused=refused,
    )


def _words(table: Table, name: str) -> tuple[str, ...]:
    words = table.content.get(name)
    if not isinstance(words, list) or not words or not all(isinstance(w, str) and w.strip() for w in words):
        raise table.wrong(f'{name} harus berupa daftar kata, misalnya ["tercatat"]')
    return tuple(word.strip().casefold() for word in words)
