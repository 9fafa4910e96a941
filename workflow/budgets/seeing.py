"""Whose the year's budget is to see: all of it for budget officers, verifiers and auditors; a head the lines of their own unit.

A case that whoever asks may not open is not named: what it holds is told in one sum with others of its line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, exists, or_, select

from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow.authority.mandate_queries import in_force
from workflow.authority.sight import assignments_in_force, seen_cases
from workflow.budgets.reconciling import Compared, Reconciliation, reconcile
from workflow.budgets.remaining import Line, OpenPromise, Remaining, lines, remaining
from workflow.budgets.sheets import Document
from workflow.budgets.spending import booked
from workflow.budgets.telling import left_document, reconciliation_document
from workflow.budgets.treasury import read_payments
from workflow.budgets.year_end import OFFICERS
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.office import Office
from workflow.tables import cases, group_members, mandates, positions, units

#: Whose members see every line, besides auditors within an assignment.
READERS = (OFFICERS, "bkpsdm.verifier")
_NOTHING = "Anggaran itu tidak ada, atau bukan untuk Anda lihat."


@dataclass(frozen=True)
class Wanted:
    """Which lines are asked for: of a year, the running one where none is named; of a unit; a line by its id or either code."""

    year: int | None = None
    unit: str = ""
    line: str = ""


def budget_left(conn: Connection, engine: Engine, caller: Caller, at: datetime, wanted: Wanted) -> Remaining:
    """What is left of a year's budget, and for what it is promised, for a caller. Raises NotFound."""
    on = engine.office.day(at)
    every = _sees_all(conn, caller, on)
    headed = set() if every else _headed(conn, caller, on)
    if not every and (not headed or wanted.unit not in ("", *headed)):
        raise NotFound(_NOTHING)
    found = remaining(conn, _year(wanted.year, on), wanted.unit, wanted.line)
    if not every:
        found = _of(found, [line for line in found.lines if line.unit_id in headed])
    of_cases = {each.case_id for each in found.promises} | {each.case_id for each in found.movements}
    of_cases |= {each.case_id for each in found.returns}
    visible = _visible(conn, engine, caller, on, of_cases)
    caller.looked_at.extend([*sorted(visible), None])
    return msgspec.structs.replace(
        found,
        promises=_merged(found.promises, visible),
        movements=tuple(each for each in found.movements if not each.case_id or each.case_id in visible),
        returns=tuple(each for each in found.returns if each.case_id in visible),
    )


def budget_left_document(conn: Connection, engine: Engine, caller: Caller, at: datetime, wanted: Wanted) -> Document:
    """The same as tables. Raises NotFound."""
    found = budget_left(conn, engine, caller, at, wanted)
    return left_document(found, engine.registry, engine.office.zone, engine.office.day(at))


def may_reconcile(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    filename: str,
    source: bytes,
    year: int | None = None,
) -> None:  # asked with what is then reconciled
    """Whether a caller may compare the treasury's list with the books. Raises NotFound."""
    del filename, source, year
    if not _sees_all(conn, caller, engine.office.day(at)):
        raise NotFound(_NOTHING)
    caller.looked_at.append(None)


def budget_reconciled(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    filename: str,
    source: bytes,
    year: int | None = None,
) -> Reconciliation:
    """The treasury's list against the books, for a caller. Raises NotFound, UnreadableSheet."""
    may_reconcile(conn, engine, caller, at, filename, source, year)
    on = engine.office.day(at)
    found = reconciled(conn, engine.office, filename, source, _year(year, on))
    visible = _visible(conn, engine, caller, on, {case_id for each in found.found for case_id in each.cases})
    return msgspec.structs.replace(found, found=tuple(_for(each, visible) for each in found.found))


def budget_reconciled_document(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    filename: str,
    source: bytes,
    year: int | None = None,
) -> Document:
    """The same as a table to send back. Raises NotFound, UnreadableSheet."""
    found = budget_reconciled(conn, engine, caller, at, filename, source, year)
    return reconciliation_document(found, engine.office.day(at))


def reconciled(conn: Connection, office: Office, filename: str, source: bytes, year: int) -> Reconciliation:
    """The treasury's list against what was booked as spent of a year. Nothing is changed. Raises UnreadableSheet."""
    codes = [(line.activity_code, line.account_code) for line in lines(conn, year)]
    return reconcile(year, read_payments(source, filename), booked(conn, year, office.zone), codes)


def _year(asked: int | None, on: date) -> int:
    year = on.year if asked is None else asked
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotFound(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")
    return year


def _sees_all(conn: Connection, caller: Caller, on: date) -> bool:
    member = exists().where(group_members.c.person_id == caller.person_id, group_members.c.group_name.in_(READERS))
    return bool(conn.execute(select(or_(member, assignments_in_force(caller.person_id, on).exists()))).scalar_one())


def _headed(conn: Connection, caller: Caller, on: date) -> set[str]:
    """The units that somebody heads, or stands in for the whole office of whose head today."""
    whole = (mandates.c.scope == "*") & (mandates.c.units == "*")
    lent = select(mandates.c.position_id).where(mandates.c.receiver_id == caller.person_id, in_force(on), whole)
    held = or_(positions.c.holder_id == caller.person_id, positions.c.id.in_(lent))
    query = select(units.c.id).join(positions, positions.c.id == units.c.head_position_id).where(held)
    return set(conn.execute(query).scalars())


def _visible(conn: Connection, engine: Engine, caller: Caller, on: date, case_ids: Collection[str]) -> set[str]:
    seen = seen_cases(tuple(engine.registry.processes.values()), caller.person_id, on, caller.only)
    return set(conn.execute(select(cases.c.id).where(cases.c.id.in_(case_ids), seen)).scalars())


def _of(found: Remaining, own: list[Line]) -> Remaining:
    ids = {line.id for line in own}
    return msgspec.structs.replace(
        found,
        lines=tuple(own),
        promises=tuple(each for each in found.promises if each.line_id in ids),
        movements=tuple(each for each in found.movements if each.line_id in ids),
        returns=tuple(each for each in found.returns if each.line_id in ids),
    )


def _merged(promises: tuple[OpenPromise, ...], visible: Collection[str]) -> tuple[OpenPromise, ...]:
    """The promises with their cases; those of cases that are not to be known of as one sum by line, after the others."""
    named = tuple(each for each in promises if each.case_id in visible)
    line = attrgetter("line_id")
    others = sorted((each for each in promises if each.case_id not in visible), key=line)
    return (*named, *(_sum(list(several)) for _, several in groupby(others, key=line)))


def _sum(several: list[OpenPromise]) -> OpenPromise:
    first = several[0]
    return OpenPromise(
        case_id="",
        reference="",
        process="",
        state="",
        name="",
        unit="",
        year=first.year,
        line_id=first.line_id,
        line=first.line,
        reserved=sum(each.reserved for each in several),
        committed=sum(each.committed for each in several),
        awaiting=sum(each.awaiting for each in several),
    )


def _for(compared: Compared, visible: Collection[str]) -> Compared:
    """A payment with the cases that the caller may open, and with no name of the others."""
    if all(case_id in visible for case_id in compared.cases):
        return compared
    kept = [pair for pair in zip(compared.cases, compared.references, strict=True) if pair[0] in visible]
    return msgspec.structs.replace(
        compared,
        cases=tuple(case_id for case_id, _ in kept),
        references=tuple(reference for _, reference in kept),
        receivers=compared.receivers if compared.rows else (),
    )
