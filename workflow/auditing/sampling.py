"""A sample that anybody draws again: the same list of cases and the same seed give the same choice."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from policies.civil_service import full_name
from workflow.auditing.access import Examiner, Period, examiner, period_between
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours, Problem
from workflow.tables import cases, people, units

#: Cases that are drawn at most; beyond that an examination looks at all of them.
LARGEST: Final = 500
#: Characters of a seed.
LONGEST_SEED: Final = 100
#: Own cases that are named; beyond that they are only counted.
_NAMED: Final = 100

METHOD: Final = (
    "Populasi ialah berkas yang dibuka dalam jangka waktu itu menurut saringan yang disebut, diurutkan menurut id. Untuk setiap "
    "berkas dihitung SHA-256 atas benih yang langsung diikuti id berkas (UTF-8); yang terpilih ialah berkas dengan nilai terkecil, "
    "sebanyak yang diminta. Sidik populasi ialah SHA-256 atas semua id itu, masing-masing diikuti ganti baris (LF)."
)
OWN_PART: Final = "Auditor sendiri berperan pada berkas ini."


@dataclass(frozen=True)
class Wanted:
    """Which sample is asked for: its seed and size; opened when, of which process, of whom of which unit."""

    seed: str
    size: int
    from_on: date | None = None
    until_on: date | None = None
    process: str | None = None
    unit: str | None = None


class ChosenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was chosen. ``rank``: its place in the drawing; ``hash``: what it was chosen by."""

    rank: int
    id: str
    process: str
    process_title: str
    subject: str
    unit: str
    state_title: str
    opened_at: datetime
    hash: str


class ExcludedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case that stands outside the population, and why."""

    id: str
    reason: str


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample, with all that it takes to draw it again. ``excluded``: at most a hundred by id; ``excluded_count``: all."""

    seed: str
    method: str
    size: int
    from_on: date | None
    until_on: date | None
    process: str | None
    unit: str | None
    population: int
    population_sha256: str
    chosen: tuple[ChosenLine, ...]
    excluded: tuple[ExcludedLine, ...]
    excluded_count: int


def draw_sample(conn: Connection, engine: Engine, caller: Caller, _at: datetime, *, wanted: Wanted) -> Sample:
    """The sample that a caller asks for, without the cases in which they have a part. Raises NotYours, NotFound, Problem."""
    who = examiner(conn, engine, caller)
    caller.looked_at.append(None)
    return sample(conn, engine, who, wanted)


def sample(conn: Connection, engine: Engine, who: Examiner, wanted: Wanted) -> Sample:
    """Draw a sample from what somebody examines. Raises NotYours, NotFound, Problem."""
    seed = wanted.seed.strip()
    if not seed or len(seed) > LONGEST_SEED:
        raise Problem(f"Benih sampel wajib diisi, paling banyak {LONGEST_SEED} huruf, misalnya tanggal pengundian.")
    if not 1 <= wanted.size <= LARGEST:
        raise Problem(f"Besar sampel {wanted.size} tidak dapat dipakai; pilih 1 sampai {LARGEST} berkas.")
    names, which = _population(conn, engine, who, wanted)
    own = conn.execute(_of_any(names, [*which, who.own]).order_by(cases.c.id)).scalars().all()
    left_out = frozenset(own)
    # Of all units each process has an index in the order of ids, and the lists are only joined.
    several = [_of_any(names, which)] if wanted.unit or not names else [_of_one(name, which) for name in names]
    population = union_all(*several).order_by("id")
    listed = sha256()
    counted = 0

    def drawn() -> Iterator[tuple[bytes, str]]:
        nonlocal counted
        for some in conn.execute(population, execution_options={"yield_per": 1000}).scalars().partitions():
            others = [case_id for case_id in some if case_id not in left_out]
            counted += len(others)
            listed.update("".join(f"{case_id}\n" for case_id in others).encode())
            yield from ((sha256(f"{seed}{case_id}".encode()).digest(), case_id) for case_id in others)

    chosen = [(drawn_by.hex(), case_id) for drawn_by, case_id in heapq.nsmallest(wanted.size, drawn())]
    return Sample(
        seed=seed,
        method=METHOD,
        size=wanted.size,
        from_on=wanted.from_on,
        until_on=wanted.until_on,
        process=wanted.process,
        unit=wanted.unit,
        population=counted,
        population_sha256=listed.hexdigest(),
        chosen=tuple(_lines(conn, engine, chosen)),
        excluded=tuple(ExcludedLine(id=case_id, reason=OWN_PART) for case_id in own[:_NAMED]),
        excluded_count=len(own),
    )


def _population(
    conn: Connection, engine: Engine, who: Examiner, wanted: Wanted
) -> tuple[tuple[str, ...], list[ColumnElement[bool]]]:
    """The cases to draw from, own ones still among them: of which processes, and conditions on them."""
    period: Period = period_between(engine.office, wanted.from_on, wanted.until_on)
    names, which = who.names, [*period.within(cases.c.opened_at), *period.made_within(cases.c.id)]
    if wanted.process is not None:
        names = (engine.registry.process(wanted.process).name,)
        if names[0] not in who.names:
            raise NotYours(f"Proses “{names[0]}” tidak termasuk yang boleh diperiksa.")
    if wanted.unit is not None:
        if conn.execute(select(units.c.id).where(units.c.id == wanted.unit)).first() is None:
            raise NotFound(
                f"Unit {wanted.unit[:64]} tidak dikenal. Pakai kode unit seperti dalam data pegawai yang diimpor."
            )
        which.append(cases.c.unit_id == wanted.unit)
    return names, which


def _of_one(process: str, which: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return select(cases.c.id).where(cases.c.process == process, *which)


def _of_any(processes: Sequence[str], which: Sequence[ColumnElement[bool]]) -> Select[Any]:
    # An expression has no index, so that they are found by their unit or by who had a part.
    return select(cases.c.id).where(func.coalesce(cases.c.process, "").in_(processes), *which)


def _lines(conn: Connection, engine: Engine, chosen: list[tuple[str, str]]) -> Iterator[ChosenLine]:
    query = (
        select(cases, people.c.front_title, people.c.name, people.c.back_title, units.c.name.label("unit"))
        .join_from(cases, people, people.c.id == cases.c.subject_id)
        .join(units, units.c.id == cases.c.unit_id, isouter=True)
        .where(cases.c.id.in_([case_id for _, case_id in chosen]))
    )
    found: dict[str, Any] = {row.id: row for row in conn.execute(query)}
    for rank, (hash_, case_id) in enumerate(chosen, 1):
        row = found[case_id]
        process = engine.registry.process(row.process)
        yield ChosenLine(
            rank=rank,
            id=case_id,
            process=process.name,
            process_title=process.title,
            subject=full_name(row.front_title, row.name, row.back_title),
            unit=row.unit or "",
            state_title=process.state[row.state].title if row.state in process.state else row.state,
            opened_at=row.opened_at,
            hash=hash_,
        )
