"""What the bodies of general letters are made of: passages, points, tables, annexes. Built from JSON or TOML, checked there.

A key that is not known is refused, so that a clerk's slip of the pen is named and not left out of the letter.
"""

from __future__ import annotations

from itertools import count
from typing import Annotated

import msgspec

from workflow.letters.bounds import MOST_LINES, Line, Prose, Said, Sayings
from workflow.letters.parts import People
from workflow.letters.words import in_words


class Piece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whatever a body is made of, and the body itself."""


class Row(Piece, frozen=True, kw_only=True):
    """A label with its value behind a colon: ``Hari/Tanggal : Kamis, 12 Maret 2026``."""

    label: Said
    value: Said


#: Rows that stand under each other.
Rows = Annotated[tuple[Row, ...], msgspec.Meta(max_length=MOST_LINES)]


class Point(Piece, frozen=True, kw_only=True):
    """A numbered point that has points of its own, lettered."""

    text: Said
    points: Sayings = ()


#: Points as they are written down: mostly a text alone.
Points = Annotated[tuple[Said | Point, ...], msgspec.Meta(max_length=100)]


#: A row of a table, cell by cell.
Cells = Annotated[tuple[Line, ...], msgspec.Meta(max_length=10)]


class Table(Piece, frozen=True, kw_only=True):
    """A table: each row as long as the ``headers``, with a column of numbers before them where it is ``numbered``.

    ``shares``: how wide the columns are to each other, ``[3, 1]``; all the same where they are left out. ``total``: a last
    row, in bold. Raises ValueError where these do not fit the headers.
    """

    headers: Annotated[Cells, msgspec.Meta(min_length=1)]
    rows: Annotated[tuple[Cells, ...], msgspec.Meta(max_length=MOST_LINES)]
    shares: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=100)], ...], msgspec.Meta(max_length=10)] = ()
    numbered: bool = True
    total: Cells = ()

    def __post_init__(self) -> None:
        for at, row in enumerate((*self.rows, *filter(None, (self.total,))), start=1):
            if len(row) != len(self.headers):
                raise ValueError(f"baris tabel ke-{at} berisi {len(row)} sel, sedangkan kepalanya {len(self.headers)}")
        if self.shares and len(self.shares) != len(self.headers):
            raise ValueError(f"shares menyebut {len(self.shares)} kolom, sedangkan kepalanya {len(self.headers)}")

    @property
    def columns(self) -> tuple[tuple[str, float], ...]:
        """Each header with its width in percent of the table."""
        shares = self.shares or (1,) * len(self.headers)
        room = 92.5 if self.numbered else 100
        return tuple(
            (title, round(room * share / sum(shares), 1)) for title, share in zip(self.headers, shares, strict=True)
        )


class Passage(Piece, frozen=True, kw_only=True):
    """A stretch of a letter, printed in this order: a paragraph, rows, people, points, a table, and what follows them."""

    text: Prose = ""
    rows: Rows = ()
    people: People = ()
    points: Points = ()
    table: Table | None = None
    then: Prose = ""


#: Passages as they follow each other.
Passages = Annotated[tuple[Passage, ...], msgspec.Meta(max_length=100)]


class Section(Piece, frozen=True, kw_only=True):
    """Passages under a heading, such as ``Latar belakang`` or an article's."""

    title: Said
    passages: Annotated[Passages, msgspec.Meta(min_length=1)]


class Annex(Piece, frozen=True, kw_only=True):
    """A lampiran: begins a page of its own, with the letter's number and date above its title."""

    title: Said
    passages: Passages = ()
    people: People = ()


#: Annexes, numbered in Roman numerals where there are several.
Annexes = Annotated[tuple[Annex, ...], msgspec.Meta(max_length=12)]


def rulings(clauses: tuple[Passage, ...]) -> tuple[tuple[str, Passage], ...]:
    """Each clause of a decree under its label: ``KESATU``, ``KEDUA``, …, ``KESEBELAS``."""
    return tuple((ruling_label(at), clause) for at, clause in zip(count(1), clauses, strict=False))


def ruling_label(at: int) -> str:
    """The label of a decree's clause, counted from 1."""
    return "KESATU" if at == 1 else f"KE{in_words(at).upper()}"
