"""The money of a report: the year's budget lines as the books had them, and what still awaits a budget."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy import Row as Found

from policies.dates import written
from workflow.budgets.books import AWAITING, line_title
from workflow.reports.parts import Cell, Row, Section, added, share
from workflow.reports.reading import Window
from workflow.tables import budgets, postings, units

#: The accounts of a line as a report prints them: account, column. The deficit only where a line has one.
ACCOUNTS = (
    ("ceiling", "Pagu"),
    ("available", "Sisa"),
    ("reserved", "Dicadangkan"),
    ("committed", "Diikat"),
    ("spent", "Dibelanjakan"),
)
DEFICIT = ("deficit", "Kekurangan")
#: Accounts that are booked as negative balances: where the money comes from.
_GRANTED = ("ceiling", "deficit")


@dataclass
class _Books:
    """Balances in rupiah by line and account, and the cases that hold them or spent them."""

    amounts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    cases: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def cell(self, line: str, account: str) -> Cell:
        """What a report says of an account."""
        amount = self.amounts[line, account]
        return Cell(value=-amount if account in _GRANTED else amount, cases=tuple(sorted(self.cases[line, account])))

    def realised(self, line: str) -> tuple[str, ...]:
        """How much of a line has been spent."""
        return _realised(self.amounts[line, "spent"], -self.amounts[line, "ceiling"])


def budget(conn: Connection, window: Window) -> Section:
    """The year's lines as they stood at the end of the window, in rupiah; cases where money is held or was spent."""
    books = _read(conn, window)
    lines = conn.execute(
        select(budgets, units.c.name.label("unit"))
        .join_from(budgets, units, units.c.id == budgets.c.unit_id)
        .where(budgets.c.year == window.period.year)
        .order_by(units.c.name, budgets.c.activity_code, budgets.c.account_code)
    ).all()
    lacking = any(amount for (_, account), amount in books.amounts.items() if account == DEFICIT[0])
    columns = (*ACCOUNTS, DEFICIT) if lacking else ACCOUNTS
    rows = tuple(_row(line, books, columns) for line in lines)
    total = added(rows, len(columns))
    spent = next(i for i, (account, _) in enumerate(columns) if account == "spent")
    return Section(
        code="budget",
        title="Anggaran dan realisasi",
        heading="Mata anggaran",
        says=f"Dalam rupiah, menurut pembukuan sampai dengan {written(window.last)}. Diikat berarti sudah dijanjikan dengan surat "
        "tugas; sisa belum dicadangkan bagi siapa pun.",
        measures=tuple(title for _, title in columns),
        rows=rows,
        total=msgspec.structs.replace(total, notes=_realised(total.cells[spent].value, total.cells[0].value)),
        money=True,
    )


def _read(conn: Connection, window: Window) -> _Books:
    moved = (
        select(
            postings.c.budget_id,
            postings.c.account,
            postings.c.case_id,
            func.sum(postings.c.amount).label("amount"),
        )
        .join_from(postings, budgets, budgets.c.id == postings.c.budget_id)
        .where(budgets.c.year == window.period.year, postings.c.posted_at < window.ends_at)
        .group_by(postings.c.budget_id, postings.c.account, postings.c.case_id)
    )
    books = _Books()
    for row in conn.execute(moved):
        books.amounts[row.budget_id, row.account] += int(row.amount)
        if row.case_id and row.amount and row.account not in (*_GRANTED, "available"):
            books.cases[row.budget_id, row.account].append(row.case_id)
    return books


def _row(line: Found[Any], books: _Books, columns: tuple[tuple[str, str], ...]) -> Row:
    return Row(
        code=line.id,
        title=line_title(line.activity, line.account, line.year),
        notes=(line.unit, *books.realised(line.id)),
        cells=tuple(books.cell(line.id, account) for account, _ in columns),
    )


def _realised(spent: int, ceiling: int) -> tuple[str, ...]:
    return share(spent, ceiling, "dari pagu sudah dibelanjakan")


def awaited(conn: Connection, window: Window) -> tuple[Section, ...]:
    """What cases will need of the year, where its budget is not granted yet; no section where nothing is awaited."""
    amount = func.sum(postings.c.amount)
    rows = conn.execute(
        select(postings.c.case_id, amount.label("amount"))
        .where(
            postings.c.year == window.period.year,
            postings.c.account == AWAITING,
            postings.c.posted_at < window.ends_at,
        )
        .group_by(postings.c.case_id)
        .having(amount != 0)
        .order_by(postings.c.case_id)
    ).all()
    if not rows:
        return ()
    year = window.period.year
    cell = Cell(value=sum(int(row.amount) for row in rows), cases=tuple(row.case_id for row in rows if row.case_id))
    return (
        Section(
            code="awaited",
            title="Menunggu anggaran",
            heading="Uraian",
            says=f"Dalam rupiah: bagian tahun {year} dari kegiatan yang menunggu DPA tahun itu; belum dijanjikan.",
            measures=("Perkiraan",),
            rows=(Row(code="awaited", title=f"Menunggu DPA tahun {year}", cells=(cell,)),),
            money=True,
        ),
    )
