"""Registers: every integer up to the last is issued, void or in an open block; nothing twice; suffixes beside a number only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, select

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


_Books = dict[tuple[str, int], _Book]

_NUMBERED = select(*as_stored(letters)).where(letters.c.number.is_not(None)).order_by(letters.c.id)
_VOID = select(*as_stored(void_numbers))
_LEASED = select(*as_stored(leases)).order_by(leases.c.register, leases.c.year, leases.c.first)
_KEPT = select(registers).order_by(registers.c.register, registers.c.year)


def look_at_registers(conn: Connection) -> Looked:
    """All registers."""
    books: _Books = {}
    yield from _letters(conn, books)
    yield from _void(conn, books)
    yield from _blocks(conn, books)
    for row in conn.execute(_KEPT):
        found = books.pop((row.register, row.year), _Book())
        title = book(row.register, row.year)
        if isinstance(row.last_number, int):
            yield from _series(found, row.last_number, title)
        else:
            yield Finding(PART, f"Nomor terakhir dalam {title} bukan bilangan: {row.last_number!r}.")
    for (register, year), found in books.items():
        if found.issued or found.beside or found.void or found.open:
            yield Finding(PART, f"{book(register, year)} tidak ada, padahal ada nomor yang diberikan darinya.")


def _letters(conn: Connection, books: _Books) -> Looked:
    """Each number stands on its letter, and on no other."""
    for row in conn.execute(_NUMBERED, execution_options=STREAMED).mappings():
        yield None
        found = books.setdefault((row["register"], row["register_year"]), _Book())
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


def _void(conn: Connection, books: _Books) -> Looked:
    """A number without a letter has a reason, and no letter."""
    for row in conn.execute(_VOID, execution_options=STREAMED):
        yield None
        found, title = books.setdefault((row.register, row.year), _Book()), book(row.register, row.year)
        if row.number in found.issued:
            yield Finding(PART, f"Nomor urut {row.number} dalam {title} dinyatakan batal, padahal ada suratnya.")
        if not str(row.reason or "").strip():
            yield Finding(PART, f"Nomor urut {row.number} dalam {title} dinyatakan batal tanpa alasan.")
        if isinstance(row.number, int):
            found.void.add(row.number)


def _blocks(conn: Connection, books: _Books) -> Looked:
    """Blocks do not share a number; an open one still holds what was not used of it."""
    last: dict[tuple[str, int], int] = {}
    for row in conn.execute(_LEASED):
        yield None
        of, title = (row.register, row.year), book(row.register, row.year)
        if not _is_block(row):
            yield Finding(PART, f"Blok nomor {row.first} sampai {row.last} dalam {title} tidak masuk akal.")
            continue
        if row.first <= last.get(of, 0):
            yield Finding(PART, f"Nomor urut {row.first} dalam {title} diberikan dalam dua blok.")
        last[of] = max(last.get(of, 0), row.last)
        if row.settled_at is None:
            first = row.first if row.offline else row.following
            books.setdefault(of, _Book()).open.append(range(first, row.last + 1))


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
