"""What is left of a year's budget, and for what it is promised: each line, each promise with its case, each movement."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from workflow.budgets import books
from workflow.budgets.movements import Moved, movements
from workflow.budgets.returns import ReturnedMoney, returned_money
from workflow.definition import Process
from workflow.tables import budgets, cases, people, postings, units


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A budget line with its balances, in whole rupiah; ``missing``: what the ceiling lacks for what is promised."""

    id: str
    title: str
    unit_id: str
    unit: str
    year: int
    activity_code: str
    account_code: str
    ceiling: int
    available: int
    reserved: int
    committed: int
    spent: int
    missing: int


class OpenPromise(msgspec.Struct, frozen=True, kw_only=True):
    """What one case has of one year, on one line; without a line it awaits the budget of that year. Whole rupiah.

    ``case_id`` is empty for several together that whoever reads may not open.
    """

    case_id: str
    reference: str
    process: str
    state: str
    name: str
    unit: str
    year: int
    line_id: str
    line: str
    reserved: int
    committed: int
    awaiting: int

    @property
    def amount(self) -> int:
        """All of it."""
        return self.reserved + self.committed + self.awaiting


class Remaining(msgspec.Struct, frozen=True, kw_only=True):
    """A year's lines, what is promised on each, what awaits the year's budget, and every movement, the earliest first.

    ``returns``: what became of the money that was paid of the year for awards which were revoked since.
    """

    year: int
    lines: tuple[Line, ...]
    promises: tuple[OpenPromise, ...]
    movements: tuple[Moved, ...]
    returns: tuple[ReturnedMoney, ...] = ()


def remaining(conn: Connection, year: int, unit_id: str = "", line_id: str = "") -> Remaining:
    """A year's budget; of one unit, or on one line. What awaits the year's budget has no line, and is told of the whole year."""
    found = tuple(
        line
        for line in lines(conn, year)
        if unit_id in ("", line.unit_id) and line_id in ("", line.id, line.activity_code, line.account_code)
    )
    chosen = {line.id for line in found} | ({""} if not unit_id and not line_id else set())
    return Remaining(
        year=year,
        lines=found,
        promises=tuple(each for each in open_promises(conn, year) if each.line_id in chosen),
        movements=tuple(each for each in movements(conn, year) if each.line_id in chosen),
        returns=tuple(each for each in returned_money(conn, year) if each.line_id in chosen),
    )


# --- Lines -----------------------------------------------------------------------------------------------------------


def lines(conn: Connection, year: int | None = None) -> list[Line]:
    """The budget lines of a year, or of all, each with its balances."""
    sums = {
        account: func.coalesce(func.sum(postings.c.amount).filter(postings.c.account == account), 0).label(account)
        for account in books.ACCOUNTS
    }
    query = (
        select(*budgets.c, units.c.name, *(total.label(f"on_{account}") for account, total in sums.items()))
        .select_from(budgets.join(units, units.c.id == budgets.c.unit_id).outerjoin(postings))
        .group_by(*budgets.c, units.c.name)
        .order_by(budgets.c.year, units.c.name, budgets.c.activity_code, budgets.c.account_code)
    )
    if year is not None:
        query = query.where(budgets.c.year == year)
    return [_line(row) for row in conn.execute(query)]


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        title=books.line_title(row.activity, row.account, row.year),
        unit_id=row.unit_id,
        unit=row.name,
        year=row.year,
        activity_code=row.activity_code,
        account_code=row.account_code,
        ceiling=row.ceiling,
        available=int(row.on_available),
        reserved=int(row.on_reserved),
        committed=int(row.on_committed),
        spent=int(row.on_spent),
        missing=-int(row.on_deficit),
    )


def deficits(conn: Connection, year: int | None = None) -> list[Line]:
    """The lines whose ceiling is below what is promised and spent."""
    short = select(postings.c.budget_id).where(postings.c.account == "deficit").group_by(postings.c.budget_id)
    short = short.having(func.sum(postings.c.amount) < 0)
    if not conn.execute(short.limit(1)).first():
        return []
    return [line for line in lines(conn, year) if line.missing > 0]


# --- Promises --------------------------------------------------------------------------------------------------------


def open_promises(conn: Connection, year: int | None = None, line_id: str | None = None) -> list[OpenPromise]:
    """What cases hold or await of a year, or on a line; those of cases that closed hold nothing."""
    of_year = func.coalesce(budgets.c.year, postings.c.year).label("of_year")
    sums = [
        func.coalesce(func.sum(postings.c.amount).filter(postings.c.account == account), 0).label(account)
        for account in (*books.HELD, books.AWAITING)
    ]
    about = (
        cases.c.id,
        cases.c.reference,
        cases.c.process,
        cases.c.state,
        people.c.name,
        units.c.name.label("unit"),
        postings.c.budget_id,
        budgets.c.activity,
        budgets.c.account,
    )
    query = (
        select(*about, of_year, *sums)
        .select_from(
            postings.join(cases, cases.c.id == postings.c.case_id)
            .join(people, people.c.id == cases.c.subject_id)
            .outerjoin(units, units.c.id == cases.c.unit_id)
            .outerjoin(budgets, budgets.c.id == postings.c.budget_id)
        )
        .where(postings.c.account.in_([*books.HELD, books.AWAITING]))
        .group_by(*about, of_year)
        .having(func.sum(postings.c.amount) > 0)
        .order_by(of_year, units.c.name, people.c.name, cases.c.id)
    )
    if year is not None:
        query = query.where(of_year == year)
    if line_id is not None:
        query = query.where(postings.c.budget_id == line_id)
    return [_promise(row) for row in conn.execute(query)]


def _promise(row: Any) -> OpenPromise:
    return OpenPromise(
        case_id=row.id,
        reference=row.reference,
        process=row.process,
        state=row.state,
        name=row.name,
        unit=row.unit or "",
        year=row.of_year,
        line_id=row.budget_id or "",
        line=books.line_title(row.activity, row.account, row.of_year) if row.budget_id else "",
        reserved=int(row.reserved),
        committed=int(row.committed),
        awaiting=int(row.awaiting),
    )


def decisions(process: Process, state: str) -> tuple[str, ...]:
    """What a budget officer can decide on a promise of a case in a state: to release it, to carry it to the next year."""
    return tuple(trigger for trigger in DECISIONS if process.arrows(state, trigger))


#: The steps by which promises are decided, in every process that promises money.
DECISIONS = ("release_promise", "carry_promise")
