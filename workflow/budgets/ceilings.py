"""The ceiling of a line: what it grew or shrank by goes to the books, and what is missing then is a deficit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from workflow.budgets.books import Movement, balance, move, rupiah


def set_ceiling(conn: Connection, budget_id: str, ceiling: int, at: datetime, *, first: bool = False) -> int:
    """Post what a ceiling grew or shrank by; the line must be locked. Answers what is missing on the line now.

    What shrinks is taken from what is free, and beyond that it is a deficit; what grows covers a deficit first.
    """
    growth = ceiling + balance(conn, budget_id, "ceiling")
    says = f"Pagu {rupiah(ceiling)}" if first else f"Pagu menjadi {rupiah(ceiling)}"
    missing, free = -balance(conn, budget_id, "deficit"), balance(conn, budget_id, "available")
    if growth >= 0:
        covered = min(growth, missing)
        movements = [
            Movement(budget_id, "ceiling", "deficit", covered, says),
            Movement(budget_id, "ceiling", "available", growth - covered, says),
        ]
        missing -= covered
    else:
        taken = min(-growth, free)
        movements = [
            Movement(budget_id, "available", "ceiling", taken, says),
            Movement(budget_id, "deficit", "ceiling", -growth - taken, says),
        ]
        missing += -growth - taken
    for movement in movements:
        move(conn, movement, None, at)
    return missing
