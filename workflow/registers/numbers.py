"""Taking numbers: from a register's own series, or from the block that was given to a unit.

A number is taken in the transaction that uses it, so that what is undone burns none. None is given twice or skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Executable, Row, bindparam, insert, select, update

from policies.dates import written
from policies.decision import Grade, Reason
from policies.registers import MOST_INSERTIONS
from workflow.database import insert_or, lock
from workflow.errors import Refused
from workflow.letters.profile import LetterKind, RegisterStyle
from workflow.office import Office
from workflow.tables import leases, letters, registers, void_numbers

#: The longest reason of a number without a letter, in letters.
LONGEST_REASON: Final = 300
_SUFFIXES: Final = "abcdefghijklmnopqrstuvwxyz"
_EARLIER: Final = "Sisipkan setelah surat terakhir yang tanggalnya sama atau lebih awal."


@dataclass(frozen=True)
class Taken:
    """A number that was taken. ``suffix``: the letter of one that was put in between: ``a``."""

    register: str
    year: int
    number: int
    suffix: str = ""


def register_of(office: Office, kind: str, unit_id: str) -> str:
    """The register that numbers a kind of letter that a unit signs: the kind's own by the profile, else the unit's."""
    return office.profile.letters.get(kind, LetterKind()).register or unit_id


def style_of(office: Office, register: str) -> RegisterStyle:
    """What is particular about a register."""
    return office.profile.registers.get(register, RegisterStyle())


def series_of(office: Office, register: str) -> str:
    """The register in which the numbers of another stand: the one that a leased one takes its blocks from, else itself."""
    style = style_of(office, register)
    return style.of if style.kind == "leased" else register


def take(conn: Connection, office: Office, register: str, unit_id: str, on: date) -> Taken:
    """The next number for a letter that a unit dates ``on``. Two at once wait for each other.

    Raises Refused where another system numbers, and where the unit has no block left.
    """
    style = style_of(office, register)
    if style.kind == "external":
        raise refused(
            f"Nomor surat dari buku agenda {register} diberikan oleh sistem lain.",
            "Petugas buku agenda mengisikan nomornya setelah paraf terakhir.",
        )
    if style.kind == "leased":
        return _from_block(conn, style.of, unit_id, on.year)
    return Taken(register, on.year, advance(conn, register, on.year, 1))


def advance(conn: Connection, register: str, year: int, count: int) -> int:
    """Take ``count`` numbers of a series for good. Answers the last of them."""
    row = {"register": register, "year": year, "last_number": count}
    return int(conn.execute(_advance(conn.dialect.name), row).scalar_one())


@cache
def _advance(dialect: str) -> Executable:
    row = insert_or(dialect, registers)
    added = row.on_conflict_do_update(
        index_elements=registers.primary_key.columns,
        set_={"last_number": registers.c.last_number + row.excluded.last_number},
    )
    return added.returning(registers.c.last_number)


def _from_block(conn: Connection, series: str, unit_id: str, year: int) -> Taken:
    lock(conn, lock_name(series, year))
    row = conn.execute(_BLOCK, {"register": series, "year": year, "unit": unit_id}).first()
    if row is None:
        raise refused(
            f"Blok nomor unit {unit_id} dari buku agenda {series} tahun {year} belum ada atau sudah habis.",
            f"Mintalah blok baru kepada pemegang buku agenda: jenjang register lease {unit_id} --count BANYAK.",
        )
    conn.execute(update(leases).where(leases.c.id == row.id).values(following=row.following + 1))
    return Taken(series, year, row.following)


def give_up(conn: Connection, taken: Taken, reason: str, by: str, at: datetime) -> None:
    """Put on record that a number bears no letter any more. ``by``: who gave it up, by id."""
    lock(conn, lock_name(taken.register, taken.year))
    row = {"register": taken.register, "year": taken.year, "number": taken.number, "lease_id": None}
    conn.execute(insert(void_numbers), row | {"reason": reason[:LONGEST_REASON], "voided_by": by, "voided_at": at})


def lock_name(register: str, year: int) -> str:
    """What a unit of work locks that gives out or settles the blocks of a series."""
    return f"register:{register}:{year}"


# --- Numbers put in between ------------------------------------------------------------------------------------------


def insert_after(
    conn: Connection, office: Office, register: str, year: int, number: int, reason: str, *, on: date
) -> Taken:
    """The next letter beside a number that stands already (``101.a``), for a letter dated ``on``.

    The letter is to be stored in this same unit of work, with the reason in its event: until then nothing holds the number.
    Raises Refused without a reason, where the number does not stand on a letter, and where its day would not lie between
    that letter's and the next one's.
    """
    series = series_of(office, register)
    title = book(series, year)
    if not reason.strip():
        raise refused(
            f"Nomor sisipan pada {title} memerlukan alasan.", "Isilah mengapa surat ini tidak bernomor biasa."
        )
    if style_of(office, register).kind == "external":
        raise refused(f"Nomor dalam {title} diberikan oleh sistem lain.", "Mintalah nomor sisipan pada sistem itu.")
    lock(conn, lock_name(series, year))
    beside = conn.execute(_BESIDE, {"register": series, "year": year, "number": number}).all()
    first = next((row for row in beside if not row.register_suffix), None)
    if first is None:
        raise refused(
            f"Nomor {number} dalam {title} tidak ada suratnya, sehingga tidak dapat disisipi.",
            f"Pilih nomor yang sudah dipakai: jenjang register show {series} {year}.",
        )
    _check_day(conn, first, on, title)
    most = office.policies.on(on)[MOST_INSERTIONS]
    used = len(beside) - 1
    if used >= min(int(most.value), len(_SUFFIXES)):
        says = f"Nomor {number} dalam {title} sudah disisipi {used} kali, paling banyak {most.value}."
        raise refused(says, "Pilih nomor lain, atau pakai nomor biasa.", most.by)
    return Taken(series, year, number, _SUFFIXES[used])


def check_inserted(conn: Connection, register: str, year: int, number: int, on: date) -> None:
    """Raise Refused where a letter that was put in beside a number cannot be dated ``on`` any more."""
    beside = conn.execute(_BESIDE, {"register": register, "year": year, "number": number}).all()
    first, title = next((row for row in beside if not row.register_suffix), None), book(register, year)
    remedy = "Nyatakan surat ini tidak berlaku, lalu terbitkan yang baru dengan nomor biasa."
    if first is None:  # that letter was signed anew since, under another number
        raise refused(f"Nomor {number} dalam {title} sudah batal, sehingga tidak dapat disisipi lagi.", remedy)
    _check_day(conn, first, on, title, remedy)


def _check_day(conn: Connection, first: Row[Any], on: date, title: str, remedy: str = _EARLIER) -> None:
    asked = {"register": first.register, "year": first.register_year, "number": first.register_number}
    after = conn.execute(_FOLLOWING, asked).first()
    if after is None:
        raise refused(
            f"Nomor {first.register_number} adalah nomor terakhir dalam {title}; tidak ada yang perlu disisipkan.",
            "Pakai nomor biasa.",
        )
    if not first.dated_on <= on <= after.dated_on:
        raise refused(
            f"Surat bertanggal {written(on)} tidak dapat disisipkan setelah nomor {first.register_number} dalam {title}, "
            f"yang bertanggal {written(first.dated_on)}; nomor berikutnya bertanggal {written(after.dated_on)}.",
            remedy,
        )


def book(register: str, year: int) -> str:
    """A register of a year, as people call it."""
    return f"buku agenda {register} tahun {year}"


def printed(number: int, suffix: str = "") -> str:
    """A number of a register without what stands around it: ``101.a``."""
    return f"{number}.{suffix}" if suffix else str(number)


def refused(says: str, remedy: str, *by: str) -> Refused:
    """A refusal with its way out, and the instrument that it rests on where there is one."""
    return Refused(says, reasons=(Reason(Grade.REFUSED, says, by, remedy),))


# --- Statements, built once ------------------------------------------------------------------------------------------

_OF_NUMBER = (
    letters.c.register == bindparam("register"),
    letters.c.register_year == bindparam("year"),
)
_BLOCK = (
    select(leases)
    .where(
        leases.c.register == bindparam("register"),
        leases.c.year == bindparam("year"),
        leases.c.unit_id == bindparam("unit"),
        leases.c.offline.is_(False),
        leases.c.settled_at.is_(None),
        leases.c.following <= leases.c.last,
    )
    .order_by(leases.c.first)
    .limit(1)
)
_BESIDE = select(letters).where(*_OF_NUMBER, letters.c.register_number == bindparam("number"))
_FOLLOWING = (
    select(letters.c.dated_on)
    .where(*_OF_NUMBER, letters.c.register_number > bindparam("number"), letters.c.register_suffix == "")
    .order_by(letters.c.register_number)
    .limit(1)
)
