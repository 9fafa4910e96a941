"""Blocks of numbers: given to a unit for its letters of every day, or for a laptop while there is no network; and closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from policies.registers import LARGEST_BLOCK
from workflow.database import lock
from workflow.errors import NotFound, NotNow, NotYours
from workflow.ids import new_id
from workflow.office import Office
from workflow.registers.numbers import (
    LONGEST_REASON,
    advance,
    book,
    lock_name,
    printed,
    refused,
    register_of,
    series_of,
    style_of,
)
from workflow.tables import group_members, leases, letters, people, units, void_numbers

#: Who may give out and settle numbers.
CLERKS: Final = ("register_clerk", "administrator")
#: The reason of a number that nobody needed.
UNUSED: Final = "tidak terpakai"


@dataclass(frozen=True)
class Wanted:
    """A block that is asked for. ``register``: empty for the unit's own. ``given_by``: the clerk's id."""

    unit_id: str
    count: int
    purpose: str
    given_by: str
    register: str = ""
    offline: bool = False


@dataclass(frozen=True)
class Block:
    """Numbers of a register that belong to a unit, the first and the last included."""

    id: str
    register: str
    year: int
    first: int
    last: int
    unit_id: str
    offline: bool

    @property
    def says(self) -> str:
        """The block, for people."""
        return f"nomor {self.first} sampai {self.last} dalam {book(self.register, self.year)}"


def lease(conn: Connection, office: Office, wanted: Wanted, at: datetime) -> Block:
    """Give a unit the next numbers of a register. They are the unit's from then on: used, or void in the end.

    Raises NotYours for whoever keeps no register, NotFound for an unknown unit, Refused.
    """
    check_clerk(conn, wanted.given_by)
    if conn.execute(select(units.c.id).where(units.c.id == wanted.unit_id)).first() is None:
        raise NotFound(f"Unit {wanted.unit_id} tidak dikenal. Periksa kodenya pada data pegawai.")
    register = wanted.register or register_of(office, "", wanted.unit_id)
    series = _check(office, wanted, register, at)
    year = office.day(at).year
    lock(conn, lock_name(series, year))
    last = advance(conn, series, year, wanted.count)
    first = last - wanted.count + 1
    block = Block(new_id(at), series, year, first, last, wanted.unit_id, wanted.offline)
    row = {
        "id": block.id,
        "register": series,
        "year": year,
        "first": first,
        "last": last,
        "following": first,
        "unit_id": wanted.unit_id,
        "offline": wanted.offline,
        "given_by": wanted.given_by,
        "given_at": at,
        "purpose": wanted.purpose.strip(),
    }
    conn.execute(insert(leases), row)
    return block


def _check(office: Office, wanted: Wanted, register: str, at: datetime) -> str:
    """The series that a block is cut from. Raises Refused."""
    if style_of(office, register).kind == "external":
        raise refused(
            f"Nomor dalam buku agenda {register} diberikan oleh sistem lain, sehingga tidak ada blok yang dapat diberikan.",
            "Pilih buku agenda lain dengan --register, atau mintalah blok pada sistem itu.",
        )
    series = series_of(office, register)
    borrowing = (style.of for style in office.profile.registers.values() if style.kind == "leased")
    if not wanted.offline and series not in borrowing:
        raise refused(
            f"Buku agenda {register} memberi nomor langsung pada setiap surat; blok untuknya tidak akan dipakai.",
            "Untuk bekerja tanpa jaringan tambahkan --offline; untuk nomor pinjaman jadikan buku agenda unit itu "
            'kind = "leased" dalam profil instansi.',
        )
    most = office.policies.on(office.day(at))[LARGEST_BLOCK]
    if not 1 <= wanted.count <= most.value:
        raise refused(
            f"Blok memuat 1 sampai {most.value} nomor, bukan {wanted.count}.", "Mintalah lebih sedikit.", most.by
        )
    check_reason(wanted.purpose, "Untuk apa blok ini diberikan")
    return series


def check_reason(says: str, what: str) -> None:
    """Something must be said, and not more than is kept. Raises Refused."""
    if not says.strip():
        raise refused(f"{what} belum diisi.", "Isilah dengan satu kalimat.")
    if len(says.strip()) > LONGEST_REASON:
        raise refused(f"{what} terlalu panjang.", f"Ringkaslah sampai {LONGEST_REASON} huruf.")


def check_clerk(conn: Connection, person_id: str) -> None:
    """Raises NotYours for whoever does not keep the registers."""
    if not keeps_registers(conn, person_id):
        raise NotYours("Nomor diberikan dan diselesaikan oleh petugas buku agenda atau administrator.")


def keeps_registers(conn: Connection, person_id: str) -> bool:
    """Whether somebody is a register clerk or an administrator, and has not left."""
    belongs = (
        select(group_members.c.person_id)
        .join_from(group_members, people, people.c.id == group_members.c.person_id)
        .where(group_members.c.person_id == person_id, group_members.c.group_name.in_(CLERKS))
        .where(people.c.left_on.is_(None))
    )
    return conn.execute(belongs.limit(1)).first() is not None


# --- What became of the numbers --------------------------------------------------------------------------------------


def load_lease(conn: Connection, lease_id: str) -> Row[Any]:
    """A block's row, its series locked. Raises NotFound."""
    row = conn.execute(select(leases).where(leases.c.id == lease_id)).one_or_none()
    if row is None:
        raise NotFound(f"Blok nomor {lease_id} tidak ada. Lihat: jenjang register list.")
    lock(conn, lock_name(row.register, row.year))
    return conn.execute(select(leases).where(leases.c.id == lease_id)).one()


def open_numbers(conn: Connection, row: Row[Any]) -> list[int]:
    """The numbers of a block on which there is neither a letter nor a reason why not."""
    asked = {"register": row.register, "year": row.year, "first": row.first, "last": row.last}
    settled = {*conn.execute(_ISSUED, asked).scalars(), *conn.execute(_VOID, asked).scalars()}
    return [number for number in range(row.first, row.last + 1) if number not in settled]


def void(conn: Connection, row: Row[Any], reasons: Iterable[tuple[int, str]], by: str, at: datetime) -> None:
    """Put on record that numbers of a block bear no letter, each with its reason."""
    rows = [
        {
            "register": row.register,
            "year": row.year,
            "number": number,
            "reason": reason[:LONGEST_REASON],
            "lease_id": row.id,
            "voided_by": by,
            "voided_at": at,
        }
        for number, reason in reasons
    ]
    if rows:
        conn.execute(insert(void_numbers), rows)


def close(conn: Connection, lease_id: str, reason: str, by: str, at: datetime) -> list[int]:
    """Close a block for good: its numbers without a letter are void for a reason. Answers them. Raises Problem.

    Where a laptop's letters turn up later after all, settling names them: their numbers are void by then.
    """
    check_clerk(conn, by)
    check_reason(reason, "Alasan penutupan blok")
    row = load_lease(conn, lease_id)
    if row.settled_at is not None:
        raise NotNow(f"Blok nomor {printed(row.first)} sampai {printed(row.last)} sudah ditutup.")
    numbers = open_numbers(conn, row)
    void(conn, row, ((number, reason.strip()) for number in numbers), by, at)
    mark_closed(conn, row, at)
    return numbers


def mark_closed(conn: Connection, row: Row[Any], at: datetime) -> None:
    """Nothing is left of a block."""
    conn.execute(update(leases).where(leases.c.id == row.id).values(following=row.last + 1, settled_at=at))


# --- Statements, built once ------------------------------------------------------------------------------------------

_ISSUED = select(letters.c.register_number).where(
    letters.c.register == bindparam("register"),
    letters.c.register_year == bindparam("year"),
    letters.c.register_number.between(bindparam("first"), bindparam("last")),
    letters.c.register_suffix == "",
)
_VOID = select(void_numbers.c.number).where(
    void_numbers.c.register == bindparam("register"),
    void_numbers.c.year == bindparam("year"),
    void_numbers.c.number.between(bindparam("first"), bindparam("last")),
)
