"""The books: money by double entry in whole rupiah, and credited hours. Each movement sums to zero and is never changed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, insert, select

from workflow.ids import new_id
from workflow.tables import budgets, cases, postings

#: In this order money moves through a line. "ceiling" is what the budget granted, as a negative balance.
ACCOUNTS = ("ceiling", "available", "reserved", "committed", "spent")


class Movement(msgspec.Struct, frozen=True):
    """Money in whole rupiah, from one account of a budget line to another. ``id`` is empty until it has been posted."""

    line: str
    source: str
    target: str
    amount: int
    says: str
    id: str = ""


def line_title(activity: str, account: str, year: int) -> str:
    """What people call a budget line."""
    return f"{activity} – {account} ({year})"


def balance(conn: Connection, budget_id: str, account: str) -> int:
    """The balance of one account of a line, in rupiah."""
    return int(
        conn.execute(
            select(func.coalesce(func.sum(postings.c.amount), 0)).where(
                postings.c.budget_id == budget_id, postings.c.account == account
            )
        ).scalar_one()
    )


def held_by(conn: Connection, case_id: str) -> dict[tuple[str, str], int]:
    """What a case holds now, by line and account; nothing where it holds nothing."""
    rows = conn.execute(
        select(postings.c.budget_id, postings.c.account, func.sum(postings.c.amount).label("amount"))
        .where(postings.c.case_id == case_id, postings.c.account.in_(["reserved", "committed", "spent"]))
        .group_by(postings.c.budget_id, postings.c.account)
    )
    return {(row.budget_id, row.account): int(row.amount) for row in rows if row.amount}


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
                "budget_id": movement.line,
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


def reserve(conn: Connection, case_id: str, budget_id: str | None, amount: int, at: datetime) -> list[Movement]:
    """Make what the case has reserved equal to ``amount`` on a line; anything on another line is released first."""
    movements = []
    held = held_by(conn, case_id)
    for (line, account), sum_ in held.items():
        if account == "reserved" and line != budget_id:
            movements.append(Movement(line, "reserved", "available", sum_, "Cadangan dilepas"))
    if budget_id is not None:
        missing = amount - held.get((budget_id, "reserved"), 0)
        source, target = ("available", "reserved") if missing > 0 else ("reserved", "available")
        movements.append(
            Movement(budget_id, source, target, abs(missing), "Dicadangkan" if missing > 0 else "Cadangan dikurangi")
        )
    return _post(conn, movements, case_id, at)


def commit(conn: Connection, case_id: str, at: datetime) -> list[Movement]:
    """What was reserved is bound by the assignment."""
    held = held_by(conn, case_id)
    movements = [
        Movement(b, "reserved", "committed", sum_, "Diikat")
        for (b, account), sum_ in held.items()
        if account == "reserved"
    ]
    return _post(conn, movements, case_id, at)


def spend(conn: Connection, case_id: str, budget_id: str | None, amount: int, at: datetime) -> list[Movement]:
    """What it cost, from the commitment first and from the free room of the line for the rest."""
    if amount == 0 or budget_id is None:
        return []
    bound = held_by(conn, case_id).get((budget_id, "committed"), 0)
    from_bound = min(bound, amount)
    movements = [
        Movement(budget_id, "committed", "spent", from_bound, "Dibelanjakan"),
        Movement(budget_id, "available", "spent", amount - from_bound, "Dibelanjakan di atas ikatan"),
    ]
    return _post(conn, [m for m in movements if m.amount], case_id, at)


def release(conn: Connection, case_id: str, at: datetime) -> list[Movement]:
    """Whatever the case still holds goes back to the line."""
    held = held_by(conn, case_id)
    movements = [
        Movement(line, account, "available", sum_, "Dilepas")
        for (line, account), sum_ in held.items()
        if account in ("reserved", "committed")
    ]
    return _post(conn, movements, case_id, at)


def _post(conn: Connection, movements: list[Movement], case_id: str, at: datetime) -> list[Movement]:
    return [
        msgspec.structs.replace(movement, id=move(conn, movement, case_id, at))
        for movement in movements
        if movement.amount
    ]


def imbalances(conn: Connection) -> list[str]:
    """Movements that do not sum to zero, lines that hold less than nothing, and closed cases that still hold something."""
    faults = [
        f"Mutasi {row.movement_id} tidak seimbang: selisih {row.sum}."
        for row in conn.execute(
            select(postings.c.movement_id, func.sum(postings.c.amount).label("sum"))
            .group_by(postings.c.movement_id)
            .having(func.sum(postings.c.amount) != 0)
        )
    ]
    faults += [
        f"Mata anggaran {line_title(row.activity, row.account_title, row.year)}: akun {row.account} bernilai {row.sum}."
        for row in conn.execute(
            select(
                budgets.c.activity,
                budgets.c.account.label("account_title"),
                budgets.c.year,
                postings.c.account,
                func.sum(postings.c.amount).label("sum"),
            )
            .join_from(postings, budgets)
            .where(postings.c.account != "ceiling")
            .group_by(budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year, postings.c.account)
            .having(func.sum(postings.c.amount) < 0)
        )
    ]
    faults += [
        f"Berkas {row.case_id} sudah ditutup, tetapi masih memegang {row.sum} pada akun {row.account}."
        for row in conn.execute(
            select(postings.c.case_id, postings.c.account, func.sum(postings.c.amount).label("sum"))
            .join_from(postings, cases, postings.c.case_id == cases.c.id)
            .where(postings.c.account.in_(["reserved", "committed"]), cases.c.closed_at.is_not(None))
            .group_by(postings.c.case_id, postings.c.account)
            .having(func.sum(postings.c.amount) != 0)
        )
    ]
    return faults
