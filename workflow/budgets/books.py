"""The books: money by double entry in whole rupiah. Each movement sums to zero and is never changed.

Money goes through a line of a year's budget. A part of a later year awaits a line: it lies on "awaiting" of that year. Where a
ceiling is lowered below what is promised, what is missing lies on "deficit" of the line as a negative balance, nothing is free,
and whatever comes free covers it first; so "available" is never below nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import msgspec
from sqlalchemy import Connection, Executable, bindparam, func, insert, select

from workflow.ids import new_id
from workflow.tables import budgets, postings

#: In this order money moves through a line. "ceiling" is what the budget granted, as a negative balance, and so is "deficit".
ACCOUNTS = ("ceiling", "available", "reserved", "committed", "spent", "deficit")
#: What a case holds of a line.
HELD = ("reserved", "committed")
#: Without a line: what is promised by nobody yet, and its counterpart.
AWAITING, EXPECTED = "awaiting", "expected"


class Movement(msgspec.Struct, frozen=True):
    """Money in whole rupiah, from one account of a budget line to another. ``id`` is empty until it has been posted.

    Without a ``line`` it is between the accounts of a ``year`` whose budget is awaited.
    """

    line: str
    source: str
    target: str
    amount: int
    says: str
    id: str = ""
    year: int = 0


@dataclass(frozen=True)
class Holding:
    """What a case has on one account of a line, or of a year without a line; ``latest``: its last posting there."""

    line: str
    year: int
    account: str
    amount: int
    latest: str


def line_title(activity: str, account: str, year: int) -> str:
    """What people call a budget line."""
    return f"{activity} – {account} ({year})"


def balance(conn: Connection, budget_id: str, account: str) -> int:
    """The balance of one account of a line, in rupiah."""
    return int(conn.execute(_BALANCE, {"line": budget_id, "account": account}).scalar_one())


_BALANCE = select(func.coalesce(func.sum(postings.c.amount), 0)).where(
    postings.c.budget_id == bindparam("line"), postings.c.account == bindparam("account")
)


def standing(conn: Connection, case_id: str) -> list[Holding]:
    """All that a case ever had to do with, by year, line and account; balances of zero too."""
    return [
        Holding(row.budget_id or "", row.year, row.account, int(row.amount), row.latest)
        for row in conn.execute(_standing(), {"case": case_id})
    ]


@cache
def _standing() -> Executable:
    year = func.coalesce(budgets.c.year, postings.c.year).label("year")
    return (
        select(
            postings.c.budget_id,
            year,
            postings.c.account,
            func.sum(postings.c.amount).label("amount"),
            func.max(postings.c.id).label("latest"),
        )
        .join_from(postings, budgets, postings.c.budget_id == budgets.c.id, isouter=True)
        .where(postings.c.case_id == bindparam("case"), postings.c.account.in_([*HELD, "spent", AWAITING]))
        .group_by(postings.c.budget_id, year, postings.c.account)
        .order_by(year, postings.c.budget_id, postings.c.account.desc())
    )


def held_by(conn: Connection, case_id: str) -> dict[tuple[str, str], int]:
    """What a case holds now, by line and account; nothing where it holds nothing."""
    return {(each.line, each.account): each.amount for each in standing(conn, case_id) if each.line and each.amount}


def total_of(conn: Connection, case_ids: Iterable[str]) -> int:
    """What several cases together hold, await and have spent, in rupiah."""
    amount = func.coalesce(func.sum(postings.c.amount), 0)
    of_cases = postings.c.case_id.in_(list(case_ids)) & postings.c.account.in_([*HELD, AWAITING, "spent"])
    return int(conn.execute(select(amount).where(of_cases)).scalar_one())


def lock_names(conn: Connection, case_id: str) -> tuple[str, ...]:
    """What must be locked before the money of a case is moved: the lines that it has to do with."""
    return tuple(sorted({f"budget:{each.line}" for each in standing(conn, case_id) if each.line}))


def next_years(conn: Connection, case_id: str) -> tuple[int, ...]:
    """The years whose lines may take over what a case awaits, or holds of the year before."""
    found = [each for each in standing(conn, case_id) if each.amount and each.account in (*HELD, AWAITING)]
    return tuple(sorted({each.year + (each.account != AWAITING) for each in found}))


def move(conn: Connection, movement: Movement, case_id: str | None, at: datetime) -> str:
    """Post one movement: two rows that sum to zero. Answers its id; nothing is posted for an amount of zero."""
    if movement.amount == 0:
        return ""
    movement_id = new_id(at)
    conn.execute(
        insert(postings),
        [
            {
                "id": new_id(at),
                "movement_id": movement_id,
                "budget_id": movement.line or None,
                "year": movement.year or None,
                "account": account,
                "amount": amount,
                "case_id": case_id,
                "says": movement.says,
                "posted_at": at,
            }
            for account, amount in ((movement.source, -movement.amount), (movement.target, movement.amount))
        ],
    )
    return movement_id


def rupiah(amount: int) -> str:
    """Whole rupiah, short: ``Rp1.500.000``."""
    return f"Rp{amount:,}".replace(",", ".")
