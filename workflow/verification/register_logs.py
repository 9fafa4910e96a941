"""The log of each register: its chain is whole, and letters that are of no case are those that it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, select

from workflow.chain import NOTHING_BEFORE, faults
from workflow.engine.evidence import LETTER, LetterTold, as_stored, digest
from workflow.letters.route import COMPLETE
from workflow.registers.log import name_of_log
from workflow.registers.numbers import book
from workflow.tables import letters, register_events, registers
from workflow.verification.findings import STREAMED, Finding, Looked, letter_called
from workflow.verification.reading import read

PART = "numbers"


class _Payload(Struct, frozen=True):
    """What of an event's payload is looked at."""

    letter: LetterTold | None = None


_ENDS = select(*as_stored(registers))
_EVENTS = select(*as_stored(register_events)).order_by(
    register_events.c.register, register_events.c.year, register_events.c.sequence
)
_OF_NO_PROCESS = select(*as_stored(letters)).where(letters.c.process == "").order_by(letters.c.id)


def look_at_logs(conn: Connection) -> Looked:
    """Every chain, and each letter of no case."""
    told: dict[str, LetterTold] = {}
    ends = {(row.register, row.year): (row.events, row.head) for row in conn.execute(_ENDS)}
    rows = conn.execute(_EVENTS, execution_options=STREAMED).mappings()
    for (register, year), links in groupby(rows, key=lambda row: (row["register"], row["year"])):
        end = ends.pop((register, year), None)
        yield from _chain(register, year, list(links), end, told)
    for (register, year), (count, _) in ends.items():
        if count:
            yield Finding(PART, f"Catatan {book(register, year)} hilang: seharusnya {count} peristiwa.")
    yield from _letters(conn, told)


def _chain(
    register: str, year: int, links: list[RowMapping], end: tuple[Any, Any] | None, told: dict[str, LetterTold]
) -> Looked:
    counted, head = end or (0, NOTHING_BEFORE)
    for says in faults(name_of_log(register, year), links, counted, head):
        yield Finding(PART, f"Catatan {book(register, year)}: {says}")
    for link in links:
        yield None
        payload = read(link["payload"], _Payload)
        if payload is not None and payload.letter is not None:
            told[payload.letter.id] = payload.letter


def _letters(conn: Connection, told: Mapping[str, LetterTold]) -> Iterator[Finding]:
    left = dict(told)
    for row in conn.execute(_OF_NO_PROCESS, execution_options=STREAMED).mappings():
        letter, title = left.pop(row["id"], None), letter_called(row["id"], row["number"])
        if letter is None:
            yield Finding(PART, f"{title}, tanpa berkas, tidak tercatat dalam buku agendanya.")
        elif digest(LETTER, row) != letter.sha256:
            yield Finding(PART, f"{title} tidak lagi sama dengan yang dicatat dalam buku agendanya.")
        elif (row["state"] in COMPLETE) != (letter.state in COMPLETE) or row["number"] != letter.number:
            yield Finding(PART, f"{title} berstatus atau bernomor lain daripada yang dicatat buku agendanya.")
    for letter in left.values():
        title = letter_called(letter.id, letter.number)
        yield Finding(PART, f"{title} yang dicatat dalam buku agenda tidak ada lagi.")
