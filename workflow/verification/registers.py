"""Registers: every integer up to the last is issued, void or in an open block; nothing twice; suffixes beside a number only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, select, union

from workflow.engine.evidence import as_stored
from workflow.registers.numbers import book, printed
from workflow.tables import leases, letters, registers, void_numbers
from workflow.verification.findings import STREAMED, Finding, Looked, letter_called
from workflow.verification.reading import read

PART = "numbers"
#: Numbers that one finding names at most: a last number that was touched may be any.
_NAMED = 20


@dataclass
class _Book:
    """The numbers of one register and year: those on letters, those put in between, those void, those in open blocks."""

    issued: set[int] = field(default_factory=set)
    beside: set[tuple[int, str]] = field(default_factory=set)
    external: set[str] = field(default_factory=set)
    void: set[int] = field(default_factory=set)
    open: list[range] = field(default_factory=list)

    def accounts_for(self, number: int) -> bool:
        """The number is issued, void or in an open block."""
        return number in self.issued or number in self.void or any(number in block for block in self.open)


_KEPT = select(registers)
#: Wherever there are numbers, kept or not.
_PLACES = union(
    select(registers.c.register, registers.c.year),
    select(letters.c.register, letters.c.register_year).where(letters.c.number.is_not(None)),
    select(void_numbers.c.register, void_numbers.c.year),
    select(leases.c.register, leases.c.year),
)


def look_at_registers(conn: Connection) -> Looked:
    """All registers, one after the other, so that no more than the numbers of one are in memory."""
    kept = {(row.register, row.year): row.last_number for row in conn.execute(_KEPT)}
    for register, year in sorted(conn.execute(_PLACES), key=str):
        found, title = _Book(), book(register, year)
        yield from _letters(conn, found, register, year)
        yield from _void(conn, found, register, year)
        yield from _blocks(conn, found, register, year)
        last = kept.get((register, year))
        if isinstance(last, int):
            yield from _series(found, last, title)
        elif (register, year) in kept:
            yield Finding(PART, f"Nomor terakhir dalam {title} bukan bilangan: {last!r}.")
        elif found.issued or found.beside or found.void or found.open:
            yield Finding(PART, f"{title} tidak ada, padahal ada nomor yang diberikan darinya.")


def _letters(conn: Connection, found: _Book, register: str, year: int) -> Looked:
    """Each number stands on its letter, and on no other."""
    of = (letters.c.register == register, letters.c.register_year == year, letters.c.number.is_not(None))
    query = select(*as_stored(letters)).where(*of).order_by(letters.c.register_number, letters.c.id)
    for row in conn.execute(query, execution_options=STREAMED).mappings():
        yield None
        yield from _numbered(found, row)
        says = (read(row["frame"], dict) or {}).get("number")
        # What another system numbers has its number before it is signed, and prints it only then.
        if says != row["number"] and (says or row["signed_by"]):
            title = letter_called(row["id"], row["number"])
            yield Finding(PART, f"{title} memuat nomor lain daripada yang tercatat itu: {says or 'tidak ada'}.")


def _numbered(found: _Book, row: RowMapping) -> Iterator[Finding]:
    title, number, suffix = book(row["register"], row["register_year"]), row["register_number"], row["register_suffix"]
    if number is None:
        if row["number"] in found.external:
            yield Finding(PART, f"Nomor {row['number']} dalam {title} ganda.")
        found.external.add(row["number"])
    elif not isinstance(number, int):
        called = letter_called(row["id"], row["number"])
        yield Finding(PART, f"{called} tidak bernomor urut dalam buku agendanya.")
    elif (number, suffix) in found.beside or (not suffix and number in found.issued):
        yield Finding(PART, f"Nomor urut {printed(number, suffix)} dalam {title} ganda.")
    elif suffix:
        found.beside.add((number, suffix))
    else:
        found.issued.add(number)


def _void(conn: Connection, found: _Book, register: str, year: int) -> Looked:
    """A number without a letter has a reason, and no letter."""
    title, of = book(register, year), (void_numbers.c.register == register, void_numbers.c.year == year)
    query = select(*as_stored(void_numbers)).where(*of).order_by(void_numbers.c.number)
    for row in conn.execute(query, execution_options=STREAMED):
        yield None
        if row.number in found.issued:
            yield Finding(PART, f"Nomor urut {row.number} dalam {title} dinyatakan batal, padahal ada suratnya.")
        if not str(row.reason or "").strip():
            yield Finding(PART, f"Nomor urut {row.number} dalam {title} dinyatakan batal tanpa alasan.")
        if isinstance(row.number, int):
            found.void.add(row.number)


def _blocks(conn: Connection, found: _Book, register: str, year: int) -> Looked:
    """Blocks do not share a number; an open one still holds what was not used of it."""
    title, last = book(register, year), 0
    of = (leases.c.register == register, leases.c.year == year)
    for row in conn.execute(select(*as_stored(leases)).where(*of).order_by(leases.c.first)):
        yield None
        if not _is_block(row):
            yield Finding(PART, f"Blok nomor {row.first} sampai {row.last} dalam {title} tidak masuk akal.")
            continue
        if row.first <= last:
            yield Finding(PART, f"Nomor urut {row.first} dalam {title} diberikan dalam dua blok.")
        last = max(last, row.last)
        if row.settled_at is None:
            first = row.first if row.offline else row.following
            found.open.append(range(first, row.last + 1))


def _is_block(row: Any) -> bool:
    numbers: list[Any] = [row.first, row.following, row.last]
    if not all(isinstance(number, int) for number in numbers):
        return False
    in_order = [1, row.first, row.following, row.last + 1]
    return in_order == sorted(in_order) and numbers[0] <= numbers[2]


def _series(found: _Book, last: int, title: str) -> Iterator[Finding]:
    missing = (number for number in range(1, last + 1) if not found.accounts_for(number))
    if listed := ", ".join(map(str, islice(missing, _NAMED))):
        yield Finding(PART, f"Nomor urut {listed} dalam {title} tidak ada suratnya.")
    if beyond := sorted(_beyond(found, last)):
        yield Finding(PART, f"Nomor urut {beyond[0]} melampaui {title}.")
    for number, suffix in sorted(found.beside):
        if number not in found.issued | found.void:
            says = f"Nomor sisipan {printed(number, suffix)} dalam {title} tidak berdiri di samping nomor yang ada suratnya."
            yield Finding(PART, says)


def _beyond(found: _Book, last: int) -> Iterable[int]:
    yield from (number for number in (*found.issued, *found.void) if number > last)
    yield from (block.stop - 1 for block in found.open if block.stop - 1 > last)
