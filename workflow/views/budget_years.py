"""The end of a budget year on a caller's behalf, and whether a year has ended."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.budgets import year_end
from workflow.budgets.seeing import Wanted, budget_left
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.views.officers import BUDGET, offices


class BudgetYear(msgspec.Struct, frozen=True, kw_only=True):
    """A budget year. ``closed_by``, ``closed_at``: empty while it is open.

    ``may_close``: whether the caller can close it once no promise is left open.
    """

    year: int
    closed_by: str
    closed_at: datetime | None
    may_close: bool


def budget_year(conn: Connection, engine: Engine, caller: Caller, at: datetime, year: int) -> BudgetYear:
    """Whether a year has ended, to whoever sees lines of it. Raises NotFound."""
    lines = budget_left(conn, engine, caller, at, Wanted(year)).lines
    closed = year_end.closed_by(conn, year)
    due = bool(lines) and closed is None and year <= engine.office.day(at).year
    return BudgetYear(
        year=year,
        closed_by=closed[0] if closed else "",
        closed_at=closed[1] if closed else None,
        may_close=due and BUDGET in offices(conn, caller),
    )


def close_budget_year(conn: Connection, engine: Engine, caller: Caller, at: datetime, year: int) -> BudgetYear:
    """Close a budget year, as a budget officer. Raises NotFound, NotYours, and NotNow while promises are open."""
    budget_year(conn, engine, caller, at, year)
    year_end.close_year(conn, year, caller.actor, at, today_year=engine.office.day(at).year)
    return budget_year(conn, engine, caller, at, year)
