"""Checking a whole database against itself: chains, decisions judged again, cases against their log, numbers, books, files.

Reads row by row, so that it works with millions of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from policies.parameters import Policies
from workflow import audit, books
from workflow.registry import Registry
from workflow.rejudging import rejudged, rules_of
from workflow.tables import cases, events, files, letters, postings, registers

#: Rows fetched at a time.
_STREAMED = {"yield_per": 500}


@dataclass(frozen=True)
class Finding:
    """Something that was found. ``fails``: it must not be so; otherwise it is only worth knowing.

    ``case_id`` and ``sequence`` say which event of which case, where it is one.
    """

    part: str
    says: str
    fails: bool = True
    case_id: str | None = None
    sequence: int | None = None


@dataclass(frozen=True)
class Checked:
    """A part of the check: its name, what it is about, how many things it looked at, and what it found."""

    part: str
    title: str
    looked_at: int
    findings: tuple[Finding, ...]


def verify(
    conn: Connection, registry: Registry, policies: Policies, parts: tuple[str, ...] = (), most: int = 1000
) -> Iterator[Checked]:
    """Check the parts asked for, or all, one after the other. Keeps at most ``most`` findings of a part."""
    for part, (title, look) in PARTS.items():
        if parts and part not in parts:
            continue
        looked_at = 0
        findings: list[Finding] = []
        for found in look(conn, registry, policies):
            looked_at += found is None
            if found is not None and len(findings) < most:
                findings.append(found)
        yield Checked(part, title, looked_at, tuple(findings))


#: A look yields None for each thing that it looked at, and a finding for each that it found.
Looked = Iterator[Finding | None]


# --- The chain of each case ------------------------------------------------------------------------------------------


def _chain(conn: Connection, _: Registry, __: Policies) -> Looked:
    count = conn.execute(select(func.count()).select_from(events)).scalar_one()
    yield from (None for _ in range(count))
    for found in audit.verify_all(conn):
        yield Finding("chain", found.says, case_id=found.case_id, sequence=found.sequence)


# --- Decisions judged again ------------------------------------------------------------------------------------------


def _decisions(conn: Connection, registry: Registry, policies: Policies) -> Looked:
    query = select(events.c.case_id, events.c.sequence, events.c.type, events.c.payload).order_by(
        events.c.case_id, events.c.sequence
    )
    rules = rules_of(registry)
    for row in conn.execute(query, execution_options=_STREAMED):
        if row.payload is None:
            says = f"Isi peristiwa {row.type} telah dihapus menurut ketentuan."
            yield Finding("decisions", says, False, row.case_id, row.sequence)
            continue
        payload = _decoded(row.payload)
        for decided in payload.get("decisions") or ():
            yield None
            for difference in rejudged(decided, payload.get("law_on"), rules, policies):
                yield Finding("decisions", difference.says, difference.fails, row.case_id, row.sequence)


def _decoded(text: str) -> dict[str, Any]:
    """A payload as stored; one that is no JSON any more says nothing here, the chain has told of it."""
    try:
        payload = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return payload if isinstance(payload, dict) else {}


# --- Cases against their log -----------------------------------------------------------------------------------------


def _cases(conn: Connection, registry: Registry, _: Policies) -> Looked:
    """Each case stands where its last step left it, in a state that exists."""
    query = (
        select(cases, events.c.sequence, events.c.payload)
        .join_from(cases, events, events.c.case_id == cases.c.id, isouter=True)
        .order_by(cases.c.id, events.c.sequence)
    )
    states = {name for process in registry.processes.values() for name in process.state}
    rows = conn.execute(query, execution_options=_STREAMED)
    for case_id, of_case in groupby(rows, key=attrgetter("id")):
        yield None
        case, left = None, _Left()
        for case in of_case:
            left = _left_by(case, left, states)
        yield from (
            Finding("cases", says, case_id=case_id, sequence=left.sequence) for says in _misplaced(case, left, registry)
        )


@dataclass(frozen=True)
class _Left:
    """Where a step left its case, as its event says; None where that is not known."""

    state: str | None = None
    form: Any = None
    sequence: int | None = None


def _left_by(row: Any, before: _Left, states: set[str]) -> _Left:
    if row.payload is None:
        return _Left(sequence=row.sequence)  # what it said is gone: nothing to compare with
    payload = _decoded(row.payload)
    return _Left(payload["to"], payload.get("form"), row.sequence) if payload.get("to") in states else before


def _misplaced(case: Any, left: _Left, registry: Registry) -> Iterator[str]:
    process = registry.processes.get(case.process)
    if process is None or case.state not in process.state:
        yield f"Status {case.state!r} tidak dikenal pada proses {case.process!r}."
        return
    if left.state is not None and left.state != case.state:
        yield f"Berkas tercatat pada status {case.state}, sedangkan peristiwa terakhirnya menuju {left.state}."
    if left.form is not None and left.form != msgspec.json.decode(case.form):
        yield "Isi permohonan berbeda dari yang dicatat peristiwa terakhirnya."
    if (case.closed_at is not None) != process.state[case.state].final:
        yield "Penutupan berkas tidak sesuai dengan statusnya."


# --- Numbers ---------------------------------------------------------------------------------------------------------


def _numbers(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Every register is gapless, and each number stands on its letter."""
    given: dict[tuple[str, int], set[int]] = {}
    query = select(letters).where(letters.c.number.is_not(None)).order_by(letters.c.id)
    for row in conn.execute(query, execution_options=_STREAMED):
        yield None
        book = given.setdefault((row.register_unit_id, row.register_year), set())
        if row.register_number in book:
            book_title = _book(row.register_unit_id, row.register_year)
            yield Finding("numbers", f"Nomor urut {row.register_number} dalam {book_title} ganda.")
        book.add(row.register_number)
        if _decoded(row.frame).get("number") != row.number:
            yield Finding("numbers", f"Surat {row.id} tercatat bernomor {row.number}, sedangkan isinya bernomor lain.")
        if row.signed_at is None:
            yield Finding("numbers", f"Surat {row.id} bernomor {row.number}, tetapi belum ditandatangani.")
    for register in conn.execute(select(registers).order_by(registers.c.unit_id, registers.c.year)):
        book = given.pop((register.unit_id, register.year), set())
        missing = sorted(set(range(1, register.last_number + 1)) - book)
        if missing:
            listed = ", ".join(str(number) for number in missing[:20])
            yield Finding(
                "numbers", f"Nomor urut {listed} dalam {_book(register.unit_id, register.year)} tidak ada suratnya."
            )
        if beyond := sorted(number for number in book if number > register.last_number):
            yield Finding("numbers", f"Nomor urut {beyond[0]} melampaui {_book(register.unit_id, register.year)}.")
    yield from (Finding("numbers", f"{_book(unit, year)} tidak ada, padahal ada suratnya.") for unit, year in given)
    yield from _recorded_letters(conn)


def _recorded_letters(conn: Connection) -> Iterator[Finding]:
    """Letters that events tell of are still there, under the number that they were signed with."""
    query = select(events).where(events.c.payload.contains('"letter')).order_by(events.c.case_id, events.c.sequence)
    for row in conn.execute(query, execution_options=_STREAMED):
        payload = _decoded(row.payload)
        told = dict.fromkeys(payload.get("letters") or ())
        if signed := payload.get("letter"):
            told[signed["id"]] = signed["number"]
        for letter_id, number in told.items():
            found = conn.execute(select(letters.c.number).where(letters.c.id == letter_id)).one_or_none()
            if found is None:
                says = f"Surat {letter_id} yang diterbitkan dengan {row.type} tidak ada lagi."
                yield Finding("numbers", says, case_id=row.case_id, sequence=row.sequence)
            elif number is not None and found.number != number:
                says = f"Surat {letter_id} ditandatangani dengan nomor {number}, sekarang tercatat {found.number}."
                yield Finding("numbers", says, case_id=row.case_id, sequence=row.sequence)


def _book(unit_id: str, year: int) -> str:
    return f"buku agenda {unit_id} tahun {year}"


# --- Books and files -------------------------------------------------------------------------------------------------


def _books(conn: Connection, _: Registry, __: Policies) -> Looked:
    movements = conn.execute(select(func.count(postings.c.movement_id.distinct()))).scalar_one()
    yield from (None for _ in range(movements))
    yield from (Finding("books", fault.says) for fault in books.imbalances(conn))


def _files(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Each file is what was stored; each letter that has one points to a file that is there."""
    for file_id in conn.execute(select(files.c.id).order_by(files.c.id)).scalars().all():
        yield None
        row = conn.execute(select(files).where(files.c.id == file_id)).one()
        content = bytes(row.content)
        if sha256(content).hexdigest() != row.sha256 or len(content) != row.size:
            yield Finding(
                "files", f"Berkas {row.name} ({row.id}) tidak lagi sama dengan yang disimpan.", case_id=row.case_id
            )
    lost = select(letters.c.id).where(letters.c.file_id.is_not(None), letters.c.file_id.not_in(select(files.c.id)))
    yield from (
        Finding("files", f"PDF surat {letter_id} tidak ada lagi.") for letter_id in conn.execute(lost).scalars()
    )


PARTS: dict[str, tuple[str, Callable[[Connection, Registry, Policies], Looked]]] = {
    "chain": ("Rantai peristiwa", _chain),
    "decisions": ("Hasil pemeriksaan syarat", _decisions),
    "cases": ("Berkas dan peristiwanya", _cases),
    "numbers": ("Nomor surat", _numbers),
    "books": ("Pembukuan anggaran", _books),
    "files": ("Berkas unggahan dan PDF surat", _files),
}
