"""What a check finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from workflow.references import reference_of
from workflow.tables import cases

#: Rows fetched at a time.
STREAMED = {"yield_per": 500}


@dataclass(frozen=True)
class Finding:
    """Something that was found. ``fails``: it must not be so; otherwise it is only worth knowing.

    ``case_id`` and ``sequence`` say which event of which case, where it is one: of a row, the event that told it last.
    """

    part: str
    says: str
    fails: bool = True
    case_id: str | None = None
    sequence: int | None = None

    @property
    def where(self) -> str:
        """Which event of which case, as people call them; empty where it is of none."""
        if self.case_id is None:
            return ""
        event = f", peristiwa nomor {self.sequence}" if self.sequence else ""
        return f"berkas {reference_of(self.case_id)}{event}"


def letter_called(letter_id: str, number: object) -> str:
    """A letter as people find it: by its number, or by its id while it has none."""
    return f"Surat Nomor {number}" if number else f"Surat tanpa nomor (id {letter_id})"


@dataclass(frozen=True)
class Checked:
    """A part of the check: its name, what it is about, how many things it looked at, and what it found."""

    part: str
    title: str
    looked_at: int
    findings: tuple[Finding, ...]


#: A look yields None for each thing that it looked at, and a finding for each that it found.
Looked = Iterator[Finding | None]


def strays(conn: Connection, part: str, title: str, table: Table) -> Iterator[Finding]:
    """Rows of a table that name a case which is not there."""
    for (case_id,) in conn.execute(_strays(table)):
        yield Finding(part, f"{title} menyebut berkas yang tidak ada (id {case_id}).", case_id=case_id)


@cache
def _strays(table: Table) -> Select[Any]:
    joined = table.outerjoin(cases, cases.c.id == table.c.case_id)
    query = select(table.c.case_id).select_from(joined).where(cases.c.id.is_(None), table.c.case_id.is_not(None))
    return query.distinct().order_by(table.c.case_id)
